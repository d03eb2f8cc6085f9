#!/usr/bin/env python3
"""Stage 6 (optional): train the decoder alone for some more minutes.

The encoder stays as it is, so the latents and a UNet trained on them stay valid; this can run after the UNet with
whatever time is left. Changes `vae/` in place.
"""

import math
import random
import time

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from autoencoder import Pictures, gradient_l1, measure, sheet
from common import Clock, Log, arguments


def main():
    args, profile, run = arguments(__doc__, minutes=dict(type=float, default=10))
    log = Log(run, "decoder")
    data, rng = Pictures(run), random.Random(time.time())
    vae = AutoencoderKL.from_pretrained(run / "vae").to(profile.device, memory_format=torch.channels_last)
    vae.encoder.requires_grad_(False)
    vae.quant_conv.requires_grad_(False)
    weights = [p for p in vae.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, profile.ae_lr, betas=(0.9, 0.99), weight_decay=1e-3)
    clock, step, seen, mean_loss, test = Clock(), 0, 0, None, data.test()
    psnr, l1, _ = measure(vae, test)
    log(pictures=0, psnr=psnr, l1=l1)
    while clock.minutes < args.minutes:
        cosine = (1 + math.cos(math.pi * clock.minutes / args.minutes)) / 2
        for group in optimizer.param_groups:
            group["lr"] = 0.5 * profile.ae_lr * min(1, (step + 1) / 50) * (0.02 + 0.98 * cosine)
        x = data.batch(profile.ae_batch, rng).to(profile.device, memory_format=torch.channels_last)
        with torch.autocast(profile.device, torch.bfloat16, enabled=profile.bf16):
            with torch.no_grad():
                z = vae.encode(x).latent_dist.mode()
                z = z + profile.latent_noise * torch.randn_like(z)
            y = vae.decode(z).sample.float()
        loss = (y - x).abs().mean() + 2 * F.mse_loss(y, x) + gradient_l1(y, x)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        step, seen = step + 1, seen + len(x)
        mean_loss = loss.item() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.item()
        clock.tick()
        if step % 100 == 0:
            log(pictures=seen, minutes=clock.minutes, left=args.minutes - clock.minutes, loss=mean_loss)
    psnr, l1, out = measure(vae, test)
    log(pictures=seen, minutes=clock.minutes, psnr=psnr, l1=l1)
    sheet(torch.stack([test[-12:], out[-12:], test[:12], out[:12]]).flatten(0, 1), run / "autoencoder.png")
    vae.to("cpu", memory_format=torch.contiguous_format).save_pretrained(run / "vae")


if __name__ == "__main__":
    main()
