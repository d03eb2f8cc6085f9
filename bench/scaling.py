#!/usr/bin/env python3
"""How the time of one step of the U-net grows with the picture's size, the batch and the threads, beside what its
arithmetic alone would ask for.

    python bench/scaling.py                     # the bundled model: two minutes
    python bench/scaling.py --model FOLDER

The expected time is the first row's, times how much more there is to compute, divided by how many more threads do it.
Nothing else should be running.
"""

import argparse
import json
import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / ".build" / "release" / "mystarion"
SIDES = (256, 512, 768, 1024)
BATCHES = (1, 2, 4, 8)
THREADS = (1, 2)


def step(model: Path, side: int, batch: int, threads: int, rounds: int) -> tuple[float, float]:
    """Milliseconds of a step, and its operations in billions."""
    runs = [
        json.loads(subprocess.run(
            [PROGRAM, "bench", "--json", "--model", model, "--size", f"{side}x{side}", "--guidance", "1", "--batch",
             str(batch), "--threads", str(threads), "--steps", "5" if side > 512 else "20"],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
        for _ in range(rounds)
    ]
    times = [run["unet_step_ms"] for run in runs]
    return statistics.median(times), runs[0]["gflops"] * runs[0]["unet_step_ms"] / 1000


def table(title: str, rows: list[tuple[str, float, float, int]]) -> None:
    _, first, work, threads = rows[0]
    print(f"| {title} | a step | GFLOP/s | expected |\n| --- | --- | --- | --- |")
    for name, milliseconds, operations, count in rows:
        expected = first * operations / work * threads / count
        print(f"| {name} | {milliseconds:.1f} ms | {1000 * operations / milliseconds:.0f} | {expected:.1f} ms |")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "Models" / "mystarion-icons")
    parser.add_argument("--side", type=int, default=256, help="the size at which batch and threads are varied")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    options = parser.parse_args()

    def row(name: str, side: int, batch: int, threads: int) -> tuple[str, float, float, int]:
        return (name, *step(options.model, side, batch, threads, options.rounds), threads)

    most = THREADS[-1]
    table("picture", [row(f"{side} × {side}", side, 1, most) for side in SIDES])
    table("batch", [row(str(batch), options.side, batch, most) for batch in BATCHES])
    table("threads", [row(str(threads), options.side, 1, threads) for threads in THREADS])


if __name__ == "__main__":
    main()
