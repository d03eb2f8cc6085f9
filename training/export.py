#!/usr/bin/env python3
"""Stage 7: write the model folder that diffusers' `StableDiffusionPipeline.from_pretrained` and the service read.

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
from text import source

SUGGESTED = ["red heart", "blue star icon", "smiling face emoji", "green tree", "yellow sun", "orange fish", "red apple",
             "yellow key icon", "lock", "bell", "lightning", "white star on a blue background", "purple umbrella icon", "pizza"]


def rewrite(path, drop=(), **values):
    """Change a JSON file's top-level keys."""
    content = {k: v for k, v in json.load(open(path)).items() if k not in drop} | values
    path.write_text(json.dumps(content, indent=2) + "\n")


def main():
    args, profile, run = arguments(
        __doc__, out=dict(type=Path, default=HERE.parent / "Models" / "mystarion-icons"), steps=dict(type=int, default=20),
        guidance=dict(type=float, default=3.5))
    state = torch.load(run / "unet.pt", map_location="cpu")
    network = unet.build(profile)
    network.load_state_dict(state["ema"])
    tokenizer = AutoTokenizer.from_pretrained(source(), model_max_length=profile.tokens)
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(run / "vae"), unet=network, tokenizer=tokenizer,
        text_encoder=BertModel.from_pretrained(source()), scheduler=unet.scheduler(),
        safety_checker=None, feature_extractor=None, image_encoder=None, requires_safety_checker=False).to(torch.float16)
    args.out.mkdir(parents=True, exist_ok=True)
    pipeline.save_pretrained(args.out, safe_serialization=True)
    if not (args.out / "tokenizer" / "vocab.txt").exists():
        shutil.copy(source() / "vocab.txt", args.out / "tokenizer" / "vocab.txt")
    # Without a requested precision the text encoder would load in half while the rest loads in single.
    rewrite(args.out / "text_encoder" / "config.json", dtype="float32")
    rewrite(args.out / "vae" / "config.json", drop={"_name_or_path"})
    rewrite(args.out / "tokenizer" / "tokenizer_config.json", drop={"is_local", "local_files_only", "max_length", "stride"})
    (args.out / "mystarion.json").write_text(json.dumps({
        "name": "Mystarion Icons",
        "description": "Small icons and emoji on plain grounds, drawn from a few words such as a colour and a thing.",
        "width": profile.size, "height": profile.size, "steps": args.steps, "guidance_scale": args.guidance,
        "sampler": "ddim", "suggested_prompts": SUGGESTED}, indent=2) + "\n")
    for file in args.out.rglob("*.safetensors"):
        file.chmod(0o644)
    size = sum(f.stat().st_size for f in args.out.rglob("*") if f.is_file())
    Log(run, "export")(step=state["step"], pictures=state["pictures"], minutes=state["minutes"], megabytes=size / 1e6)


if __name__ == "__main__":
    main()
