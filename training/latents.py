#!/usr/bin/env python3
"""Stage 4: encode every sample once with the trained autoencoder. Writes `latents.npz` (`latents` [N, C, h, w], half precision)."""

import numpy as np
import torch
from diffusers import AutoencoderKL

import colours
from common import Log, arguments
from samples import enumerate_samples


class Encoder:
    """Encodes samples by number; one per process."""

    def __init__(self, profile, run, threads):
        torch.set_num_threads(threads)
        self.vae = AutoencoderKL.from_pretrained(run / "vae").eval().to(profile.device, memory_format=torch.channels_last)
        arrays = np.load(run / "pictures.npz")
        self.pictures, self.inks = arrays["pictures"], arrays["inks"]
        self.sources = [s for s, _, _ in enumerate_samples(run)]

    @torch.no_grad()
    def __call__(self, numbers):
        batch = [self.pictures[s[1]] if s[0] == "picture" else colours.paint(self.inks[s[1]], s[2], s[3])
                 for s in (self.sources[i] for i in numbers)]
        x = torch.from_numpy(np.stack(batch)).permute(0, 3, 1, 2).to(self.vae.device).float() / 127.5 - 1
        z = self.vae.encode(x.contiguous(memory_format=torch.channels_last)).latent_dist.mode()
        return z.half().cpu().numpy()


def _start(*state):
    global encoder
    encoder = Encoder(*state)


def _encode(numbers):
    return encoder(numbers)


def main():
    args, profile, run = arguments(__doc__)
    log = Log(run, "latents")
    count = sum(1 for _ in enumerate_samples(run))
    parts = [range(start, min(start + 16, count)) for start in range(0, count, 16)]
    threads = max(1, profile.threads // profile.workers)
    with torch.multiprocessing.get_context("spawn").Pool(profile.workers, _start, (profile, run, threads)) as pool:
        out = []
        for part in pool.imap(_encode, parts):
            out.append(part)
            if len(out) % 64 == 0:
                print(f"latents {16 * len(out)} of {count}", flush=True)
    latents = np.concatenate(out)
    np.savez(run / "latents.npz", latents=latents)
    values = latents.astype(np.float32)
    log(latents=len(latents), mean=float(values.mean()), std=float(values.std()), largest=float(np.abs(values).max()))


if __name__ == "__main__":
    main()
