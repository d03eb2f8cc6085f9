#!/usr/bin/env python3
"""Stage 1: choose the pictures and their captions, scale them, take the glyphs' ink out.

Writes `pictures.npz` (`pictures` [N, S, S, 3] and `inks` [M, S, S], uint8) and `dataset.json`, whose `pictures` have
`row`, `captions` [[text, weight], ...], `weight` and whose `glyphs` have `row`, `noun`, `style`, `weight`.
"""

import collections
import io
import json
from multiprocessing import Pool

import numpy as np
from PIL import Image

import colours
from common import Log, arguments
from curation import ALIASES, CRYPTIC, DROPPED_CATEGORIES, DROPPED_NAMES, FOCUS, PLAIN

# Share of the samples that each kind of picture gets.
SHARES = {"focus": 0.91, "emoji": 0.03, "glyph": 0.01, "shape": 0.04, "clip art": 0.01}
GLYPH_STYLES = {"flat icon": ("", 1.0), "two tone icon": ("two tone icon", 0.05),
                "outline icon": ("outline icon", 0.05), "line icon": ("line icon", 0.05)}


def emoji_captions(name, all_captions, style, focus):
    captions = [(name, 4), (f"{name} emoji", 3)]
    if focus:
        captions += [(colours.article(name), 0.5), (f"{style} of {colours.article(name)}", 0.5)]
    for other in ALIASES.get(name, []):
        captions += [(other, 5), (f"{other} emoji", 2)]
    tail = [c for c in all_captions[4:] if c.endswith(" " + name) and not c.startswith((style, "emoji"))]
    if not set(name.split()) & colours.WORDS and "face" not in name:
        captions += [(c, 2) for c in tail[:1]]            # "yellow key", from the picture's own dominant colour
    return captions


def choose(items):
    """Yield (index, kind, entry) for every picture that is kept; an entry's `share` is relative within its kind."""
    glyph_of, emoji_of = {}, {}
    for noun, (weight, glyphs, emoji) in FOCUS.items():
        glyph_of.update((g, noun) for g in glyphs)
        for e in emoji:
            emoji_of.setdefault(e, noun)
    emoji_words = set()
    for item in items:
        if item["source"] == "noto-emoji":
            emoji_words.update(item["captions"][0].split())
    seen = set()
    for i, item in enumerate(items):
        captions, source, style = item["captions"], item["source"], item["style"]
        if item["category"] == "icon":
            glyph = item["id"].split("#")[0]
            if glyph in seen or style not in GLYPH_STYLES or " icon, " not in captions[3]:
                continue
            name, colour = captions[3].split(" icon, ")
            colour, _, ground = colour.partition(" on ")
            focus = glyph_of.get(name)
            if not focus and (len(name.split()) > 2 or not set(name.split()) <= emoji_words or set(name.split()) & CRYPTIC
                              or set(name.split()) & colours.WORDS or style != "flat icon"):
                continue
            seen.add(glyph)
            suffix, share = GLYPH_STYLES[style]
            if focus and name != focus and name not in PLAIN:
                share /= 4
            entry = dict(noun=focus or name, style=suffix, colour=colour, ground=ground or "white", share=share)
            yield i, ("focus", focus) if focus else ("glyph", None), entry
        elif source in ("noto-emoji", "twemoji"):
            name = captions[0]
            focus = emoji_of.get(name)
            if not focus and (item["category"] in DROPPED_CATEGORIES or DROPPED_NAMES.search(name)):
                continue
            share = 0.3 if item["category"].startswith("person") else 1.0
            entry = dict(captions=emoji_captions(name, captions, style, focus), share=share)
            yield i, ("focus", focus) if focus else ("emoji", None), entry
        elif source == "synthetic":
            entry = dict(captions=[(c, 3 if k == 0 else 1) for k, c in enumerate(captions)], share=1.0)
            yield i, ("shape", None), entry
        elif source == "openclipart":
            words = captions[0].split()
            if len(words) <= 2 and words[-1] in FOCUS and (len(words) == 1 or words[0] in colours.WORDS):
                entry = dict(captions=[(c, 3 if "clip art" in c else 0.5) for c in captions[:4]], share=1.0)
                yield i, ("clip art", None), entry


def _decode(job):
    data, size = job
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB").resize((size, size), Image.LANCZOS))


def main():
    args, profile, run = arguments(__doc__, data=dict(required=True, help="captioned pictures, a .webp.npz"))
    log = Log(run, "dataset")
    archive = np.load(args.data)
    items = json.loads(bytes(archive["items"]))
    offsets, blob = archive["offsets"], archive["blob"].tobytes()
    chosen = list(choose(items))
    with Pool(profile.threads) as pool:
        jobs = ((blob[offsets[i]:offsets[i + 1]], profile.size) for i, _, _ in chosen)
        decoded = pool.imap(_decode, jobs, 64)
        pictures, inks, entries = [], [], {"pictures": [], "glyphs": []}
        for (i, kind, entry), picture in zip(chosen, decoded):
            entry.update(kind=kind[0], focus=kind[1], id=items[i]["id"], source=items[i]["source"])
            if "noun" in entry:
                entry["row"] = len(inks)
                inks.append(colours.ink(picture, entry["colour"], entry["ground"]))
                entries["glyphs"].append(entry)
            else:
                entry["row"] = len(pictures)
                pictures.append(picture)
                entries["pictures"].append(entry)

    # Turn shares into sampling weights that sum to one. A focus noun splits its weight between pictures and glyphs.
    everything = entries["pictures"] + entries["glyphs"]
    groups = collections.defaultdict(list)
    for e in everything:
        groups[(e["kind"], e["focus"], "noun" in e)].append(e)
    total_focus = sum(weight for weight, _, _ in FOCUS.values())
    for (kind, focus, glyph), members in groups.items():
        share = SHARES[kind]
        if kind == "focus":
            both = (kind, focus, not glyph) in groups
            share *= FOCUS[focus][0] / total_focus * ((0.6 if glyph else 0.4) if both else 1)
        total = sum(e["share"] for e in members)
        for e in members:
            e["weight"] = share * e.pop("share") / total
    json.dump(entries, open(run / "dataset.json", "w"))
    np.savez(run / "pictures.npz", pictures=np.stack(pictures), inks=np.stack(inks))
    log(pictures=len(pictures), glyphs=len(inks), **{k: n for k, n in collections.Counter(
        e["source"] for e in everything).items()})
    for noun in FOCUS:
        counts = [len(groups.get(("focus", noun, g), [])) for g in (False, True)]
        if sum(counts) < 3:
            print("few pictures for", noun, counts)


if __name__ == "__main__":
    main()
