#!/usr/bin/env python3
"""Stage 10: train a small image-text contrastive scorer (as CLIP; Radford et al., 2021) on the pictures that no generator sees.

Those are the other drawings of the same things and everything else in the archive, at 64x64, shifted, scaled, softened and, if glyphs,
painted. The text side is the frozen MiniLM's sentence vector of the noun beside the vectors of the colour and the ground, and two small layers.
Writes `scorer.pt`.
"""

import json

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import colours
from common import Clock, Log, arguments
from curation import NOUNS
from dataset import Archive, decode
from loop import fit
from pictures import paint, tensor
from prompts import SYNONYMS, parts
from text import TextEncoder

SIDE, WIDTH = 64, 128


class Sentences(TextEncoder):
    """all-MiniLM-L6-v2 as it was trained: the mean over the words' states, of length one; zeros for no text."""

    @torch.no_grad()
    def __call__(self, texts):
        out = []
        for start in range(0, len(texts), 256):
            ids = self.tokenizer(texts[start:start + 256], padding=True, truncation=True, max_length=32, return_tensors="pt").to(self.device)
            states, mask = self.model(ids.input_ids, attention_mask=ids.attention_mask).last_hidden_state, ids.attention_mask[..., None]
            out.append(F.normalize((states * mask).sum(1) / mask.sum(1), dim=-1))
        written = torch.tensor([[float(bool(t))] for t in texts], device=self.device)
        return torch.cat(out) * written


class Scorer(nn.Module):
    """Scores how well pictures [N, 3, 64, 64] fit texts [M, 3 * 384] (noun, colour, ground)."""

    def __init__(self):
        super().__init__()
        def block(a, b):
            return [nn.Conv2d(a, b, 3, 2, 1), nn.GroupNorm(8, b), nn.SiLU(), nn.Conv2d(b, b, 3, 1, 1), nn.GroupNorm(8, b), nn.SiLU()]
        self.image = nn.Sequential(*block(3, 32), *block(32, 64), *block(64, 128), *block(128, 192), nn.Flatten(),
                                   nn.Linear(192 * 16, WIDTH))
        self.text = nn.Sequential(nn.Linear(3 * 384, 256), nn.SiLU(), nn.Linear(256, WIDTH))
        self.scale = nn.Parameter(torch.tensor(2.5))

    def forward(self, pictures, texts):
        """[N, M]"""
        return F.normalize(self.image(pictures), dim=-1) @ F.normalize(self.text(texts), dim=-1).T * self.scale.exp()


def small(pictures):
    """[N, 3, S, S] at the scorer's side."""
    return F.interpolate(pictures, size=(SIDE, SIDE), mode="area")


def describe(prompts, sentences):
    """[M, 3 * 384] of prompts; the noun as it is written, synonyms included."""
    said = [parts(p) for p in prompts]
    nouns = [p if p in SYNONYMS else noun for p, (_, noun, _) in zip(prompts, said)]
    return torch.cat([sentences(nouns), sentences([c or "" for c, _, _ in said]), sentences([g if g != "white" else "" for _, _, g in said])], 1)


def ranks(scorer, pictures, texts):
    """Place (0 is first) of each picture's own text among all texts."""
    with torch.no_grad():
        scores = scorer(small(pictures), texts)
    return (scores > scores.diagonal()[:, None]).sum(1)


class Apart:
    """The scorer's pictures on the device."""

    def __init__(self, run, device, sentences):
        archive = Archive(run.parent / "icons.npz")
        items = [archive.index[name] for name in json.load(open(run / "dataset.json"))["apart"]]
        names = {k: [archive.items[i]["name"] for i in items if archive.items[i]["kind"] == k] for k in ("glyph", "emoji")}
        def load(kind):
            drawings = [decode((archive.encoded(i), SIDE, kind)) for i in items if archive.items[i]["kind"] == kind]
            return torch.from_numpy(np.stack(drawings)).to(device)
        self.inks, self.emoji = load("glyph"), tensor(load("emoji"))
        known = {name for noun in NOUNS.values() for name in noun.names}
        self.weights = {k: torch.tensor([10.0 if n in known else 1.0 for n in v], device=device) for k, v in names.items()}
        self.names = {k: sentences(v) for k, v in names.items()}
        self.palette = torch.tensor(list(colours.PALETTE.values()), dtype=torch.float32, device=device)
        self.colours = sentences(list(colours.PALETTE))
        self.device = device

    def batch(self, n):
        """(pictures, texts): three glyphs to one emoji; half the glyphs' texts name the colours."""
        m = 3 * n // 4
        rows = {k: torch.multinomial(self.weights[k], c, replacement=True) for k, c in (("glyph", m), ("emoji", n - m))}
        white = len(colours.PALETTE) - 1
        ink, ground = torch.randint(white, (2, m), device=self.device)
        plain = torch.rand(m, device=self.device) < 0.7
        ink, ground = torch.where(plain, ink, white), torch.where(plain, white, ground)
        said = (torch.rand(m, 1, device=self.device) < 0.5).float()
        jitter = (torch.randn(2, m, 3, device=self.device) * 8)
        pictures = torch.cat([paint(self.inks[rows["glyph"]], (self.palette[ink] + jitter[0]).clamp(0, 255),
                                    (self.palette[ground] + jitter[1]).clamp(0, 255)), self.emoji[rows["emoji"]]])
        nothing = torch.zeros(n - m, 384, device=self.device)
        texts = torch.cat([torch.cat([self.names["glyph"][rows["glyph"]], self.names["emoji"][rows["emoji"]]]),
                           torch.cat([self.colours[ink] * said, nothing]),
                           torch.cat([self.colours[ground] * said * (~plain)[:, None], nothing])], 1)
        zoom = 0.85 + 0.35 * torch.rand(n, device=self.device)
        place = torch.zeros(n, 2, 3, device=self.device)
        place[:, 0, 0] = place[:, 1, 1] = zoom
        place[:, :, 2] = 0.12 * torch.randn(n, 2, device=self.device)
        pictures = F.grid_sample(pictures, F.affine_grid(place, pictures.shape, align_corners=False), padding_mode="border", align_corners=False)
        soft = (torch.rand(n, 1, 1, 1, device=self.device) < 0.4).float()
        pictures = soft * F.avg_pool2d(pictures, 3, 1, 1) + (1 - soft) * pictures
        return pictures + 0.02 * torch.randn_like(pictures), texts


def main():
    args, profile, run = arguments(__doc__, until=dict(help="rather plan to end at this time of day, HH:MM in UTC"))
    log, device = Log(run, "scorer"), profile.device
    if (run / "scorer.pt").exists():
        print("scorer is done")
        return
    data = Apart(run, device, Sentences(32, device))
    scorer = Scorer().to(device)

    def loss_of(done):
        scores = scorer(*data.batch(profile.scorer_batch))
        right = torch.arange(len(scores), device=device)
        return (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2, len(scores)

    fit(scorer, loss_of, Clock(profile.scorer_minutes, args.until), log, 2e-3, warmup=50, weight_decay=0.02, log_every=profile.log_every)
    torch.save(scorer.state_dict(), run / "scorer.pt")


if __name__ == "__main__":
    main()
