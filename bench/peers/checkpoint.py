"""One file with the names of the first Stable Diffusion release, as stable-diffusion.cpp reads it, from a folder as
diffusers writes it.

Reference: diffusers, `scripts/convert_diffusers_to_original_stable_diffusion.py`.
"""

import re
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3",
          "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection"}
UNET = {"time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
        "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2"}
ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def unet_name(name: str) -> str:
    layer, parameter = name.rsplit(".", 1)
    if layer in UNET:
        return f"{UNET[layer]}.{parameter}"
    if match := re.match(r"(down|up)_blocks\.(\d)\.(resnets|attentions)\.(\d)\.(.*)", name):
        way, block, kind, index, rest = match.groups()
        place = 3 * int(block) + int(index) + (way == "down")
        prefix = f"{'input' if way == 'down' else 'output'}_blocks.{place}.{0 if kind == 'resnets' else 1}"
    elif match := re.match(r"mid_block\.(resnets|attentions)\.(\d)\.(.*)", name):
        kind, index, rest = match.groups()
        prefix = f"middle_block.{1 if kind == 'attentions' else 2 * int(index)}"
    elif match := re.match(r"down_blocks\.(\d)\.downsamplers\.0\.conv\.(.*)", name):
        return f"input_blocks.{3 * int(match[1]) + 3}.0.op.{match[2]}"
    else:
        match = re.match(r"up_blocks\.(\d)\.upsamplers\.0\.conv\.(.*)", name)
        return f"output_blocks.{3 * int(match[1]) + 2}.{1 if match[1] == '0' else 2}.conv.{match[2]}"
    if kind == "resnets":
        layer, parameter = rest.rsplit(".", 1)
        rest = f"{RESNET[layer]}.{parameter}"
    return f"{prefix}.{rest}"


def vae_name(name: str) -> str:
    name = re.sub(r"down_blocks\.(\d)\.resnets\.(\d)", r"down.\1.block.\2", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets\.(\d)", lambda m: f"up.{3 - int(m[1])}.block.{m[2]}", name)
    name = re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"up.{3 - int(m[1])}.upsample", name)
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
    if "mid_block.attentions.0" in name:
        prefix, rest = name.split("mid_block.attentions.0.")
        layer, parameter = rest.rsplit(".", 1)
        return f"{prefix}mid.attn_1.{ATTENTION[layer]}.{parameter}"
    return name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")


def single_file(folder: Path, target: Path) -> Path:
    """Writes the checkpoint unless it is there."""
    if target.exists():
        return target
    tensors: dict[str, torch.Tensor] = {}
    for name, tensor in load_file(folder / "unet" / "diffusion_pytorch_model.safetensors").items():
        tensors["model.diffusion_model." + unet_name(name)] = tensor
    for name, tensor in load_file(folder / "vae" / "diffusion_pytorch_model.safetensors").items():
        place = vae_name(name)
        is_attention = re.search(r"attn_1\.(q|k|v|proj_out)\.weight", place)
        tensors["first_stage_model." + place] = tensor[:, :, None, None] if is_attention else tensor
    for name, tensor in load_file(folder / "text_encoder" / "model.safetensors").items():
        tensors["cond_stage_model.transformer.text_model." + name.removeprefix("text_model.")] = tensor
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, target)
    return target
