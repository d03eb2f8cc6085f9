"""HTTP/2 header blocks: however a client writes them they are read, and the server remembers none of their fields."""
import ssl

import h2.config
import h2.connection
import h2.events
import h2.settings
import hpack
import pytest
from hyperframe.frame import ContinuationFrame, Frame, GoAwayFrame, HeadersFrame, SettingsFrame
from transport import Authority, connect, serving

REQUEST = [(":method", "GET"), (":path", "/healthz"), (":scheme", "https"), (":authority", "localhost")]
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
COMPRESSION_ERROR = 9


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def port(tmp_path_factory, authority):
    with serving(tmp_path_factory.mktemp("server"), *authority.arguments) as (port, *_):
        yield port


class Frames:
    """The frames that come on a connection, one after another."""

    def __init__(self, connection):
        self.connection, self.data = connection, b""

    def wait(self, until):
        """Reads frames until one satisfies `until`, which is returned; None when the connection ends first."""
        while True:
            while len(self.data) >= 9:
                frame, length = Frame.parse_frame_header(memoryview(self.data)[:9])
                if len(self.data) < 9 + length:
                    break
                frame.parse_body(memoryview(self.data)[9:9 + length])
                self.data = self.data[9 + length:]
                if until(frame):
                    return frame
            try:
                piece = self.connection.recv(65536)
            except (ConnectionError, ssl.SSLError):
                return None
            if not piece:
                return None
            self.data += piece


def block(fields):
    return hpack.Encoder().encode(fields)


def test_the_client_is_told_that_nothing_is_remembered(port, authority):
    with connect(port, authority.context(("h2",))) as connection:
        connection.sendall(PREFACE + SettingsFrame(0).serialize())
        settings = Frames(connection).wait(lambda frame: isinstance(frame, SettingsFrame) and "ACK" not in frame.flags)
        assert settings.settings[SettingsFrame.HEADER_TABLE_SIZE] == 0


def test_fields_may_be_referred_to_until_the_client_knows_that_they_are_forgotten(port, authority):
    with connect(port, authority.context(("h2",))) as connection:
        protocol = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding=None))
        protocol.initiate_connection()
        # The second and third request refer to what the first one had the server remember.
        for stream in (1, 3, 5):
            protocol.send_headers(stream, [*REQUEST, ("x-note", "the same each time")], end_stream=True)
        connection.sendall(protocol.data_to_send())
        answers = set()
        while len(answers) < 3:
            for event in protocol.receive_data(connection.recv(65536)):
                if isinstance(event, h2.events.ResponseReceived):
                    assert dict(event.headers)[b":status"] == b"200"
                    answers.add(event.stream_id)
        # From here on the client has read the settings; it says so and refers to nothing any more.
        connection.sendall(protocol.data_to_send())
        for stream in (7, 9):
            protocol.send_headers(stream, [*REQUEST, ("x-note", "the same each time")], end_stream=True)
        connection.sendall(protocol.data_to_send())
        while len(answers) < 5:
            for event in protocol.receive_data(connection.recv(65536)):
                if isinstance(event, h2.events.ResponseReceived):
                    answers.add(event.stream_id)


def test_what_was_forgotten_cannot_be_referred_to(port, authority):
    with connect(port, authority.context(("h2",))) as connection:
        first = HeadersFrame(1, block([*REQUEST, ("x-note", "remember this")]), flags=["END_STREAM", "END_HEADERS"])
        connection.sendall(PREFACE + SettingsFrame(0).serialize() + first.serialize())
        frames = Frames(connection)
        assert frames.wait(lambda frame: isinstance(frame, HeadersFrame) and frame.stream_id == 1)
        # Index 62 is the latest of the fields that were remembered (RFC 7541, 2.3.3).
        second = HeadersFrame(3, block(REQUEST) + bytes([0x80 | 62]), flags=["END_STREAM", "END_HEADERS"])
        connection.sendall(SettingsFrame(0, flags=["ACK"]).serialize() + second.serialize())
        end = frames.wait(lambda frame: isinstance(frame, GoAwayFrame))
        assert end and end.error_code == COMPRESSION_ERROR


@pytest.mark.parametrize("pieces", [1, 2, 5])
@pytest.mark.parametrize("flags", [[], ["PADDED"], ["PRIORITY"], ["PADDED", "PRIORITY"]])
def test_a_block_may_be_padded_and_come_in_pieces(port, authority, flags, pieces):
    data = block([*REQUEST, ("x-note", "n" * 300)])
    size = -(-len(data) // pieces)
    parts = [data[begin:begin + size] for begin in range(0, len(data), size)]
    frames = [HeadersFrame(1, parts[0], pad_length=7 if "PADDED" in flags else 0, flags=["END_STREAM", *flags])]
    frames += [ContinuationFrame(1, part) for part in parts[1:]]
    frames[-1].flags.add("END_HEADERS")
    with connect(port, authority.context(("h2",))) as connection:
        sent = PREFACE + SettingsFrame(0).serialize() + b"".join(frame.serialize() for frame in frames)
        # Byte by byte for a while, so that frames and the preface are split everywhere.
        for index in range(0, 60):
            connection.sendall(sent[index:index + 1])
        connection.sendall(sent[60:])
        answer = Frames(connection).wait(lambda frame: isinstance(frame, HeadersFrame))
        assert dict(hpack.Decoder().decode(answer.data))[":status"] == "200"


@pytest.mark.parametrize("frames", [
    [HeadersFrame(1, block(REQUEST), flags=["END_STREAM"]), SettingsFrame(0)],
    [HeadersFrame(1, block(REQUEST), flags=["END_STREAM"]), ContinuationFrame(3, b"", flags=["END_HEADERS"])],
    [ContinuationFrame(1, block(REQUEST), flags=["END_HEADERS"])],
    [HeadersFrame(1, b"", flags=["END_STREAM"]), *[ContinuationFrame(1, b"\x00\x01a\x01b") for _ in range(50)]],
    [HeadersFrame(1, b"\xff\xff\xff\xff\xff\xff\xff\xff", flags=["END_STREAM", "END_HEADERS"])],
    [HeadersFrame(1, b"\x3f\xff\xff\xff\x0f", flags=["END_STREAM", "END_HEADERS"])],
], ids=["interrupted", "another stream's", "alone", "endless", "an index too large", "a table too large"])
def test_a_block_that_breaks_the_rules_ends_the_connection(port, authority, frames):
    with connect(port, authority.context(("h2",))) as connection:
        connection.sendall(PREFACE + SettingsFrame(0).serialize() + b"".join(frame.serialize() for frame in frames))
        end = Frames(connection).wait(lambda frame: isinstance(frame, GoAwayFrame))
        assert end is None or end.error_code != 0
    with connect(port, authority.context()) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200"
