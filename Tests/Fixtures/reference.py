"""What the parts that run PyTorch models share: weights worth testing with, and folders in the diffusers layout.

Weights are rounded to half precision before anything is computed, and saved in half precision: the expected outputs
are those of the very weights in the file, in single precision.
"""

import copy
import json
from pathlib import Path

import diffusers
import torch
import transformers
from safetensors.torch import load_file, save_file

torch.set_num_threads(1)
torch.set_grad_enabled(False)
torch.use_deterministic_algorithms(True)
diffusers.utils.logging.set_verbosity_error()
diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()

NORMS = (torch.nn.GroupNorm, torch.nn.LayerNorm)


def random(*shape: int, scale: float = 1.0) -> torch.Tensor:
    return torch.randn(*shape) * scale


def prepare(module: torch.nn.Module) -> torch.nn.Module:
    """Makes every parameter matter to the output, and rounds them all to half precision.

    Layers keep the variance of their input, attention's queries and keys raise it so that no softmax is flat, norms
    scale and shift.
    """
    module.eval()
    for name, part in module.named_modules():
        if isinstance(part, (torch.nn.Linear, torch.nn.Conv2d)):
            gain = 1.5 if name.split(".")[-1] in ("to_q", "to_k", "q_proj", "k_proj", "query", "key") else 1
            part.weight.copy_(gain * torch.randn_like(part.weight) / part.weight[0].numel() ** 0.5)
        elif isinstance(part, NORMS):
            part.weight.copy_(1 + 0.2 * torch.randn_like(part.weight))
        else:
            continue
        if part.bias is not None:
            part.bias.copy_(0.1 * torch.randn_like(part.bias))
    for parameter in module.parameters():
        assert parameter.any()
        parameter.copy_(parameter.half().float())
    return module


def save_model(module: torch.nn.Module, folder: Path) -> None:
    """Writes config.json and the weights in half precision."""
    copy.deepcopy(module).half().save_pretrained(folder)


def save_tensors(tensors: dict[str, torch.Tensor], path: Path) -> None:
    for name, tensor in tensors.items():
        assert not tensor.is_floating_point() or tensor.isfinite().all(), name
        # Stable Diffusion XL's embeddings of an absent negative prompt are zeros.
        zeros = "negative" in name and not tensor.any()
        assert tensor.numel() < 16 or zeros or tensor.float().std() > 1e-3, f"{name} is nearly constant"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, path)


def save_json(value, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def rename_tensors(path: Path, rename, extra: dict[str, torch.Tensor] = {}) -> None:
    """Rewrites a weights file with other names, as older versions of the libraries wrote them."""
    save_file({rename(name): tensor for name, tensor in load_file(path).items()} | extra, path, {"format": "pt"})
