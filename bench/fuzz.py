#!/usr/bin/env python3
"""Feeds mutated input to one of the program's parsers, and fails if the program crashes or answers 5xx.

    python bench/fuzz.py json                      ten seconds, as in `make test`
    python bench/fuzz.py http1 --seconds 3600      as long as asked
    python bench/fuzz.py images --seed 7           other input; one seed always gives the same sequence

A target is a module of bench/fuzzing with a function `fuzz(run)`. The last input is written down when one fails.
"""

import argparse
import importlib
import pkgutil
import sys

import fuzzing
from fuzzing.run import Failure, Run


def targets() -> list[str]:
    """The names of all targets."""
    helpers = {"run", "mutation"}
    return sorted(module.name for module in pkgutil.iter_modules(fuzzing.__path__) if module.name not in helpers)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=targets())
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    run = Run(options.target, options.seconds, options.seed)
    try:
        importlib.import_module(f"fuzzing.{options.target}").fuzz(run)
    except Failure as failure:
        print(f"{options.target}: FAILED at input {run.count}: {failure}", file=sys.stderr)
        return 1
    print(f"{options.target}: {run.count} inputs in {run.elapsed:.0f} s, seed {options.seed}: no crash")
    return 0


if __name__ == "__main__":
    sys.exit(main())
