"""HTTP/2 with clients that open their windows as they like, that flood, and that ask for no body."""
import json
import shutil
import socket
import ssl
import struct
import subprocess
import time

import h2.connection
import h2.events
import h2.settings
import pytest
from transport import Authority, Streams, connect, serving

JSON = [("content-type", "application/json")]
# More than the windows that the protocol begins with.
MANY = json.dumps({"prompt": "red heart", "steps": 1, "n": 10, "size": "128x128", "seed": 1}).encode()
ONE = json.dumps({"prompt": "red heart", "steps": 1, "n": 1, "seed": 1}).encode()
FORM = b"prompt=red+heart&steps=1"
ENHANCE_YOUR_CALM = 11


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def port(tmp_path_factory, authority):
    with serving(tmp_path_factory.mktemp("server"), *authority.arguments) as (port, *_):
        yield port


class Windows(Streams):
    """A client whose streams have windows of a size of its own, which it opens when it is told to."""

    def __init__(self, connection, window):
        self.connection = connection
        self.protocol = h2.connection.H2Connection()
        self.protocol.local_settings = h2.settings.Settings(client=True, initial_values={
            h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window, h2.settings.SettingCodes.ENABLE_PUSH: 0})
        self.protocol.initiate_connection()
        self.send()

    def take(self, stream, step, then=None, after=0):
        """Reads an answer to its end, opening the windows by so many bytes whenever they are used up, from some bytes on
        by others. Gives its status and its body, and keeps the length that it announced."""
        status, body, open_bytes = None, b"", self.protocol.local_settings.initial_window_size
        while True:
            data = self.connection.recv(65536)
            assert data, f"the connection ended after {len(body)} bytes"
            for event in self.protocol.receive_data(data):
                match event:
                    case h2.events.ResponseReceived(stream_id=id) if id == stream:
                        fields = dict(event.headers)
                        status, length = int(fields[b":status"]), fields.get(b"content-length")
                        self.length = int(length) if length else None
                    case h2.events.DataReceived(stream_id=id) if id == stream:
                        body += event.data
                        self.protocol.increment_flow_control_window(max(1, event.flow_controlled_length))
                        open_bytes -= event.flow_controlled_length
                    case h2.events.StreamReset(stream_id=id) if id == stream:
                        raise AssertionError(f"reset with {event.error_code} after {len(body)} bytes")
                    case h2.events.StreamEnded(stream_id=id) if id == stream:
                        self.send()
                        return status, body
                    case h2.events.ConnectionTerminated():
                        raise AssertionError(f"ended with {event.error_code} after {len(body)} bytes")
            if open_bytes <= 0 and status is not None:
                more = then if then and len(body) >= after else step
                self.protocol.increment_flow_control_window(more, stream)
                open_bytes += more
            self.send()


# Windows

KINDS = {
    "pictures": ("POST", "/v1/images/generations", MANY, JSON),
    "pictures of A1111": ("POST", "/sdapi/v1/txt2img", json.dumps(
        {"prompt": "red heart", "steps": 1, "batch_size": 8, "width": 128, "height": 128, "seed": 1}).encode(), JSON),
    "events": ("POST", "/api/pictures", MANY, JSON),
    "a stream": ("POST", "/v1/images/generations", json.dumps(json.loads(MANY) | {"stream": True, "n": 1}).encode(), JSON),
    "a page with a picture": ("POST", "/", FORM, [("content-type", "application/x-www-form-urlencoded")]),
    "a page": ("GET", "/", None, []), "a file": ("GET", "/openapi.yaml", None, []),
    "a mistake": ("POST", "/v1/images/generations", b"{}", JSON), "nothing": ("GET", "/nothing", None, []),
}


@pytest.mark.parametrize("window, step, then, after", [
    (0, 1, 1 << 20, 300), (1, 1, 100_000, 1000), (100, 7, 1 << 16, 5000), (16_384, 16_384, None, 0), (65_535, 32_768, None, 0),
    (65_535, 65_535, None, 0), (1 << 20, 1 << 20, None, 0)])
