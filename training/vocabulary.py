#!/usr/bin/env python3
"""Stage 9: list the words that the model knows, for the page and for translation: `vocabulary.txt`, one word or short phrase a line, sorted.

These are the names that the dataset's drawings go by, if the model saw them often enough, the colours, and the words of styles.
"""

import json
import re
from collections import Counter
from pathlib import Path

import colours
from common import HERE, Log, arguments
from curation import UNTELLING

LEAST = 3e-5                 # share of the samples; a keyword is a fainter trace of a drawing than its name and needs more
LEAST_OF_A_KEYWORD = 1e-4
LEAST_OF_A_GLYPH = 7e-5
KEYWORD = 0.2                # a name with less than this share of a drawing's captions is a keyword
STYLES = {"icon", "emoji", "flat", "background"}


def words(dataset):
    """The known names of a `dataset.json`."""
    seen, shares = Counter(), Counter()            # shares: of what is no other glyph
    for kind in ("pictures", "glyphs"):
        for entry in dataset[kind]:
            total = sum(share for _, share in entry["names"])
            for name, share in entry["names"]:
                seen[name] += entry["weight"] * share / total
                if kind == "pictures" or entry["grounds"] > 2:
                    shares[name] = max(shares[name], share)
    def known(name):
        if not re.fullmatch(r"[a-zñé][a-zñé' -]+[a-zñé]", name) or len(name.split()) > 4:
            return False
        if name not in shares:                              # only a glyph, whose name may be two words that a pack's maker joined
            return name not in UNTELLING and " " not in name and seen[name] >= LEAST_OF_A_GLYPH
        if shares[name] < KEYWORD:
            return name not in UNTELLING and seen[name] >= LEAST_OF_A_KEYWORD
        return seen[name] >= LEAST
    return {name for name in seen if known(name)} | set(colours.PALETTE) | STYLES


def main():
    args, profile, run = arguments(__doc__, out=dict(type=Path, default=HERE.parent / "Models" / "mystarion-icons"))
    known = sorted(words(json.load(open(run / "dataset.json"))))
    (args.out / "vocabulary.txt").write_text("\n".join(known) + "\n")
    Log(run, "vocabulary")(words=len(known))


if __name__ == "__main__":
    main()
