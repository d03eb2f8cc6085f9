#!/usr/bin/env python3
"""Stage 8: write the model folder that diffusers' `StableDiffusionPipeline.from_pretrained` and the service read.

Weights are half precision; the UNet's are the running average. `mystarion.json` holds the defaults of the service.
"""

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from transformers import AutoTokenizer, BertModel

import unet
from common import HERE, Log, arguments
from prompts import SUGGESTED
from text import sources


DESCRIPTION = "Emoji and icons on plain grounds: animals, food, faces, vehicles and things, from a few words."
STEPS, SAMPLER = 12, "dpm++-2m"
# What the service delivers, and what makes that of the smaller pictures that the model draws.
DELIVERED, UPSCALER = 512, "realesr-animevideov3"
STYLES = {"Emoji": "{prompt} emoji", "Flat": "flat {prompt} emoji", "Icon": "{prompt} icon", "On blue": "{prompt} on a blue background"}


def rewrite(path, drop=(), **values):
    """Change a JSON file's top-level keys."""
    content = {k: v for k, v in json.load(open(path)).items() if k not in drop} | values
    path.write_text(json.dumps(content, indent=2) + "\n")


def main():
    args, profile, run = arguments(__doc__, out=dict(type=Path, default=HERE.parent / "Models" / "mystarion-icons"))
    state = torch.load(run / "unet.pt", map_location="cpu")
    network = unet.build(profile)
    network.load_state_dict(state["ema"])
    words, weights = sources()
    tokenizer = AutoTokenizer.from_pretrained(words, model_max_length=profile.tokens)
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(run / "vae-polished"), unet=network, tokenizer=tokenizer,
        text_encoder=BertModel.from_pretrained(weights), scheduler=unet.scheduler(),
        safety_checker=None, feature_extractor=None, image_encoder=None, requires_safety_checker=False).to(torch.float16)
    # The words' files are copied before anything is written, for they may be the folder's own.
    vocabulary = (words / "vocab.txt").read_bytes()
    args.out.mkdir(parents=True, exist_ok=True)
    pipeline.save_pretrained(args.out, safe_serialization=True)
    (args.out / "tokenizer" / "vocab.txt").write_bytes(vocabulary)
    # Without a requested precision the text encoder would load in half while the rest loads in single.
    rewrite(args.out / "text_encoder" / "config.json", dtype="float32")
    rewrite(args.out / "vae" / "config.json", drop={"_name_or_path"})
    rewrite(args.out / "tokenizer" / "tokenizer_config.json", drop={"is_local", "local_files_only", "max_length", "stride"})
    (args.out / "mystarion.json").write_text(json.dumps({
        "name": "Mystarion Icons", "description": DESCRIPTION, "width": DELIVERED, "height": DELIVERED,
        "native_width": profile.size, "native_height": profile.size, "upscaler": UPSCALER, "plain_ground": True, "steps": STEPS, "guidance_scale": unet.GUIDANCE, "sampler": SAMPLER,
        "prompt_language": "en", "styles": [{"name": name, "prompt": words} for name, words in STYLES.items()],
        "suggested_prompts": SUGGESTED}, indent=2) + "\n")
    if not (args.out / "ATTRIBUTION.txt").exists():
        shutil.copy(HERE.parent / "Models" / "mystarion-icons" / "ATTRIBUTION.txt", args.out)
    for file in args.out.rglob("*.safetensors"):
        file.chmod(0o644)
    size = sum(f.stat().st_size for f in args.out.rglob("*") if f.is_file())
    Log(run, "export")(step=state["step"], pictures=state["pictures"], minutes=state["minutes"], megabytes=size / 1e6)


if __name__ == "__main__":
    main()
