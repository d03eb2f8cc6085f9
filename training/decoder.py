#!/usr/bin/env python3
"""Stage 8: train the decoder alone for some more minutes.

The encoder stays as it is, so the latents and a UNet trained on them stay valid; this runs after the UNet with whatever time is
left. Reads `vae/`, writes `vae-polished/`, which is a copy if the held-out pictures got no better; checkpoint: none, it is short.
"""

import math

import torch
from diffusers import AutoencoderKL

from autoencoder import measure, reconstruction_loss, sheet, side_by_side
from common import Clock, Log, arguments
from pictures import Pictures


def main():
    args, profile, run = arguments(__doc__, until=dict(help="rather plan to end at this time of day, HH:MM in UTC"))
    log = Log(run, "decoder")
    if (run / "vae-polished" / "config.json").exists():
        print("decoder is done")
        return
    data = Pictures(run, profile.device)
    vae = AutoencoderKL.from_pretrained(run / "vae").to(profile.device, memory_format=torch.channels_last)
    vae.encoder.requires_grad_(False)
    vae.quant_conv.requires_grad_(False)
    weights = [p for p in vae.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, 0.5 * profile.ae_lr, betas=(0.9, 0.99), weight_decay=1e-3, fused=True)
    before, _ = measure(vae, data.test)
    log(pictures=0, **before)
    if profile.compile:
        vae.decoder.compile(dynamic=False)
    clock, step, seen, mean_loss = Clock(profile.decoder_minutes, args.until), 0, 0, None
    while (done := clock.done) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 0.5 * profile.ae_lr * min(1, (step + 1) / 50) * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)
        x = data.batch(profile.ae_batch)
        with torch.autocast(profile.device, torch.bfloat16, enabled=profile.bf16):
            with torch.no_grad():
                z = vae.encode(x).latent_dist.mode()
                z = z + profile.latent_noise * torch.randn_like(z)
            y = vae.decode(z).sample.float()
        loss = reconstruction_loss(y, x)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        step, seen = step + 1, seen + len(x)
        mean_loss = loss.detach() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.detach()
        clock.tick()
        if step % profile.log_every == 0:
            log(pictures=seen, minutes=clock.minutes, left=clock.left, loss=mean_loss.item())
    trained, vae = vae, AutoencoderKL.from_pretrained(run / "vae").to(profile.device)
    vae.load_state_dict(trained.state_dict())
    figures, out = measure(vae, data.test)
    log(pictures=seen, minutes=clock.minutes, **figures)
    sheet(side_by_side(data.test, out), run / "decoder.png")
    if figures["psnr"] < before["psnr"]:
        vae = AutoencoderKL.from_pretrained(run / "vae")
        log(kept="the decoder as it was")
    vae.to("cpu", memory_format=torch.contiguous_format).save_pretrained(run / "vae-polished")


if __name__ == "__main__":
    main()
