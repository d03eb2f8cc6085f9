"""Numbers from PyTorch's CPU generator: what TorchRandomSource must give for the same seeds."""

import json
from pathlib import Path

import torch

SEEDS = [0, 1, 42, 2**31 - 1, 2**32 + 7, 2**63 + 12345, 2**64 - 1]

# Sizes of consecutive draws from one generator: vectorised, with a recomputed tail, scalar, and mixtures that leave a
# cached number behind.
DRAWS = [
    [16], [17], [31], [64], [1000], [16384, 16384],
    [1], [2], [3], [15],
    [3, 16, 3], [1, 1, 1, 20, 1], [5, 17, 4, 33, 7], [700, 3, 700],
]


def make(folder: Path) -> None:
    """Writes normal.json, uniform.json and latents.json."""
    folder.mkdir(parents=True, exist_ok=True)
    normal = [
        {"seed": seed, "draws": [_summary(torch.randn(size, generator=generator)) for size in draws]}
        for seed in SEEDS
        for draws in DRAWS
        for generator in [torch.Generator().manual_seed(_signed(seed))]
    ]
    uniform = []
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(_signed(seed))
        values = torch.rand(1300, generator=generator)
        bits = (values.double() * 2**24).to(torch.int64)
        uniform.append({"seed": seed, "count": 1300, "first": bits[:8].tolist(), "last": bits[-8:].tolist()})
    latents = []
    for shape in [(1, 4, 8, 8), (1, 4, 3, 5), (2, 4, 2, 3), (1, 3, 2, 2)]:
        values = torch.randn(shape, generator=torch.Generator().manual_seed(9))
        latents.append({"seed": 9, "shape": list(shape), "nhwc": _rounded(values.permute(0, 2, 3, 1).flatten())})
    _write(folder / "normal.json", normal)
    _write(folder / "uniform.json", uniform)
    _write(folder / "latents.json", latents)


def _summary(values: torch.Tensor) -> dict:
    """All of a small draw; the beginning and the end, where the tail is recomputed, of a large one."""
    if len(values) <= 40:
        return {"count": len(values), "first": _rounded(values), "last": []}
    return {"count": len(values), "first": _rounded(values[:20]), "last": _rounded(values[-20:])}


def _rounded(values: torch.Tensor) -> list[float]:
    return [float(f"{value:.9g}") for value in values.tolist()]


def _signed(seed: int) -> int:
    """manual_seed takes the upper half of the 64-bit seeds as negative numbers."""
    return seed if seed < 2**63 else seed - 2**64


def _write(path: Path, cases: list[dict]) -> None:
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    make(Path(__file__).parent.parent / "data" / "random_source")
