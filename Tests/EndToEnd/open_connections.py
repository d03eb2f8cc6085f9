#!/usr/bin/env python3
"""Searches a server's memory for requests that are over, while the connections that they came on are still open.

    sudo .venv/bin/python Tests/EndToEnd/open_connections.py                     all three protocols
    sudo .venv/bin/python Tests/EndToEnd/open_connections.py h2 --only refused   the requests whose label holds a word

Each request has a connection of its own, which stays open unless the server ends it, and then many share one. The memory is
searched after the last byte of every answer has been read, again after a second for what was in transit, and the same once
more after another GET on each connection. What was found is printed with its mapping and the bytes around it.
"""
import argparse
import collections
import pathlib
import ssl
import sys
import tempfile
import time

import h2.connection
import h2.events
import h2.exceptions
import transport
from canaries import Canaries
from canary_requests import HTTP1, HTTP2, Plan, Request, made_picture, window
from process_memory import search
from transport import connect, serving

PROTOCOLS = {"http1": "HTTP/1.1", "tls1": "HTTP/1.1 in TLS", "h2": "HTTP/2 in TLS"}


class Closed(Exception):
    """The server ended the connection."""


def trusting(alpn):
    """What a client needs that takes any certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols([alpn])
    return context


class HTTP1Client:
    """A connection in HTTP/1.1 that stays open."""

    def __init__(self, port, context=None):
        self.connection = connect(port, context)
        self.connection.settimeout(30)
        self.buffer = b""

    def fill(self):
        try:
            data = self.connection.recv(65536)
        except (ConnectionError, ssl.SSLError):
            data = b""
        if not data:
            raise Closed
        self.buffer += data

    def take(self, mark):
        while mark not in self.buffer:
            self.fill()
        text, self.buffer = self.buffer.split(mark, 1)
        return text

    def exactly(self, count):
        while len(self.buffer) < count:
            self.fill()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def send(self, request):
        if request.raw is not None:
            return self.connection.sendall(request.raw)
        fields = list(request.fields)
        if not any(name == "host" for name, _ in fields):
            fields.insert(0, ("host", "localhost"))
        if request.body is not None:
            fields.append(("content-length", request.announced or len(request.body)))
        lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields), "", ""]
        self.connection.sendall("\r\n".join(lines).encode() + (request.body or b""))

    def ask(self, request):
        """Sends a request and reads its answers; returns the last one's status and body."""
        try:
            self.send(request)
        except (ConnectionError, ssl.SSLError):
            pass  # it may have been answered before it was sent
        for _ in range(request.answers):
            status, body = self.answer(request.method)
        return status, body

    def answer(self, method):
        head = self.take(b"\r\n\r\n").decode(errors="replace").split("\r\n")
        if not head[0].startswith("HTTP/1.1 "):
            raise Closed  # what comes is no answer, so the connection is of no use any more
        status = int(head[0].split()[1])
        if status == 100:
            return self.answer(method)
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:])}
        if method == "HEAD" or status in (204, 304):
            return status, b""
        if fields.get("transfer-encoding") == "chunked":
            body = b""
            while count := int(self.take(b"\r\n"), 16):
                body += self.exactly(count)
                self.exactly(2)
            self.take(b"\r\n")
            return status, body
        return status, self.exactly(int(fields.get("content-length", 0)))

    def poll(self):
        """One more request, which has nothing of anybody's in it."""
        self.connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return self.answer("GET")[0]


