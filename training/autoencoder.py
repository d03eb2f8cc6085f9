#!/usr/bin/env python3
"""Stage 3: train the autoencoder (diffusers `AutoencoderKL`, used deterministically), eight pixels to a latent.

The loss is L1 + 2 MSE + the L1 of the picture's gradients, with noise of a tenth of a standard deviation on the latents so that
the decoder forgives what the UNet gets slightly wrong. At the end every latent channel's mean and deviation, measured
over the data set, are folded into `quant_conv` and `post_quant_conv`: latents are then unit normal and
`scaling_factor` is 1. Checkpoint: `autoencoder.pt`; the folded model: `vae/`.
"""

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from PIL import Image

from common import Clock, Log, arguments, save
from metrics import l1, psnr, ssim
from pictures import Pictures


def build(profile):
    channels = profile.ae_channels
    return AutoencoderKL(
        in_channels=3, out_channels=3, sample_size=profile.size, block_out_channels=channels, layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * len(channels), up_block_types=("UpDecoderBlock2D",) * len(channels),
        latent_channels=profile.latent_channels, norm_num_groups=8, mid_block_add_attention=False, scaling_factor=1.0)


def reconstruction_loss(y, x):
    """The last term is what keeps edges free of halos."""
    edges = sum((y.diff(dim=d) - x.diff(dim=d)).abs().mean() for d in (2, 3))
    return (y - x).abs().mean() + 2 * F.mse_loss(y, x) + edges


@torch.no_grad()
def measure(vae, pictures, batch=16):
    """(figures, reconstructions) of pictures."""
    out = torch.cat([vae.decode(vae.encode(p).latent_dist.mode()).sample.clamp(-1, 1) for p in pictures.split(batch)]).float().cpu()
    pictures = pictures.cpu()
    return dict(psnr=psnr(out, pictures), l1=l1(out, pictures), ssim=ssim(out, pictures)), out


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


def side_by_side(pictures, out):
    """Twelve pictures, their reconstructions, and twelve more of each."""
    pictures = pictures.cpu()
    return torch.cat([pictures[:12], out[:12], pictures[12:24], out[12:24]])


def sheet(pictures, path, columns=12):
    rows = [torch.cat(list(pictures[i:i + columns]), 2) for i in range(0, len(pictures) // columns * columns, columns)]
    grid = (torch.cat(rows, 1).clamp(-1, 1) + 1) * 127.5
    Image.fromarray(grid.round().byte().permute(1, 2, 0).numpy()).save(path)


def main():
    args, profile, run = arguments(__doc__)
    log = Log(run, "autoencoder")
    if (run / "vae" / "config.json").exists():
        print("autoencoder is done")
        return
    data = Pictures(run, profile.device)
    vae = build(profile).to(profile.device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(vae.parameters(), profile.ae_lr, betas=(0.9, 0.99), weight_decay=1e-3, fused=True)
    clock, seen, std = Clock(profile.ae_minutes), 0, None
    checkpoint = run / "autoencoder.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=profile.device)
        vae.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        clock.minutes, seen, std = state["minutes"], state["seen"], state["std"]
    if profile.compile:
        vae.encoder.compile(dynamic=False)
        vae.decoder.compile(dynamic=False)
    print(f"{sum(p.numel() for p in vae.parameters()) / 1e6:.2f}M parameters; {len(data.test)} pictures held out", flush=True)
    step, mean_loss, saved = 0, None, clock.minutes

    def keep():
        save(checkpoint, dict(model=vae.state_dict(), optimizer=optimizer.state_dict(), minutes=clock.minutes, seen=seen, std=std))

    while (done := clock.done) < 1:
        for group in optimizer.param_groups:
            group["lr"] = profile.ae_lr * min(1, (seen + 1) / (150 * profile.ae_batch)) * min(1, (1 - done) / 0.35 + 0.01)
        small = done < profile.ae_small                  # half size first: four times as many edges for the same work
        x = data.batch(profile.ae_batch * (2 if small else 1))
        x = F.avg_pool2d(x, 2) if small else x
        with torch.autocast(profile.device, torch.bfloat16, enabled=profile.bf16):
            z = vae.encode(x).latent_dist.mode()
            now = z.detach().float().std((0, 2, 3))
            std = now if std is None else 0.98 * std + 0.02 * now
            z = z + profile.latent_noise * std[None, :, None, None] * torch.randn_like(z)
            y = vae.decode(z).sample.float()
        loss = reconstruction_loss(y, x)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        step, seen = step + 1, seen + len(x)
        mean_loss = loss.detach() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.detach()
        clock.tick()
        if step % profile.log_every == 0:
            log(pictures=seen, minutes=clock.minutes, left=clock.left, loss=mean_loss.item())
            if clock.minutes - saved > 1:
                saved = clock.minutes
                keep()
    keep()

    trained, vae = vae, build(profile).eval().to(profile.device, memory_format=torch.channels_last)    # not compiled: other shapes follow
    vae.load_state_dict(trained.state_dict())
    with torch.no_grad():
        z = torch.cat([vae.encode(data.batch(32)).latent_dist.mode() for _ in range(16)]).float()
    fold(vae, z.mean((0, 2, 3)), z.std((0, 2, 3)))
    figures, out = measure(vae, data.test)
    log(pictures=seen, minutes=clock.minutes, held_out=len(data.test), **figures)
    sheet(side_by_side(data.test, out), run / "autoencoder.png")
    vae.to("cpu", memory_format=torch.contiguous_format).save_pretrained(run / "vae")


if __name__ == "__main__":
    main()
