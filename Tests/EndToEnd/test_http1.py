"""HTTP/1 as it travels: hosts, targets and paths, one request behind another, and where a connection ends."""
import json
import socket
import time

import pytest
from transport import PARTING, Authority, connect, head, read_head, responses, seconds_until_closed, serving

JSON = "Content-Type: application/json"
# Waking up takes a while on a busy machine.
SLACK = 5
SHORT = json.dumps({"prompt": "red heart", "steps": 1}).encode()


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("server"), "--metrics") as (port, *_):
        yield port


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    authority = Authority(tmp_path_factory.mktemp("certificate"))
    with serving(tmp_path_factory.mktemp("secure"), *authority.arguments) as (port, *_):
        yield port, authority


def post(path, body, *fields, host="localhost"):
    return head("POST", path, JSON, f"Content-Length: {len(body)}", *fields, host=host) + body


def exchange(port, *pieces, half_closes=False):
    """Sends pieces, and reads until the server closes; gives the responses and the seconds that it took."""
    with connect(port) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if half_closes:
            connection.shutdown(socket.SHUT_WR)
        seconds, text = seconds_until_closed(connection)
    return responses(text), seconds


# What a request asks for


@pytest.mark.parametrize("text, status", [
    (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: example.org\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nhOST: example.org\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", 400),
    *((head("GET", "/healthz", host=host), 400) for host in (
        "[::1]evil", "[::1]:80evil", "[::1]:", "[::1", "::1", "[localhost]", "[::1%25lo]", "[1.2.3.4]", "localhost:80:80",
        "localhost:65536", "localhost:-1", "localhost:8o", "evil@localhost", "localhost/evil", "localhost evil",
        "localhost,evil.example", "localhost\tevil", "localhost\u212a", "http://localhost", "%6cocalhost", ":80")
      if host != "[::1]:"),
    *((head("GET", "/healthz", host=host), 200) for host in (
        "localhost", "LOCALHOST", "localhost:80", "127.0.0.1:8080", "[::1]", "[::1]:80", "localhost:")),
    (head("GET", "/healthz", host="example.org"), 421),
    (head("GET", "http://localhost/healthz"), 200),
    (head("GET", "HTTP://LOCALHOST/healthz?x=http://example.org/"), 200),
    (head("GET", "http://localhost:80/healthz"), 200),
    (head("GET", "https://localhost:443/healthz"), 200),
    (head("GET", "http://localhost:81/healthz"), 400),
    (head("GET", "http://example.org/healthz"), 400),
    (head("GET", "http://example.org/healthz", host="example.org"), 421),
    (head("GET", "http://localhost/healthz", host="example.org"), 400),
    (head("GET", "http://localhost@example.org/healthz"), 400),
    (head("GET", "http:///healthz"), 400),
    (head("GET", "ftp://localhost/healthz"), 400),
    (head("GET", "healthz"), 400),
    (head("GET", "*"), 400),
    (head("OPTIONS", "*"), 404),
    (b"GET http://example.org/healthz HTTP/1.0\r\n\r\n", 421),
    (b"GET http://localhost/healthz HTTP/1.0\r\n\r\n", 200),
    (b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    *((head("POST", "/v1/images/generations", JSON, f"Transfer-Encoding: {coding}")
       + b"%x\r\n%b\r\n0\r\n\r\n" % (len(SHORT), SHORT), status) for coding, status in (
           ("chunked", 200), ("Chunked", 200), ("gzip, chunked", 400), ("chunked, chunked", 400), ("identity", 400),
           ("chunked;x=y", 400), ("xchunked", 400))),
    (head("POST", "/v1/images/generations", JSON, "Transfer-Encoding: gzip", "Transfer-Encoding: chunked")
     + b"%x\r\n%b\r\n0\r\n\r\n" % (len(SHORT), SHORT), 400),
], ids=lambda value: None if isinstance(value, int) else repr(value[:90]))
def test_a_request_names_one_host_and_one_coding_in_the_one_way_of_writing_it(port, text, status):
    # Pictures are made only for a client that stays until they come.
    found, _ = exchange(port, text, half_closes=not text.startswith(b"POST"))
    assert [response.status for response in found] == [status]


@pytest.mark.parametrize("path, status", [
    ("/metrics", 200), ("/metrics?x=/", 200), ("/", 200), ("/?x", 200), ("/page/app.js", 200),
    *((path, 404) for path in (
        "/metrics/", "//metrics", "///metrics", "/metrics//", "//metrics/", "/%6detrics", "/metric%73", "/%2fmetrics",
        "/./metrics", "/metrics/.", "/x/../metrics", "/metrics;x", "/metrics%20", "/metrics%00", "/Metrics", "\\metrics",
        "/\\metrics", "/metrics\\", "//", "///", "/page//app.js", "/page/app.js/", "/page/%61pp.js", "//page/app.js",
        "/v1//models", "/v1/models/", "/healthz/", "//healthz", "/privacy/", "/sdapi/v1//samplers") if path[0] == "/"),
])
def test_only_exact_paths_are_answered(port, path, status):
    found, _ = exchange(port, head("GET", path, "Connection: close"))
    assert [response.status for response in found] == [status]
    assert (b"mystarion_" in found[0].body) == (status == 200 and path.startswith("/metrics"))


# Where a connection ends


CLOSING = {
    "the request says so": head("GET", "/healthz", "Connection: close"),
    "in other letters": head("GET", "/healthz", "Connection: Close"),
    "among others": head("GET", "/healthz", "Connection: keep-alive, close"),
    "in a second field": head("GET", "/healthz", "Connection: keep-alive", "Connection: close"),
    "a body that is too large": head("POST", "/v1/images/generations", JSON, "Content-Length: 2000000"),
    "pictures": post("/v1/images/generations", SHORT),
    "a stream of events": post("/api/pictures", SHORT),
    "a form": head("POST", "/", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 23")
    + b"prompt=red+heart&steps=",
    "no HTTP": b"nonsense\r\n\r\n",
    "HTTP/1.0": b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n",
    "HTTP/1.0 that would stay": b"GET /healthz HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
    "another protocol": head("GET", "/healthz", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAA"),
    "an upgrade with a body": post("/v1/images/generations", SHORT, "Connection: upgrade", "Upgrade: websocket"),
}
BEHIND = {
    "nothing": b"",
    "a request": head("GET", "/v1/models"),
    "many requests": head("GET", "/v1/models") * 100,
    "half a request": head("GET", "/v1/models")[:-2],
    "half a body": head("POST", "/v1/images/generations", JSON, "Content-Length: 1000") + b"{",
    "pictures": post("/v1/images/generations", SHORT),
    "no HTTP": b"\x00nonsense\r\n\r\n",
}


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("closing", CLOSING)
def test_nothing_is_answered_behind_an_answer_that_ends_the_connection_and_nothing_holds_it(port, closing, behind):
    found, seconds = exchange(port, CLOSING[closing] + BEHIND[behind])
    assert len(found) == 1 and found[0].fields["connection"] == "close"
    assert seconds < PARTING + SLACK


@pytest.mark.parametrize("behind", ["nothing", "a request", "half a body"])
@pytest.mark.parametrize("closing", ["the request says so", "pictures", "a body that is too large", "no HTTP", "HTTP/1.0"])
def test_a_connection_in_tls_ends_like_any_other(secure, closing, behind):
    with connect(secure[0], secure[1].context()) as connection:
        connection.sendall(CLOSING[closing] + BEHIND[behind])
        seconds, text = seconds_until_closed(connection)
    assert len(responses(text)) == 1 and seconds < PARTING + SLACK


def test_connections_with_requests_behind_a_last_one_do_not_hold_the_server(tmp_path):
    with serving(tmp_path, "--max-connections", 8) as (port, *_):
        held = [connect(port) for _ in range(8)]
        for connection in held:
            connection.sendall(post("/v1/images/generations", SHORT) + head("GET", "/healthz") * 2)
        for connection in held:
            seconds_until_closed(connection)
        # None of the eight has closed its end.
        deadline = time.monotonic() + PARTING + SLACK
        while True:
            found, _ = exchange(port, head("GET", "/healthz", "Connection: close"))
            if found and found[0].status == 200:
                break
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_what_is_sent_behind_the_last_request_does_not_destroy_its_answer(port):
    """Closed with bytes unread, a connection is reset, and what was on its way is lost."""
    with connect(port) as connection:
        connection.sendall(head("GET", "/openapi.yaml", "Connection: close") + b"x" * 200_000)
        time.sleep(0.5)
        found = responses(seconds_until_closed(connection)[1])
    assert len(found) == 1 and len(found[0].body) == int(found[0].fields["content-length"]) > 50_000


def test_an_answer_that_is_taken_slowly_comes_whole_also_when_it_is_the_last(port):
    """For longer than a client has to go, once all is sent."""
    body = json.dumps({"prompt": "red heart", "steps": 1, "n": 10, "size": "128x128"}).encode()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(120)
        connection.connect(("127.0.0.1", port))
        connection.sendall(post("/v1/images/generations", body))
        text, began = b"", time.monotonic()
        while piece := connection.recv(4096 if time.monotonic() - began < PARTING + 2 else 1 << 20):
            text += piece
            if time.monotonic() - began < PARTING + 2:
                time.sleep(0.5)
    [response] = responses(text)
    assert len(response.body) == int(response.fields["content-length"]) and json.loads(response.body)["data"]


def test_requests_are_answered_in_their_order_and_the_connection_is_kept(port):
    paths = ["/healthz", "/nothing", "/v1/models", "/api/model", "/healthz"] * 20
    with connect(port) as connection:
        connection.sendall(b"".join(head("GET", path) for path in paths))
        text = b""
        while len(found := responses(text, partial=True)) < len(paths):
            piece = connection.recv(65536)
            assert piece
            text += piece
        assert [response.status for response in found] == [404 if path == "/nothing" else 200 for path in paths]
        assert b'"object":"list"' in found[2].body and "connection" not in found[2].fields
        connection.sendall(head("GET", "/healthz", "Connection: close"))
        assert responses(seconds_until_closed(connection)[1])[0].body == b"ok\n"


def test_a_client_that_has_said_all_gets_all_its_answers(port):
    found, seconds = exchange(port, head("GET", "/healthz") * 3 + head("GET", "/nothing"), half_closes=True)
    assert [response.status for response in found] == [200, 200, 200, 404]
    assert seconds < PARTING + SLACK


@pytest.mark.parametrize("before", [b"", head("GET", "/healthz")], ids=["first", "second"])
def test_work_for_a_client_that_has_gone_ends_also_when_requests_wait_behind_it(port, before):
    body = json.dumps({"prompt": "red heart", "steps": 150, "n": 10, "size": "256x256"}).encode()
    with connect(port) as connection:
        connection.sendall(before + post("/v1/images/generations", body) + head("GET", "/healthz") * 3)
        wait_until_running(port, True)
    wait_until_running(port, False)


def wait_until_running(port, is_running):
    deadline = time.monotonic() + 5
    while True:
        found, _ = exchange(port, head("GET", "/api/status", "Connection: close"))
        if bool(json.loads(found[0].body)["running"]) == is_running:
            return
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("text", [
    b"", b"GET /he", head("POST", "/v1/images/generations", JSON, "Content-Length: 1000") + b"{",
    head("GET", "/healthz") + b"GET /he"])
def test_a_client_that_goes_in_the_middle_is_let_go(port, text):
    _, seconds = exchange(port, text, half_closes=True)
    assert seconds < PARTING + SLACK


def test_an_early_answer_leaves_the_rest_of_the_body_unread_for_as_long_as_a_parting_takes(port):
    with connect(port) as connection:
        connection.sendall(head("POST", "/v1/images/generations", "Content-Type: text/plain", "Content-Length: 1000"))
        seconds, text = seconds_until_closed(connection)
        assert [response.status for response in responses(text)] == [415]
        assert seconds < PARTING + SLACK


# Clients of HTTP/1.0, and those that ask first


STREAMED = json.dumps(json.loads(SHORT) | {"stream": True, "partial_images": 1}).encode()


@pytest.mark.parametrize("path, body, last", [
    ("/api/pictures", SHORT, b"event: done"), ("/v1/images/generations", STREAMED, b"event: image_generation.completed"),
    ("/v1/images/generations", SHORT, None), ("/v1/images/generations", b"{}", None), ("/sdapi/v1/txt2img", SHORT, None)])
@pytest.mark.parametrize("fields", [b"", b"Connection: keep-alive\r\n"])
def test_answers_to_http_1_0_are_not_in_chunks_and_end_with_the_connection(port, path, body, last, fields):
    request = b"POST %b HTTP/1.0\r\nHost: localhost\r\n%b%b\r\nContent-Length: %d\r\n\r\n%b" % (
        path.encode(), fields, JSON.encode(), len(body), body)
    found, seconds = exchange(port, request)
    assert found[0].status == (400 if body == b"{}" else 200) and "transfer-encoding" not in found[0].fields
    assert found[0].fields["connection"] == "close" and seconds < 2 * PARTING + SLACK
    if last:
        assert found[0].body.removeprefix(b": \n\n").startswith(b"event: ") and found[0].body.rstrip().splitlines()[-2] == last
    else:
        assert json.loads(found[0].body)


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=edge"
# Every address that takes a body, with a media type of its own.
DOORS = [("/", FORM), ("/api/pictures", "application/json"), ("/v1/images/generations", "application/json"),
         ("/v1/images/edits", PARTS), ("/v1/images/variations", PARTS), ("/sdapi/v1/txt2img", "application/json"),
         ("/sdapi/v1/img2img", "application/json"), ("/sdapi/v1/options", "application/json"),
         ("/sdapi/v1/interrupt", "application/json"), ("/sdapi/v1/skip", "application/json")]


@pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "in TLS"])
@pytest.mark.parametrize("path, media", DOORS)
def test_every_door_tells_a_client_that_asks_first_to_go_on_at_once(port, secure, path, media, is_secure):
    where, context = (secure[0], secure[1].context()) if is_secure else (port, None)
    with connect(where, context) as connection:
        connection.settimeout(SLACK)
        connection.sendall(head("POST", path, f"Content-Type: {media}", "Content-Length: 9", "Expect: 100-continue"))
        text = b""
        while not text.endswith(b"\r\n\r\n"):
            text += connection.recv(1)
        assert text == b"HTTP/1.1 100 Continue\r\n\r\n"
        # Nothing was answered yet, and what comes is.
        connection.sendall(b"no=use&&&" + head("GET", "/healthz", "Connection: close"))
        answers = responses(seconds_until_closed(connection)[1])
        assert answers[0].status in (200, 400, 422)
        assert answers[0].fields.get("connection") == "close" or answers[1].body == b"ok\n"


@pytest.mark.parametrize("path, media", DOORS)
@pytest.mark.parametrize("body", [
    b"", b"no=use", b"prompt=&steps=1", b"prompt=heart&steps=100000", b"prompt=child+gore", b"prompt=heart&width=7", b"{}",
    b'{"prompt": "heart", "steps": 100000}', b'{"prompt": "child gore"}', b'{"prompt": "heart", "time_limit": 0}',
    b"--edge\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nheart\r\n--edge--\r\n"])
def test_a_mistake_leaves_the_connection_open_or_says_that_it_does_not(port, path, media, body):
    request = head("POST", path, f"Content-Type: {media}", f"Content-Length: {len(body)}") + body
    with connect(port) as connection:
        connection.sendall(request)
        status, fields, rest = read_head(connection)
        if fields.get("connection") == "close":
            return
        length = int(fields["content-length"])
        while len(rest) < length:
            rest += connection.recv(65536)
        connection.sendall(head("GET", "/healthz"))
        assert read_head(connection)[0] == 200, f"closed without a word behind {status}"


def test_a_client_that_asks_first_is_told_to_go_on_at_once(port):
    with connect(port) as connection:
        connection.sendall(head("POST", "/v1/images/generations", JSON, f"Content-Length: {len(SHORT)}", "Expect: 100-continue"))
        text = b""
        while not text.endswith(b"\r\n\r\n"):
            text += connection.recv(1)
        assert text == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(SHORT)
        assert responses(seconds_until_closed(connection)[1])[0].status == 200
    refused, _ = exchange(port, head(
        "POST", "/v1/images/generations", JSON, "Content-Length: 100000000000", "Expect: 100-continue"))
    assert [response.status for response in refused] == [413]
    old, _ = exchange(port, b"GET /healthz HTTP/1.0\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n")
    assert [response.status for response in old] == [200]


# HEAD

HEADS = {
    "a page": ("/", [], 200), "a file": ("/page/app.js", [], 200), "a list": ("/v1/models", [], 200),
    "numbers": ("/metrics", [], 200), "nothing": ("/nothing", [], 404), "nothing of a kind": ("/v1/nothing", [], 404),
    "no such model": ("/v1/models/x", [], 404), "no such task": ("/sdapi/v1/progress?id_task=x", [], None),
    "what is not offered": ("/sdapi/v1/embeddings", [], None), "what is posted": ("/v1/images/generations", [], 405),
    "what is posted in another way": ("/sdapi/v1/txt2img", [], 405), "a path in another form": ("/metrics/", [], 404),
    "a foreign origin": ("/api/model", ["Origin: https://example.org"], 200),
}


@pytest.mark.parametrize("case", HEADS)
def test_head_is_answered_like_get_without_a_body_and_the_connection_lives(port, case):
    path, fields, status = HEADS[case]
    with connect(port) as connection:
        connection.sendall(head("GET", path, *fields) + head("GET", "/healthz"))
        first = read_responses(connection, 2)
        connection.sendall(head("HEAD", path, *fields) + head("HEAD", "/healthz") + head("GET", "/healthz"))
        second = read_responses(connection, 3, bodiless=2)
    assert status is None or first[0].status == status
    for full, bare in zip(first, second):
        assert bare.status == full.status
        changing = {"date"} | ({"content-length"} if path == "/metrics" else set())
        assert {k: v for k, v in bare.fields.items() if k not in changing} == {
            k: v for k, v in full.fields.items() if k not in changing}
        assert int(bare.fields["content-length"]) > 0
    assert second[2].body == b"ok\n"


def test_head_for_another_host_is_refused_without_a_body(port):
    with connect(port) as connection:
        connection.sendall(head("HEAD", "/healthz", host="example.org") + head("GET", "/healthz"))
        refused, answered = read_responses(connection, 2, bodiless=1)
    assert refused.status == 421 and int(refused.fields["content-length"]) > 0
    assert answered.body == b"ok\n"


def test_head_with_a_body_of_its_own_leaves_the_connection_in_order(port):
    with connect(port) as connection:
        connection.sendall(
            head("HEAD", "/nothing", "Content-Length: 5") + b"hello"
            + head("HEAD", "/healthz", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n" + head("GET", "/healthz"))
        found = read_responses(connection, 3, bodiless=2)
    assert [response.status for response in found] == [404, 200, 200] and found[2].body == b"ok\n"


def test_a_head_in_tls_is_answered_alike(secure):
    with connect(secure[0], secure[1].context()) as connection:
        connection.sendall(head("HEAD", "/nothing") + head("GET", "/healthz"))
        found = read_responses(connection, 2, bodiless=1)
        assert [response.status for response in found] == [404, 200] and found[1].body == b"ok\n"


def read_responses(connection, count, bodiless=0):
    """Reads so many responses, the first of which have no body whatever they say."""
    text = b""
    while len(found := responses(text, partial=True, bodiless=bodiless)) < count:
        piece = connection.recv(65536)
        assert piece, f"the connection ended: {text!r}"
        text += piece
    return found
