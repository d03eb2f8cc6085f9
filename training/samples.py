"""What the UNet trains on: every kept picture once, every glyph in many colours, each with weighted captions."""

import json
import random

import colours


def enumerate_samples(run):
    """Yield (source, weight, [(caption, weight), ...]).

    `source` is ("picture", row) or ("ink", row, colour, ground). Weights sum to about one over all samples.
    """
    entries = json.load(open(run / "dataset.json"))
    for e in entries["pictures"]:
        yield ("picture", e["row"]), e["weight"], [tuple(c) for c in e["captions"]]
    for e in entries["glyphs"]:
        pairs = colours.variants(e["noun"], 4)
        if e["kind"] != "focus" or e["style"]:             # outlines and rarer nouns come in fewer colours
            pairs = random.Random(e["noun"]).sample(pairs[:len(colours.INKS)], 4)
        weights = [1.0 if ground == "white" else 0.5 for _, ground in pairs]
        for (colour, ground), weight in zip(pairs, weights):
            captions = colours.captions(e["noun"], e["style"], colour, ground)
            if e["kind"] != "focus":
                captions = captions[:2]
            if (colour, ground) == ("black", "white") and not e["style"]:
                captions += [(f"{e['noun']} icon", 6)]
            yield ("ink", e["row"], colour, ground), e["weight"] * weight / sum(weights), captions
