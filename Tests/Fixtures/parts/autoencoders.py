"""Autoencoders: a folder each, with config.json, diffusion_pytorch_model.safetensors and expected.safetensors.

expected.safetensors: `image` [2, 3, height, width] in -1...1, `latent` and its picture `decoded`, and what the image
becomes: for AutoencoderKL `mean`, `logvar`, and `sample`, which is mean + exp(logvar / 2) · `noise`; for
AutoencoderTiny `encoded`. No scaling factor is applied anywhere.
"""

from pathlib import Path

import torch
from diffusers import AutoencoderKL, AutoencoderTiny

from reference import prepare, random, save_model, save_tensors

KL = {
    "kl": dict(block_out_channels=(8, 16, 16), layers_per_block=1, norm_num_groups=4, latent_channels=4),
    "kl-without-attention": dict(
        block_out_channels=(16, 16, 24), layers_per_block=1, norm_num_groups=8, latent_channels=8,
        mid_block_add_attention=False, scaling_factor=1.0),
    "kl-without-quantisation": dict(
        block_out_channels=(12, 20), layers_per_block=2, norm_num_groups=4, latent_channels=4, use_quant_conv=False,
        use_post_quant_conv=False, scaling_factor=0.13025),
}


def make_kl(folder: Path, settings: dict) -> None:
    levels = len(settings["block_out_channels"])
    model = prepare(AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * levels, up_block_types=("UpDecoderBlock2D",) * levels,
        sample_size=32, **settings))
    image = random(2, 3, 40, 24).clamp(-1, 1)
    posterior = model.encode(image).latent_dist
    noise = random(*posterior.mean.shape)
    latent = random(2, settings["latent_channels"], 6, 10)
    save_model(model, folder)
    save_tensors({
        "image": image, "mean": posterior.mean, "logvar": posterior.logvar, "noise": noise,
        "sample": posterior.mean + posterior.std * noise, "latent": latent, "decoded": model.decode(latent).sample,
    }, folder / "expected.safetensors")


def make_tiny(folder: Path) -> None:
    model = prepare(AutoencoderTiny(
        encoder_block_out_channels=(16, 16, 16), decoder_block_out_channels=(20, 20, 20),
        num_encoder_blocks=(1, 2, 2), num_decoder_blocks=(2, 2, 1)))
    image = random(2, 3, 40, 24).clamp(-1, 1)
    latent = random(2, 4, 6, 10, scale=2)
    save_model(model, folder)
    save_tensors({
        "image": image, "encoded": model.encode(image).latents, "latent": latent,
        "decoded": model.decode(latent).sample,
    }, folder / "expected.safetensors")


def make(folder: Path) -> None:
    for number, (name, settings) in enumerate(KL.items()):
        torch.manual_seed(50 + number)
        make_kl(folder / name, settings)
    torch.manual_seed(60)
    make_tiny(folder / "tiny")