@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_sent_as_windows_open_and_only_then_the_stream_ends(
        port, authority, kind, window, step, then, after):
    method, path, body, fields = KINDS[kind]
    with connect(port, authority.context(("h2",))) as connection:
        windows = Windows(connection, window)
        stream = windows.ask(method, path, body, fields)
        status, answer = windows.take(stream, step, then, after)
        assert status == {"a mistake": 400, "nothing": 404}.get(kind, 200)
        if kind in ("events", "a stream"):
            assert windows.length is None and answer.rstrip().splitlines()[-2].startswith(b"event: ")
        else:
            assert len(answer) == windows.length > 0
            assert kind != "pictures" or len(json.loads(answer)["data"]) == 10
        assert windows.take(windows.ask("GET", "/healthz"), 1)[1] == b"ok\n", "the connection lives"


def test_a_client_may_open_its_window_byte_by_byte_to_the_end(port, authority):
    with connect(port, authority.context(("h2",))) as connection:
        windows = Windows(connection, 1)
        status, body = windows.take(windows.ask("GET", "/api/model"), 1)
        assert status == 200 and json.loads(body)


def test_an_answer_waits_for_its_window_longer_than_a_client_has_to_go(port, authority):
    with connect(port, authority.context(("h2",))) as connection:
        windows = Windows(connection, 1000)
        stream = windows.ask("POST", "/v1/images/generations", MANY, JSON)
        windows.wait(h2.events.ResponseReceived, stream)
        time.sleep(7)
        windows.protocol.increment_flow_control_window(1 << 20, stream)
        windows.protocol.increment_flow_control_window(1 << 20)
        windows.send()
        ended = windows.wait((h2.events.StreamEnded, h2.events.StreamReset), stream)
        assert isinstance(ended, h2.events.StreamEnded)


def test_a_stream_that_is_reset_while_its_answer_waits_leaves_nothing(tmp_path, authority):
    with serving(tmp_path, *authority.arguments) as (port, process, log, _):
        with connect(port, authority.context(("h2",))) as connection:
            windows = Windows(connection, 10)
            for _ in range(20):
                stream = windows.ask("POST", "/v1/images/generations", ONE, JSON)
                windows.wait(h2.events.ResponseReceived, stream)
                windows.reset(stream)
            assert windows.take(windows.ask("GET", "/healthz"), 10)[0] == 200
            process.terminate()
            process.wait(30)
    assert "stopped" in log.read_text()


NODE = """
const [, , port, certificate, path, body] = process.argv;
const http2 = require('node:http2');
const session = http2.connect(`https://localhost:${port}`, {ca: require('node:fs').readFileSync(certificate)});
const stream = session.request(
  body ? {':method': 'POST', ':path': path, 'content-type': 'application/json'} : {':path': path});
const result = {bytes: 0, code: null};
session.on('error', (error) => { result.error = String(error); });
stream.on('error', (error) => { result.error = String(error); });
stream.on('response', (fields) => { result.status = fields[':status']; result.length = fields['content-length']; });
stream.on('data', (data) => { result.bytes += data.length; });
stream.on('end', () => { result.ended = true; });
stream.on('close', () => { result.code = stream.rstCode; session.close(); console.log(JSON.stringify(result)); });
stream.end(body);
"""


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node here")
@pytest.mark.parametrize("path, body", [
    ("/v1/images/generations", MANY), ("/openapi.yaml", None), ("/api/pictures", MANY), ("/v1/images/generations", b"{}")])
