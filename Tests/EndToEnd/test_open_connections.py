"""A request that is over has left nothing in the server's memory, although the connection that it came on is still open."""
import os
import time

import h2.connection
import h2.events
import pytest
from canaries import Canaries
from open_connections import PROTOCOLS, HTTP1Client, Probe, summary, trusting
from process_memory import search
from transport import PARTING, connect, serving

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can read the memory of a protected process")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_of_a_request_that_is_over_is_left_while_its_connection_is_open(protocol, tmp_path):
    arguments = [] if protocol == "http1" else ["--tls", "self-signed"]
    with serving(tmp_path, *arguments) as (port, process, _, _):
        probe = Probe(protocol, port, process.pid)
        probe.send()
        probe.share()
        assert summary(probe.search()) == []
        probe.poll()
        assert summary(probe.search()) == []
        assert probe.problems == []
        probe.close()


# Requests that cannot be read, in the pieces that they come in; each W is a canary of its own.
BROKEN = {
    "a line that is no field": [b"GET /W?W HTTP/1.1\r\nHost: localhost\r\nCookie: W\r\nno field W\r\n\r\n"],
    "a line that is no field, in pieces": [
        b"GET /W?W HTTP/1.1\r\nHost: localhost\r\nCook", b"ie: W\r\nX-W: W\r\nno fie", b"ld W\r\nX: W\r\n\r\n"],
    "a version that nobody speaks": [b"GET /W HTTP/3.1\r\nHost: localhost\r\nCookie: W\r\n\r\n"],
    "an unknown method": [b"W /W HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    "no HTTP at all": [b"W W W W W W W W\r\n\r\nW\r\n"],
    "a field's name that is empty": [b"GET /W HTTP/1.1\r\nHost: localhost\r\nX: W\r\n: W\r\n\r\n"],
    "two hosts": [b"POST /W HTTP/1.1\r\nHost: localhost\r\nHost: W.org\r\nContent-Length: 40\r\n\r\nW"],
    "a host that is none": [b"GET /W HTTP/1.1\r\nHost: localhost W\r\nCookie: W\r\n\r\n"],
    "two lengths": [b"POST /W HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nW"],
    "a length and chunks": [
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX: W\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nW"],
    "a chunk without a size": [
        b"POST /v1/images/generations?W HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n", b'20\r\n{"prompt": "W W', b'W"}\r\nW\r\nW'],
    "trailers that are none": [
        b"POST /v1/images/generations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\n{  }\r\n0\r\nX-W: W\r\n", b"W W\r\n\r\n"],
    "a field that is too long": [b"GET /W HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"W" * 2_000 + b"\r\n\r\n"],
    "fields that are too many": [b"GET /W HTTP/1.1\r\nHost: localhost\r\n" + b"X-W: W\r\n" * 200 + b"\r\n"],
    "something behind an answer": [
        b"GET /healthz?W HTTP/1.1\r\nHost: localhost\r\nCookie: W\r\n\r\nGET /W HTTP/1.1\r\nno field W\r\n\r\n"],
    "something behind the last request": [
        b"GET /healthz?W HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\nGET /W HTTP/1.1\r\nCookie: W"],
}


@pytest.mark.parametrize("protocol", ["http1", "tls1"])
def test_nothing_of_a_request_that_cannot_be_read_is_left_when_it_has_been_answered(protocol, tmp_path):
    canaries, clients = Canaries(), []
    context = trusting("http/1.1") if protocol == "tls1" else None
    with serving(tmp_path, *([] if protocol == "http1" else ["--tls", "self-signed"])) as (port, process, _, _):
        began = time.monotonic()
        for name, pieces in BROKEN.items():
            client = HTTP1Client(port, context)
            clients.append(client)
            for piece in pieces:
                first, *rest = piece.split(b"W")
                text = first + b"".join(canaries.word(name).encode() + part for part in rest)
                client.connection.sendall(text)
                time.sleep(0.02 if len(pieces) > 1 else 0)
            status, _ = client.answer("GET")
            if name == "something behind an answer":
                assert status == 200
                status, _ = client.answer("GET")
            assert status >= 400 or "last" in name, name
        found = search(process.pid, canaries)
        # No client has gone, and the server still waits for them.
        assert time.monotonic() - began < PARTING, "the machine is too slow to see anything"
        assert summary(found, each=True) == []
        for client in clients:
            client.connection.close()


def test_an_http2_response_ends_when_nothing_of_its_request_is_remembered(tmp_path):
    """A client may have fields remembered until it has read that it must not; it says when it has."""
    canaries = Canaries()
    with serving(tmp_path, "--tls", "self-signed") as (port, process, _, _):
        connection = connect(port, trusting("h2"))
        connection.settimeout(0.5)
        protocol = h2.connection.H2Connection()
        protocol.initiate_connection()
        fields = [(":method", "GET"), (":path", "/healthz"), (":scheme", "https"), (":authority", "localhost"),
                  ("x-remembered", canaries.word("field")), ("cookie", canaries.word("cookie"))]
        protocol.send_headers(1, fields, end_stream=True)
        began = time.monotonic()
        connection.sendall(protocol.data_to_send())
        events = []

        def read(until):
            try:
                while not any(isinstance(event, until) for event in events):
                    data = connection.recv(65536)
                    assert data, "the connection ended"
                    events.extend(protocol.receive_data(data))
            except TimeoutError:
                pass
            return any(isinstance(event, until) for event in events)

        assert not read(h2.events.StreamEnded) or time.monotonic() - began > 1, "it ended before the acknowledgement"
        connection.settimeout(10)
        connection.sendall(protocol.data_to_send())
        assert read(h2.events.StreamEnded)
        assert summary(search(process.pid, canaries), each=True) == []
        # From then on, nothing has to wait.
        protocol.send_headers(3, fields[:4], end_stream=True)
        connection.sendall(protocol.data_to_send())
        events.clear()
        assert read(h2.events.StreamEnded)
        connection.close()


def test_an_http2_client_that_never_acknowledges_is_served_nevertheless(tmp_path):
    with serving(tmp_path, "--tls", "self-signed") as (port, *_):
        connection = connect(port, trusting("h2"))
        protocol = h2.connection.H2Connection()
        protocol.initiate_connection()
        fields = [(":method", "GET"), (":path", "/healthz"), (":scheme", "https"), (":authority", "localhost")]
        connection.sendall(protocol.data_to_send())
        for stream in (1, 3, 5):
            began = time.monotonic()
            protocol.send_headers(stream, fields, end_stream=True)
            connection.sendall(protocol.data_to_send())
            while not any(isinstance(event, h2.events.StreamEnded) for event in protocol.receive_data(connection.recv(65536))):
                pass
            # The acknowledgement, among others.
            protocol.clear_outbound_data_buffer()
            assert time.monotonic() - began < (3 if stream == 1 else 1)
        connection.close()
