#!/usr/bin/env python3
"""Stage 11: draw the three prompt lists with the exported folder, through diffusers' own pipeline, and measure.

Writes contact sheets and `figures.json` into docs/model: `recall` of the prompt among the 64 of its list (scorer.py), of our pictures and
of the `real` drawings that were trained on, `colour`, the share of the pictures for prompts that name a colour whose
largest ink is nearest to it, `nearest`, the distance to the nearest training drawing in the asked colours, and `per_second`.
"""

import json
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, StableDiffusionPipeline
from PIL import Image, ImageDraw

import colours
from autoencoder import measure
from common import HERE, Log, arguments
from pictures import Pictures, paint, tensor
from prompts import COMBINATIONS, FIXED, FREE, HELD_OUT, parts
from samples import enumerate_samples
from scorer import SIDE, Scorer, Sentences, describe, ranks, small


# The service's samplers, as diffusers has them.
SAMPLERS = {"ddim": DDIMScheduler.from_config, "dpm++-2m": lambda config: DPMSolverMultistepScheduler.from_config(config, algorithm_type="dpmsolver++")}


def as_tensor(pictures):
    return tensor(torch.from_numpy(np.stack([np.asarray(p) for p in pictures])))


def contact_sheet(pictures, prompts, path, columns=8):
    side = pictures[0].width
    grid = Image.new("RGB", (columns * (side + 4), -(-len(prompts) // columns) * (side + 18)), (240, 240, 240))
    draw = ImageDraw.Draw(grid)
    for k, (prompt, picture) in enumerate(zip(prompts, pictures)):
        x, y = k % columns * (side + 4) + 2, k // columns * (side + 18) + 2
        grid.paste(picture, (x, y))
        draw.text((x + 2, y + side + 1), prompt[:side // 5], fill=(60, 60, 60))
    path.parent.mkdir(parents=True, exist_ok=True)
    grid.save(path, quality=85, method=6)


def largest_ink(picture):
    """Name of the commonest palette colour among the pixels that are not the ground."""
    pixels = np.asarray(picture, np.float32)
    ground = np.median(np.concatenate([pixels[0], pixels[-1]]), 0)
    ink = pixels.reshape(-1, 3)
    ink = ink[np.abs(ink - ground).max(1) > 60]
    if len(ink) < 60:
        return None
    names = list(colours.PALETTE)
    table = np.array([colours.PALETTE[n] for n in names], np.float32)
    # compare hue rather than brightness: distances are taken after removing half of the grey component
    def flat(c):
        return c - 0.5 * c.mean(-1, keepdims=True)
    nearest = ((flat(ink)[:, None] - flat(table)[None]) ** 2).sum(-1).argmin(1)
    return names[np.bincount(nearest, minlength=len(names)).argmax()]


class Training:
    """Everything that was trained on, at the scorer's side, to measure what is only remembered."""

    def __init__(self, run):
        data = Pictures(run, "cpu")
        self.inks = F.interpolate(data.inks[:, None].float(), size=(SIDE, SIDE), mode="area")[:, 0]
        self.pictures = small(tensor(data.pictures))
        self.entries = json.load(open(run / "dataset.json"))

    @cache
    def drawings(self, colour, ground):
        """Every glyph in the given colours (in every colour on white, if none is given), then every picture."""
        inks = [colour] if colour else colours.INKS
        def rgb(name):
            return torch.tensor(colours.PALETTE[name], dtype=torch.float32).expand(len(self.inks), 3)
        return torch.cat([paint(self.inks, rgb(ink), rgb(ground)) for ink in inks] + [self.pictures])

    def distance(self, prompt, picture):
        """Root mean square difference to the nearest, as a share of full scale."""
        colour, _, ground = parts(prompt)
        drawings = self.drawings(colour, ground).flatten(1)
        return torch.cdist(small(picture[None]).flatten(1), drawings).min().item() / 2 / drawings.shape[1] ** 0.5

    def spacing(self):
        """The median distance from a glyph in black to the nearest other one of another noun: what is no likeness."""
        x = 1 - self.inks.flatten(1) / 127.5
        nouns = [e["names"][0][0] for e in self.entries["glyphs"]]
        far = torch.cdist(x, x) / 2 / x.shape[1] ** 0.5
        far[torch.tensor([[a == b for b in nouns] for a in nouns])] = 9
        return far.min(1).values.median().item()

    def real(self, prompt):
        """A training drawing of what the prompt asks, painted if need be; [3, S, S] or None."""
        colour, noun, ground = parts(prompt)
        def best(entries):
            shares = [dict(e["names"]).get(noun, 0) * e["weight"] for e in entries]
            return entries[int(np.argmax(shares))]["row"] if max(shares) else None
        emoji, glyph = best(self.entries["pictures"]), best(self.entries["glyphs"])
        if emoji is not None and not colour:
            return self.pictures[emoji]
        if glyph is None:
            return None
        def rgb(name):
            return torch.tensor([colours.PALETTE[name]], dtype=torch.float32)
        return paint(self.inks[[glyph]], rgb(colour or "black"), rgb(ground))[0]


def recall(places):
    places = places.float()
    return dict(r1=(places < 1).float().mean().item(), r5=(places < 5).float().mean().item())


def speed(draw):
    """Pictures a second, one at a time, over at least four pictures and two seconds, after one to warm up."""
    draw(1)
    start, count = time.monotonic(), 0
    while count < 4 or time.monotonic() - start < 2:
        draw(1)
        count += 1
    return count / (time.monotonic() - start)


@torch.no_grad()
def main():
    args, profile, run = arguments(
        __doc__, model=dict(type=Path, default=HERE.parent / "Models" / "mystarion-icons"),
        out=dict(type=Path, default=HERE.parent / "docs" / "model"))
    pipeline = StableDiffusionPipeline.from_pretrained(args.model, dtype=torch.float32).to(profile.device)
    pipeline.set_progress_bar_config(disable=True)
    defaults = json.load(open(args.model / "mystarion.json"))
    pipeline.scheduler = SAMPLERS[defaults["sampler"]](pipeline.scheduler.config)
    scorer = Scorer()
    scorer.load_state_dict(torch.load(run / "scorer.pt", map_location="cpu"))
    sentences, training = Sentences(32), Training(run)

    def draw(prompts):
        out = []
        for k in range(0, len(prompts), 16):
            out += pipeline(prompts[k:k + 16], num_inference_steps=defaults["steps"], guidance_scale=defaults["guidance_scale"],
                            width=profile.size, height=profile.size, generator=torch.Generator().manual_seed(1 + k)).images
        return out

    figures = dict(sampler=defaults["sampler"], steps=defaults["steps"], guidance=defaults["guidance_scale"], spacing=training.spacing())
    for title, prompts in (("samples", FIXED), ("held-out", HELD_OUT), ("free", FREE)):
        pictures = draw(prompts)
        contact_sheet(pictures, prompts, args.out / f"{title}.webp")
        x = as_tensor(pictures)
        asked = [(parts(p)[0], largest_ink(q)) for p, q in zip(prompts, pictures) if parts(p)[0]]
        far = torch.tensor([training.distance(p, q) for p, q in zip(prompts, x)])
        places = ranks(scorer, x, describe(prompts, sentences))
        real = [(p, drawing) for p in prompts if (drawing := training.real(p)) is not None]
        texts = describe([p for p, _ in real], sentences)
        figures[title] = dict(
            recall=recall(places), colour=sum(a == b for a, b in asked) / len(asked), coloured=len(asked),
            nearest=dict(median=far.median().item(), smallest=far.min().item(), largest=far.max().item()),
            real=recall(ranks(scorer, torch.stack([drawing for _, drawing in real]), texts)) | dict(pictures=len(real)))
        if title == "held-out":
            known = len(COMBINATIONS)
            figures[title] |= dict(combinations=recall(places[:known]), synonyms=recall(places[known:]))
    figures["per_second"] = speed(lambda n: draw(FIXED[:n]))
    vae = AutoencoderKL.from_pretrained(args.model / "vae", torch_dtype=torch.float32)
    figures["autoencoder"], _ = measure(vae, Pictures(run, "cpu").test)
    figures["training"] = dict(samples=len(list(enumerate_samples(run))), glyphs=len(training.inks), pictures=len(training.pictures))

    def rounded(x):
        return {k: rounded(v) for k, v in x.items()} if isinstance(x, dict) else round(x, 4) if isinstance(x, float) else x
    (args.out / "figures.json").write_text(json.dumps(rounded(figures), indent=1) + "\n")
    Log(run, "evaluate")(**rounded(figures))
    print(json.dumps(rounded(figures), indent=1))


if __name__ == "__main__":
    main()
