#!/usr/bin/env python3
"""Every stage in order, each in a process of its own: `python train_all.py --profile gpu`.

Stages that are done are passed over and those that keep checkpoints go on from them, so the same command continues after an interruption;
`--stop-after` interrupts by itself, for machines that are lent by the piece.
"""

import os
import subprocess
import sys
import time
from ctypes.util import find_library
from pathlib import Path

from common import HERE, Log, arguments

STAGES = ["sources", "dataset", "autoencoder", "text", "latents", "unet", "decoder", "export", "vocabulary", "scorer", "evaluate"]


def main():
    args, profile, run = arguments(
        __doc__, stop_after=dict(type=float, help="minutes after which to stop; the same command goes on"),
        out=dict(type=Path, help="model folder to write (default: a folder `model` in the run folder)"))
    log, begun = Log(run, "all"), time.monotonic()
    out = (args.out or run / "model").resolve()
    # Compiled code of an interrupted stage is there the second time. PyTorch's memory comes from tcmalloc if it is installed (Debian's
    # libtcmalloc-minimal4): without it, a third of the time goes into page faults.
    environment = os.environ | {"TORCHINDUCTOR_CACHE_DIR": str(run / "compiled")}
    if allocator := find_library("tcmalloc_minimal"):
        environment.setdefault("LD_PRELOAD", allocator)
    options = {"export": ["--out", out], "vocabulary": ["--out", out], "evaluate": ["--model", out, "--out", run / "evaluation"]}
    for stage in STAGES:
        marker = run / f"{stage}.done"
        if marker.exists():
            continue
        left = args.stop_after * 60 - (time.monotonic() - begun) if args.stop_after else None
        command = [sys.executable, HERE / f"{stage}.py", "--profile", profile.name, "--run", run, *options.get(stage, [])]
        start = time.monotonic()
        try:
            subprocess.run(command, check=True, timeout=left, env=environment)
        except subprocess.TimeoutExpired:
            print(f"stopped in {stage}; run the same command to go on")
            return
        marker.touch()
        log(done=stage, minutes=(time.monotonic() - start) / 60)


if __name__ == "__main__":
    main()
