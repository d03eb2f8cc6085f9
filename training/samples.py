"""What the UNet trains on: every picture once, every glyph in many colours, each with weighted captions."""

import json
import random

import colours
import prompts


def glyph_captions(names, colour, ground):
    """[(caption, weight)] of a glyph in the given colours."""
    captions = []
    for k, name in enumerate(names):
        share = 1 if k == 0 else 0.25
        phrase = prompts.phrase(colour, name, "white")
        on = "" if ground == "white" else f" on {colours.article(ground)} background"
        captions += [(phrase + on, 4 * share), (f"{phrase} icon{on}", 4 * share)]
        captions += [(colours.article(phrase) + on, share), (f"flat icon of {colours.article(phrase)}{on}", 0.5 * share)]
        if (colour, ground) == ("black", "white"):
            captions += [(f"{name} icon", 6 * share)]
    return captions


def enumerate_samples(run):
    """Yield (source, weight, [(caption, weight), ...]).

    `source` is ("picture", row) or ("ink", row, colour, ground). Weights sum to one over all samples.
    """
    entries = json.load(open(run / "dataset.json"))
    for e in entries["pictures"]:
        yield ("picture", e["row"]), e["weight"], [tuple(c) for c in e["captions"]]
    for e in entries["glyphs"]:
        noun = e["names"][0]
        pairs = [p for p in colours.variants(noun, e["grounds"]) if not prompts.held_out(p[0], noun, p[1])]
        weights = [1.0 if ground == "white" else 0.5 for _, ground in pairs]
        for (colour, ground), weight in zip(pairs, weights):
            yield ("ink", e["row"], colour, ground), e["weight"] * weight / sum(weights), glyph_captions(e["names"], colour, ground)
