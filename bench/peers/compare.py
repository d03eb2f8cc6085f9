#!/usr/bin/env python3
"""Runs the same weights through this engine and its peers, in turn, and prints how they compare.

    pip install -r bench/peers/requirements.txt
    python bench/peers/compare.py                         # everything: half an hour and 13 GB once made
    python bench/peers/compare.py --only bundled-unet bundled-unet-4 picture start --rounds 5

Every engine runs in a process of its own, one after the other, round by round, so that all see the machine as it then
is; a figure is the median over the rounds of the median within each, in single precision on all processors. A ratio is
taken round by round against the fastest peer of that round. What a peer cannot run is left out of its column. Nothing
else should be running.
"""

import argparse
import http.client
import json
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import models

HERE = Path(__file__).resolve().parent
PROGRAM = models.ROOT / ".build" / "release" / "mystarion"
PEERS = ("pytorch", "onnxruntime", "openvino", "mnn")

# What each row has to be: so many times as fast as its fastest peer, or, for memory, no more than the least.
GOALS = {
    "sd15-unet": 2.0, "sd15-vae": 1.5, "tiny-vae": 1.5, "bundled-unet": 2.0, "bundled-unet-4": 2.0, "picture": 4.0,
    "start": 10.0, "memory": 1.0,
}


def report(*command, check: bool = True) -> dict | None:
    """The JSON that a program prints last; None when it fails."""
    run = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0 and not check:
        return None
    run.check_returncode()
    return json.loads(re.search(r"\{[^{}]*\}\s*\Z", run.stdout)[0])


@dataclass
class Row:
    """One workload: a figure an engine and round."""

    name: str
    unit: str
    figures: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)

    def add(self, engine: str, figure: float | None, error: float | None = None) -> None:
        if figure is not None:
            self.figures.setdefault(engine, []).append(figure)
        if error is not None:
            self.errors[engine] = error

    def ratios(self) -> list[float]:
        """Round by round, the best peer's figure over ours."""
        peers = [values for engine, values in self.figures.items() if engine != "mystarion"]
        return [min(best) / ours for ours, *best in zip(self.figures["mystarion"], *peers)]

    def line(self, engines: list[str]) -> str:
        cells = []
        for engine in engines:
            values = self.figures.get(engine)
            cells.append(f"{statistics.median(values):.{0 if self.unit == 'MB' else 1}f}" if values else "")
        ratios = self.ratios()
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        return f"| {self.name}, {self.unit} | {' | '.join(cells)} | {spread} | {GOALS[self.name]} |"


def network(row: Row, options: argparse.Namespace) -> None:
    work = models.NETWORKS[row.name]
    repeat = 3 if work.model == "sd15" else 5 if work.model == "tiny" else 50
    folder = models.model_folder(work.model, options.cache)
    side = work.latent * 8
    ours = report(
        PROGRAM, "bench", "--json", "--model", folder, "--size", f"{side}x{side}", "--guidance", 1, "--batch",
        work.batch, "--steps", repeat if work.part == "unet" else 1)
    row.add("mystarion", ours["unet_step_ms" if work.part == "unet" else "vae_decode_ms"])
    for engine in PEERS:
        figures = report(
            sys.executable, HERE / "worker.py", engine, row.name, "--cache", options.cache, "--repeat", repeat)
        row.add(engine, figures["ms"], figures["error"])


def picture(row: Row, options: argparse.Namespace) -> None:
    """A prompt to a PNG file at four steps, from a program that has already made one."""
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", "--model", models.BUNDLED], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)
    try:
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())[1])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        times = []
        for _ in range(31):
            start = time.perf_counter()
            body = json.dumps({"prompt": "red heart", "steps": 4})
            connection.request("POST", "/v1/images/generations", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 200, content
            times.append(1000 * (time.perf_counter() - start))
            if answer.getheader("Connection") == "close":
                connection.close()
        row.add("mystarion", statistics.median(times[1:]))
    finally:
        process.terminate()
        process.wait()
    peer = report(sys.executable, HERE / "picture.py", "pytorch", models.BUNDLED, "--side", 128, "--steps", 4,
                  "--repeat", 20)
    row.add("pytorch", peer["ms"])


def start(row: Row, options: argparse.Namespace) -> None:
    """From a process's start to its end, with one picture of the bundled model at four steps in a file."""

    def wall(*command) -> float:
        begin = time.perf_counter()
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return 1000 * (time.perf_counter() - begin)

    row.add("mystarion", wall(PROGRAM, "generate", "--model", models.BUNDLED, "--steps", 4, "-o",
                              options.cache / "start.png", "red heart"))
    row.add("pytorch", wall(sys.executable, HERE / "picture.py", "pytorch", models.BUNDLED, "--side", 128, "--steps",
                            4, "--repeat", 0))


def memory(row: Row, options: argparse.Namespace) -> None:
    """The most memory resident while a picture of 512 × 512 is made with Stable Diffusion 1.5 in two steps."""
    folder = models.model_folder("sd15", options.cache)
    ours = report(PROGRAM, "bench", "--json", "--model", folder, "--size", "512x512", "--guidance", 1, "--steps", 1)
    row.add("mystarion", ours["peak_rss_mb"])
    for engine in ("pytorch", "stable-diffusion.cpp"):
        peer = report(sys.executable, HERE / "picture.py", engine, folder, "--side", 512, "--steps", 2, "--repeat", 0,
                      check=False)
        row.add(engine, peer and peer["peak_rss_mb"])


# Rows of minutes a round; the others' rounds take seconds, and vary more.
LONG = ("sd15-unet", "sd15-vae", "memory")

WORKLOADS = {name: network for name in models.NETWORKS} | {"picture": picture, "start": start, "memory": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/mystarion-peers"), help="where networks are kept")
    parser.add_argument("--only", nargs="+", choices=WORKLOADS, default=list(WORKLOADS), help="these rows")
    parser.add_argument(
        "--rounds", type=int, default=2, help="how often each engine runs; twice as often where that takes seconds")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)

    rows = []
    for name in options.only:
        row = Row(name, "MB" if name == "memory" else "ms")
        rounds = options.rounds * (1 if name in LONG else 2)
        for number in range(rounds):
            print(f"{name}, round {number + 1} of {rounds}", file=sys.stderr)
            WORKLOADS[name](row, options)
        rows.append(row)
    engines = ["mystarion", *PEERS, "stable-diffusion.cpp"]
    engines = [engine for engine in engines if any(engine in row.figures for row in rows)]
    print(f"| workload | {' | '.join(engines)} | best peer / mystarion | goal |")
    print("| --- |" + " --- |" * (len(engines) + 2))
    for row in rows:
        print(row.line(engines))
    errors = {row.name: row.errors for row in rows if row.errors}
    if errors:
        print("\nRelative error against PyTorch's output:")
    for name, by_engine in errors.items():
        print(f"- {name}: " + ", ".join(f"{engine} {error:.1e}" for engine, error in by_engine.items()))


if __name__ == "__main__":
    main()
