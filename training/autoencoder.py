#!/usr/bin/env python3
"""Stage 2: train the autoencoder (diffusers `AutoencoderKL`, used deterministically), eight pixels to a latent.

The loss is L1 + 2 MSE + the L1 of the picture's gradients, with noise of a tenth of a standard deviation on the latents so that
the decoder forgives what the UNet gets slightly wrong. At the end every latent channel's mean and deviation, measured
over the data set, are folded into `quant_conv` and `post_quant_conv`: latents are then unit normal and
`scaling_factor` is 1. Checkpoint: `autoencoder.pt`; the folded model: `vae/`.
"""

import json
import math
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from PIL import Image

import colours
from common import Clock, Log, arguments, save


def build(profile):
    channels = profile.ae_channels
    return AutoencoderKL(
        in_channels=3, out_channels=3, sample_size=profile.size, block_out_channels=channels, layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * len(channels), up_block_types=("UpDecoderBlock2D",) * len(channels),
        latent_channels=profile.latent_channels, norm_num_groups=8, mid_block_add_attention=False, scaling_factor=1.0)


class Pictures:
    """The chosen pictures as tensors in -1...1, a few per cent of them held out."""

    def __init__(self, run, every=40):
        self.entries = json.load(open(run / "dataset.json"))
        arrays = np.load(run / "pictures.npz")
        self.pictures, self.inks = arrays["pictures"], arrays["inks"]
        self.held_out = {"pictures": range(every // 2, len(self.pictures), every),
                         "glyphs": range(every // 2, len(self.inks), every)}
        self.train = {}
        for kind, entries in self.entries.items():
            held = set(self.held_out[kind])
            rows = [e["row"] for e in entries if e["row"] not in held]
            weights = np.array([math.sqrt(e["weight"]) for e in entries if e["row"] not in held])
            self.train[kind] = rows, np.cumsum(weights) / weights.sum()

    def tensor(self, pictures):
        return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1

    def batch(self, n, rng):
        """Half pictures as they are, half glyphs: in the named colours or, so that no hue is left out, in any."""
        out = []
        for _ in range(n):
            kind = "pictures" if rng.random() < 0.5 else "glyphs"
            rows, cumulative = self.train[kind]
            row = rows[min(np.searchsorted(cumulative, rng.random()), len(rows) - 1)]
            if kind == "pictures":
                out.append(self.pictures[row])
            else:
                ink, ground = rng.choice(colours.variants(rng.random(), 8))
                if rng.random() < 0.5:
                    ink = [rng.randrange(256) for _ in range(3)]
                    ground = ground if rng.random() < 0.5 else [rng.randrange(256) for _ in range(3)]
                out.append(colours.paint(self.inks[row], ink, ground))
        return self.tensor(out)

    def test(self):
        rng = random.Random(1)
        glyphs = [colours.paint(self.inks[r], *rng.choice(colours.variants(r, 8))) for r in self.held_out["glyphs"]]
        return self.tensor([self.pictures[r] for r in self.held_out["pictures"]] + glyphs)


def gradient_l1(a, b):
    return sum((a.diff(dim=d) - b.diff(dim=d)).abs().mean() for d in (2, 3))


@torch.no_grad()
def measure(vae, pictures, batch=16):
    """(PSNR of the mean squared error over all pictures in dB, L1 in 0...1, reconstructions)"""
    out = torch.cat([vae.decode(vae.encode(p).latent_dist.mode()).sample.clamp(-1, 1).cpu()
                     for p in pictures.to(vae.device).split(batch)])
    d = (out - pictures) / 2
    return -10 * math.log10(d.square().mean()), d.abs().mean().item(), out


@torch.no_grad()
def fold(vae, mean, std):
    """Make latents zero-mean and unit-variance by changing the two 1x1 convolutions around them."""
    C = len(mean)
    q, p = vae.quant_conv, vae.post_quant_conv
    q.weight[:C] /= std[:, None, None, None]
    q.bias[:C] = (q.bias[:C] - mean) / std
    q.weight[C:] = 0
    q.bias[C:] = -20                                      # log variance: sampling the posterior gives its mean
    p.bias += p.weight[:, :, 0, 0] @ mean
    p.weight *= std[None, :, None, None]


def sheet(pictures, path, columns=12):
    rows = [torch.cat(list(pictures[i:i + columns]), 2) for i in range(0, len(pictures) // columns * columns, columns)]
    grid = (torch.cat(rows, 1).clamp(-1, 1) + 1) * 127.5
    Image.fromarray(grid.round().byte().permute(1, 2, 0).numpy()).save(path)


def main():
    args, profile, run = arguments(__doc__, minutes=dict(type=float))
    log = Log(run, "autoencoder")
    minutes = args.minutes or profile.ae_minutes
    torch.manual_seed(0)
    data, rng = Pictures(run), random.Random(time.time())
    vae = build(profile).to(profile.device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(vae.parameters(), profile.ae_lr, betas=(0.9, 0.99), weight_decay=1e-3)
    clock, seen, std = Clock(), 0, None
    checkpoint = run / "autoencoder.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint)
        vae.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        clock, seen, std = Clock(state["minutes"]), state["seen"], state["std"]
    test = data.test()
    print(f"{sum(p.numel() for p in vae.parameters()) / 1e6:.2f}M parameters; {len(test)} pictures held out", flush=True)
    step, mean_loss = 0, None
    while clock.minutes < minutes:
        done = clock.minutes / minutes
        for group in optimizer.param_groups:
            group["lr"] = profile.ae_lr * min(1, (seen + 1) / (150 * profile.ae_batch)) * min(1, (1 - done) / 0.35 + 0.01)
        small = done < 0.9                               # half size first: four times as many edges for the same work
        x = data.batch(profile.ae_batch * (2 if small else 1), rng).to(profile.device, memory_format=torch.channels_last)
        x = F.avg_pool2d(x, 2) if small else x
        with torch.autocast(profile.device, torch.bfloat16, enabled=profile.bf16):
            z = vae.encode(x).latent_dist.mode()
            now = z.detach().float().std((0, 2, 3))
            std = now if std is None else 0.98 * std + 0.02 * now
            z = z + profile.latent_noise * std[None, :, None, None] * torch.randn_like(z)
            y = vae.decode(z).sample.float()
        loss = (y - x).abs().mean() + 2 * F.mse_loss(y, x) + gradient_l1(y, x)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        step, seen = step + 1, seen + len(x)
        mean_loss = loss.item() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.item()
        clock.tick()
        if step % 100 == 0:
            log(pictures=seen, minutes=clock.minutes, left=minutes - clock.minutes, loss=mean_loss)
        if step % 250 == 0:
            save(checkpoint, dict(model=vae.state_dict(), optimizer=optimizer.state_dict(), minutes=clock.minutes, seen=seen, std=std))
            psnr, l1, out = measure(vae, test)
            log(pictures=seen, psnr=psnr, l1=l1)
            sheet(torch.stack([test[-12:], out[-12:], test[:12], out[:12]]).flatten(0, 1), run / "autoencoder.png")
    save(checkpoint, dict(model=vae.state_dict(), optimizer=optimizer.state_dict(), minutes=clock.minutes, seen=seen, std=std))

    vae.eval()
    with torch.no_grad():
        sample = torch.cat([data.batch(256, rng), test])
        z = torch.cat([vae.encode(p.to(profile.device)).latent_dist.mode() for p in sample.split(32)]).float()
    fold(vae, z.mean((0, 2, 3)), z.std((0, 2, 3)))
    psnr, l1, out = measure(vae, test)
    log(pictures=seen, minutes=clock.minutes, held_out=len(test), psnr=psnr, l1=l1)
    sheet(torch.stack([test[-12:], out[-12:], test[:12], out[:12]]).flatten(0, 1), run / "autoencoder.png")
    vae.to("cpu", memory_format=torch.contiguous_format).save_pretrained(run / "vae")


if __name__ == "__main__":
    main()