def test_node_gets_the_whole_answer(port, authority, tmp_path, path, body):
    authority.authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    script = tmp_path / "client.js"
    script.write_text(NODE)
    output = subprocess.run(
        ["node", script, str(port), tmp_path / "authority.pem", path, *([body.decode()] if body else [])],
        capture_output=True, text=True, timeout=60)
    result = json.loads(output.stdout)
    assert result.get("ended") and result["code"] == 0 and "error" not in result, result
    assert result["bytes"] > (65_535 if body == MANY else 100)
    assert result.get("length") in (None, str(result["bytes"]))


def test_an_upload_that_is_refused_early_gets_its_answer_and_may_stop(port, authority):
    with connect(port, authority.context(("h2",))) as connection:
        streams = Streams(connection)
        fields = [("content-type", "application/json"), ("content-length", "5000000")]
        stream = streams.protocol.get_next_available_stream_id()
        pseudo = [(":method", "POST"), (":path", "/v1/images/generations"), (":scheme", "https"), (":authority", "localhost")]
        streams.protocol.send_headers(stream, [*pseudo, *fields])
        streams.send()
        assert streams.status(stream) == 413
        ended = streams.wait(h2.events.StreamReset, stream)
        assert ended.error_code == 0, "what was answered has not failed"
        assert streams.status(streams.ask("GET", "/healthz")) == 200


# HEAD and hosts


@pytest.mark.parametrize("path, status", [
    ("/", 200), ("/healthz", 200), ("/nothing", 404), ("/v1/nothing", 404), ("/v1/images/generations", 405),
    ("/sdapi/v1/txt2img", 405), ("/metrics/", 404)])
def test_head_has_the_fields_of_get_and_no_body(port, authority, path, status):
    with connect(port, authority.context(("h2",))) as connection:
        streams = Streams(connection)
        answers = []
        for method in ("GET", "HEAD"):
            stream = streams.ask(method, path)
            fields, body, ended = {}, b"", False
            while not ended:
                data = connection.recv(65536)
                assert data, "the connection ended"
                for event in streams.protocol.receive_data(data):
                    match event:
                        case h2.events.ResponseReceived(): fields = dict(event.headers)
                        case h2.events.DataReceived(): body += event.data
                        case h2.events.StreamEnded(): ended = True
                        case h2.events.StreamReset(): raise AssertionError(event.error_code)
            answers.append(({k: v for k, v in fields.items() if k != b"date"}, body))
        (full, content), (bare, nothing) = answers
        assert int(full[b":status"]) == status and full == bare
        assert nothing == b"" and int(bare[b"content-length"]) == len(content) > 0
        assert streams.status(streams.ask("GET", "/healthz")) == 200


@pytest.mark.parametrize("authority_field, fields, status", [
    ("localhost", [], 200), ("localhost", [("host", "localhost")], 200), ("localhost", [("host", "LOCALHOST")], 200),
    ("localhost", [("host", "example.org")], 400), ("[::1]evil", [], 400), ("evil@localhost", [], 400)])
def test_a_stream_names_one_host(port, authority, authority_field, fields, status):
    with connect(port, authority.context(("h2",))) as connection:
        streams = Streams(connection)
        streams.protocol.config.validate_outbound_headers = False
        assert streams.status(streams.ask("GET", "/healthz", None, fields, authority=authority_field)) == status


@pytest.mark.parametrize("path", ["//healthz", "/healthz/", "https://localhost/healthz", "/%68ealthz"])
def test_a_stream_has_an_exact_path(port, authority, path):
    with connect(port, authority.context(("h2",))) as connection:
        streams = Streams(connection)
        assert streams.status(streams.ask("GET", path)) == 404


# Floods


