"""Prompts' embeddings in both syntaxes, of the models of `pipelines`, which have to be made first.

cases.json: for each model the prompts, their syntax and how many layers are skipped; expected.safetensors:
`MODEL.CASE.prompt_embeds` [1, length, width], `negative_prompt_embeds`, and for Stable Diffusion XL
`pooled_prompt_embeds` and `negative_pooled_prompt_embeds`.
"""

from pathlib import Path

import diffusers
import torch

from reference import save_json, save_tensors
from weighting import embeddings

MODELS = Path(__file__).resolve().parents[1] / "data" / "pipelines"

LIST = "red cat, the dog on a hat, "
PROMPTS = [
    ("plain-brackets", "a (red) [cat]", "(dog)", "plain"),
    ("nothing-to-weight", "a red cat", "the dog", "weighted"),
    ("round", "a (red) cat", "the dog", "weighted"),
    ("nested", "((a (red:1.4) cat)) on (the (hat))", "[the [dog]]", "weighted"),
    ("numbers", "(red:0.5) (cat: 1.25 ) (dog:-.3) (hat:+2)", "", "weighted"),
    ("square", "[red] ca[t] (d[o]g:1.2)", "", "weighted"),
    ("escaped", r"\(red\) \[cat\] \\ (a \(dog\):1.3) \hat", "", "weighted"),
    ("unbalanced", "red) cat] (dog [hat", "((red", "weighted"),
    ("colons", "red: cat :1.2) (the: dog:1.5) (hat:x)", ":", "weighted"),
    ("break", "red cat BREAK the dog", "hat", "weighted"),
    ("break-in-brackets", "(red BREAK cat:1.5)\nBREAK BREAK hat BREAKS", "", "weighted"),
    ("empty", "()", "", "weighted"),
    ("long", "the cat on the hat " * 30, "dog", "plain"),
    ("long-negative", "cat", "the cat on the hat " * 20, "plain"),
    ("commas", LIST * 9 + "(" + LIST * 12 + ":1.2)", "", "weighted"),
    ("comma-too-early", "red cat, " + "dog " * 130, "", "weighted"),
]


def make(folder: Path) -> None:
    cases, expected = {}, {}
    for model in ("sd15", "turbo", "sdxl", "icons"):
        pipe = diffusers.DiffusionPipeline.from_pretrained(MODELS / model / "model", dtype=torch.float32)
        cases[model] = []
        for name, prompt, negative, syntax in PROMPTS:
            # Stable Diffusion XL has zeros for an absent negative prompt.
            negative = negative or ("a" if model == "sdxl" else "")
            skipped = 1 if name == "nested" and model != "icons" else 0
            cases[model].append({
                "name": name, "prompt": prompt, "negativePrompt": negative, "syntax": syntax, "clipSkip": skipped})
            for key, value in embeddings(pipe, prompt, negative, syntax, skipped).items():
                expected[f"{model}.{name}.{key}"] = value
    save_json(cases, folder / "cases.json")
    save_tensors(expected, folder / "expected.safetensors")