class HTTP2Client:
    """A connection in HTTP/2 that stays open."""

    def __init__(self, port):
        self.connection = connect(port, trusting("h2"))
        self.connection.settimeout(30)
        self.protocol = h2.connection.H2Connection()
        self.protocol.initiate_connection()
        self.flush()
        self.answers = collections.defaultdict(lambda: [0, b"", False])
        # The server's settings, which a client must say that it has read.
        self.pump()

    def flush(self):
        data = self.protocol.data_to_send()
        if data:
            self.connection.sendall(data)

    def pump(self):
        try:
            data = self.connection.recv(65536)
            if not data:
                raise Closed
            events = self.protocol.receive_data(data)
        except (ConnectionError, ssl.SSLError, h2.exceptions.ProtocolError):
            raise Closed from None
        for event in events:
            answer = self.answers[getattr(event, "stream_id", 0)]
            if isinstance(event, h2.events.ResponseReceived):
                answer[0] = int(dict(event.headers)[b":status"])
            elif isinstance(event, h2.events.DataReceived):
                answer[1] += event.data
                self.protocol.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                answer[2] = True
            elif isinstance(event, h2.events.ConnectionTerminated):
                raise Closed
        self.flush()

    def begin(self, request):
        """Sends a request; returns its stream."""
        if request.raw:
            self.connection.sendall(request.raw)
        stream = self.protocol.get_next_available_stream_id()
        authority = dict(request.fields).get("host", "localhost")
        fields = [(":method", request.method), (":path", request.path), (":scheme", "https"), (":authority", authority)]
        fields += [(name, str(value)) for name, value in request.fields if name != "host"]
        if request.body is not None:
            fields.append(("content-length", str(request.announced or len(request.body))))
        self.protocol.send_headers(stream, fields, end_stream=request.body is None)
        self.flush()
        rest = request.body or b""
        if request.is_taken_back:
            self.protocol.send_data(stream, rest[:len(rest) // 2])
            self.protocol.reset_stream(stream)
            self.flush()
            self.answers[stream][2] = True
            return stream
        while rest and not self.answers[stream][2]:
            count = min(
                len(rest), self.protocol.local_flow_control_window(stream), self.protocol.max_outbound_frame_size)
            if count == 0:
                self.pump()
                continue
            try:
                self.protocol.send_data(stream, rest[:count])
            except h2.exceptions.StreamClosedError:
                return stream
            rest = rest[count:]
            self.flush()
        if request.body is not None and request.announced is None and not self.answers[stream][2]:
            if request.trailers:
                self.protocol.send_headers(stream, list(request.trailers), end_stream=True)
            else:
                self.protocol.end_stream(stream)
            self.flush()
        return stream

    def finish(self, stream):
        """Reads a stream's answer to its end."""
        while not self.answers[stream][2]:
            self.pump()
        status, body, _ = self.answers.pop(stream)
        return status, body

    def ask(self, request):
        return self.finish(self.begin(request))

    def poll(self):
        return self.ask(Request("poll", "GET", "/healthz", []))[0]


class Probe:
    """Requests of one protocol on connections that stay open, and what is left of them in the server's memory."""

    def __init__(self, protocol, port, pid, only=""):
        self.protocol, self.port, self.pid = protocol, port, pid
        self.canaries = Canaries()
        spoken = HTTP2 if protocol == "h2" else HTTP1
        plan = Plan(self.canaries, spoken, PROTOCOLS[protocol]).requests
        self.requests = [request for request in plan if only in request.label]
        self.clients = []
        self.problems = []

    def connect(self):
        match self.protocol:
            case "h2": return HTTP2Client(self.port)
            case "tls1": return HTTP1Client(self.port, trusting("http/1.1"))
            case _: return HTTP1Client(self.port)

    def send(self):
        """Sends every request on a connection of its own, and reads all answers."""
        for request in self.requests:
            client = self.connect()
            if self.ask(client, request):
                self.clients.append((request, client))
            # Before the server's limit on idle connections, which a slow machine could reach.
            self.poll(idle=25)

    def share(self):
        """Sends a third of them again over a single connection, in HTTP/2 beside one that is in work all the time."""
        spoken = HTTP2 if self.protocol == "h2" else HTTP1
        plan = Plan(self.canaries, spoken, f"{PROTOCOLS[self.protocol]}, shared").requests
        client = self.connect()
        if self.protocol == "h2":
            client.begin(Request("long", "POST", "/api/pictures", [
                ("content-type", "application/json")], b'{"prompt": "blue star", "n": 10, "steps": 150}'))
        for request in plan[::3]:
            if not request.is_answered or "timed out" in request.label:
                continue
            # An answer may end the connection.
            if not self.ask(client, request, is_first=False):
                client = self.connect()
                self.ask(client, request)
        self.clients.append((plan[0], client))

    def ask(self, client, request, is_first=True):
        """Sends a request, reads its answer, and keeps what it must not find; whether the connection is still open."""
        try:
            client.used = time.monotonic()
            status, body = client.ask(request)
        except TimeoutError:
            self.problems.append(f"{request.label}: no answer came")
            return False
        except Closed:
            if request.is_answered and is_first:
                self.problems.append(f"{request.label}: the connection was closed")
            return False
        if status not in request.statuses:
            self.problems.append(f"{request.label}: answered {status}: {body[:200]!r}")
        if made := made_picture(body):
            for form, data in zip(("made picture, Base64", "made picture, file", "made picture, pixels"), made):
                if piece := window(data):
                    self.canaries.add_picture(f"{PROTOCOLS[self.protocol]}: {request.label}", form, piece)
        return True

    def poll(self, idle=0):
        """Uses every connection once more that was not used for some seconds; says how many are still open.

        A server may end a connection with the answer, or for what came on it."""
        still = []
        for request, client in self.clients:
            try:
                if time.monotonic() - client.used >= idle:
                    client.poll()
                    client.used = time.monotonic()
                still.append((request, client))
            except (Closed, OSError):
                client.connection.close()
        self.clients = still
        return len(still)

    def search(self):
        return search(self.pid, self.canaries)

    def close(self):
        for _, client in self.clients:
            client.connection.close()
        self.clients = []


def summary(findings, each=False):
    """Lines that say what was found how often: for each request, or by the place and the form for all of them."""
    kinds = collections.Counter(
        f"{finding.name if each else finding.name.rsplit(': ', 1)[-1]} [{finding.form}]" for finding in findings)
    return [f"{count} × {kind}" for kind, count in sorted(kinds.items())]


def examine(protocol, port, pid, options):
    probe = Probe(protocol, port, pid, options.only)
    began = time.monotonic()
    probe.send()
    if not options.only:
        probe.share()
    print(f"== {PROTOCOLS[protocol]}: {len(probe.canaries.names)} canaries in {time.monotonic() - began:.1f} s, "
          f"{len(probe.clients)} connections open, {len(probe.canaries.pictures) // 3} pictures made")
    total = 0
    for moment in ("after the last byte of each answer", "after another GET on each connection"):
        began = time.monotonic()
        first = probe.search()
        took = time.monotonic() - began
        probe.poll(idle=25)
        time.sleep(1)
        last = probe.search()
        total += len(last)
        print(f"-- {moment}: {len(first)} found at once, {len(last)} a second later (a search takes {took:.1f} s)")
        if not last:
            for line in summary(first, options.each):
                print("    at once:", line)
        for finding in last[:options.details]:
            print("   ", finding)
        for line in summary(last, options.each):
            print("   ", line)
        print(f"   {probe.poll()} connections are open")
    for problem in probe.problems:
        print("   !", problem)
    probe.close()
    time.sleep(2)
    print(f"-- two seconds after all were closed: {len(probe.search())} found", flush=True)
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("protocols", nargs="*", choices=[*PROTOCOLS, []], help="all unless given")
    parser.add_argument("--only", default="", help="only the requests whose label holds this")
    parser.add_argument("--details", type=int, default=10, help="how many findings are shown with the bytes around them")
    parser.add_argument("--each", action="store_true", help="count what was found for each request by itself")
    parser.add_argument("--server", action="append", default=[], help="an option for `mystarion serve`")
    parser.add_argument("--program", type=pathlib.Path, help="another program than the one that was built here")
    options = parser.parse_args()
    if options.program:
        transport.PROGRAM = options.program
    total = 0
    with tempfile.TemporaryDirectory() as name:
        for protocol in options.protocols or PROTOCOLS:
            arguments = options.server + ([] if protocol == "http1" else ["--tls", "self-signed"])
            with serving(pathlib.Path(name), *arguments) as (port, process, _, _):
                total += examine(protocol, port, process.pid, options)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
