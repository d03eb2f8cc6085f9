"""How stable-diffusion-webui reads a prompt, cuts it into chunks and weights their embeddings.

Written from its documented behaviour: `(x)` counts 1.1 times, `[x]` 1 / 1.1 times, `(x:1.5)` 1.5 times, a backslash takes
a bracket's meaning away, BREAK ends a chunk; a chunk has 75 tokens, or ends after the last comma if that is among its
last 20; a token's embedding is multiplied with its weight, and then all of a chunk's so that their mean stays.
"""

import re

import torch

PIECES = re.compile(r"\\[()\[\]\\]|\\|[(\[\])]|:\s*[+-]?[.\d]+\s*\)|[^\\()\[\]:]+|:", re.S)
BREAK = re.compile(r"\s*\bBREAK\b\s*")
BACKTRACK = 20


def parse(prompt: str) -> list[tuple[str, float] | None]:
    """Runs of text with their weights; None where a chunk ends."""
    runs: list[list | None] = []
    open_brackets: dict[str, list[int]] = {"(": [], "[": []}

    def scale(begin: int, factor: float) -> None:
        for run in runs[begin:]:
            if run is not None:
                run[1] *= factor

    for piece in PIECES.findall(prompt):
        if piece[0] == "\\":
            runs.append([piece[1:], 1.0])
        elif piece in "([":
            open_brackets[piece].append(len(runs))
        elif piece == ")" and open_brackets["("]:
            scale(open_brackets["("].pop(), 1.1)
        elif piece == "]" and open_brackets["["]:
            scale(open_brackets["["].pop(), 1 / 1.1)
        elif len(piece) > 1 and piece[0] == ":" and open_brackets["("]:
            scale(open_brackets["("].pop(), float(piece[1:-1]))
        else:
            for number, text in enumerate(BREAK.split(piece)):
                runs += [None] if number else []
                runs.append([text, 1.0])
    for begin in open_brackets["("]:
        scale(begin, 1.1)
    for begin in open_brackets["["]:
        scale(begin, 1 / 1.1)

    merged: list[list | None] = []
    for run in runs or [["", 1.0]]:
        if run and merged and merged[-1] and abs(merged[-1][1] - run[1]) < 1e-6:
            merged[-1][0] += run[0]
        else:
            merged.append(run)
    return [run and tuple(run) for run in merged]


def content(tokenizer, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False, truncation=False)["input_ids"]


def cut(tokenizer, runs) -> list[list[tuple[int, float]]]:
    """The chunks' tokens with their weights, without begin, end and padding."""
    capacity = tokenizer.model_max_length - 2
    (comma,) = content(tokenizer, ",")
    chunks, chunk, last_comma = [], [], None
    for run in runs:
        if run is None:
            chunks.append(chunk)
            chunk, last_comma = [], None
            continue
        for token in content(tokenizer, run[0]):
            if token == comma:
                last_comma = len(chunk)
            elif len(chunk) == capacity and last_comma is not None and capacity - last_comma <= BACKTRACK:
                chunks.append(chunk[:last_comma + 1])
                chunk, last_comma = chunk[last_comma + 1:], None
            if len(chunk) == capacity:
                chunks.append(chunk)
                chunk, last_comma = [], None
            chunk.append((token, run[1]))
    return chunks + [chunk] if chunk or not chunks else chunks


def encode(tokenizer, chunk, states) -> tuple[torch.Tensor, torch.Tensor | None]:
    """One chunk's weighted embeddings, and its pooled one; `states` calls the text encoder."""
    begin = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.cls_token_id
    end = tokenizer.eos_token_id if tokenizer.eos_token_id is not None else tokenizer.sep_token_id
    padding = tokenizer.model_max_length - 2 - len(chunk)
    tokens = [begin] + [token for token, _ in chunk] + [end] + [tokenizer.pad_token_id] * padding
    weights = torch.tensor([1.0] + [weight for _, weight in chunk] + [1.0] * (padding + 1))
    z, pooled = states(torch.tensor([tokens]))
    weighted = z * weights[None, :, None]
    return weighted * (z.mean() / weighted.mean()), pooled


def stages(pipe, skipped: int):
    """The tokenizers and text encoders, each as a function of tokens: embeddings and pooled embedding."""
    def clip(encoder):
        def states(tokens):
            output = encoder(tokens, output_hidden_states=True)
            norm = getattr(encoder, "text_model", encoder).final_layer_norm
            return norm(output.hidden_states[-1 - skipped]), None
        return states

    def xl(encoder):
        def states(tokens):
            output = encoder(tokens, output_hidden_states=True)
            return output.hidden_states[-2 - skipped], getattr(output, "text_embeds", None)
        return states

    if getattr(pipe, "tokenizer_2", None) is not None:
        return [(pipe.tokenizer, xl(pipe.text_encoder)), (pipe.tokenizer_2, xl(pipe.text_encoder_2))]
    if type(pipe.text_encoder).__name__ == "BertModel":
        return [(pipe.tokenizer, lambda tokens: (pipe.text_encoder(tokens).last_hidden_state, None))]
    return [(pipe.tokenizer, clip(pipe.text_encoder))]


def chunks(tokenizer, prompt: str, syntax: str):
    runs = parse(prompt) if syntax == "weighted" else [(prompt, 1.0)]
    if tokenizer.bos_token_id is not None:
        return cut(tokenizer, runs)
    tokens = [(token, run[1]) for run in runs if run for token in content(tokenizer, run[0])]
    return [tokens[:tokenizer.model_max_length - 2]]


def embeddings(pipe, prompt: str, negative: str, syntax: str, skipped: int = 0) -> dict[str, torch.Tensor]:
    """What the U-net is given for a prompt and a negative one, both of as many chunks as the longer has.

    Layers are skipped for both, as stable-diffusion-webui does; diffusers skips them for the prompt alone.
    """
    expected = {}
    texts = {"prompt_embeds": (prompt, skipped), "negative_prompt_embeds": (negative, skipped)}
    count = max(len(chunks(stage[0], text, syntax)) for text, _ in texts.values() for stage in stages(pipe, 0))
    for name, (text, skipped) in texts.items():
        parts, pooled = [], None
        for tokenizer, states in stages(pipe, skipped):
            encoded = chunks(tokenizer, text, syntax)
            encoded += [[]] * (count - len(encoded))
            encoded = [encode(tokenizer, chunk, states) for chunk in encoded]
            parts.append(torch.cat([z for z, _ in encoded], dim=1))
            pooled = encoded[0][1]
        expected[name] = torch.cat(parts, dim=-1)
        if pooled is not None:
            expected[name.replace("prompt", "pooled_prompt")] = pooled
    return expected
