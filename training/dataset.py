#!/usr/bin/env python3
"""Stage 2: choose the pictures and their captions, and scale them to the profile's side.

Writes `pictures.npz` (`pictures` [N, S, S, 3], `inks` [M, S, S] and `test` [128, S, S, 3], uint8) and `dataset.json`: `pictures` have
`row`, `names`, `captions` [[text, weight], ...] and `weight`, `glyphs` have `row`, `names`, `grounds` and `weight`, and `apart` lists the
pictures that no generator sees: `test` is drawn from them for the autoencoder, and the scorer learns from them.
"""

import io
import json
import random
from multiprocessing import Pool

import numpy as np
from PIL import Image

import colours
from common import Log, arguments
from curation import CRYPTIC, DROPPED_CATEGORIES, DROPPED_NAMES, NOUNS

GLYPHS = 0.55                # a noun's samples that are glyphs, if it has emoji too
TEST = 128


class Archive:
    """The pictures of `icons.npz`."""

    def __init__(self, path):
        arrays = np.load(path)
        self.items = json.loads(bytes(arrays["items"]))
        self.index = {item["id"]: i for i, item in enumerate(self.items)}
        self.blob, self.offsets = arrays["blob"].tobytes(), arrays["offsets"]

    def encoded(self, i):
        return self.blob[self.offsets[i]:self.offsets[i + 1]]


def decode(job):
    """A picture [S, S, 3], or a glyph's coverage [S, S]; an emoji asked for as a glyph gives its outline, filled."""
    data, size, kind = job
    picture = Image.open(io.BytesIO(data)).convert("RGB").resize((size, size), Image.LANCZOS)
    if kind == "glyph":
        return np.asarray(picture.convert("L"))
    if kind == "outline":
        distance = 255 - np.asarray(picture, np.int16).min(2)
        return np.clip(distance * 6, 0, 255).astype(np.uint8)
    return np.asarray(picture)


def picture_captions(names, colour=None):
    """[(caption, weight)] of an emoji."""
    captions = []
    for k, name in enumerate(names):
        share = 1 if k == 0 else 0.25
        captions += [(name, 5 * share), (f"{name} emoji", 4 * share), (colours.article(name), share),
                     (f"emoji of {colours.article(name)}", 0.5 * share)]
    if colour:
        captions.append((f"{colour} {names[0]} emoji", 3))
    return captions


def choose(archive, others, most):
    """(glyph entries, picture entries), each with the archive's number `item` and how to `decode` it; `others` is the share of the
    samples that things beyond `NOUNS` get together, `most` how many these are."""
    glyphs, pictures = [], []
    total = sum(noun.weight for noun in NOUNS.values())
    for noun in NOUNS.values():
        share = (1 - others) * noun.weight / total
        drawn = GLYPHS if noun.glyphs and noun.emoji else float(bool(noun.glyphs))
        for glyph in noun.glyphs:
            glyphs.append(dict(item=archive.index[glyph.lstrip("~")], decode="outline" if glyph[0] == "~" else "glyph",
                               names=noun.names, grounds=6, weight=share * drawn / len(noun.glyphs)))
        for k, emoji in enumerate(noun.emoji):
            emoji, _, colour = emoji.partition("=")
            part = (0.65, 0.35)[k] if len(noun.emoji) == 2 else 1 / len(noun.emoji)
            pictures.append(dict(item=archive.index[emoji], decode="emoji", names=noun.names, weight=share * (1 - drawn) * part,
                                 captions=picture_captions(noun.names, colour)))
    if others:
        chosen, more = {e["item"] for e in glyphs + pictures}, []
        for i, item in enumerate(archive.items):
            words = item["name"].split()
            if i in chosen or item["name"] in NOUNS or not 0 < len(words) <= 3:
                continue
            entry = dict(item=i, names=[item["name"]])
            if item["style"] == "flat icon" and len(words) <= 2 and not set(words) & (CRYPTIC | colours.WORDS):
                more.append((glyphs, entry | dict(decode="glyph", grounds=2)))
            elif item["source"] == "twemoji" and item["category"] not in DROPPED_CATEGORIES and not DROPPED_NAMES.search(item["name"]):
                more.append((pictures, entry | dict(decode="emoji", captions=picture_captions([item["name"]]))))
        more = random.Random(2).sample(more, min(most, len(more)))
        for entries, entry in more:
            entries.append(entry | dict(weight=others / len(more)))
    return glyphs, pictures


def main():
    args, profile, run = arguments(__doc__)
    log = Log(run, "dataset")
    archive = Archive(run.parent / "icons.npz")
    glyphs, pictures = choose(archive, profile.others, profile.most_others)
    chosen = {e["item"] for e in glyphs + pictures}
    apart = [i for i in range(len(archive.items)) if i not in chosen]
    test = random.Random(0).sample(apart, TEST)

    with Pool(profile.threads) as pool:
        def decoded(jobs):
            return list(pool.imap(decode, ((archive.encoded(i), profile.size, kind) for i, kind in jobs), 32))
        inks = decoded((e["item"], e["decode"]) for e in glyphs)
        drawn = decoded((e["item"], e["decode"]) for e in pictures)
        held = decoded((i, archive.items[i]["kind"]) for i in test)
    rng = random.Random(1)
    held = [a if a.ndim == 3 else colours.paint(a, *rng.choice(colours.variants(k, 8))) for k, a in enumerate(held)]
    np.savez(run / "pictures.npz", pictures=np.stack(drawn), inks=np.stack(inks), test=np.stack(held))
    for entries in (glyphs, pictures):
        for row, entry in enumerate(entries):
            entry["row"], entry["id"] = row, archive.items[entry.pop("item")]["id"]
            del entry["decode"]
    json.dump(dict(glyphs=glyphs, pictures=pictures, apart=[archive.items[i]["id"] for i in apart]), open(run / "dataset.json", "w"))
    log(pictures=len(pictures), glyphs=len(glyphs), apart=len(apart))


if __name__ == "__main__":
    main()
