"""Text encoders: a folder each, with config.json, model.safetensors and expected.safetensors.

expected.safetensors: `input_ids` (int32), `hidden_states.N` (0 is the embeddings' sum, N the output of layer N,
without the final norm; of some encoders only the last but one), `last_hidden_state`, `pooler_output` where the encoder has one, `text_embeds` where it has a
projection, and for CLIP `clip_skip.N`: what Stable Diffusion conditions on when N layers are skipped, which is
hidden state -(N + 1) through the final norm. Stable Diffusion XL takes `hidden_states` -2 as it is.
"""

from pathlib import Path

import torch
from transformers import BertConfig, BertModel, CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from reference import prepare, rename_tensors, save_model, save_tensors

SIZES = dict(
    vocab_size=99, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
    max_position_embeddings=77)


def clip_ids(end: int, pad: int, lengths: tuple[int, ...]) -> torch.Tensor:
    ids = torch.randint(3, 97, (len(lengths), 77))
    for row, length in zip(ids, lengths):
        row[0] = 97
        row[length - 1] = end
        row[length:] = pad
    return ids


def make_clip(folder: Path, ids: torch.Tensor, projection: bool = False, prefix: str = "", **settings) -> None:
    kind = CLIPTextModelWithProjection if projection else CLIPTextModel
    config = CLIPTextConfig(**(SIZES | dict(bos_token_id=97, pad_token_id=1, initializer_factor=4.0) | settings))
    model = prepare(kind(config))
    text = model.text_model if projection else model
    out = model(ids, output_hidden_states=True)
    expected = {"input_ids": ids.int(), "last_hidden_state": out.last_hidden_state}
    for n in range(SIZES["num_hidden_layers"] + 1) if prefix else [SIZES["num_hidden_layers"] - 1]:
        expected[f"hidden_states.{n}"] = out.hidden_states[n]
    expected |= {f"clip_skip.{n}": text.final_layer_norm(out.hidden_states[-(n + 1)]) for n in ((1, 2) if prefix else (1,))}
    if projection:
        expected["text_embeds"] = out.text_embeds
    else:
        expected["pooler_output"] = out.pooler_output
    save_model(model, folder)
    if prefix:
        rename_tensors(
            folder / "model.safetensors", lambda name: prefix + name,
            {prefix + "embeddings.position_ids": torch.arange(77)[None]})
    save_tensors(expected, folder / "expected.safetensors")


def make_bert(folder: Path, ids: torch.Tensor, pooling: bool) -> None:
    config = BertConfig(**(SIZES | dict(initializer_range=0.2, type_vocab_size=2)))
    model = prepare(BertModel(config, add_pooling_layer=pooling))
    out = model(ids, attention_mask=None, output_hidden_states=True)
    expected = {"input_ids": ids.int(), "last_hidden_state": out.last_hidden_state}
    expected |= {f"hidden_states.{n}": state for n, state in enumerate(out.hidden_states)}
    if pooling:
        expected["pooler_output"] = out.pooler_output
    save_model(model, folder)
    save_tensors(expected, folder / "expected.safetensors")


def make(folder: Path) -> None:
    torch.manual_seed(2)
    # As the hub has Stable Diffusion 1.x's: names with a prefix, positions as a tensor, the old end token's number.
    make_clip(
        folder / "clip-quick-gelu", clip_ids(98, 98, (9, 77)), prefix="text_model.", eos_token_id=2, bos_token_id=0)
    make_clip(folder / "clip-gelu", clip_ids(98, 0, (2, 77)), hidden_act="gelu", eos_token_id=98)
    # The end token is not the highest number, and pads the rest: only its first place counts.
    make_clip(folder / "clip-end-token", clip_ids(5, 5, (9, 33)), eos_token_id=5, num_attention_heads=2)
    make_clip(
        folder / "clip-projection", clip_ids(98, 0, (9, 77)), projection=True, hidden_act="gelu", eos_token_id=2,
        projection_dim=24)
    make_bert(folder / "bert", torch.randint(0, 99, (2, 16)), pooling=True)
    make_bert(folder / "bert-without-pooling", torch.randint(0, 99, (1, 77)), pooling=False)
