"""Large images of one network are worked on without anybody else's notice."""
import concurrent.futures
import json
import socket
import subprocess
import sys
import time

import httpx
from conftest import ROOT
from transport import serving

sys.path.insert(0, str(ROOT / "bench"))
from image_load import heavy_requests  # noqa: E402


def test_a_client_of_another_network_is_served_as_if_alone():
    result = subprocess.run(
        [sys.executable, ROOT / "bench/image_load.py", "--short", "--requests", "6", "--no-limits"],
        capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr


def test_large_images_are_charged_to_the_network_that_sends_them():
    result = subprocess.run(
        [sys.executable, ROOT / "bench/image_load.py", "--short", "--requests", "12"],
        capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    # Without a charge for their pixels, all of them would be a small part of what one minute allows.
    assert "429" in result.stdout.splitlines()[0], result.stdout


def test_images_of_clients_that_have_left_are_not_worked_on(tmp_path):
    path, body = heavy_requests(24)[2]
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with serving(tmp_path) as (port, *_):
        address = f"http://127.0.0.1:{port}"

        def present() -> int:
            status = httpx.get(f"{address}/api/status", timeout=60).json()
            return status["waiting"] + status["running"]

        connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        for connection in connections:
            connection.sendall(head.encode() + body)
        end = time.monotonic() + 60
        while present() < 15:
            assert time.monotonic() < end, "the requests have no place while their images are read"
            time.sleep(0.05)
        for connection in connections:
            connection.close()
        # Worked on one after another, they would take ten times as long.
        began = time.monotonic()
        answer = httpx.post(address + path, content=body, headers={"Content-Type": "application/json"}, timeout=300)
        assert answer.status_code == 200 and json.loads(answer.content)["images"]
        assert time.monotonic() - began < 25
        assert httpx.get(f"{address}/healthz", timeout=5).text == "ok\n"


def test_large_images_stay_within_the_memory_budget(tmp_path):
    path, body = heavy_requests(24)[1]
    with serving(tmp_path, "--no-rate-limit", "--memory-budget", "1GiB") as (port, process, *_):
        def most() -> int:
            """The most that the server has held so far, in MiB."""
            status = open(f"/proc/{process.pid}/status").read()
            return int(status.split("VmHWM:")[1].split()[0]) >> 10

        idle = most()
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            fields = {"Content-Type": "application/json"}
            answers = list(pool.map(
                lambda _: httpx.post(f"http://127.0.0.1:{port}{path}", content=body, headers=fields, timeout=300), range(12)))
        assert {answer.status_code for answer in answers} <= {200, 503}
        assert any(answer.status_code == 200 for answer in answers)
        assert most() - idle < 1024, f"{most()} MiB, {idle} before"


def test_a_time_limit_holds_while_images_are_read(tmp_path):
    path, body = heavy_requests(24)[0]
    body = json.loads(body)
    with serving(tmp_path, "--no-rate-limit") as (port, *_):
        address = f"http://127.0.0.1:{port}"
        heavy = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        others = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
        text = json.dumps(body).encode()
        for connection in others:
            connection.sendall(f"{heavy}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        time.sleep(0.2)
        began = time.monotonic()
        answer = httpx.post(address + path, json=body | {"time_limit": 1}, timeout=300)
        assert "timed_out" in answer.text, answer.text[:300]
        # The images of the eight before it would take many times as long.
        assert time.monotonic() - began < 8
        for connection in others:
            connection.close()
