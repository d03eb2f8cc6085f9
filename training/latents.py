#!/usr/bin/env python3
"""Stage 5: encode every sample once with the trained autoencoder. Writes `latents.npz` (`latents` [N, C, h, w], half precision)."""

import numpy as np
import torch
from diffusers import AutoencoderKL

import colours
from common import Log, arguments, autocast
from pictures import Pictures, paint, tensor
from samples import enumerate_samples


def rgb(names, device):
    return torch.tensor([colours.PALETTE[c] for c in names], dtype=torch.float32, device=device)


@torch.no_grad()
def main():
    args, profile, run = arguments(__doc__)
    log, device, n = Log(run, "latents"), profile.device, profile.encode_batch
    if (run / "latents.npz").exists():
        print("latents are done")
        return
    vae = AutoencoderKL.from_pretrained(run / "vae").eval().to(device, memory_format=torch.channels_last)
    data = Pictures(run, device)
    sources = [source for source, _, _ in enumerate_samples(run)]
    latents = torch.empty(len(sources), profile.latent_channels, profile.size // 8, profile.size // 8, dtype=torch.float16)
    for kind in ("picture", "ink"):
        numbers = [i for i, source in enumerate(sources) if source[0] == kind]
        for start in range(0, len(numbers), n):
            part = numbers[start:start + n]
            _, rows, *pair = zip(*(sources[i] for i in part))
            x = tensor(data.pictures[list(rows)]) if kind == "picture" else \
                paint(data.inks[list(rows)], rgb(pair[0], device), rgb(pair[1], device))
            with autocast(device):
                z = vae.encode(x.contiguous(memory_format=torch.channels_last)).latent_dist.mode()
            latents[part] = z.half().cpu()
            if start // n % 32 == 0:
                print(f"latents of {kind}s {start} of {len(numbers)}", flush=True)
    np.savez(run / "latents.npz", latents=latents.numpy())
    log(latents=len(latents), mean=latents.float().mean().item(), std=latents.float().std().item(), largest=latents.abs().max().item())


if __name__ == "__main__":
    main()
