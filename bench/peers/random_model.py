#!/usr/bin/env python3
"""Writes a model of Stable Diffusion 1.5's shape with random weights, in the diffusers layout.

    python bench/peers/random_model.py FOLDER             # 2.2 GB
    python bench/peers/random_model.py FOLDER --tiny      # with the tiny autoencoder instead of the large one

How long a pass takes does not depend on the weights. They are ones that half precision holds, and stored so: U-net,
autoencoder, text encoder, a tokenizer that knows single bytes only, and a scheduler.
"""

import argparse
import json
from pathlib import Path

import diffusers
import torch
from diffusers import AutoencoderKL, AutoencoderTiny, PNDMScheduler, UNet2DConditionModel
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


def save(folder: Path, has_tiny_autoencoder: bool) -> None:
    parts = {
        "unet": UNet2DConditionModel(**UNET),
        "vae": AutoencoderTiny() if has_tiny_autoencoder else AutoencoderKL(**AUTOENCODER),
        "text_encoder": CLIPTextModel(CLIPTextConfig(**TEXT_ENCODER)),
    }
    for name, model in parts.items():
        model.eval().half().save_pretrained(folder / name)
    PNDMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1,
        set_alpha_to_one=False).save_pretrained(folder / "scheduler")
    save_tokenizer(folder / "tokenizer")
    index = INDEX | {"vae": ["diffusers", type(parts["vae"]).__name__]}
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where to write it")
    parser.add_argument("--tiny", action="store_true", help="write the tiny autoencoder instead of the large one")
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    torch.manual_seed(0)
    save(options.folder, options.tiny)


if __name__ == "__main__":
    main()
