"""Slow, oversized and too many: each is cut off by the limit that docs/deployment.md states, and nobody else notices."""
import concurrent.futures
import json
import time

import httpx
import pytest
from transport import (
    BODY, HANDSHAKE, HEAD, IDLE, PARTING, STALL, Authority, Streams, connect, head, read_head, seconds_until_closed, serving)

JSON = "Content-Type: application/json"
# Waking up takes a while on a busy machine.
SLACK = 5


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """The ports of a server in plain HTTP and of one in TLS, and what a client of the latter needs."""
    authority = Authority(tmp_path_factory.mktemp("certificate"))
    with (
        serving(tmp_path_factory.mktemp("plain")) as (plain, *_),
        serving(tmp_path_factory.mktemp("secure"), *authority.arguments) as (secure, *_),
    ):
        yield plain, secure, authority


def drip(connection, bytes, every=1.0):
    """Sends byte by byte until the other end has closed or spoken; returns after how many seconds, and its words."""
    began = time.monotonic()
    connection.settimeout(every)
    for byte in bytes:
        try:
            connection.sendall(bytes_of(byte))
            piece = connection.recv(65536)
        except TimeoutError:
            continue
        except ConnectionError:
            return time.monotonic() - began, b""
        connection.settimeout(None)
        return time.monotonic() - began, piece
    raise AssertionError("everything could be sent")


def bytes_of(byte):
    return byte.to_bytes(1, "big")


def silent_without_tls(servers):
    with connect(servers[1]) as connection:
        seconds, text = seconds_until_closed(connection)
        return HANDSHAKE, seconds, text == b""


def half_a_handshake(servers):
    with connect(servers[1]) as connection:
        connection.sendall(bytes.fromhex("1603010200010001fc0303"))
        seconds, text = seconds_until_closed(connection)
        return HANDSHAKE, seconds, text == b""


def silent_in_tls(servers):
    with connect(servers[1], servers[2].context()) as connection:
        seconds, text = seconds_until_closed(connection)
        return HEAD, seconds, text == b""


def slow_head(servers):
    with connect(servers[0]) as connection:
        seconds, text = drip(connection, head("GET", "/", *["A: b"] * 50))
        return HEAD, seconds, text == b""


def slow_body(servers):
    with connect(servers[0]) as connection:
        connection.sendall(head("POST", "/v1/images/generations", JSON, "Content-Length: 100000"))
        seconds, text = drip(connection, b" " * 200)
        closed, rest = seconds_until_closed(connection)
        text += rest
        good = text.startswith(b"HTTP/1.1 408 ") and b'"request_timeout"' in text and b"no-store" in text
        return BODY, seconds, good and closed < PARTING + SLACK


def slow_body_in_http_2(servers):
    with connect(servers[1], servers[2].context(("h2",))) as connection:
        streams = Streams(connection)
        began = time.monotonic()
        fields = [("content-type", "application/json"), ("content-length", "100000")]
        status = streams.status(streams.ask("POST", "/v1/images/generations", b"", fields))
        return BODY, time.monotonic() - began, status == 408


def fast_body_that_stops(servers):
    """However much has come, and fast: what counts are the last seconds."""
    with connect(servers[0]) as connection:
        began = time.monotonic()
        connection.sendall(head("POST", "/api/pictures", JSON, f"Content-Length: {64 << 20}"))
        connection.sendall(b" " * (63 << 20))
        limit = max(BODY, time.monotonic() - began + STALL)
        seconds, text = seconds_until_closed(connection, began)
        return limit, seconds, text.startswith((b"HTTP/1.1 408 ", b"HTTP/1.1 503 "))


def steady_body_that_stops_late(servers):
    with connect(servers[0]) as connection:
        connection.sendall(head("POST", "/api/pictures", JSON, f"Content-Length: {64 << 20}"))
        for _ in range(BODY + 4):
            connection.sendall(b" " * (256 << 10))
            time.sleep(1)
        seconds, text = seconds_until_closed(connection)
        return STALL, seconds, text.startswith(b"HTTP/1.1 408 ")


def endless_body_that_was_refused(servers):
    with connect(servers[0]) as connection:
        connection.sendall(head("POST", "/v1/images/generations", JSON, "Content-Length: 100000000000"))
        assert read_head(connection)[0] == 413
        began = time.monotonic()
        try:
            while True:
                connection.sendall(b" " * 4096)
                time.sleep(0.01)
        except ConnectionError:
            return 0, time.monotonic() - began - PARTING, True


def idle_connection(servers):
    with connect(servers[0]) as connection:
        connection.sendall(head("GET", "/healthz"))
        assert read_head(connection)[0] == 200
        seconds, _ = seconds_until_closed(connection)
        return IDLE, seconds, True


