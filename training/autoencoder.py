#!/usr/bin/env python3
"""Stage 3: train the autoencoder (diffusers `AutoencoderKL`, used deterministically), eight pixels to a latent.

The loss is L1 + 2 MSE + the L1 of the picture's gradients, with noise of a twentieth of a standard deviation on the latents so that
the decoder forgives what the UNet gets slightly wrong. At the end every latent channel's mean and deviation, measured
over the data set, are folded into `quant_conv` and `post_quant_conv`: latents are then unit normal and
`scaling_factor` is 1. Checkpoint: `autoencoder.pt`; the folded model: `vae/`.
"""

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from PIL import Image

from common import Clock, Log, arguments, autocast
from loop import fit, late
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
    log, device = Log(run, "autoencoder"), profile.device
    if (run / "vae" / "config.json").exists():
        print("autoencoder is done")
        return
    data = Pictures(run, device)
    vae = build(profile).to(device, memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in vae.parameters()) / 1e6:.2f}M parameters; {len(data.test)} pictures held out", flush=True)
    std = None

    def loss_of(done):
        nonlocal std
        small = done < profile.ae_small                  # half size first: four times as many edges for the same work
        x = data.batch(profile.ae_batch * (2 if small else 1))
        x = F.avg_pool2d(x, 2) if small else x
        with autocast(device):
            z = vae.encode(x).latent_dist.mode()
            now = z.detach().float().std((0, 2, 3))
            std = now if std is None else 0.98 * std + 0.02 * now
            z = z + profile.latent_noise * std[None, :, None, None] * torch.randn_like(z)
            y = vae.decode(z).sample.float()
        return reconstruction_loss(y, x), len(x)

    clock = Clock(profile.ae_minutes)
    seen = fit(vae, loss_of, clock, log, profile.ae_lr, schedule=late, warmup=150, weight_decay=1e-3, log_every=profile.log_every,
               checkpoint=run / "autoencoder.pt")
    vae.eval()
    with torch.no_grad():
        z = torch.cat([vae.encode(data.batch(32)).latent_dist.mode() for _ in range(16)]).float()
    fold(vae, z.mean((0, 2, 3)), z.std((0, 2, 3)))
    figures, out = measure(vae, data.test)
    log(pictures=seen, minutes=clock.minutes, held_out=len(data.test), **figures)
    sheet(side_by_side(data.test, out), run / "autoencoder.png")
    vae.to("cpu", memory_format=torch.contiguous_format).save_pretrained(run / "vae")


if __name__ == "__main__":
    main()
