"""A server to measure: started, asked, and read from outside, as an operator would."""

import contextlib
import http.client
import json
import re
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build" / "release" / "mystarion"
MODEL = ROOT / "Models" / "mystarion-icons"
MIB = 1 << 20


class Service:
    """A running server."""

    def __init__(self, port: int, process: subprocess.Popen):
        self.port, self.process = port, process
        self.address = f"http://127.0.0.1:{port}"

    def metrics(self) -> dict[str, float]:
        """Every sample of /metrics, by its name and labels as they are written."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        assert response.status == 200, response.status
        lines = (line for line in response.read().decode().splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def resident(self) -> float:
        """MiB in memory now."""
        return self.metrics()["process_resident_memory_bytes"] / MIB

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def wait_until_idle(self, seconds: float = 60) -> None:
        """Returns when nothing waits and nothing is worked on."""
        end = time.monotonic() + seconds
        while True:
            numbers = self.metrics()
            if numbers["mystarion_queue_requests"] == numbers["mystarion_running_requests"] == 0:
                return
            assert time.monotonic() < end, "requests are left that nobody asks for any more"
            time.sleep(0.1)

    def load(self, clients: int, requests: int, *options) -> dict:
        """The report of `mystarion bench --server`."""
        command = [
            PROGRAM, "bench", "--json", "--server", self.address, "--clients", clients, "--requests", requests, *options]
        return json.loads(subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout)

    def draw(self, body: dict, requester: int | None = None) -> tuple[str, float]:
        """Sends a request and reads it to its end; gives the last event's name, or the status, and the seconds."""
        start = time.perf_counter()
        headers = {"Content-Type": "application/json"}
        if requester is not None:
            headers["X-Forwarded-For"] = f"10.0.{requester}.1"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request("POST", "/api/pictures", json.dumps(body), headers)
        response = connection.getresponse()
        if response.status != 200:
            return str(response.status), time.perf_counter() - start
        name = "nothing"
        for line in response:
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
        return name, time.perf_counter() - start


@contextlib.contextmanager
def serving(*options, model: Path = MODEL):
    """Starts a server on a free port, and stops it in order afterwards."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [str(part) for part in (PROGRAM, "serve", "--port", 0, "--metrics", "--log-level", "warning", "--model", model,
                                    *options)], stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            line = process.stdout.readline()
            match = re.search(r":(\d+) with", line)
            if not match:
                log.seek(0)
                raise SystemExit(f"the server did not start: {log.read().decode()}")
            service = Service(int(match[1]), process)
            yield service
            process.terminate()
            assert process.wait(120) == 0, "the server did not stop in order"
        finally:
            process.kill()
            process.wait()


def percentile(values: list[float], percent: int) -> float:
    """The value that so many of a hundred are at most (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


class Verdicts:
    """Bounds that were stated, and whether they hold."""

    def __init__(self):
        self.failed = 0

    def check(self, holds: bool, text: str) -> None:
        print(f"{'holds' if holds else 'BROKEN'}: {text}", flush=True)
        self.failed += not holds
