#!/usr/bin/env python3
"""Compare two programs by running them in turn: A B B A A B …, so that what the machine does meanwhile hits both.

    python bench/ab.py OLD NEW -- bench --json --steps 20           # every number of the JSON that both print
    python bench/ab.py OLD NEW -- generate "a red apple" -o /tmp/x.png   # the time of the whole command

OLD and NEW are binaries of mystarion, or any commands. A figure is the median of the rounds' ratios NEW / OLD, with the
interval that holds it 19 times out of 20 (of the medians of resampled rounds). Below 1 NEW takes less. Nothing else
should be running.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import time


def run(program: str, arguments: list[str]) -> dict[str, float]:
    """Runs a command and returns its figures: the numbers of the JSON object that it prints, and its seconds."""
    begin = time.perf_counter()
    done = subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    figures = {"seconds": time.perf_counter() - begin}
    try:
        printed = json.loads(done.stdout)
    except ValueError:
        return figures
    if isinstance(printed, dict):
        numbers = {name: value for name, value in printed.items() if isinstance(value, (int, float))}
        figures |= {name: float(value) for name, value in numbers.items() if not isinstance(value, bool)}
    return figures


def interval(ratios: list[float], samples: int = 2_000) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile of the medians of resampled ratios."""
    chance = random.Random(0)
    medians = sorted(statistics.median(chance.choices(ratios, k=len(ratios))) for _ in range(samples))
    return medians[samples // 40], medians[-samples // 40]


def main() -> None:
    parser = argparse.ArgumentParser(
        usage="ab.py [--rounds N] OLD NEW -- ARGUMENT …", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--rounds", type=int, default=15)
    given = sys.argv[1:]
    end = given.index("--") if "--" in given else len(given)
    arguments = given[end + 1:]
    options = parser.parse_args(given[:end])

    rounds: list[tuple[dict[str, float], dict[str, float]]] = []
    for index in range(options.rounds):
        order = [options.old, options.new] if index % 2 == 0 else [options.new, options.old]
        first, second = (run(program, arguments) for program in order)
        rounds.append((first, second) if index % 2 == 0 else (second, first))
        print(f"\rround {index + 1} of {options.rounds}", end="", flush=True)
    print()
    print("| figure | old | new | new / old | 95 % |\n| --- | --- | --- | --- | --- |")
    for name in rounds[0][0]:
        pairs = [(old[name], new[name]) for old, new in rounds if old.get(name) and new.get(name)]
        if not pairs:
            continue
        ratios = [new / old for old, new in pairs]
        low, high = interval(ratios)
        old, new = (statistics.median(side) for side in zip(*pairs))
        print(f"| {name} | {old:.4g} | {new:.4g} | {statistics.median(ratios):.3f} | {low:.3f}–{high:.3f} |")


if __name__ == "__main__":
    main()
