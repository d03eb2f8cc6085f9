"""HTTP/2 in TLS: valid connections with damaged, moved and hand-made frames between them."""

import contextlib
import http.client
import re
import socket
import ssl
import subprocess
import tempfile
import time

import hpack
from service import MODEL, PROGRAM

from fuzzing.mutation import mutate

DEADLINE = 30
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# How long an input's connection may be silent until the next one is tried.
SILENCE = 0.02


def fuzz(run) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with serving() as (port, process):
        while run.goes_on():
            case = connection_bytes(run.random)
            answer = exchange(port, context, case)
            bad = [status for status in statuses(answer) if status[:1] == "5" and status not in ("503", "504")]
            if bad:
                run.fail(f"answered with {bad[0]}", case)
            if process.poll() is not None:
                run.fail(f"the server ended with {process.returncode}", case)
            if run.count % 20 == 1 and not is_healthy(port, context):
                run.fail("the server does not answer others", case)


@contextlib.contextmanager
def serving():
    """A server with a certificate of its own on a free port, which is stopped in order."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [str(part) for part in (PROGRAM, "serve", "--port", 0, "--model", MODEL, "--tls", "self-signed",
                                    "--log-level", "error")], stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            match = re.search(r"https://[^ ]+:(\d+) ", process.stdout.readline())
            if not match:
                log.seek(0)
                raise SystemExit(f"the server did not start: {log.read().decode()}")
            yield int(match[1]), process
            process.terminate()
            assert process.wait(120) == 0, "the server did not stop in order"
        finally:
            process.kill()
            process.wait()


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload


def requests(source, encoder: hpack.Encoder) -> list[bytes]:
    """The frames of some valid requests, each on a stream of its own."""
    frames = []
    for number in range(source.randint(1, 6)):
        stream = 2 * number + 1
        method, path, body = source.choice([
            ("GET", "/healthz", None), ("HEAD", "/", None), ("GET", "/page/app.js", None), ("GET", "/v1/models", None),
            ("POST", "/v1/images/generations", b'{"prompt": "red heart", "steps": 1}'), ("POST", "/api/pictures", b"{}"),
            ("POST", "/v1/images/generations", b"{}"), ("OPTIONS", "/", None), ("CONNECT", "/", None)])
        fields = [(":method", method), (":scheme", "https"), (":path", path), (":authority", "localhost")]
        if body:
            fields += [("content-type", "application/json"), ("content-length", str(len(body)))]
        if source.random() < 0.2:
            fields.insert(source.randint(0, len(fields)), source.choice([
                ("host", "example.org"), ("connection", "close"), (":path", "/"), ("x", "y" * 5000), ("te", "gzip"),
                ("expect", "100-continue"), ("transfer-encoding", "chunked"), ("Upper", "case"), ("cookie", "a=b")]))
        block = encoder.encode(fields)
        end = 0 if body else 1
        if source.random() < 0.2:
            place = source.randint(0, len(block))
            frames += [frame(1, end, stream, block[:place]), frame(9, 4, stream, block[place:])]
        else:
            frames.append(frame(1, end | 4, stream, block))
        if body:
            place = source.randint(0, len(body))
            frames += [frame(0, 0, stream, body[:place]), frame(0, 1, stream, body[place:])]
    return frames


def strange(source) -> bytes:
    """A frame of any type with any flags, mostly of a length and on a stream that make sense for some."""
    length = source.choice([0, 1, 4, 4, 5, 6, 8, 8, 9, 100, 16_384, 16_385])
    payload = source.choice([bytes(length), source.randbytes(length), b"\xff" * length])
    flags = source.choice([0, 1, 4, 5, 8, 0x20, 0xFF, source.randrange(256)])
    stream = source.choice([0, 0, 1, 1, 2, 3, 5, 2**31 - 1, 2**31, 2**32 - 1])
    return frame(source.choice([*range(11), 16, 255]), flags, stream, payload)


def connection_bytes(source) -> bytes:
    """All that one client says."""
    frames = [frame(4, 0, 0, source.choice([b"", b"\0\4\0\0\0\1", b"\0\4\0\x10\0\0", b"\0\3\0\0\0\0", b"\0\1\0\0\0\0"]))]
    frames += requests(source, hpack.Encoder())
    for _ in range(source.choice([0, 1, 1, 2, 5])):
        frames.insert(source.randint(1, len(frames)), strange(source))
    if source.random() < 0.3:
        place = source.randrange(len(frames))
        frames[place] = mutate(source, frames[place], source.choice(frames), 1 << 16)
    if source.random() < 0.2:
        source.shuffle(frames)
    if source.random() < 0.1:
        frames *= source.choice([2, 50])
    preface = PREFACE if source.random() < 0.97 else mutate(source, PREFACE)
    return preface + b"".join(frames)


def exchange(port: int, context: ssl.SSLContext, case: bytes) -> bytes:
    """Sends an input in one go, and reads until the other end is silent."""
    context.set_alpn_protocols(["h2"])
    answer, end = b"", time.monotonic() + DEADLINE
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            connection.settimeout(SILENCE)
            rest = memoryview(case)
            with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
                while time.monotonic() < end:
                    if rest:
                        rest = rest[connection.send(rest[:1 << 16]):]
                        if rest:
                            continue
                    piece = connection.recv(1 << 16)
                    if not piece:
                        break
                    answer += piece
    return answer


def statuses(answer: bytes) -> list[str]:
    """The status of each answer, as far as the fields can be read."""
    decoder, found = hpack.Decoder(), []
    while len(answer) >= 9:
        length, kind = int.from_bytes(answer[:3]), answer[3]
        if kind == 1 and len(answer) >= 9 + length:
            try:
                fields = decoder.decode(answer[9:9 + length])
            except hpack.HPACKError:
                return found
            found += [value for name, value in fields if name == ":status"]
        answer = answer[9 + length:]
    return found


def is_healthy(port: int, context: ssl.SSLContext) -> bool:
    context.set_alpn_protocols(["http/1.1"])
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=DEADLINE, context=context)
    connection.request("GET", "/healthz")
    return connection.getresponse().read() == b"ok\n"
