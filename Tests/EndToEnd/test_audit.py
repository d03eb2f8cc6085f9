"""`mystarion audit` against the real server: clean as it is, and red wherever something is planted or switched off."""
import contextlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading

import pytest
from conftest import MODEL, PROGRAM, run
from transport import Authority, serving

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can read the memory of a protected process")


def audit(folder, *arguments, **options):
    """Runs an audit; returns its exit status and the rows of its table by their places."""
    result = run("audit", "--json", *arguments, folder=folder, **options)
    assert result.stdout, result.stderr.decode()
    report = json.loads(result.stdout)
    return result.returncode, {row["place"]: row for row in report["rows"]}


def red(rows):
    return sorted(place for place, row in rows.items() if row["result"] == "FOUND")


def test_the_self_test_finds_what_it_plants_in_every_place_and_form(tmp_path):
    status, rows = audit(tmp_path, "--self-test")
    assert status == 0, rows
    assert {"memory", "memory, connection open", "memory, connection closed", "log", "file", "page", "connection",
            "open file"} <= set(rows)
    assert "26 forms" in rows["memory"]["looked_at"]
    assert "26 forms" in rows["memory, connection open"]["looked_at"]


@ROOT_ONLY
def test_nothing_of_any_request_is_left_through_any_interface_and_after_any_ending(tmp_path):
    before = set(os.listdir("/tmp"))
    status, rows = audit(tmp_path, "--spawn", "--deep", "--model", MODEL)
    assert status == 0, json.dumps(rows, indent=1)
    assert all(row["result"] == "clean" for row in rows.values())
    count, addresses, endings = map(int, re.findall(r"\d+", rows["requests"]["looked_at"]))
    assert count > 90 and addresses >= 10 and endings == 11
    assert "pictures came out the same again" in rows["model replayed"]["sentence"]
    for spoken in ("HTTP/1.1", "HTTP/1.1 in TLS", "HTTP/2"):
        assert int(rows[f"memory, connections open, {spoken}"]["looked_at"].split()[0]) > 15
    assert not [name for name in set(os.listdir("/tmp")) - before if name.startswith("mystarion-audit")]
    assert os.listdir(tmp_path) == []


@ROOT_ONLY
def test_without_erasing_on_free_the_memory_is_red_in_most_forms(tmp_path):
    status, rows = audit(tmp_path, "--spawn", "--quick", "--model", MODEL, "--", "--waive", "erase-on-free")
    assert status == 1
    assert {"memory, idle", "protection erase-on-free"} <= set(red(rows))
    assert all(place.startswith("memory, ") for place in red(rows) if place != "protection erase-on-free")
    forms = {finding["form"] for finding in rows["memory, idle"]["findings"]}
    assert {"UTF-8", "made picture, file", "sent picture, Base64"} <= forms


OTHERS = ["no-core-dumps", "not-dumpable", "no-new-privileges", "files", "ports", "system-calls", "no-swap"]


@ROOT_ONLY
def test_each_other_protection_that_is_waived_is_red_and_the_rest_is_not(tmp_path):
    status, rows = audit(tmp_path, "--spawn", "--model", MODEL, "--quick", "--", "--waive", ",".join(OTHERS))
    assert status == 1
    assert red(rows) == sorted(f"protection {name}" for name in OTHERS)
    assert rows["protection erase-on-free"]["result"] == "clean"


@ROOT_ONLY
def test_an_ordinary_user_gets_a_whole_audit_of_a_server_of_its_own():
    result = subprocess.run(
        [PROGRAM, "audit", "--spawn", "--quick", "--json", "--model", MODEL], cwd="/", capture_output=True, timeout=120,
        user=65534, group=65534, extra_groups=[], env={"HOME": "/tmp", "TMPDIR": "/tmp"})
    rows = {row["place"]: row for row in json.loads(result.stdout)["rows"]}
    assert "on a second server" in rows["protection not-dumpable"]["looked_at"]
    assert rows["protection not-dumpable"]["result"] == "clean"
    assert rows["memory, idle"]["result"] == "clean"
    assert red(rows) == []


@ROOT_ONLY
def test_a_running_server_is_found_by_its_address_and_what_cannot_be_seen_is_said(server, tmp_path):
    status, rows = audit(tmp_path, "--url", server.address, "--quick", "--log", server.log)
    assert red(rows) == [], rows
    assert rows["memory, idle"]["result"] == "clean"
    assert rows["log"]["result"] == "clean"
    # As somebody who may not look into it, nothing of that counts as clean.
    result = subprocess.run(
        [PROGRAM, "audit", "--url", server.address, "--quick", "--json"], cwd="/", capture_output=True, timeout=120,
        user=65534, group=65534, extra_groups=[])
    assert result.returncode == 77
    rows = {row["place"]: row for row in json.loads(result.stdout)["rows"]}
    for place in ("memory, idle", "files", "connections", "open files", "log"):
        assert rows[place]["result"] == "not checked"
    assert rows["answers"]["result"] == "clean"


