#!/usr/bin/env python3
"""Times Stable Diffusion 1.5's U-net here and in PyTorch, in turn, on the same weights, and prints the ratio.

    python bench/side_by_side.py --model /tmp/sd15-random --rounds 3

The model is one that `bench/pytorch_unet.py --save` wrote; it is written first when the folder is not there. Each round
runs both programs in processes of their own, one after the other, so that both see the machine as it then is; a
program's figure is the median of its passes, and the ratio is taken round by round. Nothing else should be running.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parent / ".build" / "release" / "mystarion"


def output(*command) -> dict:
    return json.loads(subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout)


def pytorch(batch: int, repeat: int) -> float:
    report = output(sys.executable, HERE / "pytorch_unet.py", "--batch", batch, "--repeat", repeat)
    return 1000 * report["results"][0]["median_seconds"]


def mystarion(model: Path, batch: int, repeat: int) -> dict:
    return output(
        PROGRAM, "bench", "--json", "--model", model, "--size", "512x512", "--guidance", 1, "--batch", batch, "--steps",
        repeat)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("/tmp/sd15-random"), help="a model with random weights")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 2], help="batch sizes to time")
    parser.add_argument("--rounds", type=int, default=3, help="how often each program runs")
    parser.add_argument("--repeat", type=int, default=3, help="passes that each run times")
    options = parser.parse_args()

    if not (options.model / "model_index.json").exists():
        subprocess.run(
            [sys.executable, HERE / "pytorch_unet.py", "--save", options.model, "--repeat", "0"], check=True,
            stdout=subprocess.DEVNULL)
    print("| batch | mystarion | PyTorch | PyTorch / mystarion | peak memory |\n| --- | --- | --- | --- | --- |")
    for batch in options.batch:
        ours, theirs, memory = [], [], 0
        for _ in range(options.rounds):
            report = mystarion(options.model, batch, options.repeat)
            ours.append(report["unet_step_ms"])
            memory = max(memory, report["peak_rss_mb"])
            theirs.append(pytorch(batch, options.repeat))
        ratios = [b / a for a, b in zip(ours, theirs)]
        print(
            f"| {batch} | {statistics.median(ours):.0f} ms | {statistics.median(theirs):.0f} ms "
            f"| {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | {memory:.0f} MB |", flush=True)


if __name__ == "__main__":
    main()
