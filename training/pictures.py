"""The chosen pictures as tensors on the device, and glyphs painted there."""

import json

import numpy as np
import torch

import colours

INKS = torch.tensor([colours.PALETTE[c] for c in colours.INKS], dtype=torch.float32)
GROUNDS = torch.tensor([colours.PALETTE[c] for c in colours.GROUNDS], dtype=torch.float32)


def tensor(pictures):
    """[N, H, W, 3] bytes as [N, 3, H, W] in -1...1."""
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


def paint(coverage, ink, ground):
    """[N, 3, H, W] in -1...1 of glyphs [N, H, W] (bytes) in colours [N, 3] of 0...255."""
    alpha = coverage[:, None].float() / 255
    return (ground[:, :, None, None] * (1 - alpha) + ink[:, :, None, None] * alpha) / 127.5 - 1


class Pictures:
    """Draws pictures in any colours for the autoencoder; `test` is held out."""

    def __init__(self, run, device):
        arrays = np.load(run / "pictures.npz")
        self.pictures, self.inks, self.test = (torch.from_numpy(arrays[k]).to(device) for k in ("pictures", "inks", "test"))
        self.test = tensor(self.test)
        entries = json.load(open(run / "dataset.json"))
        self.weights = {kind: torch.tensor([e["weight"] for e in entries[kind]], device=device).sqrt() for kind in ("pictures", "glyphs")}
        self.device = device

    def colours(self, n):
        """[n, 3] inks and grounds: half the inks are named colours on white or on a named ground, half are any colour, so that no hue is left out."""
        def choose(table):
            return table.to(self.device)[torch.randint(len(table), (n,), device=self.device)]

        def coin(share):
            return torch.rand(n, 1, device=self.device) < share
        anything = torch.rand(2, n, 3, device=self.device) * 255
        white = torch.full_like(anything[0], 255)
        named = coin(0.5)
        ground = torch.where(coin(0.5), white, torch.where(named, choose(GROUNDS), anything[1]))
        return torch.where(named, torch.where((ground == white).all(1, keepdim=True), choose(INKS), white), anything[0]), ground

    def batch(self, n):
        """[n, 3, S, S]: half pictures as they are, half glyphs."""
        rows = {kind: torch.multinomial(w, n // 2, replacement=True) for kind, w in self.weights.items()}
        glyphs = paint(self.inks[rows["glyphs"]], *self.colours(n // 2))
        return torch.cat([tensor(self.pictures[rows["pictures"]]), glyphs]).contiguous(memory_format=torch.channels_last)
