#!/usr/bin/env python3
"""Runs one network in one engine, and prints what it took as JSON. `compare.py` starts it."""

import argparse
import json
import resource
import statistics
import time
from pathlib import Path

import engines
import models
import torch


def relative_error(output, network: models.Network, cache: Path) -> float:
    """The norm of the difference from PyTorch's output, over the output's norm."""
    expected = torch.load(models.reference(network, cache)).numpy()
    return float(((output.reshape(expected.shape) - expected) ** 2).sum() ** 0.5 / (expected**2).sum() ** 0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=engines.ENGINES)
    parser.add_argument("network", choices=models.NETWORKS)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()

    network = models.NETWORKS[options.network]
    start = time.perf_counter()
    run = engines.ENGINES[options.engine](network, options.cache)
    load = time.perf_counter() - start
    output = run()
    times = []
    for _ in range(options.repeat):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    error = relative_error(output, network, options.cache)
    print(json.dumps({"load_ms": 1000 * load, "ms": statistics.median(times), "peak_rss_mb": peak, "error": error}))


if __name__ == "__main__":
    main()
