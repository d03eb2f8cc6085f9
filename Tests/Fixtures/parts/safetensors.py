"""Files written by the safetensors library itself: every readable element type, with the values that go wrong first."""

from pathlib import Path

import torch
from safetensors.torch import save_file


def make(folder: Path) -> None:
    # Every binary16 and every bfloat16 there is, among them zeros of both signs, subnormals, infinities and NaNs.
    patterns = torch.arange(1 << 16, dtype=torch.int32).to(torch.int16)
    tensors = {
        "every.float16": patterns.view(torch.float16).reshape(256, 256),
        "every.bfloat16": patterns.clone().view(torch.bfloat16).reshape(256, 256),
        "some.float32": torch.tensor(
            [[0.0, -0.0, 1.0, -1.5], [1e-45, 1.1754942e-38, float("inf"), float("nan")]], dtype=torch.float32
        ),
        "a.scalar": torch.tensor(3.25),
        "nothing": torch.zeros(3, 0, 2),
        "embeddings.position_ids": torch.arange(7)[None],
    }
    # One remark only: the library writes several in no fixed order.
    save_file(tensors, folder / "library.safetensors", metadata={"note": "höchst \"genau\""})
