"""Servers behind TLS, and clients that talk to them badly."""
import contextlib
import dataclasses
import re
import socket
import ssl
import subprocess
import time

import h2.connection
import h2.events
import trustme
from conftest import MODEL, PROGRAM

# The limits that docs/deployment.md states, in seconds.
HANDSHAKE, HEAD, BODY, STALL, IDLE, PARTING = 10, 15, 20, 10, 60, 5


class Authority:
    """A certificate authority of the tests' own, whose certificates the server's files get."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = trustme.CA()
        self.certificate = folder / "chain.pem"
        self.key = folder / "key.pem"
        self.issue()

    def issue(self, **options):
        """Puts a new certificate for localhost into the files."""
        issued = self.authority.issue_cert("localhost", "127.0.0.1", "pictures.example.org", **options)
        self.key.write_bytes(issued.private_key_pem.bytes())
        self.certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))

    @property
    def arguments(self):
        return ["--tls-certificate", self.certificate, "--tls-key", self.key]

    def context(self, alpn=("http/1.1",)):
        """What a client needs to trust the server."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        context.set_alpn_protocols(list(alpn))
        return context


@contextlib.contextmanager
def serving(folder, *arguments):
    """A server of its own; gives its port, its process, the path of its log, and its first lines."""
    log = folder / "log.txt"
    with open(log, "wb") as errors:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--model", MODEL, *map(str, arguments)], cwd=folder,
            stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        lines = [process.stdout.readline()]
        match = re.search(r"https?://[^ ]+:(\d+) ", lines[0])
        assert match, f"the server did not start: {lines!r} {log.read_text()}"
        if "https://" in lines[0]:
            lines.append(process.stdout.readline())
        yield int(match[1]), process, log, lines
    finally:
        process.kill()
        process.wait()


def connect(port, context=None, name="localhost"):
    """An open connection, in TLS when there is a context."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=120)
    return context.wrap_socket(connection, server_hostname=name) if context else connection


def head(method, path, *fields, host="localhost"):
    """The bytes of a request's head."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *fields, "", ""]).encode()


def read_head(connection):
    """An answer's status and fields, names in small letters; the rest of the answer is left, but for what came along."""
    text = b""
    while b"\r\n\r\n" not in text:
        piece = connection.recv(4096)
        assert piece, f"the connection ended within the head: {text!r}"
        text += piece
    lines, rest = text.split(b"\r\n\r\n", 1)
    status, *fields = lines.decode().split("\r\n")
    return int(status.split()[1]), {name.lower(): value for name, value in (f.split(": ", 1) for f in fields)}, rest


@dataclasses.dataclass
class Response:
    """An answer as it came in HTTP/1."""

    status: int
    fields: dict
    body: bytes


def responses(text, partial=False, bodiless=0):
    """The answers in some bytes, one after the other and nothing else; the first so many have no body.

    The last one may have come in part where that is said; it is left out then.
    """
    found = []
    while text:
        lines, separator, rest = text.partition(b"\r\n\r\n")
        if not separator and partial:
            return found
        assert lines.startswith(b"HTTP/1."), f"no answer: {text[:200]!r}"
        status, *fields = lines.decode().split("\r\n")
        status = int(status.split()[1])
        fields = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
        if len(found) < bodiless or status < 200 or status in (204, 304):
            body, text = b"", rest
        elif fields.get("transfer-encoding") == "chunked":
            body, text, is_whole = unchunked(rest)
            if not is_whole and partial:
                return found
            assert is_whole, f"an answer in chunks has no end: {rest[-200:]!r}"
        elif "content-length" in fields:
            length = int(fields["content-length"])
            if len(rest) < length and partial:
                return found
            assert len(rest) >= length, f"an answer was cut: {len(rest)} of {length}"
            body, text = rest[:length], rest[length:]
        else:
            body, text = rest, b""
        found.append(Response(status, fields, body))
    return found


def unchunked(text):
    """The body of an answer in chunks, what comes behind it, and whether the last chunk was there."""
    body = b""
    while True:
        size, separator, rest = text.partition(b"\r\n")
        if not separator or len(rest) < int(size, 16) + 2:
            return body, text, False
        body, text = body + rest[:int(size, 16)], rest[int(size, 16) + 2:]
        if int(size, 16) == 0:
            return body, text, True


def seconds_until_closed(connection, began=None):
    """How long the other end keeps a connection open, whatever it says meanwhile; and what it said."""
    began = began or time.monotonic()
    text = b""
    try:
        while piece := connection.recv(65536):
            text += piece
    except (ConnectionError, ssl.SSLError):
        pass
    return time.monotonic() - began, text


def wait_for(log, words, count=1):
    """Waits until the log holds some words so many times."""
    deadline = time.monotonic() + 20
    while log.read_text().count(words) < count:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


class Streams:
    """A connection in HTTP/2, stream by stream: what libraries hide."""

    def __init__(self, connection):
        self.connection = connection
        self.protocol = h2.connection.H2Connection()
        self.protocol.initiate_connection()
        self.send()

    def send(self):
        self.connection.sendall(self.protocol.data_to_send())

    def ask(self, method, path, body=None, fields=(), authority="localhost"):
        """Begins a request; returns its stream."""
        stream = self.protocol.get_next_available_stream_id()
        pseudo = [(":method", method), (":path", path), (":scheme", "https"), (":authority", authority)]
        self.protocol.send_headers(stream, [*pseudo, *fields], end_stream=body is None)
        if body:
            self.protocol.send_data(stream, body, end_stream=True)
        self.send()
        return stream

    def reset(self, stream):
        self.protocol.reset_stream(stream)
        self.send()

    def wait(self, kind, stream):
        """Waits for an event of a kind on a stream, and returns it; what else comes is taken and forgotten."""
        while True:
            data = self.connection.recv(65536)
            if not data:
                raise ConnectionError("the connection ended")
            found = None
            for event in self.protocol.receive_data(data):
                if isinstance(event, h2.events.DataReceived):
                    self.protocol.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if isinstance(event, kind) and event.stream_id == stream:
                    found = event
            self.send()
            if found:
                return found

    def status(self, stream):
        """Waits for the status of a stream's answer."""
        return int(dict(self.wait(h2.events.ResponseReceived, stream).headers)[b":status"])
