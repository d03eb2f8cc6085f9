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
    """Writes normal.json, uniform.json, latents.json and picture_noise.json."""
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
    _write(folder / "picture_noise.json", [_picture_noise(**case) for case in PICTURE_NOISE])


SHAPE = (4, 6, 5)
PICTURE_NOISE = [
    {"seed": 7},
    *[{"seed": 7, "variation": 8, "strength": strength} for strength in (0.1, 0.5, 0.9, 1.0)],
    # Nearly the same noise: the columns have no angle between them.
    {"seed": 7, "variation": 7, "strength": 0.25},
    *[{"seed": 2**32 + 5, "inner": inner} for inner in ((8, 8), (4, 4), (3, 2), (9, 2), (2, 9), (6, 4), (7, 5))],
    {"seed": 11, "variation": 12, "strength": 0.3, "inner": (8, 4)},
    {"seed": 11, "variation": 12, "strength": 0.3, "delta": 31337},
    {"seed": 11, "inner": (4, 8), "delta": -3},
]


def _picture_noise(
    seed: int, variation: int = 0, strength: float = 0.0, inner: tuple | None = None, delta: int = 0
) -> dict:
    """The first noise of a picture and the next, drawn as `ImageRNG` of the web UI's modules/rng.py describes it.

    A picture's generator draws its noise. Noise of another size is drawn by a generator of its own with the same seed,
    and laid centred over the picture's. A variation is drawn at the size that counts, and the noise moved towards it on
    the arc between the two, each column of latents (dimension 1 of [channels, height, width]) by itself.
    """
    generator = torch.Generator().manual_seed(seed)
    drawn = SHAPE if inner is None else (SHAPE[0], *inner)
    apart = generator if drawn == SHAPE else torch.Generator().manual_seed(seed)
    noise = torch.randn(drawn, generator=apart)
    if strength:
        other = torch.randn(drawn, generator=torch.Generator().manual_seed(variation))
        unit = torch.nn.functional.normalize
        cosine = (unit(noise, dim=1, eps=0) * unit(other, dim=1, eps=0)).sum(dim=1, keepdim=True)
        if cosine.mean() > 0.9995:
            noise = strength * noise + (1 - strength) * other
        else:
            angle = torch.arccos(cosine)
            noise = (torch.sin((1 - strength) * angle) * noise + torch.sin(strength * angle) * other) / torch.sin(angle)
    if drawn != SHAPE:
        whole = torch.randn(SHAPE, generator=generator)
        target, source = [slice(None)], [slice(None)]
        for outer, side in zip(SHAPE[1:], drawn[1:]):
            shift = (outer - side) // 2
            target.append(slice(max(shift, 0), max(shift, 0) + (side if shift >= 0 else side + 2 * shift)))
            source.append(slice(max(-shift, 0), max(-shift, 0) + (side if shift >= 0 else side + 2 * shift)))
        whole[tuple(target)] = noise[tuple(source)]
        noise = whole
    if delta:
        generator = torch.Generator().manual_seed(seed + delta)
    return {
        "seed": seed, "variation": variation, "strength": strength, "shape": list(SHAPE),
        "inner": None if inner is None else list(inner), "delta": delta, "first": _rounded(noise.flatten()),
        "next": _rounded(torch.randn(SHAPE, generator=generator).flatten()),
    }


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
