"""The bundled model's own pictures, in the files that `pipelines.py` describes but without a copy of the model.

Reads Models/mystarion-icons, whose half-precision weights are computed with in single precision.
"""

import json
from pathlib import Path

import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionPipeline

from parts.pipelines import case, run
from reference import save_json, save_tensors

MODEL = Path(__file__).resolve().parents[3] / "Models" / "mystarion-icons"


def make(folder: Path) -> None:
    if not (MODEL / "model_index.json").exists():
        print(f"bundled: {MODEL} does not exist, nothing to record")
        return
    pipe = StableDiffusionPipeline.from_pretrained(MODEL, dtype=torch.float32)
    side = pipe.unet.config.sample_size * pipe.vae_scale_factor
    shipped = json.loads((MODEL / "mystarion.json").read_text())
    cases = [
        case("as-shipped", "red heart", size=(side, side), steps=shipped["steps"],
             guidance=shipped["guidance_scale"], sampler=shipped.get("sampler"), seeds=(7,)),
        case("red-heart", "red heart", size=(side, side), steps=4, guidance=4, sampler="ddim", seeds=(1,)),
        case("blue-star", "blue star icon", "red", size=(side, side), steps=4, guidance=4, sampler="ddim", seeds=(2,)),
        case("green-tree", "green tree", size=(side, side // 2), steps=3, guidance=1, sampler="ddim", seeds=(3,)),
        case("redrawn", "yellow sun", size=(side, side), steps=5, guidance=4, sampler="ddim", seeds=(4,), strength=0.6),
    ]
    expected = {}
    for asked in cases:
        expected |= run(pipe, StableDiffusionImg2ImgPipeline, asked)
    for name in [name for name in expected if name.endswith(".latents")]:
        expected[name] = expected[name][-1:]
    save_tensors(expected, folder / "expected.safetensors")
    save_json(cases, folder / "cases.json")