def frame(type, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", type, flags, stream) + payload


def head_frame(streams, stream, flags, *fields):
    fields = [(":method", "POST"), (":path", "/v1/images/generations"), (":scheme", "https"), (":authority", "localhost"),
              *fields]
    return frame(1, flags, stream, streams.protocol.encoder.encode(fields))


FLOODS = {
    "windows of the connection": frame(8, 0, 0, struct.pack(">I", 1)),
    "windows of a stream": frame(8, 0, 1, struct.pack(">I", 1)),
    "windows of a stream that is over": frame(8, 0, 3, struct.pack(">I", 1)),
    "unknown frames": frame(0xBE),
    "unknown frames of a stream": frame(0xBE, 0xFF, 1, b"x" * 10),
    "large unknown frames": frame(0x42, 0, 0, b"x" * 16_000),
    "alternative services": frame(0xA, 0, 1, b"\0\0x"),
    "priorities by RFC 9218": frame(0x10, 0, 0, b"\0\0\0\1u=1"),
    "priorities": frame(2, 0, 1, b"\0\0\0\0\x10"),
    "pings": frame(6, 0, 0, b"12345678"),
    "answers to pings": frame(6, 1, 0, b"12345678"),
    "settings": frame(4),
    "data without data": frame(0, 0, 1),
    "data of one byte": frame(0, 0, 1, b" "),
    "continuations": frame(9, 0, 1),
    "resets": frame(3, 0, 3, struct.pack(">I", 8)),
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_of_frames_that_are_no_request_ends_the_connection(port, authority, kind):
    with connect(port, authority.context(("h2",))) as connection, connect(port, authority.context(("h2",))) as other:
        streams, bystander = Streams(connection), Streams(other)
        length = ("content-length", "100000")
        if kind == "continuations":
            connection.sendall(head_frame(streams, 1, 0, length))
        else:
            connection.sendall(head_frame(streams, 1, 4, ("content-type", "application/json"), length))
        if "over" in kind or kind == "resets":
            connection.sendall(head_frame(streams, 3, 5))
        text = flood(connection, FLOODS[kind], 20_000 if len(FLOODS[kind]) < 1000 else 2_000)
        assert goaway(text) == ENHANCE_YOUR_CALM
        assert bystander.status(bystander.ask("GET", "/healthz")) == 200


def flood(connection, bytes, count):
    """Sends something over and over until the other end has had enough, and gives all that it says."""
    text = b""
    connection.settimeout(0.0)
    piece, deadline = bytes * max(1, 4000 // len(bytes)), time.monotonic() + 30
    sent = 0
    while sent < count * len(bytes):
        assert time.monotonic() < deadline
        try:
            sent += connection.send(piece)
        except (ssl.SSLWantWriteError, BlockingIOError):
            time.sleep(0.01)
        except (ConnectionError, ssl.SSLError):
            break
        try:
            received = connection.recv(65536)
            if not received:
                break
            text += received
        except (ssl.SSLWantReadError, BlockingIOError):
            pass
        except (ConnectionError, ssl.SSLError):
            break
    connection.settimeout(10)
    try:
        while received := connection.recv(65536):
            text += received
    except (ConnectionError, ssl.SSLError):
        pass
    return text


def goaway(text):
    """The code of the last GOAWAY in what a server said; None when there is none."""
    code = None
    while len(text) >= 9:
        length, kind = int.from_bytes(text[:3]), text[3]
        if kind == 7 and len(text) >= 17:
            code = int.from_bytes(text[13:17])
        text = text[9 + length:]
    return code


def test_many_small_steps_of_the_windows_are_no_flood_while_something_is_taken(port, authority):
    with connect(port, authority.context(("h2",))) as connection:
        windows = Windows(connection, 64)
        updates = 0
        for _ in range(3):
            status, body = windows.take(windows.ask("GET", "/openapi.yaml"), 32)
            assert status == 200
            updates += len(body) // 16
        assert updates > 5_000


def test_a_client_that_pings_now_and_then_is_answered_and_kept(port, authority):
    with connect(port, authority.context(("h2",))) as connection:
        streams = Streams(connection)
        for number in range(20):
            streams.protocol.ping(struct.pack(">Q", number))
            streams.send()
            assert streams.status(streams.ask("GET", "/healthz")) == 200
