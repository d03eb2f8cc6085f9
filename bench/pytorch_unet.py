#!/usr/bin/env python3
"""Times PyTorch on Stable Diffusion 1.5's U-net, and writes a model of its shape for this engine to be timed on.

    python bench/pytorch_unet.py --batch 1 2 --repeat 5
    python bench/pytorch_unet.py --save /tmp/sd15-random --repeat 0

The weights are random: how long a forward pass takes does not depend on them. Times are of diffusers'
UNet2DConditionModel in single precision, channels last, after one pass to warm up; the report is JSON on standard
output. `--save` writes a folder in the diffusers layout with the very weights that are timed, in half precision: U-net,
autoencoder, text encoder, a tokenizer that knows single bytes only, a scheduler, and `expected.safetensors` with one
input and output of the U-net, so that an engine can show that what it timed is the same computation.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import diffusers
import torch
import transformers
from diffusers import AutoencoderKL, AutoencoderTiny, PNDMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

UNET = dict(
    sample_size=64, in_channels=4, out_channels=4, block_out_channels=(320, 640, 1280, 1280), layers_per_block=2,
    down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
    up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3, cross_attention_dim=768, attention_head_dim=8,
    norm_num_groups=32)

AUTOENCODER = dict(
    sample_size=512, in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(128, 256, 512, 512),
    layers_per_block=2, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
    norm_num_groups=32)

TEXT_ENCODER = dict(
    vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
    max_position_embeddings=77, projection_dim=768, hidden_act="quick_gelu", bos_token_id=0, pad_token_id=1,
    eos_token_id=2)

INDEX = {
    "_class_name": "StableDiffusionPipeline", "_diffusers_version": diffusers.__version__,
    "feature_extractor": [None, None], "requires_safety_checker": False, "safety_checker": [None, None],
    "scheduler": ["diffusers", "PNDMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}

TOKENS = 77


def rounded(model: torch.nn.Module) -> torch.nn.Module:
    """The model with weights that half precision can hold."""
    for parameter in model.eval().parameters():
        parameter.copy_(parameter.half())
    return model


def inputs(batch: int, side: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(batch)
    return {
        "sample": torch.randn(batch, 4, side, side),
        "timestep": torch.linspace(981, 261, batch),
        "encoder_hidden_states": torch.randn(batch, TOKENS, UNET["cross_attention_dim"]),
    }


def forward(unet: UNet2DConditionModel, values: dict[str, torch.Tensor]) -> torch.Tensor:
    sample = values["sample"].contiguous(memory_format=torch.channels_last)
    return unet(sample, values["timestep"], values["encoder_hidden_states"]).sample


def measure(unet: UNet2DConditionModel, batch: int, side: int, repeat: int) -> dict:
    values = inputs(batch, side)
    forward(unet, values)
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        forward(unet, values)
        seconds.append(time.perf_counter() - start)
    return {
        "batch": batch, "latent": [side, side], "median_seconds": statistics.median(seconds),
        "minimum_seconds": min(seconds), "seconds": seconds,
    }


def save(unet: UNet2DConditionModel, folder: Path, side: int, has_tiny_autoencoder: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    values = inputs(2, side)
    output = forward(unet, values)
    save_file({**values, "output": output.contiguous()}, folder / "expected.safetensors")
    autoencoder = AutoencoderTiny() if has_tiny_autoencoder else AutoencoderKL(**AUTOENCODER)
    parts = {
        "unet": unet, "vae": rounded(autoencoder),
        "text_encoder": rounded(CLIPTextModel(CLIPTextConfig(**TEXT_ENCODER))),
    }
    for name, model in parts.items():
        model.half().save_pretrained(folder / name)
    unet.float()
    PNDMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1,
        set_alpha_to_one=False).save_pretrained(folder / "scheduler")
    save_tokenizer(folder / "tokenizer")
    index = INDEX | {"vae": ["diffusers", type(autoencoder).__name__]}
    (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")


def save_tokenizer(folder: Path) -> None:
    """CLIP's bytes and special tokens at their numbers, no merges, and names for the numbers between."""
    from tokenizers.pre_tokenizers import ByteLevel

    symbols = sorted(ByteLevel.alphabet())
    tokens = symbols + [symbol + "</w>" for symbol in symbols]
    tokens += [f"unused{number}</w>" for number in range(len(tokens), TEXT_ENCODER["vocab_size"] - 2)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "CLIPTokenizer", "model_max_length": TOKENS, "bos_token": "<|startoftext|>",
        "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
    }, indent=2) + "\n")


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 2], help="batch sizes to time")
    parser.add_argument("--latent", type=int, default=64, help="side of the latents; 64 is a 512 × 512 picture")
    parser.add_argument("--repeat", type=int, default=5, help="timed passes for each batch size; 0 to time nothing")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads; all processors by default")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="write a model with these weights there (2.2 GB)")
    parser.add_argument("--tiny", action="store_true", help="write the tiny autoencoder instead of the large one")
    options = parser.parse_args()

    torch.set_grad_enabled(False)
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    unet = rounded(UNet2DConditionModel(**UNET)).to(memory_format=torch.channels_last)
    if options.save:
        save(unet, options.save, options.latent, options.tiny)
        print(f"wrote {options.save}", file=sys.stderr)
    results = [measure(unet, batch, options.latent, options.repeat) for batch in options.batch if options.repeat > 0]
    json.dump({
        "engine": "pytorch", "model": "stable-diffusion-1.5 unet, random weights", "precision": "float32",
        "versions": {
            "torch": torch.__version__, "diffusers": diffusers.__version__, "transformers": transformers.__version__,
        },
        "processor": processor(), "threads": options.threads, "results": results,
    }, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
