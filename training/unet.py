#!/usr/bin/env python3
"""Stage 5: train the UNet (diffusers `UNet2DConditionModel`) on the latents.

v-prediction (Salimans and Ho, 2022) under the scaled-linear schedule rescaled to zero terminal SNR (Lin et al., 2023),
because a picture on a flat ground needs a mean that noise does not leak; timesteps are stratified over the batch and lean towards the middle.
One caption in ten is empty, for classifier-free guidance. AdamW, warm-up then cosine over the planned minutes.
Checkpoint: `unet.pt`, from which a second run of the same command goes on.
"""

import json
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import distributed
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel

from autoencoder import sheet
from common import Clock, Log, arguments, save
from samples import enumerate_samples
from text import TextEncoder

PREVIEW = ["red heart", "blue star icon", "smiling face emoji", "green tree", "yellow sun", "house", "black cat", "blue car",
           "purple flower", "orange fish", "clock", "red apple", "moon", "book", "umbrella", "crown", "airplane", "cloud",
           "lightning", "key", "lock", "bell", "camera", "music note"]

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


class Workers:
    """Keeps the copies of a network in several processes together by averaging their weights now and then.

    Each worker has one core to itself, takes its own optimizer steps and meets the others every `PERIOD` steps
    (local SGD; Stich, 2019). On a shared machine this loses far less than threads that wait for each other in every layer.
    """

    PERIOD = 8

    def __init__(self, rank, count, store):
        self.rank, self.count = rank, count
        if count > 1:
            distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=count)

    @torch.no_grad()
    def meet(self, network, minutes):
        """Average the weights; everybody leaves with the first worker's minutes."""
        if self.count == 1:
            return minutes
        parameters = list(network.parameters())
        flat = torch.cat([p.reshape(-1) for p in parameters] + [torch.tensor([minutes if self.rank == 0 else 0.0])])
        distributed.all_reduce(flat)
        start = 0
        for p in parameters:
            p.copy_((flat[start:start + p.numel()] / self.count).view_as(p))
            start += p.numel()
        return flat[-1].item()


def train(rank, args, profile, run):
    torch.set_num_threads(max(1, profile.threads // profile.workers))
    workers = Workers(rank, profile.workers, run / "workers")
    first = rank == 0
    log, device = Log(run, "unet"), profile.device
    minutes = args.minutes or profile.unet_minutes
    samples, rng = Samples(run, device), np.random.default_rng()
    unet = build(profile).to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(unet.parameters(), profile.unet_lr, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    clock, step, state = Clock(), 0, None
    checkpoint = run / "unet.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device)
        unet.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        clock, step = Clock(state["minutes"]), state["step"]
    workers.meet(unet, 0)                                  # everybody starts from the same weights
    if first:
        average = build(profile).to(device, memory_format=torch.channels_last).requires_grad_(False)
        average.load_state_dict(state["ema"] if state else unet.state_dict())
        vae = AutoencoderKL.from_pretrained(run / "vae").eval().to(device)
        encode = TextEncoder(profile.tokens, device)
        preview, empty = encode(PREVIEW), encode([""])
        print(f"{sum(p.numel() for p in unet.parameters()) / 1e6:.2f}M parameters, {len(samples.latents)} latents", flush=True)
    network = torch.compile(unet) if profile.compile else unet
    alpha_bar = scheduler().alphas_cumprod.to(device)
    elapsed, previewed, mean_loss, since = clock.minutes, clock.minutes, None, (clock.minutes, step)
    n, everybody = profile.unet_batch, profile.unet_batch * profile.workers

    while elapsed < minutes:
        rate = profile.unet_lr * min(1, (step + 1) / 200) * (0.03 + 0.97 * (1 + math.cos(math.pi * elapsed / minutes)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate
        x, context = samples.batch(n, rng)
        t = torch.from_numpy(np.interp((rng.permutation(n) + rng.random(n)) / n, *TIMESTEPS)).long().clamp(max=999).to(device)
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
        mean_loss = loss.item() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.item()
        clock.tick()
        if step % Workers.PERIOD:
            continue
        elapsed = workers.meet(unet, clock.minutes)
        if not first:
            continue
        decay = min(profile.ema, (1 + step) / (10 + step)) ** Workers.PERIOD
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(unet.parameters()), 1 - decay)
        if step % 48 == 0:
            speed = (step - since[1]) * everybody / max(clock.minutes - since[0], 1e-6) / 60
            since = clock.minutes, step
            log(pictures=step * everybody, minutes=clock.minutes, left=minutes - clock.minutes, loss=mean_loss, per_second=speed)
        if step % 240 == 0 or elapsed >= minutes:
            save(checkpoint, dict(model=unet.state_dict(), ema=average.state_dict(), optimizer=optimizer.state_dict(),
                                  minutes=clock.minutes, step=step, pictures=step * everybody))
        if clock.minutes - previewed > args.preview:
            previewed = clock.minutes
            pictures = generate(average, vae, preview, empty, 4.0, 16, 1, profile.unet["sample_size"])
            sheet(pictures, run / f"preview_{round(clock.minutes):03d}.png")


def main():
    args, profile, run = arguments(
        __doc__, minutes=dict(type=float, help="planned minutes in all"),
        preview=dict(type=float, default=12, help="minutes between previews"))
    (run / "workers").unlink(missing_ok=True)
    if profile.workers == 1:
        train(0, args, profile, run)
    else:
        torch.multiprocessing.spawn(train, (args, profile, run), nprocs=profile.workers)


if __name__ == "__main__":
    main()
