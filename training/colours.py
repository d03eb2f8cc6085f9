"""The named colours: paint a glyph in them, name those of a picture."""

import random
from collections import Counter

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


# Upper ends of the hues in degrees, and the names that people give them.
HUES = ((14, "red"), (40, "orange"), (66, "yellow"), (165, "green"), (190, "teal"), (255, "blue"), (295, "purple"), (342, "pink"), (360, "red"))


def names(pixels):
    """The name of each colour in [N, 3] bytes: of `PALETTE`, or `beige`."""
    r, g, b = pixels.T / 255
    high, low = pixels.max(1) / 255, pixels.min(1) / 255
    chroma, lightness = high - low, (high + low) / 2
    c = np.maximum(chroma, 1e-6)
    saturation = chroma / np.maximum(high, 1e-6)
    hue = 60 * np.select([high == r, high == g], [(g - b) / c % 6, (b - r) / c + 2], (r - g) / c + 4)
    out = np.array([name for _, name in HUES], object)[np.searchsorted([end for end, _ in HUES], hue).clip(max=len(HUES) - 1)]
    warm = (hue >= 8) & (hue < 45)
    out[warm & ((high < 0.72) | ((saturation < 0.66) & (lightness < 0.72)))] = "brown"
    out[(out == "red") & (lightness > 0.68)] = "pink"
    out[(out == "orange") & (lightness > 0.72)] = "beige"
    grey = (saturation < 0.16) | (chroma < 0.09)
    out[grey & (high >= 0.3)] = "gray"
    out[grey & (high > 0.88)] = "white"
    out[(high < 0.3) & ((saturation < 0.5) | (high < 0.2))] = "black"
    return out


def dominant(picture, share=0.6):
    """The name of the colour that `share` of an RGB picture's pixels beside the white ground have, or None."""
    ink = picture.reshape(-1, 3)
    ink = ink[(255 - ink.astype(int)).max(1) > 40]
    if len(ink) < 0.01 * picture[..., 0].size:
        return None
    (name, count), = Counter(names(ink)).most_common(1)
    return name if name in INKS and count >= share * len(ink) else None
