"""What an operator does and reads: configuration, health, metrics, logs, a stop in order, a load test."""
import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.parse

import pytest
from conftest import MODEL, PROGRAM, ROOT, run
from prometheus_client.parser import text_string_to_metric_families

CANARY = "canary-7d20be red heart"


@contextlib.contextmanager
def serving(folder, *arguments, **environment):
    """A server of its own; gives its port, its process and the path of its log."""
    log = folder / "log.txt"
    with open(log, "wb") as errors:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--model", MODEL, *map(str, arguments)], cwd=folder,
            env=os.environ | environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        line = process.stdout.readline()
        match = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert match, f"the server did not start: {line!r} {log.read_text()}"
        yield int(match[1]), process, log
    finally:
        process.kill()
        process.wait()


def ask(port, path, body=None, headers=None):
    """An answer's status, fields and text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    method = "GET" if body is None else "POST"
    fields = {} if body is None else {"Content-Type": "application/json"}
    connection.request(method, path, body=body and json.dumps(body), headers=fields | (headers or {}))
    response = connection.getresponse()
    return response.status, response.headers, response.read().decode()


def metrics(port):
    """Every sample, by name and labels; the text must be what Prometheus's own parser reads."""
    status, headers, text = ask(port, "/metrics")
    assert status == 200 and headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(text))
    assert all(family.documentation and family.type != "unknown" for family in families)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value for family in families for sample in family.samples
    }


class Client:
    """A streamed request; `began` is set when work on it has begun."""

    def __init__(self, port, body):
        self.began, self.text = threading.Event(), ""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        connection.request("POST", "/api/pictures", json.dumps(body), {"Content-Type": "application/json"})
        self.response = connection.getresponse()
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        while line := self.response.readline():
            self.text += line.decode()
            if line.startswith(b"event: ") and line.strip() not in (b"event: queued", b"event: started"):
                self.began.set()


def test_metrics_count_what_happened_and_nothing_else(tmp_path):
    with serving(tmp_path) as (port, _, _):
        assert ask(port, "/v1/images/generations", {"prompt": CANARY, "steps": 3})[0] == 200
        assert ask(port, "/v1/images/generations", {"prompt": CANARY, "size": CANARY})[0] == 400
        assert ask(port, f"/{CANARY.replace(' ', '+')}")[0] == 404
        numbers = metrics(port)
        requests = "mystarion_http_requests_total"
        generations = ("route", "/v1/images/generations")
        assert numbers[requests, generations, ("status", "2xx")] == 1
        assert numbers[requests, generations, ("status", "4xx")] == 1
        assert numbers[requests, ("route", "unknown"), ("status", "4xx")] == 1
        assert numbers["mystarion_http_request_duration_seconds_count", generations] == 2
        assert numbers[("mystarion_queue_requests",)] == 0
        assert 50e6 < numbers[("process_resident_memory_bytes",)] < 4e9
        assert numbers[("mystarion_ready",)] == 1
        assert [key for key in numbers if key[0] == "mystarion_build_info"]
        _, _, text = ask(port, "/metrics")
        assert "canary" not in text and "127.0.0.1" not in text


def test_metrics_show_the_studio_s_work(tmp_path):
    with serving(tmp_path) as (port, _, _):
        assert ask(port, "/v1/images/generations", {"prompt": "red heart", "steps": 3, "n": 2})[0] == 200
        numbers = metrics(port)
        assert numbers[("mystarion_pictures_total",)] == 2
        assert numbers[("mystarion_pixels_total",)] == 2 * 128 * 128
        assert numbers[("mystarion_queue_wait_seconds_count",)] == 1
        steps = numbers[("mystarion_step_duration_seconds_count",)]
        assert 3 <= steps <= 6
        assert numbers[("mystarion_step_batch_size_sum",)] == 6


def test_metrics_are_not_for_others_unless_configured(tmp_path):
    with serving(tmp_path, "--behind-proxy") as (port, _, _):
        assert ask(port, "/metrics")[0] == 404
    with serving(tmp_path, "--behind-proxy", MYSTARION_METRICS="true") as (port, _, _):
        assert ask(port, "/metrics")[0] == 200


