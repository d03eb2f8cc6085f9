#!/usr/bin/env python3
"""Stage 6: train the UNet (diffusers `UNet2DConditionModel`) on the latents.

v-prediction (Salimans and Ho, 2022) under the scaled-linear schedule rescaled to zero terminal SNR (Lin et al., 2023),
because a picture on a flat ground needs a mean that noise does not leak; timesteps are stratified over the batch and lean towards the middle.
One caption in ten is empty, for classifier-free guidance. AdamW, warm-up then cosine over the planned time, running average of the weights.
Checkpoint: `unet.pt`, from which a second run of the same command goes on.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel

from autoencoder import sheet
from common import Clock, Log, arguments, autocast
from loop import fit
from prompts import FREE
from samples import enumerate_samples
from text import TextEncoder

GUIDANCE = 3.5

# Quantiles of the timesteps drawn in training: three in five where the outline of a thing is settled (SNR 0.02...0.8).
TIMESTEPS = (0, 0.12, 0.27, 0.87, 1), (0, 250, 400, 850, 1000)


def scheduler():
    return DDIMScheduler(
        num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
        prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True, set_alpha_to_one=True,
        steps_offset=1)


def build(profile):
    return UNet2DConditionModel(in_channels=profile.latent_channels, out_channels=profile.latent_channels, **profile.unet)


class Samples:
    """Draws latents and text states by weight, all of it on the device."""

    def __init__(self, run, device):
        self.latents = torch.from_numpy(np.load(run / "latents.npz")["latents"]).to(device)
        self.states = torch.from_numpy(np.load(run / "text.npz")["states"]).to(device)
        number = {c: k for k, c in enumerate(json.load(open(run / "captions.json")))}
        weights, captions, cumulative = [], [], []
        for row, (_, weight, choices) in enumerate(enumerate_samples(run)):
            weights.append(weight)
            share = np.cumsum([w for _, w in choices])
            captions += [number[c] for c, _ in choices]
            cumulative += list(row + share / share[-1])    # one increasing list: row 7's captions lie between 7 and 8
        weights = np.cumsum(weights) / np.sum(weights)
        self.rows, self.cumulative = (torch.tensor(np.array(x), dtype=torch.float64, device=device) for x in (weights, cumulative))
        self.captions = torch.tensor(captions, device=device)
        self.empty, self.device = number[""], device
        assert len(weights) == len(self.latents), "latents.npz is of another dataset.json: run latents.py again"

    def batch(self, n, drop=0.1):
        """(latents [n, C, h, w], text states [n, tokens, 384]), `drop` of them of the empty caption."""
        def uniform():
            return torch.rand(n, dtype=torch.float64, device=self.device)
        # Stratified: one draw from each nth part of the cumulative weights.
        rows = torch.searchsorted(self.rows, (torch.arange(n, device=self.device) + uniform()) / n).clamp(max=len(self.latents) - 1)
        places = torch.searchsorted(self.cumulative, rows + uniform()).clamp(max=len(self.captions) - 1)
        texts = torch.where(uniform() < drop, self.empty, self.captions[places])
        return self.latents[rows].float(), self.states[texts].float()


def draw_timesteps(n):
    """Stratified by `TIMESTEPS`, in any order."""
    places = (torch.randperm(n) + torch.rand(n)) / n
    return torch.from_numpy(np.interp(places, *TIMESTEPS)).long().clamp(max=999)


def noised(x, t, alpha_bar):
    """(noise added up to timestep t, what v-prediction has to answer)"""
    noise = torch.randn_like(x)
    a = alpha_bar[t].sqrt()[:, None, None, None]
    s = (1 - alpha_bar[t]).sqrt()[:, None, None, None]
    return (a * x + s * noise).contiguous(memory_format=torch.channels_last), a * noise - s * x


@torch.no_grad()
def generate(unet, vae, states, empty, guidance, steps, seed, size):
    """Pictures [N, 3, H, W] in -1...1 for text states [N, tokens, 384]; guidance 1 is one pass without guidance."""
    schedule = scheduler()
    schedule.set_timesteps(steps)
    n = len(states)
    x = torch.randn(n, unet.config.in_channels, size, size, generator=torch.Generator().manual_seed(seed)).to(states.device)
    context = torch.cat([empty.expand(n, -1, -1), states])
    for t in schedule.timesteps.tolist():
        if guidance == 1:
            v = unet(x, t, states).sample
        else:
            unconditional, conditional = unet(torch.cat([x, x]), t, context).sample.chunk(2)
            v = unconditional + guidance * (conditional - unconditional)
        x = schedule.step(v, t, x).prev_sample
    return torch.cat([vae.decode(part).sample for part in (x / vae.config.scaling_factor).split(8)]).clamp(-1, 1).cpu()


class Preview:
    """Draws the free prompts now and then, so that a person can watch."""

    def __init__(self, profile, run):
        self.vae = AutoencoderKL.from_pretrained(run / "vae").eval().to(profile.device)
        encode = TextEncoder(profile.tokens, profile.device)
        self.states, self.empty = encode(FREE), encode([""])
        self.size, self.run = profile.unet["sample_size"], run

    def __call__(self, network, minutes):
        pictures = generate(network, self.vae, self.states, self.empty, GUIDANCE, 16, 1, self.size)
        sheet(pictures, self.run / f"preview_{round(minutes):03d}.png", columns=16)


def main():
    args, profile, run = arguments(
        __doc__, until=dict(help="rather plan to end at this time of day, HH:MM in UTC"),
        start=dict(type=Path, help="begin with the UNet of this model folder"))
    log, device, checkpoint = Log(run, "unet"), profile.device, run / "unet.pt"
    if checkpoint.exists() and torch.load(checkpoint, map_location="cpu").get("done") == 1:
        print("unet is done")
        return
    samples = Samples(run, device)
    unet, average = (build(profile).to(device, memory_format=torch.channels_last) for _ in range(2))
    if args.start:
        unet.load_state_dict(UNet2DConditionModel.from_pretrained(args.start / "unet", torch_dtype=torch.float32).state_dict())
    average.load_state_dict(unet.state_dict())
    average.requires_grad_(False)
    print(f"{sum(p.numel() for p in unet.parameters()) / 1e6:.2f}M parameters, {len(samples.latents)} latents", flush=True)
    alpha_bar = scheduler().alphas_cumprod.to(device)

    def loss_of(done):
        x, context = samples.batch(profile.unet_batch)
        t = draw_timesteps(len(x)).to(device)
        noisy, target = noised(x, t, alpha_bar)
        with autocast(device):
            v = unet(noisy, t, context).sample
        return F.mse_loss(v.float(), target), len(x)

    fit(unet, loss_of, Clock(profile.unet_minutes, args.until), log, profile.unet_lr, log_every=profile.log_every, average=average, decay=profile.ema,
        checkpoint=checkpoint, compiled=True, look=Preview(profile, run), look_minutes=profile.preview_minutes)


if __name__ == "__main__":
    main()
