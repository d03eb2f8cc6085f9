#!/usr/bin/env python3
"""Times our matrix product and the OpenBLAS inside NumPy in turn, on one thread, and prints GFLOP/s as a table.

    pip install numpy && python bench/products.py

The first shape stays in the first-level cache: the processor's peak. The others are those of Stable Diffusion 1.5's U-net,
and two of the bundled model's. Each figure is the median over rounds of the best of five runs.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import statistics  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy  # noqa: E402

HERE = Path(__file__).resolve().parent
KERNELS = HERE.parent / "Sources" / "CKernels"
SHAPES = [
    (6, 512, 64), (4096, 320, 320), (1024, 640, 640), (256, 1280, 1280), (4096, 320, 2560), (4096, 1280, 320),
    (64, 1280, 1280),
    (512, 5120, 1280), (64, 128, 1024), (16, 192, 1536)]
ROUNDS = 3


def build(folder: str) -> str:
    program = f"{folder}/products"
    subprocess.run(
        ["clang", "-O3", "-ffp-contract=fast", "-fno-math-errno", f"-I{KERNELS}/include", *map(str, KERNELS.glob("*.c")),
         str(HERE / "products.c"), "-lm", "-o", program], check=True)
    return program


def openblas(rows: int, inner: int, columns: int) -> float:
    a = numpy.random.rand(rows, inner).astype(numpy.float32)
    weights = numpy.random.rand(columns, inner).astype(numpy.float32)
    best = float("inf")
    for _ in range(5):
        start = time.thread_time()
        a @ weights.T
        best = min(best, time.thread_time() - start)
    return 2 * rows * inner * columns / best / 1e9


def main() -> None:
    print("| rows × inner × columns | ours | OpenBLAS |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        program = build(folder)
        for shape in SHAPES:
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(float(subprocess.check_output([program, *map(str, shape)])))
                theirs.append(openblas(*shape))
            print(f"| {' × '.join(map(str, shape))} | {statistics.median(ours):.0f} | {statistics.median(theirs):.0f} |")


if __name__ == "__main__":
    main()
