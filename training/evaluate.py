#!/usr/bin/env python3
"""Stage 8: draw the prompt sheet with the exported folder, through diffusers' own pipeline, and measure it.

Two figures, both automatic and both kind to the model, so read them beside the sheet: `colour`, the share of pictures
for prompts that name a colour whose largest named ink is that colour; `nearest`, the share of pictures whose nearest
training picture (by the autoencoder's latents) was captioned with the prompt's noun.
"""

import json
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageDraw

import colours
from common import HERE, Log, arguments
from curation import ALIASES, FOCUS
from samples import enumerate_samples

PROMPTS = """red heart|blue star icon|smiling face emoji|green tree|yellow sun|house|black cat|blue car
purple flower|orange fish|clock|red apple|moon|book|umbrella|crown
airplane|cloud|lightning|key|lock|bell|camera|music note
pizza|coffee cup|rocket|brown dog|light bulb|gift|blue bird|mountain
green leaf|fire|pink butterfly|sailboat|robot|skull|trophy|snowflake
white star on a blue background|purple umbrella icon|teal anchor|yellow key icon|pink heart|red mushroom|birthday cake|hamburger"""


def noun_of(prompt):
    """The focus noun that a prompt ends in, if any."""
    plain = prompt.split(" on a")[0].removesuffix(" icon").removesuffix(" emoji")
    fits = [n for n in FOCUS if plain == n or plain.endswith(" " + n)]
    return max(fits, key=len) if fits else {"sailboat": "boat", "birthday cake": "cake"}.get(plain)


def colour_of(prompt):
    words = prompt.split(" on a")[0].split()
    return words[0] if words[0] in colours.PALETTE else None


def largest_ink(picture):
    """Name of the commonest palette colour among the pixels that are not the ground."""
    pixels = np.asarray(picture, np.float32).reshape(-1, 3)
    ground = np.median(np.concatenate([np.asarray(picture)[0], np.asarray(picture)[-1]]), 0)
    ink = pixels[np.abs(pixels - ground).max(1) > 60]
    if len(ink) < 60:
        return None
    names = list(colours.PALETTE)
    table = np.array([colours.PALETTE[n] for n in names], np.float32)
    # compare hue rather than brightness: distances are taken after removing half of the grey component
    flat = lambda c: c - 0.5 * c.mean(-1, keepdims=True)
    nearest = ((flat(ink)[:, None] - flat(table)[None]) ** 2).sum(-1).argmin(1)
    return names[np.bincount(nearest, minlength=len(names)).argmax()]


def neighbours(run):
    """(latents [N, D], set of nouns for each) of the training samples."""
    latents = np.load(run / "latents.npz")["latents"].astype(np.float32)
    nouns = []
    for _, _, captions in enumerate_samples(run):
        nouns.append({n for c, _ in captions for n in [noun_of(c)] if n})
    return latents.reshape(len(latents), -1), nouns


@torch.no_grad()
def main():
    args, profile, run = arguments(
        __doc__, model=dict(type=Path, default=HERE.parent / "Models" / "mystarion-icons"),
        sheet=dict(type=Path, default=HERE.parent / "docs" / "model" / "samples.png"), seeds=dict(type=int, default=1),
        steps=dict(type=int), guidance=dict(type=float), label=dict(default=""))
    pipeline = StableDiffusionPipeline.from_pretrained(args.model, torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    defaults = json.load(open(args.model / "mystarion.json"))
    steps, guidance = args.steps or defaults["steps"], args.guidance or defaults["guidance_scale"]
    prompts = [p for line in PROMPTS.splitlines() for p in line.split("|")]
    reference, nouns = neighbours(run)
    coloured = right_colour = named = right_noun = 0
    pictures = []
    for seed in range(1, args.seeds + 1):
        for start in range(0, len(prompts), 16):
            pictures += pipeline(prompts[start:start + 16], num_inference_steps=steps, guidance_scale=guidance,
                                 width=profile.size, height=profile.size,
                                 generator=torch.Generator().manual_seed(seed)).images
    for prompt, picture in zip(prompts * args.seeds, pictures):
        if colour := colour_of(prompt):
            coloured += 1
            right_colour += largest_ink(picture) == colour
        if noun := noun_of(prompt):
            x = torch.from_numpy(np.asarray(picture, np.float32)).permute(2, 0, 1)[None] / 127.5 - 1
            z = pipeline.vae.encode(x).latent_dist.mode().numpy().reshape(1, -1)
            named += 1
            right_noun += noun in nouns[((reference - z) ** 2).sum(1).argmin()]
    Log(run, "evaluate")(steps=steps, guidance=guidance, pictures=len(pictures), colour=right_colour / coloured,
                         nearest=right_noun / named, coloured=coloured, named=named)
    size, columns = profile.size, 8
    rows = len(prompts) // columns
    grid = Image.new("RGB", (columns * (size + 4), rows * (size + 18)), (240, 240, 240))
    draw = ImageDraw.Draw(grid)
    for k, (prompt, picture) in enumerate(zip(prompts, pictures)):
        x, y = k % columns * (size + 4) + 2, k // columns * (size + 18) + 2
        grid.paste(picture, (x, y))
        draw.text((x + 2, y + size + 1), prompt[:24], fill=(60, 60, 60))
    args.sheet.parent.mkdir(parents=True, exist_ok=True)
    grid.save(args.sheet, optimize=True)


if __name__ == "__main__":
    main()
