"""What every stage shares: the run folder, the log, the clock, the precision."""

import argparse
import json
import time
from pathlib import Path

import torch

from profiles import PROFILES

HERE = Path(__file__).resolve().parent


def arguments(description, **extra):
    """Parse `--profile`, `--run` and the stage's own options; returns (namespace, profile, run folder)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--profile", choices=PROFILES, default="cpu")
    parser.add_argument("--run", type=Path, help="run folder (default: training/runs/PROFILE)")
    for name, options in extra.items():
        parser.add_argument("--" + name.replace("_", "-"), **options)
    args = parser.parse_args()
    profile = PROFILES[args.profile]
    run = (args.run or HERE / "runs" / profile.name).resolve()
    run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(profile.threads)
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.benchmark = True
    return args, profile, run


class Log:
    """Prints a line and appends the same figures to `log.jsonl`."""

    def __init__(self, run, stage):
        self.path, self.stage = run / "log.jsonl", stage

    def __call__(self, **figures):
        rounded = {k: round(v, 5) if isinstance(v, float) else v for k, v in figures.items()}
        print(self.stage, " ".join(f"{k} {v}" for k, v in rounded.items()), flush=True)
        with open(self.path, "a") as f:
            f.write(json.dumps({"stage": self.stage, "time": round(time.time()), **rounded}) + "\n")


class Clock:
    """How much of a stage's planned time has passed, surviving restarts.

    Planned in minutes, only the time in which the stage runs counts. Planned until a time of day (`HH:MM`, UTC, within twelve
    hours), what is left is what the wall clock says, so that training on a shared machine ends in time as well.
    """

    def __init__(self, planned, until=None):
        self.minutes, self.planned, self.last, self.end = 0.0, planned, time.monotonic(), None
        if until:
            hours, minutes = map(int, until.split(":"))
            away = (hours * 60 + minutes - time.time() / 60) % 1440
            self.end = time.time() + (away if away < 720 else 0) * 60

    def tick(self):
        now = time.monotonic()
        self.minutes += (now - self.last) / 60
        self.last = now

    @property
    def left(self):
        """Minutes."""
        return max(0.0, (self.end - time.time()) / 60 if self.end else self.planned - self.minutes)

    @property
    def done(self):
        """0 at the start, 1 at the end."""
        return 1.0 if self.left == 0 else self.minutes / (self.minutes + self.left)


def has_bfloat16(device):
    """Whether the device computes in bfloat16: an accelerator, or a processor with AVX512-BF16 or AMX."""
    return device != "cpu" or any(torch.cpu.get_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))


def autocast(device):
    return torch.autocast(device, torch.bfloat16, enabled=has_bfloat16(device))


def save(path, state):
    """Write a checkpoint so that an interruption leaves either the old or the new one."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)