class Leak(http.server.BaseHTTPRequestHandler):
    """A server that looks like Mystarion and keeps what it is asked: in its log, in a file, and on a page."""

    log, kept, folder = None, [], None

    def answer(self, body):
        try:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:  # clients that leave are among the audit's
            pass

    def do_GET(self):
        if self.path == "/api/model":
            return self.answer(b'{"id": "leak", "defaults": {"width": 64, "height": 64}}')
        if self.path == "/api/status":
            return self.answer(b'{"waiting": 0, "running": 0}')
        self.answer(b"\n".join(self.kept) if self.path == "/metrics" else b"{}")

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(min(length, 20_000))
        if b"blue star" not in body:
            self.kept.append(body[:400])
            self.log.write(body[:400] + b"\n")
            self.log.flush()
            (self.folder / f"{len(self.kept)}.txt").write_bytes(body[:400].decode(errors="ignore").encode("utf-16-le"))
        self.answer(b"{}")

    def log_message(self, *arguments):
        pass


def test_a_server_that_logs_keeps_and_shows_what_it_is_asked_is_red_in_each_of_these(tmp_path, monkeypatch):
    folder = tmp_path / "kept"
    folder.mkdir()
    # Among the places that a process could write to are the folders that it has open, and where it works.
    monkeypatch.chdir(folder)
    with open(tmp_path / "log", "wb") as log:
        handler = type("Handler", (Leak,), {"log": log, "kept": [], "folder": folder})
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as leak:
            threading.Thread(target=leak.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{leak.server_port}"
            environment = os.environ | {"TMPDIR": str(folder)}
            status, rows = audit(
                tmp_path, "--url", address, "--quick", "--pid", os.getpid(), "--log", tmp_path / "log", env=environment)
            leak.shutdown()
    assert status == 1
    assert {"answers", "log"} <= set(red(rows))
    if os.geteuid() == 0:
        assert "memory, idle" in red(rows)
    # Whoever runs the tests may have confined them, and so this server.
    own = dict(line.split(":", 1) for line in open("/proc/self/status"))
    assert ("protection no-new-privileges" in red(rows)) == (own["NoNewPrivs"].strip() == "0")
    assert ("protection system-calls" in red(rows)) == (own["Seccomp"].strip() != "2")
    assert {"UTF-8", "seed, decimal"} <= {finding["form"] for finding in rows["log"]["findings"]}
    assert "GET /metrics" in {finding["place"] for finding in rows["answers"]["findings"]}
    assert rows["files"]["result"] == "FOUND"
    assert rows["requests"]["result"] == "not checked"


@contextlib.contextmanager
def keeping(*arguments):
    """A server in a process of its own that keeps what a connection has brought until that ends; gives its port and id."""
    program = pathlib.Path(__file__).with_name("keeping_server.py")
    process = subprocess.Popen([sys.executable, program, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.kill()
        process.wait()


@ROOT_ONLY
def test_a_server_that_keeps_what_a_connection_brought_while_it_is_open_is_red_in_every_protocol(tmp_path):
    authority = Authority(tmp_path)
    with keeping() as (port, pid):
        status, rows = audit(tmp_path, "--url", f"http://127.0.0.1:{port}", "--quick", "--pid", pid)
    assert status == 1
    assert "memory, connections open, HTTP/1.1" in red(rows)
    assert "memory, connections open, HTTP/2" not in rows
    with keeping(authority.certificate, authority.key) as (port, pid):
        status, rows = audit(tmp_path, "--url", f"https://127.0.0.1:{port}", "--quick", "--pid", pid)
    assert status == 1
    assert {"memory, connections open, HTTP/1.1 in TLS", "memory, connections open, HTTP/2"} <= set(red(rows))
    findings = rows["memory, connections open, HTTP/2"]["findings"]
    assert {"UTF-8", "seed, decimal", "compressed as in HTTP/2", "sent picture, Base64"} <= {f["form"] for f in findings}


@ROOT_ONLY
def test_a_running_server_in_tls_is_audited_in_tls_and_known_by_its_fingerprint(tmp_path):
    with serving(tmp_path, "--tls", "self-signed") as (port, _, log, lines):
        url, fingerprint = f"https://127.0.0.1:{port}", re.search(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", lines[1])[0]
        other = ("00" if fingerprint[:2] != "00" else "11") + fingerprint[2:]
        assert run("audit", "--url", url, "--quick", "--fingerprint", other, folder=tmp_path).returncode == 69
        status, rows = audit(tmp_path, "--url", url, "--quick", "--log", log, "--fingerprint", fingerprint)
    assert status == 0, json.dumps(rows, indent=1)
    assert {"memory, connections open, HTTP/1.1 in TLS", "memory, connections open, HTTP/2"} <= set(rows)
    assert "memory, connections open, HTTP/1.1" not in rows


def test_the_command_says_what_it_needs(tmp_path):
    assert run("audit", folder=tmp_path).returncode == 64
    for url in ("http://127.0.0.1:9", "https://127.0.0.1:9"):
        assert run("audit", "--url", url, folder=tmp_path).returncode == 69
    assert run("audit", "--url", "http://127.0.0.1:9", "--fingerprint", "00" * 32, folder=tmp_path).returncode == 64
    assert b"--self-test" in run("audit", "--help", folder=tmp_path).stdout
