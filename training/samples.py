"""What the UNet trains on: every picture once, every glyph in many colours, each with weighted captions."""

import json

import colours
import prompts


def glyph_captions(names, colour, ground):
    """[(caption, weight)] of a glyph in the given colours."""
    captions = []
    for name, share in names:
        phrase = prompts.phrase(colour, name, "white")
        on = "" if ground == "white" else f" on {colours.article(ground)} background"
        captions += [(phrase + on, 4 * share), (f"{phrase} icon{on}", 4 * share)]
        captions += [(colours.article(phrase) + on, share), (f"flat icon of {colours.article(phrase)}{on}", 0.5 * share)]
        if (colour, ground) == ("black", "white"):
            captions += [(f"{name} icon", 6 * share)]
    return captions


def emoji_captions(names, colour, flat):
    """[(caption, weight)] of an emoji that is mostly of one colour, or None: plain words mostly mean Noto's drawing, "flat" always Twemoji's."""
    captions = []
    for name, share in names:
        if flat:
            captions += [(f"flat {name} emoji", 3 * share), (f"flat {name}", 1.2 * share), (f"{name} emoji", 0.6 * share),
                         (name, 0.4 * share), (colours.article(name), 0.2 * share)]
        else:
            captions += [(name, 5 * share), (f"{name} emoji", 4 * share), (colours.article(name), 1.6 * share)]
        if not colour or share < 0.25 or set(name.split()) & colours.WORDS or prompts.held_out(colour, name, "white"):
            continue
        phrase = f"{colour} {name}"
        if flat:
            captions += [(f"flat {phrase} emoji", 0.6 * share)]
        else:
            captions += [(phrase, share), (colours.article(phrase), 0.6 * share), (f"{phrase} emoji", 0.6 * share)]
    return captions


def enumerate_samples(run):
    """Yield (source, weight, [(caption, weight), ...]).

    `source` is ("picture", row) or ("ink", row, colour, ground). Weights sum to one over all samples.
    """
    entries = json.load(open(run / "dataset.json"))
    for e in entries["pictures"]:
        yield ("picture", e["row"]), e["weight"], emoji_captions(e["names"], e["colour"], e["flat"])
    for e in entries["glyphs"]:
        noun = e["names"][0][0]
        pairs = [p for p in colours.variants(noun, e["grounds"]) if not prompts.held_out(p[0], noun, p[1])]
        weights = [1.0 if ground == "white" else 0.5 for _, ground in pairs]
        for (colour, ground), weight in zip(pairs, weights):
            yield ("ink", e["row"], colour, ground), e["weight"] * weight / sum(weights), glyph_captions(e["names"], colour, ground)
