"""Single layers: small odd sizes, where a fast kernel's edges are.

`layers.safetensors` has the tensors, named `CASE.TENSOR`; `cases.json` lists the cases with their settings.
Feature maps are [batch, channels, height, width]; sequences are [batch, length, channels].
"""

from pathlib import Path

import torch
from diffusers.models.activations import GEGLU
from diffusers.models.embeddings import get_timestep_embedding
from diffusers.models.upsampling import Upsample2D
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from torch.nn import functional as F
from transformers.activations import ACT2FN

from reference import prepare, random, save_json, save_tensors

# in, out, kernel, stride, padding (top, bottom, left, right), bias, batch, height, width
CONVOLUTIONS = [
    (3, 20, 3, 1, (1, 1, 1, 1), True, 1, 5, 7),
    (4, 36, 3, 1, (1, 1, 1, 1), True, 1, 8, 8),
    (36, 20, 3, 1, (1, 1, 1, 1), True, 1, 16, 16),
    (8, 20, 3, 1, (1, 1, 1, 1), True, 1, 33, 17),
    (4, 3, 3, 1, (1, 1, 1, 1), True, 1, 33, 17),
    (16, 16, 3, 1, (1, 1, 1, 1), False, 2, 8, 8),
    (16, 64, 3, 1, (1, 1, 1, 1), True, 1, 8, 8),
    (48, 17, 3, 1, (1, 1, 1, 1), True, 2, 7, 9),
    (20, 20, 3, 1, (1, 1, 1, 1), True, 1, 1, 1),
    (20, 20, 3, 1, (1, 1, 1, 1), True, 1, 2, 2),
    (20, 20, 3, 1, (1, 1, 1, 1), True, 1, 1, 16),
    (20, 20, 3, 1, (1, 1, 1, 1), True, 1, 3, 4),
    (1, 1, 3, 1, (1, 1, 1, 1), True, 1, 4, 4),
    (20, 20, 3, 2, (1, 1, 1, 1), True, 1, 8, 8),
    (20, 36, 3, 2, (1, 1, 1, 1), True, 2, 9, 7),
    (4, 8, 3, 2, (1, 1, 1, 1), False, 1, 33, 17),
    (20, 20, 3, 2, (0, 1, 0, 1), True, 1, 8, 8),
    (20, 36, 3, 2, (0, 1, 0, 1), True, 2, 9, 7),
    (4, 8, 3, 2, (0, 1, 0, 1), True, 1, 16, 16),
    (36, 20, 1, 1, (0, 0, 0, 0), True, 2, 5, 7),
    (3, 64, 1, 1, (0, 0, 0, 0), True, 1, 8, 8),
    (8, 8, 1, 1, (0, 0, 0, 0), True, 1, 33, 17),
]

# in, out, rows, bias
LINEARS = [(20, 36, 5, True), (40, 80, 77, True), (33, 17, 1, True), (1, 1, 1, True), (160, 40, 16, False), (8, 3, 15, True)]

# groups, channels, height, width, batch, epsilon, offset of the input, followed by SiLU
GROUP_NORMS = [
    (32, 64, 5, 7, 2, 1e-5, 0, False), (32, 64, 8, 8, 1, 1e-6, 0, True), (4, 20, 16, 16, 1, 1e-5, 0, True),
    (1, 36, 5, 7, 1, 1e-6, 0, False), (20, 20, 1, 3, 1, 1e-5, 0, True), (8, 24, 9, 17, 1, 1e-5, 100, False),
]

# width, rows, epsilon, offset of the input
LAYER_NORMS = [(20, 5, 1e-5, 0), (64, 77, 1e-5, 0), (320, 5, 1e-12, 0), (384, 3, 1e-5, 50)]

# width, inner width, rows
GEGLUS = [(20, 80, 5), (40, 160, 16), (33, 36, 1)]

# heads, head dimension, query length, key length, batch, mask (None, "causal")
ATTENTIONS = [
    (2, 8, 1, 1, 1, None), (2, 8, 15, 15, 2, None), (1, 8, 256, 256, 1, None), (3, 8, 16, 77, 1, None),
    (2, 8, 77, 77, 1, "causal"), (2, 40, 16, 16, 2, None), (1, 40, 129, 77, 1, None), (1, 40, 15, 15, 1, "causal"),
    (1, 64, 33, 33, 1, "causal"), (1, 64, 16, 77, 1, None), (2, 64, 1, 15, 2, None), (1, 64, 1, 1, 1, "causal"),
    (1, 80, 33, 16, 1, None), (2, 80, 16, 16, 1, "causal"), (1, 80, 15, 1, 2, None), (1, 160, 7, 33, 1, None),
    (2, 160, 5, 15, 1, None), (1, 160, 16, 16, 1, "causal"), (3, 12, 7, 5, 2, None), (1, 96, 17, 33, 1, None),
]

# dimension, cosines first, frequency shift, scale
TIMESTEPS = [(32, True, 0, 1), (320, True, 0, 1), (20, False, 1, 1), (256, True, 1, 1), (8, False, 0, 1)]