def idle_http_2_that_does_not_agree_to_end(servers):
    with connect(servers[1], servers[2].context(("h2",))) as connection:
        Streams(connection)
        seconds, _ = seconds_until_closed(connection)
        return IDLE, seconds, True


def steady_body(servers):
    """Twice as fast as has to be, and longer than a body may take without its rate."""
    with connect(servers[0]) as connection:
        body = b'{"prompt": "red heart", "steps": 1' + b" " * (16 << 10) * (BODY + 5) + b"}"
        connection.sendall(head("POST", "/v1/images/generations", JSON, f"Content-Length: {len(body)}"))
        began = time.monotonic()
        for start in range(0, len(body), 16 << 10):
            connection.sendall(body[start:start + (16 << 10)])
            time.sleep(1)
        return 0, 0, read_head(connection)[0] == 200 and time.monotonic() - began > BODY


def request_after_a_refused_one(servers):
    """On the same connection, and longer than the rest of what was refused may take."""
    with connect(servers[0]) as connection:
        connection.sendall(head("POST", "/v1/images/generations", "Content-Type: text/plain", "Content-Length: 10"))
        assert read_head(connection)[0] == 415
        body = json.dumps({"prompt": "red heart", "steps": 150, "n": 6}).encode()
        connection.sendall(
            b" " * 10 + head("POST", "/v1/images/generations", JSON, f"Content-Length: {len(body)}") + body)
        text = b""
        while b"HTTP/1.1 200 " not in text:
            piece = connection.recv(65536)
            assert piece, "the second request was cut off"
            text += piece
        return 0, 0, True


def slow_reader_of_a_long_stream(servers):
    """Reads a little now and then, for longer than any limit."""
    with connect(servers[0]) as connection:
        body = json.dumps({"prompt": "red heart", "steps": 150, "n": 8, "seed": 1}).encode()
        connection.sendall(head("POST", "/api/pictures", JSON, f"Content-Length: {len(body)}") + body)
        assert read_head(connection)[0] == 200
        began, text = time.monotonic(), b""
        while piece := connection.recv(2048):
            text += piece
            if time.monotonic() - began < IDLE + PARTING + SLACK:
                time.sleep(2)
        return 0, 0, b"event: done" in text and time.monotonic() - began > IDLE


SCENES = [
    silent_without_tls, half_a_handshake, silent_in_tls, slow_head, slow_body, slow_body_in_http_2,
    fast_body_that_stops, steady_body_that_stops_late, endless_body_that_was_refused, idle_connection, idle_http_2_that_does_not_agree_to_end, steady_body,
    request_after_a_refused_one, slow_reader_of_a_long_stream,
]


@pytest.fixture(scope="module")
def results(servers):
    """All at once, because each takes its time; meanwhile others are served."""
    with concurrent.futures.ThreadPoolExecutor(len(SCENES)) as pool:
        futures = {scene: pool.submit(scene, servers) for scene in SCENES}
        time.sleep(2)
        assert httpx.get(f"http://127.0.0.1:{servers[0]}/healthz").text == "ok\n"
        assert httpx.get(
            f"https://localhost:{servers[1]}/healthz", verify=servers[2].context()).text == "ok\n"
        concurrent.futures.wait(futures.values())
    return futures


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_each_is_cut_off_when_its_time_is_over_and_not_before(results, scene):
    limit, seconds, is_good = results[scene].result()
    assert is_good
    assert limit - 1 <= seconds <= limit + PARTING + SLACK


def test_connections_beyond_the_most_are_turned_away_with_words(tmp_path):
    with serving(tmp_path, "--max-connections", 8) as (port, *_):
        held = [connect(port) for _ in range(8)]
        time.sleep(0.5)
        with connect(port) as late:
            late.sendall(head("GET", "/healthz"))
            status, fields, _ = read_head(late)
            assert status == 503 and int(fields["retry-after"]) > 0 and fields["connection"] == "close"
            assert fields["cache-control"] == "no-store" and "content-security-policy" in fields
            assert seconds_until_closed(late)[0] < 1 + SLACK
        for connection in held:
            connection.sendall(head("GET", "/healthz"))
            assert read_head(connection)[0] == 200, "those that are in are served"
        held.pop().close()
        time.sleep(0.5)
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").text == "ok\n"


def test_connections_in_tls_beyond_the_most_are_ended(tmp_path):
    authority = Authority(tmp_path)
    with serving(tmp_path, *authority.arguments, "--max-connections", 4) as (port, *_):
        held = [connect(port, authority.context()) for _ in range(4)]
        with connect(port) as late:
            assert seconds_until_closed(late)[1] == b""
        held.pop().close()
        time.sleep(0.5)
        assert httpx.get(f"https://localhost:{port}/healthz", verify=authority.context()).text == "ok\n"
