#!/usr/bin/env python3
"""Stage 7: train the decoder alone for some more minutes.

The encoder stays as it is, so the latents and a UNet trained on them stay valid; this runs after the UNet with whatever time is
left. Reads `vae/`, writes `vae-polished/`, which is a copy if the held-out pictures got no better; checkpoint: none, it is short.
"""

import torch
from diffusers import AutoencoderKL

from autoencoder import measure, reconstruction_loss, sheet, side_by_side
from common import Clock, Log, arguments, autocast
from loop import fit
from pictures import Pictures


def main():
    args, profile, run = arguments(__doc__, until=dict(help="rather plan to end at this time of day, HH:MM in UTC"))
    log, device = Log(run, "decoder"), profile.device
    if (run / "vae-polished" / "config.json").exists():
        print("decoder is done")
        return
    data = Pictures(run, device)
    vae = AutoencoderKL.from_pretrained(run / "vae").to(device, memory_format=torch.channels_last)
    vae.encoder.requires_grad_(False)
    vae.quant_conv.requires_grad_(False)
    before, _ = measure(vae, data.test)
    log(pictures=0, **before)

    def loss_of(done):
        x = data.batch(profile.ae_batch)
        with autocast(device):
            with torch.no_grad():
                z = vae.encode(x).latent_dist.mode()
                z = z + profile.latent_noise * torch.randn_like(z)
            y = vae.decode(z).sample.float()
        return reconstruction_loss(y, x), len(x)

    clock = Clock(profile.decoder_minutes, args.until)
    seen = fit(vae, loss_of, clock, log, 0.5 * profile.ae_lr, warmup=50, weight_decay=1e-3, log_every=profile.log_every)
    figures, out = measure(vae, data.test)
    log(pictures=seen, minutes=clock.minutes, **figures)
    sheet(side_by_side(data.test, out), run / "decoder.png")
    if figures["psnr"] < before["psnr"] or figures["ssim"] < before["ssim"]:
        vae = AutoencoderKL.from_pretrained(run / "vae")
        log(kept="the decoder as it was")
    vae.to("cpu", memory_format=torch.contiguous_format).save_pretrained(run / "vae-polished")


if __name__ == "__main__":
    main()