# channels, out, height, width, explicit output size
UPSAMPLES = [(20, 20, 5, 7, None), (8, 8, 8, 8, None), (4, 12, 1, 1, None), (8, 8, 2, 3, (3, 5)), (20, 4, 5, 7, (9, 13))]


class Recorder:
    def __init__(self):
        self.tensors, self.cases, self.counts = {}, [], {}

    def add(self, kind: str, settings: dict, **tensors) -> None:
        number = self.counts.get(kind, 0)
        self.counts[kind] = number + 1
        name = f"{kind}.{number}"
        self.cases.append({"name": name, "kind": kind, **settings})
        self.tensors |= {f"{name}.{key}": value for key, value in tensors.items() if value is not None}


def make(folder: Path) -> None:
    torch.manual_seed(1)
    record = Recorder()
    for in_channels, out_channels, kernel, stride, (top, bottom, left, right), bias, batch, height, width in CONVOLUTIONS:
        layer = prepare(torch.nn.Conv2d(in_channels, out_channels, kernel, stride, bias=bias))
        x = random(batch, in_channels, height, width)
        record.add(
            "conv", {"stride": stride, "padding": [top, bottom, left, right]}, input=x, weight=layer.weight,
            bias=layer.bias, output=layer(F.pad(x, (left, right, top, bottom))))
    for in_width, out_width, rows, bias in LINEARS:
        layer = prepare(torch.nn.Linear(in_width, out_width, bias))
        x = random(1, rows, in_width)
        record.add("linear", {}, input=x, weight=layer.weight, bias=layer.bias, output=layer(x))
    for groups, channels, height, width, batch, epsilon, offset, silu in GROUP_NORMS:
        layer = prepare(torch.nn.GroupNorm(groups, channels, epsilon))
        x = random(batch, channels, height, width) + offset
        # In double precision, for single precision is off by more than a good kernel where the offset is large.
        y = F.group_norm(x.double(), groups, layer.weight.double(), layer.bias.double(), epsilon).float()
        record.add(
            "group_norm", {"groups": groups, "epsilon": epsilon, "silu": silu}, input=x, weight=layer.weight,
            bias=layer.bias, output=F.silu(y) if silu else y)
    for width, rows, epsilon, offset in LAYER_NORMS:
        layer = prepare(torch.nn.LayerNorm(width, epsilon))
        x = random(1, rows, width) + offset
        y = F.layer_norm(x.double(), (width,), layer.weight.double(), layer.bias.double(), epsilon).float()
        record.add("layer_norm", {"epsilon": epsilon}, input=x, weight=layer.weight, bias=layer.bias, output=y)
    for width, inner, rows in GEGLUS:
        layer = prepare(GEGLU(width, inner))
        x = random(1, rows, width)
        record.add("geglu", {}, input=x, weight=layer.proj.weight, bias=layer.proj.bias, output=layer(x))
    x = torch.cat([torch.linspace(-12, 12, 193), torch.tensor([-100, -30, 30, 100, 0, -0.0, 1e-6, -1e-6])])
    for name, function in {
        "gelu": F.gelu, "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"), "quick_gelu": ACT2FN["quick_gelu"],
        "silu": F.silu, "relu": F.relu, "tanh": torch.tanh,
    }.items():
        record.add("activation", {"function": name}, input=x, output=function(x.double()).float())
    for heads, dimension, queries, keys, batch, mask in ATTENTIONS:
        q, k, v = (random(batch, length, heads * dimension) for length in (queries, keys, keys))
        split = lambda x: x.double().unflatten(2, (heads, dimension)).transpose(1, 2)
        y = F.scaled_dot_product_attention(split(q), split(k), split(v), is_causal=mask == "causal")
        record.add(
            "attention", {"heads": heads, "causal": mask == "causal"}, query=q, key=k, value=v,
            output=y.transpose(1, 2).flatten(2).float())
    timesteps = torch.tensor([0, 1, 20, 261, 500.5, 801, 999])
    for dimension, flip, shift, scale in TIMESTEPS:
        record.add(
            "timestep_embedding", {"dimension": dimension, "flipSinToCos": flip, "frequencyShift": shift},
            input=timesteps, output=get_timestep_embedding(timesteps, dimension, flip, shift, scale))
    guidance = torch.tensor([0, 0.5, 6.5, 7])
    record.add(
        "guidance_embedding", {"dimension": 256}, input=guidance,
        output=StableDiffusionPipeline.get_guidance_scale_embedding(None, guidance, 256))
    for channels, out_channels, height, width, size in UPSAMPLES:
        layer = prepare(Upsample2D(channels, use_conv=True, out_channels=out_channels))
        x = random(1, channels, height, width)
        record.add(
            "upsample", {"size": list(size or (2 * height, 2 * width))}, input=x, weight=layer.conv.weight,
            bias=layer.conv.bias, output=layer(x, size))
    save_tensors(record.tensors, folder / "layers.safetensors")
    save_json(record.cases, folder / "cases.json")
