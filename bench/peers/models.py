"""The networks that every engine runs, and the forms in which the engines read them.

A folder for each is made once under the folder that `compare.py --cache` names: the weights (random for Stable
Diffusion 1.5 and the tiny autoencoder, since how long a pass takes does not depend on them), an ONNX file, an MNN file,
and the inputs with PyTorch's output, by which every engine shows that it computes the same.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUNDLED = ROOT / "Models" / "mystarion-icons"


@dataclass(frozen=True)
class Network:
    """One network of one model at one shape."""

    name: str
    model: str  # sd15, tiny or bundled
    part: str  # unet or vae
    batch: int
    latent: int  # side of the latents
    context: tuple[int, int] | None = None  # tokens and width of the encoded prompt


NETWORKS = {
    network.name: network
    for network in (
        Network("sd15-unet", "sd15", "unet", 1, 64, (77, 768)),
        Network("sd15-vae", "sd15", "vae", 1, 64),
        Network("tiny-vae", "tiny", "vae", 1, 64),
        Network("bundled-unet", "bundled", "unet", 1, 16, (16, 384)),
        Network("bundled-unet-4", "bundled", "unet", 4, 16, (16, 384)),
    )
}


def model_folder(model: str, cache: Path) -> Path:
    """The model in the diffusers layout, written first where it is not there."""
    if model == "bundled":
        return BUNDLED
    folder = cache / model
    if not (folder / "model_index.json").exists():
        command = [sys.executable, HERE / "random_model.py", folder]
        if model == "tiny":
            command.append("--tiny")
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return folder


def module(network: Network, cache: Path) -> torch.nn.Module:
    """The network in single precision, with positional tensors in and one tensor out."""
    from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel

    kinds = {"unet": UNet2DConditionModel, "vae": AutoencoderTiny if network.model == "tiny" else AutoencoderKL}
    folder = model_folder(network.model, cache) / network.part
    whole = kinds[network.part].from_pretrained(folder, torch_dtype=torch.float32).eval()
    return UNetPass(whole) if network.part == "unet" else DecoderPass(whole)


class UNetPass(torch.nn.Module):
    def __init__(self, unet):
        super().__init__()
        self.unet = unet

    def forward(self, sample, timestep, context):
        return self.unet(sample, timestep, context, return_dict=False)[0]


class DecoderPass(torch.nn.Module):
    def __init__(self, autoencoder):
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, latents):
        return self.autoencoder.decode(latents, return_dict=False)[0]


def inputs(network: Network) -> dict[str, torch.Tensor]:
    """The same for every engine."""
    generator = torch.Generator().manual_seed(7)
    latents = torch.randn(network.batch, 4, network.latent, network.latent, generator=generator)
    if network.part == "vae":
        return {"latents": latents}
    context = torch.randn(network.batch, *network.context, generator=generator)
    return {"sample": latents, "timestep": torch.linspace(981, 261, network.batch), "context": context}


def reference(network: Network, cache: Path) -> Path:
    """A file with PyTorch's output."""
    path = cache / network.name / "output.pt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with torch.no_grad():
            torch.save(module(network, cache)(*inputs(network).values()), path)
    return path


def onnx_file(network: Network, cache: Path) -> Path:
    path = cache / network.name / "onnx" / "network.onnx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        values = inputs(network)
        with torch.no_grad():
            torch.onnx.export(
                module(network, cache), tuple(values.values()), str(path), input_names=list(values),
                output_names=["output"], opset_version=18, dynamo=True, external_data=True)
    return path


def mnn_file(network: Network, cache: Path) -> Path:
    path = cache / network.name / "mnn" / "network.mnn"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        converter = Path(sys.executable).parent / "mnnconvert"
        command = [converter, "-f", "ONNX", "--modelFile", onnx_file(network, cache), "--MNNModel", path,
                   "--saveExternalData", "--bizCode", "peers"]
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return path