def test_a_stop_is_in_order(tmp_path):
    with serving(tmp_path) as (port, process, log):
        assert ask(port, "/readyz")[::2] == (200, "ready\n")
        long = Client(port, {"prompt": CANARY, "steps": 150})
        assert long.began.wait(60)
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 5
        while ask(port, "/readyz")[0] == 200:
            assert time.monotonic() < deadline, "readiness did not turn false"
        status, headers, text = ask(port, "/readyz")
        assert (status, text) == (503, "draining\n") and headers["Retry-After"]
        assert ask(port, "/healthz")[0] == 200
        status, headers, text = ask(port, "/v1/images/generations", {"prompt": CANARY})
        assert status == 503 and int(headers["Retry-After"]) > 0 and headers["Connection"] == "close"
        assert "canary" not in text
        assert "event: done" not in long.text, "the request was over before the server was asked: make it longer"
        long.thread.join(60)
        assert "event: done" in long.text
        assert process.wait(30) == 0, log.read_text()
        assert "draining" in log.read_text() and "stopped" in log.read_text()


def test_what_is_not_done_in_time_is_ended_in_order(tmp_path):
    with serving(tmp_path, "--drain-seconds", 0) as (port, process, log):
        long = Client(port, {"prompt": CANARY, "steps": 150, "n": 10})
        assert long.began.wait(60)
        process.send_signal(signal.SIGTERM)
        long.thread.join(30)
        assert "event: done" not in long.text
        error = json.loads(re.search("event: error\ndata: (.*)", long.text)[1])
        assert (error["code"], error["status"]) == ("shutting_down", 503) and error["retry_after"] > 0
        assert process.wait(30) == 0, log.read_text()


LONG = {"prompt": CANARY, "steps": 150, "n": 10}
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
# Where pictures are asked for, in which form, and how.
DOORS = {
    "native": ("/api/pictures", JSON, json.dumps(LONG)),
    "openai": ("/v1/images/generations", JSON, json.dumps(LONG)),
    "openai-stream": ("/v1/images/generations", JSON, json.dumps(LONG | {"stream": True, "partial_images": 1})),
    "a1111": ("/sdapi/v1/txt2img", JSON, json.dumps({"prompt": CANARY, "steps": 150, "n_iter": 10})),
    "page": ("/", FORM, urllib.parse.urlencode(LONG)),
}


def test_every_door_says_that_the_server_stops_and_when_to_come_back(tmp_path):
    """To those who wait and those who are worked on, and to those whose body has not come in full."""
    with serving(tmp_path, "--drain-seconds", 0, "--max-batch", 2) as (port, process, log):
        connections = {}
        for door, (path, kind, body) in DOORS.items():
            for missing in (0, 1):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.putrequest("POST", path)
                connection.putheader("Content-Type", kind)
                connection.putheader("Content-Length", str(len(body) + missing))
                connection.endheaders(body.encode())
                connections[door, missing] = connection
        deadline = time.monotonic() + 30
        while (status := json.loads(ask(port, "/api/status")[2]))["waiting"] + status["running"] < len(DOORS):
            assert time.monotonic() < deadline, status
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        answers = {}
        for door, connection in connections.items():
            response = connection.getresponse()
            answers[door] = response.status, response.headers, response.read().decode()
        assert process.wait(30) == 0, log.read_text()
    for door, (status, headers, text) in answers.items():
        assert "canary" not in text
        if headers["Content-Type"] == "text/event-stream":
            data = json.loads(re.search("event: error\ndata: (.*)", text)[1])
            error = data.get("error", data)
            assert error["code"] == "shutting_down" and error["retry_after"] > 0, (door, text)
        else:
            assert status == 503 and int(headers["Retry-After"]) > 0, (door, status, text)
            assert "is stopping" in text, (door, text)


def test_a_second_signal_ends_at_once(tmp_path):
    with serving(tmp_path) as (port, process, _):
        long = Client(port, {"prompt": CANARY, "steps": 150, "n": 10})
        assert long.began.wait(60)
        process.send_signal(signal.SIGINT)
        while ask(port, "/readyz")[0] == 200:
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 130


def test_logs_can_be_json_of_closed_events(tmp_path):
    with serving(tmp_path, "--log-format", "json") as (port, process, log):
        ask(port, "/v1/images/generations", {"prompt": CANARY, "steps": 1, "seed": 31337})
        ask(port, f"/{CANARY.replace(' ', '+')}")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines if line["event"] != "answered"] == [
        "starting", "calibrated", "protected", "listening", "draining", "stopped"]
    answered = [line for line in lines if line["event"] == "answered"]
    assert [(line["route"], line["status"]) for line in answered] == [("imageGenerations", 200), ("unknown", 404)]
    assert all(set(line) == {"time", "level", "event", "route", "status", "ms"} for line in answered)
    assert "canary" not in log.read_text() and "31337" not in log.read_text()


