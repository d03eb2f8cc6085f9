"""What every stage shares: the run folder, the log, the clock."""

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
    """Minutes of work done, surviving both restarts and pauses.

    Wall time is counted step by step; a step that took more than five times the running mean was a pause
    (the process was stopped, or the machine slept), and counts as one mean step.
    """

    def __init__(self, minutes=0.0):
        self.minutes, self.mean, self.last = minutes, None, time.monotonic()

    def tick(self):
        now = time.monotonic()
        step, self.last = now - self.last, now
        if self.mean is None:
            self.mean = step
        if step > 5 * self.mean:
            step = self.mean
        self.mean = 0.95 * self.mean + 0.05 * step
        self.minutes += step / 60


def save(path, state):
    """Write a checkpoint so that an interruption leaves either the old or the new one."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)
