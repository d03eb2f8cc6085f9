#!/usr/bin/env python3
"""Stage 2: choose the drawings, their names and weights, and scale them to the profile's side.

Writes `pictures.npz` (`pictures` [N, S, S, 3], `inks` [M, S, S] and `test` [128, S, S, 3], uint8) and `dataset.json`: `pictures` (emoji)
and `glyphs` have `row`, `id`, `names` [[name, share of the captions], ...] and `weight`; a picture has `flat`, whether it is of Twemoji's
style, and `colour`, if it is mostly of one; a glyph has `grounds`. `apart` lists the drawings that no generator sees: `test` is
drawn from them for the autoencoder, and the scorer learns from them.
"""

import io
import json
import random
from collections import Counter
from multiprocessing import Pool

import numpy as np
from PIL import Image

import colours
from common import Log, arguments
from curation import (ASKED_OFTEN, ASKED_SELDOM, CATEGORY_WEIGHTS, CRYPTIC, DROPPED_CATEGORIES, DROPPED_NAMES, EVERYDAY_NAMES, FACES, NOUNS,
                      OFTEN, SELDOM, UNTELLING)
from prompts import SYNONYMS

GLYPHS = 0.16                # share of the samples that are glyphs
OTHER_GLYPH = 0.08           # weight of a glyph that is not of a curated noun
FLAT = 0.4                   # weight of Twemoji's drawing against Noto's
MOST_SHARING = 4             # a keyword of more emoji than that says too little
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


def noun_names(noun):
    """{name: share}; the first is the noun itself."""
    return {name: 1.0 if k == 0 else 0.25 for k, name in enumerate(noun.names)}


def category_weight(category):
    """By the longest entry of `CATEGORY_WEIGHTS` that begins the category."""
    fitting = [k for k in CATEGORY_WEIGHTS if category == k or category.startswith(k + "-")]
    return CATEGORY_WEIGHTS[max(fitting, key=len)] if fitting else 1


def choose_glyphs(archive):
    """(entries of the curated nouns, entries of other glyphs)"""
    curated, others = [], []
    for noun in NOUNS.values():
        curated += [dict(item=archive.index[glyph.lstrip("~")], decode="outline" if glyph[0] == "~" else "glyph", names=noun_names(noun),
                         grounds=6, weight=noun.weight / len(noun.glyphs)) for glyph in noun.glyphs]
    taken = {entry["item"] for entry in curated}
    for i, item in enumerate(archive.items):
        words = item["name"].split()
        if item["style"] == "flat icon" and i not in taken and 0 < len(words) <= 2 and not set(words) & (CRYPTIC | colours.WORDS):
            others.append(dict(item=i, decode="glyph", names={item["name"]: 1.0}, grounds=2, weight=OTHER_GLYPH))
    return curated, others


def choose_emoji(archive):
    """(entries of the curated nouns, entries of other emoji)"""
    nouns = {archive.index[emoji]: noun for noun in NOUNS.values() for emoji in noun.emoji}
    chosen = list(nouns) + [
        i for i, item in enumerate(archive.items) if i not in nouns and item["kind"] == "emoji" and len(item["name"].split()) <= 6 and
        item["category"] not in DROPPED_CATEGORIES and not DROPPED_NAMES.search(item["name"])]
    names = {i: noun_names(nouns[i]) if i in nouns else {archive.items[i]["name"]: 1.0} for i in chosen}
    taken = {name for own in names.values() for name in own} | set(SYNONYMS)
    keywords = {next(iter(names[i])): archive.items[i]["keywords"] for i in chosen}
    sharing = Counter(word for words in keywords.values() for word in words)
    entries = []
    for i in chosen:
        item, own, (name, *_) = archive.items[i], names[i], names[i]
        own |= {other: 0.6 for other in EVERYDAY_NAMES.get(name, ())}
        animal = name.removesuffix(" face")
        if animal in FACES:
            own.setdefault(animal, 0.8)
        telling = [w for w in item["keywords"] if w not in taken | UNTELLING | set(own) and sharing[w] <= MOST_SHARING and len(w.split()) <= 3]
        own |= dict.fromkeys(telling[:6], 0.12)
        flat = item["source"] == "twemoji"
        often = OFTEN if name in ASKED_OFTEN else SELDOM if name in ASKED_SELDOM else 1
        entries.append(dict(item=i, decode="emoji", names=own, flat=flat,
                            weight=category_weight(item["category"]) * often * (FLAT if flat else 1)))
    return entries[:len(nouns)], entries[len(nouns):]


def share_out(entries, share):
    """Scale the weights so that they sum to `share`."""
    total = sum(entry["weight"] for entry in entries)
    for entry in entries:
        entry["weight"] *= share / total


def main():
    args, profile, run = arguments(__doc__)
    log = Log(run, "dataset")
    archive = Archive(run.parent / "icons.npz")
    glyphs, pictures = (curated + random.Random(2).sample(others, min(profile.most_others, len(others)))
                        for curated, others in (choose_glyphs(archive), choose_emoji(archive)))
    share_out(glyphs, GLYPHS)
    share_out(pictures, 1 - GLYPHS)
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
    for entry, picture in zip(pictures, drawn):
        entry["colour"] = colours.dominant(picture)
    for entries in (glyphs, pictures):
        for row, entry in enumerate(entries):
            entry |= dict(row=row, id=archive.items[entry.pop("item")]["id"], names=list(entry["names"].items()))
            del entry["decode"]
    json.dump(dict(glyphs=glyphs, pictures=pictures, apart=[archive.items[i]["id"] for i in apart]), open(run / "dataset.json", "w"))
    log(pictures=len(pictures), glyphs=len(glyphs), apart=len(apart))


if __name__ == "__main__":
    main()
