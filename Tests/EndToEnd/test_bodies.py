"""Bodies that do not end: together they hold no more than they may, and others are served meanwhile."""
import contextlib
import json
import os
import re
import socket
import time

import h2.events
import httpx
import pytest
from transport import Authority, Streams, connect, head, read_head, serving

JSON = "Content-Type: application/json"
MIB = 1 << 20
BUDGET = 32 * MIB
ORDER = {"prompt": "red heart", "steps": 1}


def resident(process):
    """The bytes that a process has in memory."""
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1]) << 10


def stalled(connection, announced, sent, path="/api/pictures", fields=()):
    """Sends so much of a body and no more; what the server does not take is left out."""
    connection.sendall(head("POST", path, JSON, f"Content-Length: {announced}", *fields))
    connection.settimeout(5)
    with contextlib.suppress(OSError):
        for _ in range(sent // (64 << 10)):
            connection.sendall(b" " * (64 << 10))


def settled(process):
    """What the process has in memory once that does not grow any more."""
    before, now = 0, resident(process)
    while now > before + MIB:
        time.sleep(0.2)
        before, now = now, resident(process)
    return now


def serves(port, count=5, timeout=20, **fields):
    for _ in range(count):
        answer = httpx.post(f"http://127.0.0.1:{port}/api/pictures", json=ORDER, timeout=timeout, headers=fields)
        assert answer.status_code == 200 and "event: done" in answer.text, answer.text
        # As large as a body may be that always finds room.
        body = json.dumps(ORDER).encode().ljust(64 << 10)
        answer = httpx.post(
            f"http://127.0.0.1:{port}/api/pictures", content=body, timeout=timeout,
            headers={"content-type": "application/json"} | fields)
        assert answer.status_code == 200 and "event: done" in answer.text, answer.text


def test_many_connections_hold_no_more_than_the_budget_and_small_requests_are_served(tmp_path):
    with serving(tmp_path, "--body-budget", "32MiB") as (port, process, *_), contextlib.ExitStack() as held:
        serves(port)
        before = settled(process)
        connections = [held.enter_context(connect(port)) for _ in range(40)]
        for connection in connections:
            stalled(connection, 16 * MIB, 15 * MIB)
        # Of 600 MiB that were sent; besides the bodies there are the pieces that are on their way.
        assert settled(process) < before + BUDGET + 48 * MIB
        serves(port)
        answers = []
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.setblocking(False)
                answers.append(connection.recv(4096))
        refused = [answer for answer in answers if answer]
        assert len(refused) >= 35 and all(answer.startswith(b"HTTP/1.1 503 ") for answer in refused)
        assert all(b"Retry-After: " in answer and b"queue_full" in answer for answer in refused)


def test_the_streams_of_one_connection_hold_no_more_than_its_share(tmp_path):
    authority = Authority(tmp_path)
    with serving(tmp_path, *authority.arguments, "--body-budget", "32MiB") as (port, process, *_):
        with connect(port, authority.context(("h2",))) as connection:
            streams = Streams(connection)
            assert streams.status(streams.ask("GET", "/healthz")) == 200
            before = settled(process)
            fields = [("content-type", "application/json"), ("content-length", str(16 * MIB))]
            asked = [streams.ask("POST", "/api/pictures", b"", fields) for _ in range(16)]
            statuses = flood(streams, asked, each=4 * MIB)
            assert settled(process) < before + BUDGET + 32 * MIB
            # Of four MiB each, four have room; on a slow machine some come too slowly besides.
            assert len(statuses) >= 12 and set(statuses.values()) <= {"503", "408"}, statuses
            url = f"https://localhost:{port}/api/pictures"
            answer = httpx.post(url, json=ORDER, verify=authority.context(), timeout=20)
            assert answer.status_code == 200 and "event: done" in answer.text


def flood(streams, asked, each):
    """Sends so many bytes on each stream, as far as it is taken; returns the statuses that came."""
    statuses, left = {}, {stream: each for stream in asked}
    protocol = streams.protocol
    streams.connection.settimeout(2)
    while left:
        for stream in list(left):
            window = min(protocol.local_flow_control_window(stream), 16 << 10, left[stream])
            if window > 0:
                protocol.send_data(stream, b" " * window)
                left[stream] -= window
            if left[stream] == 0:
                del left[stream]
        streams.send()
        try:
            data = streams.connection.recv(1 << 20)
        except TimeoutError:
            break
        assert data, "the connection ended"
        for event in protocol.receive_data(data):
            if type(event).__name__ == "ResponseReceived":
                statuses[event.stream_id] = dict(event.headers)[b":status"].decode()
            if type(event).__name__ in ("ResponseReceived", "StreamReset", "StreamEnded"):
                left.pop(event.stream_id, None)
            if type(event).__name__ == "DataReceived":
                protocol.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
    streams.send()
    return statuses


def test_a_network_that_holds_its_share_keeps_no_other_out_and_may_still_send_what_is_small(tmp_path):
    with serving(tmp_path, "--body-budget", "32MiB", "--behind-proxy", "--rate-limit-requests", 1000) as (port, *_):
        with contextlib.ExitStack() as held:
            for _ in range(4):
                stalled(
                    held.enter_context(connect(port)), 15 * MIB, 12 * MIB, fields=["X-Forwarded-For: 192.0.2.1"])
            serves(port, **{"x-forwarded-for": "192.0.2.1"})
            serves(port, **{"x-forwarded-for": "192.0.2.2"})
            body = json.dumps(ORDER).encode().ljust(12 * MIB)
            answer = httpx.post(
                f"http://127.0.0.1:{port}/api/pictures", content=body, timeout=60,
                headers={"content-type": "application/json", "x-forwarded-for": "192.0.2.2"})
            assert answer.status_code == 200 and "event: done" in answer.text


def test_what_is_held_is_given_back_whatever_becomes_of_it(tmp_path):
    with serving(tmp_path, "--body-budget", "32MiB") as (port, *_):
        large = json.dumps(ORDER).encode().ljust(15 * MIB)
        broken = b"{".ljust(15 * MIB)
        fields = {"content-type": "application/json"}
        for _ in range(6):
            with connect(port) as connection:
                stalled(connection, 15 * MIB, 14 * MIB)
            answer = httpx.post(f"http://127.0.0.1:{port}/api/pictures", content=broken, headers=fields, timeout=60)
            assert answer.status_code == 400
            answer = httpx.post(f"http://127.0.0.1:{port}/api/pictures", content=large, headers=fields, timeout=60)
            assert answer.status_code == 200 and "event: done" in answer.text


def test_a_body_that_could_never_find_room_is_too_large(tmp_path):
    with serving(tmp_path, "--body-budget", "8MiB") as (port, *_), connect(port) as connection:
        stalled(connection, 6 * MIB, 5 * MIB)
        status, _, _ = read_head(connection)
        assert status == 413


def test_the_budget_is_checked_when_the_server_starts(tmp_path):
    from conftest import run
    result = run("config", "check", "--memory-budget", "64MiB", "--body-budget", "48MiB", folder=tmp_path)
    assert result.returncode == 78 and b"half of memory-budget" in result.stderr
    result = run("config", "check", "--body-budget", "1MiB", folder=tmp_path)
    assert result.returncode == 78 and b"at least 4MiB" in result.stderr


def test_bodies_that_do_not_end_have_a_part_of_the_memory_budget(tmp_path):
    """Also where nothing is said of bodies alone: a quarter is theirs."""
    with serving(tmp_path, "--memory-budget", "256MiB") as (port, process, *_), contextlib.ExitStack() as stack:
        before = resident(process)
        for _ in range(8):
            connection = stack.enter_context(connect(port))
            stalled(connection, 63 * MIB, 24 * MIB)
        assert settled(process) - before < 128 * MIB
        serves(port, count=1)


def test_streams_that_do_not_end_have_a_part_of_the_memory_budget(tmp_path):
    authority = Authority(tmp_path)
    with serving(tmp_path, "--memory-budget", "256MiB", *authority.arguments) as (port, process, *_):
        before = resident(process)
        with connect(port, authority.context(("h2",))) as connection:
            streams = Streams(connection)
            connection.settimeout(1)
            names = [streams.ask("POST", "/api/pictures", b"", [("content-type", "application/json"), (
                "content-length", str(63 * MIB))]) for _ in range(8)]
            ended = set()
            with contextlib.suppress(OSError):
                for _ in range(24 * MIB // (16 << 10)):
                    for stream in set(names) - ended:
                        while min(streams.protocol.local_flow_control_window(stream),
                                  streams.protocol.outbound_flow_control_window) < 16 << 10:
                            for event in streams.protocol.receive_data(connection.recv(65536)):
                                if isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                                    ended.add(event.stream_id)
                            streams.send()
                            if stream in ended:
                                break
                        if stream not in ended:
                            streams.protocol.send_data(stream, b" " * (16 << 10))
                            streams.send()
            assert settled(process) - before < 128 * MIB
