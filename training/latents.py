#!/usr/bin/env python3
"""Stage 4: encode every sample once with the trained autoencoder. Writes `latents.npz` (`latents` [N, C, h, w], half precision)."""

import numpy as np
import torch
from diffusers import AutoencoderKL

import colours
from common import Log, arguments
from samples import enumerate_samples


@torch.no_grad()
def main():
    args, profile, run = arguments(__doc__)
    log = Log(run, "latents")
    vae = AutoencoderKL.from_pretrained(run / "vae").eval().to(profile.device, memory_format=torch.channels_last)
    arrays = np.load(run / "pictures.npz")
    pictures, inks = arrays["pictures"], arrays["inks"]
    sources = [s for s, _, _ in enumerate_samples(run)]
    out = []
    for start in range(0, len(sources), 64):
        batch = [pictures[s[1]] if s[0] == "picture" else colours.paint(inks[s[1]], s[2], s[3])
                 for s in sources[start:start + 64]]
        x = torch.from_numpy(np.stack(batch)).permute(0, 3, 1, 2).to(profile.device).float() / 127.5 - 1
        out.append(vae.encode(x.contiguous(memory_format=torch.channels_last)).latent_dist.mode().half().cpu())
        if start % 2048 == 0:
            print(f"latents {start} of {len(sources)}", flush=True)
    latents = torch.cat(out)
    np.savez(run / "latents.npz", latents=latents.numpy())
    log(latents=len(latents), mean=latents.float().mean().item(), std=latents.float().std().item(),
        largest=latents.abs().max().item())


if __name__ == "__main__":
    main()
