"""One run of a fuzzer: how long it goes on, what it has tried, and what counts as a failure."""

import pathlib
import random
import sys
import tempfile
import time


class Failure(Exception):
    """The program crashed, hung, or answered as it must not."""


class Run:
    """Counts inputs and time, and keeps the random numbers that everything is drawn from."""

    def __init__(self, target: str, seconds: float, seed: int):
        self.target, self.seconds = target, seconds
        self.random = random.Random(f"{target} {seed}")
        self.count = 0
        self.began = time.monotonic()
        self.shown = self.began

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def goes_on(self) -> bool:
        """Whether there is time for another input; counts it, and shows progress on long runs."""
        if self.elapsed >= self.seconds:
            return False
        self.count += 1
        now = time.monotonic()
        if now - self.shown >= 5:
            self.shown = now
            print(f"{self.target}: {self.count} inputs, {self.elapsed:.0f} of {self.seconds:.0f} s", file=sys.stderr)
        return True

    def fail(self, reason: str, case: bytes) -> None:
        """Writes the input down and ends the run."""
        path = pathlib.Path(tempfile.gettempdir()) / f"fuzz-{self.target}-{self.count}.bin"
        path.write_bytes(case)
        raise Failure(f"{reason}; the input is in {path}")
