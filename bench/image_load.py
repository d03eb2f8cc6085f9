#!/usr/bin/env python3
"""One network sends large images to be edited; measures what a client of another network notices of it.

    python bench/image_load.py                30 images of 24 megapixels, as in docs/performance.md
    python bench/image_load.py --short        a few of them, as in the tests

The one network stays within its limits: its requests are as many as one minute allows. Meanwhile a lone client asks for
pictures of 128×128 pixels, for the health check and for the page. Ends with 1 when a bound is broken.
"""

import argparse
import base64
import concurrent.futures
import http.client
import json
import struct
import sys
import threading
import time
import zlib

from service import Verdicts, percentile, serving


def one_colour(width: int, height: int, channels: int = 3, value: int = 200) -> bytes:
    """A PNG file whose pixels are all alike, so that it is small however many they are."""
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    deflate = zlib.compressobj(1)
    row = b"\0" + bytes([value]) * (width * channels)
    pixels = b"".join([deflate.compress(row) for _ in range(height)] + [deflate.flush()])
    color = {1: 0, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def heavy_requests(megapixels: int) -> list[tuple[str, bytes]]:
    """Requests for as much work on images as one can ask for with few bytes, one for each way in that takes a mask."""
    width, height = 1000 * max(1, megapixels // 4), 4000
    image = base64.b64encode(one_colour(width, height)).decode()
    mask = base64.b64encode(one_colour(width, height, 1, 255)).decode()
    native = {
        "prompt": "green tree", "steps": 4, "size": "128x128", "image": image, "mask": mask, "mask_blur": 64,
        "mask_fill": "fill", "strength": 1}
    a1111 = {
        "prompt": "green tree", "steps": 4, "width": 128, "height": 128, "init_images": [image], "mask": mask,
        "mask_blur": 64, "inpainting_fill": 0, "denoising_strength": 1}
    bodies = [
        ("/api/pictures", native), ("/api/pictures", native | {"mask_padding": 256}), ("/sdapi/v1/img2img", a1111),
        ("/sdapi/v1/img2img", a1111 | {"inpaint_full_res": False, "resize_mode": 1})]
    return [(path, json.dumps(body).encode()) for path, body in bodies]


class Client:
    """A client of a network of its own, as a proxy tells of it."""

    def __init__(self, port: int, network: str):
        self.port, self.network = port, network

    def send(self, method: str, path: str, body: bytes | None = None, timeout: float = 600) -> tuple[int, bytes, float]:
        """The status, the body, and the seconds that they took."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(
                method, path, body, {"X-Forwarded-For": self.network, "Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read(), time.perf_counter() - began
        finally:
            connection.close()

    def draw(self) -> float:
        body = json.dumps({"prompt": "red heart", "size": "128x128", "seed": 1}).encode()
        status, answer, seconds = self.send("POST", "/api/pictures", body)
        assert status == 200 and b"event: done" in answer, (status, answer[:200])
        return seconds


def measure(port: int, requests: int, megapixels: int, minimum: int) -> tuple[dict[str, list[float]], list[int]]:
    """The seconds that the lone client waits for each thing while the other network's requests are worked on, and how
    those end."""
    heavy = heavy_requests(megapixels)
    attacker, lone = Client(port, "198.51.100.7"), Client(port, "203.0.113.9")
    lone.draw()
    seconds: dict[str, list[float]] = {"picture": [], "health": [], "page": []}
    with concurrent.futures.ThreadPoolExecutor(requests) as pool:
        pending = [pool.submit(attacker.send, "POST", *heavy[number % len(heavy)]) for number in range(requests)]
        lock = threading.Lock()

        def keep_asking(name: str, ask) -> None:
            while not all(each.done() for each in pending) or len(seconds[name]) < minimum:
                value = ask()
                with lock:
                    seconds[name].append(value)
                # A person's pace: the lone client stays within its limits, too.
                time.sleep(1.0 if name == "picture" else 0.1)

        askers = [
            threading.Thread(target=keep_asking, args=each) for each in [
                ("picture", lone.draw), ("health", lambda: lone.send("GET", "/healthz")[2]),
                ("page", lambda: lone.send("GET", "/")[2])]]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
    return seconds, [each.result()[0] for each in pending]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="few requests and generous bounds, for tests")
    parser.add_argument("--requests", type=int)
    parser.add_argument("--megapixels", type=int, default=24)
    parser.add_argument("--no-limits", action="store_true", help="without rate limits, to see the queues alone")
    options = parser.parse_args()
    requests = options.requests or (8 if options.short else 30)
    # Seconds that each thing may take at the 95th percentile; what a machine under other load needs in the tests.
    bounds = {"picture": 2.0, "health": 1.0, "page": 1.0} if options.short else {
        "picture": 0.5, "health": 0.2, "page": 0.2}
    limits = ["--no-rate-limit"] if options.no_limits else []

    verdicts = Verdicts()
    with serving("--behind-proxy", *limits) as service:
        began = time.perf_counter()
        seconds, statuses = measure(service.port, requests, options.megapixels, 5)
        took = time.perf_counter() - began
    print(f"{requests} requests, {took:.1f} s, statuses {sorted(statuses)}")
    for name, values in seconds.items():
        worst, usual = percentile(values, 95), percentile(values, 50)
        print(f"{name}: {len(values)} times, median {usual:.3f} s, 95% {worst:.3f} s, most {max(values):.3f} s")
        verdicts.check(worst <= bounds[name], f"95% of the lone client's {name} within {bounds[name]:g} s")
    verdicts.check(all(status in (200, 429, 503) for status in statuses), "large requests are served or refused in words")
    verdicts.check(200 in statuses, "some of the large requests are served")
    return 1 if verdicts.failed else 0


if __name__ == "__main__":
    sys.exit(main())
