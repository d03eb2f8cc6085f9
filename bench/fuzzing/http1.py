"""HTTP/1: valid requests, damaged, one behind another, and cut at random places."""

import http.client
import json
import re
import socket
import time

from service import serving

from fuzzing.mutation import mutate

# How long the server may take for an input, and for a request that it is asked meanwhile.
DEADLINE = 30
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


def request(method: str, path: str, *fields: str, body: bytes = b"", version: str = "1.1") -> bytes:
    head = "\r\n".join([f"{method} {path} HTTP/{version}", "Host: localhost", *fields, "", ""])
    return head.encode() + body


def corpus() -> list[bytes]:
    """Every kind of request that the server knows, and some that it refuses."""
    small = json.dumps({"prompt": "red heart", "steps": 1, "n": 1}).encode()
    kinds = "Content-Type: application/json"
    form = "Content-Type: application/x-www-form-urlencoded"
    return [
        request("GET", "/"), request("HEAD", "/"), request("GET", "/healthz", "Connection: close"),
        request("GET", "/v1/models", "Connection: keep-alive"), request("HEAD", "/nothing"), request("OPTIONS", "*"),
        request("GET", "http://localhost/healthz?a=b"), request("GET", "/healthz", version="1.0"),
        request("GET", "/page/app.js", "Accept-Language: de, en;q=0.5"), request("CONNECT", "localhost:80"),
        request("GET", "/healthz", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
        request("OPTIONS", "/v1/models", "Origin: https://example.org", "Access-Control-Request-Method: POST"),
        request("POST", "/v1/images/generations", kinds, f"Content-Length: {len(small)}", body=small),
        request("POST", "/api/pictures", kinds, f"Content-Length: {len(small)}", body=small),
        request("POST", "/v1/images/generations", kinds, "Transfer-Encoding: chunked",
                body=b"5\r\n%b\r\n%x;a=b\r\n%b\r\n0\r\nA: b\r\n\r\n" % (small[:5], len(small) - 5, small[5:])),
        request("POST", "/v1/images/generations", kinds, f"Content-Length: {len(small)}", "Expect: 100-continue", body=small),
        request("POST", "/", form, "Content-Length: 24", body=b"prompt=red+heart&steps=1"),
        request("POST", "/v1/images/generations", "Content-Type: text/plain", "Content-Length: 5", body=b"hello"),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]


def fuzz(run) -> None:
    valid = corpus()
    with serving() as service:
        while run.goes_on():
            parts = run.random.choices(valid, k=run.random.choice([1, 1, 2, 3, 8]))
            case = b"".join(
                mutate(run.random, part, run.random.choice(valid), 1 << 16) if run.random.random() < 0.6 else part
                for part in parts)
            try:
                answer = exchange(service.port, pieces(run, case))
            except TimeoutError:
                run.fail(f"the connection was not ended within {DEADLINE} s", case)
            bad = [int(status) for status in STATUS.findall(answer) if status[:1] == b"5" and status not in (b"503", b"504")]
            if bad:
                run.fail(f"answered with {bad[0]}", case)
            if service.process.poll() is not None:
                run.fail(f"the server ended with {service.process.returncode}", case)
            if run.count % 20 == 1 and not is_healthy(service.port):
                run.fail("the server does not answer others", case)
        service.wait_until_idle()


def pieces(run, case: bytes) -> list[bytes]:
    """The input cut at up to five places."""
    places = sorted(run.random.choices(range(len(case) + 1), k=run.random.choice([0, 0, 1, 5])))
    return [case[begin:end] for begin, end in zip([0, *places], [*places, len(case)])]


def exchange(port: int, parts: list[bytes]) -> bytes:
    """Sends the pieces, says that there are no more, and reads until the other end says so too."""
    answer, end = b"", time.monotonic() + DEADLINE
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for part in parts:
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(1 << 16):
                answer += piece
                if time.monotonic() > end:
                    raise TimeoutError
        except (ConnectionError, BrokenPipeError):
            pass
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
    return answer


def is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    connection.request("GET", "/healthz")
    return connection.getresponse().read() == b"ok\n"
