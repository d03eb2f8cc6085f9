"""The named colours of the glyphs: take a glyph's ink out of a picture, put it back in another colour."""

import random

import numpy as np

PALETTE = {
    "red": (220, 38, 38), "orange": (245, 130, 32), "yellow": (250, 204, 21), "green": (34, 160, 70),
    "blue": (37, 99, 235), "light blue": (110, 190, 250), "purple": (140, 60, 200), "pink": (244, 114, 182),
    "brown": (130, 80, 40), "gray": (128, 128, 128), "black": (0, 0, 0), "teal": (20, 150, 150),
    "white": (255, 255, 255),
}
WORDS = set("red orange yellow green blue purple pink brown gray grey black white gold golden silver teal".split())
INKS = [c for c in PALETTE if c != "white"]
GROUNDS = [c for c in PALETTE if c not in ("white", "gray", "black", "brown")]


def article(phrase):
    vowel = phrase[0] in "aeiou" and not phrase.startswith(("uni", "eu", "one", "us"))
    return ("an " if vowel else "a ") + phrase


def ink(picture, colour, ground):
    """Coverage [H, W] in 0...255 of `colour` over `ground` (names) in an RGB picture."""
    fg, bg = (np.array(PALETTE[c], np.float32) for c in (colour, ground))
    alpha = ((picture.astype(np.float32) - bg) @ (fg - bg)) / ((fg - bg) @ (fg - bg))
    alpha = np.clip((alpha - 0.04) / 0.92, 0, 1)          # lossy compression left a little grain at both ends
    return (alpha * 255 + 0.5).astype(np.uint8)


def paint(alpha, colour, ground="white"):
    """RGB picture [H, W, 3] of a glyph's coverage in two colours, each a name or three numbers."""
    fg, bg = (np.array(PALETTE[c] if isinstance(c, str) else c, np.float32) for c in (colour, ground))
    a = alpha[..., None].astype(np.float32) / 255
    return (fg * a + bg * (1 - a) + 0.5).astype(np.uint8)


def variants(seed, grounds):
    """The (ink, ground) pairs of one glyph: every ink on white, and `grounds` pairs on a coloured ground."""
    rng = random.Random(seed)
    pairs = [(c, "white") for c in INKS]
    for ground in rng.sample(GROUNDS, grounds):
        pairs.append((rng.choice(["white", "white", "black", "yellow" if ground != "yellow" else "black"]), ground))
    return pairs


def captions(noun, style, colour, ground):
    """[(caption, weight)] of a glyph in the given colours; `style` is empty for a plain filled icon."""
    on = "" if ground == "white" else f" on {article(ground)} background"
    if style:                                             # drawn otherwise than a reader of "icon" would expect
        return [(f"{colour} {noun} {style}{on}", 2), (f"{style} of {article(colour + ' ' + noun)}{on}", 1)]
    return [(f"{colour} {noun}{on}", 4), (f"{colour} {noun} icon{on}", 4), (f"{article(colour + ' ' + noun)}{on}", 1),
            (f"flat icon of {article(colour + ' ' + noun)}{on}", 1)]
