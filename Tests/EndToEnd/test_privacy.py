"""What a request leaves behind: nothing."""
import http.client
import json
import socket
import time

CANARY = "canary-3f9a1c red heart"


def post(server, path, body, content_type="application/json"):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    connection.request("POST", path, body=body, headers={"Content-Type": content_type})
    response = connection.getresponse()
    return response, response.read()


def files(folder):
    return sorted(str(path) for path in folder.rglob("*"))


def test_no_file_is_written_and_no_line_of_the_log_holds_a_prompt(server):
    before = files(server.working_folder), files(server.temporary_folder)
    body = json.dumps({"prompt": CANARY, "steps": 3})
    for path in ("/v1/images/generations", "/api/pictures"):
        response, text = post(server, path, body)
        assert response.status == 200
        assert CANARY.encode() not in text
    response, _ = post(server, "/", "steps=2&prompt=canary-3f9a1c", "application/x-www-form-urlencoded")
    assert response.status == 200
    for broken in (body[:-1], body + CANARY, json.dumps({"prompt": CANARY, "size": CANARY, CANARY: 1})):
        response, text = post(server, "/v1/images/generations", broken)
        assert response.status == 400
        assert b"canary" not in text
    post(server, f"/{CANARY.replace(' ', '+')}?{CANARY.replace(' ', '+')}", "{}")
    assert (files(server.working_folder), files(server.temporary_folder)) == before
    log = server.log.read_text()
    assert "answered imageGenerations with 200" in log
    assert "canary" not in log


def test_a_client_that_leaves_costs_no_more_work(server):
    body = json.dumps({"prompt": CANARY, "steps": 150, "n": 10}).encode()
    connection = socket.create_connection(("127.0.0.1", server.port))
    head = f"POST /v1/images/generations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    time.sleep(1)
    connection.close()
    started = time.monotonic()
    response, _ = post(server, "/v1/images/generations", json.dumps({"prompt": CANARY, "steps": 1}))
    assert response.status == 200
    assert time.monotonic() - started < 30
    assert "answered imageGenerations with 499" in server.log.read_text()


def test_another_host_name_is_refused(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/", headers={"Host": "example.com"})
    assert connection.getresponse().status == 421


def test_broken_http_does_not_end_the_server(server):
    for nonsense in (b"\x00\xff\xfe", b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nA" * 2000):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            try:
                connection.sendall(nonsense)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(4096)
            except (ConnectionError, TimeoutError):
                pass
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"ok\n"