def test_every_problem_of_the_configuration_is_told_at_once(tmp_path):
    file = tmp_path / "mystarion.yaml"
    file.write_text("max-queue: many\nprot: 8080\nlog-format: [text]\nhost: 0.0.0.0\nthreads:\n  count: 2\n")
    result = run(
        "config", "check", "--config", file, "--port", "70000", folder=tmp_path,
        env=os.environ | {"MYSTARION_MAX_BATCH": "0"})
    assert result.returncode == 78
    message = result.stderr.decode()
    for words in (
        "--port: '70000' is not allowed; it must be a whole number from 0 to 65535",
        "MYSTARION_MAX_BATCH: '0' is not allowed; it must be a whole number from 1 to 64",
        "'max-queue': 'many' is not allowed", "'prot': there is no such key",
        "'log-format': it must be a single value", "'threads': it must be a single value", "'host': it would let others",
    ):
        assert words in message, message
    assert str(file) in message
    assert run("serve", "--config", file, folder=tmp_path).returncode == 78


@pytest.mark.parametrize("text, words", [
    ("port: [", "no YAML"), ("port: 1\nport: 2\n", "no YAML"), ("- port\n", "key: value"), ("x" * 2_000_000, "too large")])
def test_a_file_that_cannot_be_read_is_named(tmp_path, text, words):
    file = tmp_path / "mystarion.yaml"
    file.write_text(text)
    result = run("config", "check", "--config", file, folder=tmp_path)
    assert result.returncode == 78 and words in result.stderr.decode() and str(file) in result.stderr.decode()
    assert run("config", "check", "--config", "missing.yaml", folder=tmp_path).returncode == 78


def test_flags_win_over_the_environment_and_the_environment_over_the_file(tmp_path):
    file = tmp_path / "mystarion.yaml"
    file.write_text("port: 1001\nmax-queue: 1002\nmax-batch: 3\nbehind-proxy: true\n")
    result = run(
        "config", "check", "--config", file, "--port", "3001", "--model", MODEL, folder=tmp_path,
        env=os.environ | {"MYSTARION_PORT": "2001", "MYSTARION_MAX_QUEUE": "2002"})
    assert result.returncode == 0, result.stderr
    rows = [line.split() for line in result.stdout.decode().splitlines()]
    rows = {row[0]: row[1:] for row in rows}
    assert rows["port"] == ["3001", "--port"]
    assert rows["max-queue"] == ["2002", "MYSTARION_MAX_QUEUE"]
    assert rows["max-batch"] == ["3", str(file)]
    assert rows["log-level"] == ["info", "default"]


def test_the_list_of_keys_is_a_file_that_can_be_used_and_is_in_the_documentation(tmp_path):
    listed = run("config", "list", folder=tmp_path).stdout.decode()
    assert listed in (ROOT / "docs/configuration.md").read_text(), "docs/configuration.md lags behind 'config list'"
    file = tmp_path / "mystarion.yaml"
    for text in (listed, re.sub(r"^#([a-z-]+: .+)$", r"\1", listed, flags=re.MULTILINE)):
        file.write_text(text)
        result = run("config", "check", "--config", file, folder=tmp_path)
        assert result.returncode == 0, result.stderr


def test_a_load_test_reports_what_a_server_does(tmp_path):
    with serving(tmp_path) as (port, _, _):
        arguments = ["bench", "--server", f"http://127.0.0.1:{port}", "--clients", 4, "--requests", 8, "--json"]
        report = json.loads(run(*arguments, "--steps", 2, folder=tmp_path).stdout)
        assert report["completed"] == 8 and report["errors"] == {}
        assert 0 < report["first_event_ms"]["p50"] <= report["done_ms"]["p50"] <= report["done_ms"]["p99"]
        assert report["per_second"] == pytest.approx(8 / report["seconds"], rel=0.01)
        report = json.loads(run(*arguments, "--size", "63x63", folder=tmp_path).stdout)
        assert report["completed"] == 0 and report["errors"] == {"400 invalid_value": 8}
        table = run(*arguments[:-1], "--steps", 1, folder=tmp_path).stdout.decode()
        assert "throughput" in table and "p99" in table
    report = json.loads(run(*arguments, folder=tmp_path).stdout)
    assert report["errors"] == {"connection": 8}
