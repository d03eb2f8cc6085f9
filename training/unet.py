#!/usr/bin/env python3
"""Stage 5: train the UNet (diffusers `UNet2DConditionModel`) on the latents.

v-prediction (Salimans and Ho, 2022) under the scaled-linear schedule rescaled to zero terminal SNR (Lin et al., 2023),
because a picture on a flat ground needs a mean that noise does not leak; timesteps are stratified over the batch.
One caption in ten is empty, for classifier-free guidance. AdamW, warm-up then cosine over the planned minutes.
Checkpoint: `unet.pt`, from which a second run of the same command goes on.
"""

import json
import math

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel

from autoencoder import sheet
from common import Clock, Log, arguments, save
from samples import enumerate_samples
from text import TextEncoder

PREVIEW = ["red heart", "blue star icon", "smiling face emoji", "green tree", "yellow sun", "house", "black cat", "blue car",
           "purple flower", "orange fish", "clock", "red apple", "moon", "book", "umbrella", "crown", "airplane", "cloud",
           "lightning", "key", "lock", "bell", "camera", "music note"]


def scheduler():
    return DDIMScheduler(
        num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
        prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True, set_alpha_to_one=True,
        steps_offset=1)


def build(profile):
    return UNet2DConditionModel(in_channels=profile.latent_channels, out_channels=profile.latent_channels, **profile.unet)


class Samples:
    """Draws (latent, text states) by weight; captions likewise."""

    def __init__(self, run, device):
        self.latents = torch.from_numpy(np.load(run / "latents.npz")["latents"]).to(device)
        self.states = torch.from_numpy(np.load(run / "text.npz")["states"]).to(device)
        number = {c: k for k, c in enumerate(json.load(open(run / "captions.json")))}
        weights, self.captions = [], []
        for _, weight, captions in enumerate_samples(run):
            weights.append(weight)
            w = np.cumsum([x for _, x in captions])
            self.captions.append((np.array([number[c] for c, _ in captions]), w / w[-1]))
        self.cumulative = np.cumsum(weights) / np.sum(weights)
        self.empty = number[""]
        assert len(self.captions) == len(self.latents), "latents.npz is of another dataset.json: run latents.py again"

    def batch(self, n, rng, drop=0.1):
        # Stratified: one draw from each nth part of the cumulative weights.
        rows = np.searchsorted(self.cumulative, (np.arange(n) + rng.random(n)) / n).clip(max=len(self.captions) - 1)
        texts = [self.empty if rng.random() < drop else
                 self.captions[r][0][min(np.searchsorted(self.captions[r][1], rng.random()), len(self.captions[r][0]) - 1)]
                 for r in rows]
        return self.latents[rows].float(), self.states[texts].float()


@torch.no_grad()
def generate(unet, vae, states, empty, guidance, steps, seed, size, schedule=None):
    """Pictures [N, 3, H, W] in -1...1 for text states [N, tokens, 384], by classifier-free guidance."""
    schedule = schedule or scheduler()
    schedule.set_timesteps(steps)
    n = len(states)
    x = torch.randn(n, unet.config.in_channels, size, size, generator=torch.Generator().manual_seed(seed)).to(states.device)
    x = x * schedule.init_noise_sigma
    context = torch.cat([empty.expand(n, -1, -1), states])
    for t in schedule.timesteps:
        scaled = schedule.scale_model_input(torch.cat([x, x]), t)
        unconditional, conditional = unet(scaled, t, context).sample.chunk(2)
        x = schedule.step(unconditional + guidance * (conditional - unconditional), t, x).prev_sample
    return torch.cat([vae.decode(part).sample for part in (x / vae.config.scaling_factor).split(8)]).clamp(-1, 1).cpu()


def main():
    args, profile, run = arguments(
        __doc__, minutes=dict(type=float, help="planned minutes in all"), preview=dict(type=float, default=12, help="minutes between previews"))
    log, device = Log(run, "unet"), profile.device
    minutes = args.minutes or profile.unet_minutes
    samples, rng = Samples(run, device), np.random.default_rng()
    unet = build(profile).to(device, memory_format=torch.channels_last)
    average = build(profile).to(device, memory_format=torch.channels_last).requires_grad_(False)
    average.load_state_dict(unet.state_dict())
    optimizer = torch.optim.AdamW(unet.parameters(), profile.unet_lr, betas=(0.9, 0.99), weight_decay=0.01)
    clock, step = Clock(), 0
    checkpoint = run / "unet.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device)
        unet.load_state_dict(state["model"])
        average.load_state_dict(state["ema"])
        optimizer.load_state_dict(state["optimizer"])
        clock, step = Clock(state["minutes"]), state["step"]
    network = torch.compile(unet) if profile.compile else unet
    alpha_bar = scheduler().alphas_cumprod.to(device)
    vae = AutoencoderKL.from_pretrained(run / "vae").eval().to(device)
    encode = TextEncoder(profile.tokens, device)
    preview, empty = encode(PREVIEW), encode([""])
    previewed, mean_loss, since = clock.minutes, None, (clock.minutes, step)
    print(f"{sum(p.numel() for p in unet.parameters()) / 1e6:.2f}M parameters, {len(samples.latents)} latents", flush=True)

    def keep():
        save(checkpoint, dict(model=unet.state_dict(), ema=average.state_dict(), optimizer=optimizer.state_dict(),
                              minutes=clock.minutes, step=step, pictures=step * profile.unet_batch))

    while clock.minutes < minutes:
        rate = profile.unet_lr * min(1, (step + 1) / 200) * (0.03 + 0.97 * (1 + math.cos(math.pi * clock.minutes / minutes)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate
        x, context = samples.batch(profile.unet_batch, rng)
        n = len(x)
        t = ((torch.randperm(n) + torch.rand(n)) / n * 1000).long().clamp(max=999).to(device)
        noise = torch.randn_like(x)
        a = alpha_bar[t].sqrt()[:, None, None, None]
        s = (1 - alpha_bar[t]).sqrt()[:, None, None, None]
        noisy, target = a * x + s * noise, a * noise - s * x
        with torch.autocast(device, torch.bfloat16, enabled=profile.bf16):
            v = network(noisy.contiguous(memory_format=torch.channels_last), t, context).sample
        loss = F.mse_loss(v.float(), target)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
        step += 1
        decay = min(profile.ema, (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(unet.parameters()), 1 - decay)
        mean_loss = loss.item() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.item()
        clock.tick()
        if step % 50 == 0:
            speed = (step - since[1]) * n / max(clock.minutes - since[0], 1e-6) / 60
            since = clock.minutes, step
            log(pictures=step * n, minutes=clock.minutes, left=minutes - clock.minutes, loss=mean_loss, per_second=speed)
        if step % 200 == 0:
            keep()
        if clock.minutes - previewed > args.preview:
            previewed = clock.minutes
            pictures = generate(average, vae, preview, empty, 4.0, 16, 1, profile.unet["sample_size"])
            sheet(pictures, run / f"preview_{round(clock.minutes):03d}.png")
    keep()


if __name__ == "__main__":
    main()
