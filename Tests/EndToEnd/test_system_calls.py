"""A thousand requests, and every file and connection that the server opens meanwhile, as the kernel sees it."""
import base64
import collections
import concurrent.futures
import http.client
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
from PIL import Image

from conftest import MODEL, PROGRAM

REQUESTS = 1000
CALLS = (
    "openat,open,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,"
    "truncate,ftruncate,memfd_create,connect,sendto,sendmsg,sendmmsg,bind,listen,socket,execve,execveat")

# What may be opened for writing once the server listens, and why: nothing.
WRITABLE = set()


def can_trace():
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


def picture():
    file = io.BytesIO()
    Image.effect_noise((64, 64), 80).convert("RGB").save(file, "PNG")
    return file.getvalue()


def multipart(fields, files):
    body = b""
    for name, value in fields.items():
        body += f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, value in files.items():
        body += f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\n\r\n'.encode() + value + b"\r\n"
    return body + b"--b--\r\n", "multipart/form-data; boundary=b"


FILE = picture()
TEXT = "application/json"
SMALL = {"prompt": "red heart", "steps": 1, "size": "64x64"}


def js(**more):
    return json.dumps(SMALL | more).encode(), TEXT


def a1111(**more):
    return json.dumps({"prompt": "red heart", "steps": 1, "width": 64, "height": 64} | more).encode(), TEXT


# Method, path, body and content type; how the client ends it; what it is answered with.
KINDS = [
    ("POST", "/api/pictures", js(), 200), ("POST", "/api/pictures", js(previews="every_step"), 200),
    ("POST", "/api/pictures", js(steps=100_000), 400), ("POST", "/api/pictures", (b"{", TEXT), 400),
    ("POST", "/api/pictures", js(prompt="gore"), 400), ("POST", "/api/pictures", js(n=10, steps=150), None),
    ("POST", "/", (b"prompt=red+heart&steps=1&size=64x64", "application/x-www-form-urlencoded"), 200),
    ("POST", "/v1/images/generations", js(), 200), ("POST", "/v1/images/generations", js(stream=True), 200),
    ("POST", "/v1/images/generations", js(n=0), 400), ("POST", "/v1/images/generations", js(n=10, steps=150), None),
    ("POST", "/v1/images/edits", multipart({"prompt": "red heart", "steps": 2, "strength": 1}, {"image": FILE}), 200),
    ("POST", "/v1/images/edits", multipart({"prompt": "red heart"}, {"image": FILE[:500]}), 400),
    ("POST", "/v1/images/variations", multipart({"steps": 2, "strength": 1}, {"image": FILE}), 200),
    ("POST", "/sdapi/v1/txt2img", a1111(), 200), ("POST", "/sdapi/v1/txt2img", a1111(width=1), 422),
    ("POST", "/sdapi/v1/img2img",
     a1111(steps=2, denoising_strength=1, init_images=[base64.b64encode(FILE).decode()]), 200),
    ("POST", "/sdapi/v1/interrupt", (b'{"force_task_id": "0123456789abcdef0123"}', TEXT), 200),
    ("GET", "/sdapi/v1/progress?force_task_id=0123456789abcdef0123", None, 200),
    ("GET", "/", None, 200), ("GET", "/metrics", None, 200), ("GET", "/api/status", None, 200),
    ("GET", "/nothing/here", None, 404), ("GET", "/v1/models", None, 200), ("GET", "/openapi.yaml", None, 200),
]


def ask(port, kind):
    """Sends one request; one without a status is left when it has begun."""
    method, path, body, expected = kind
    body, content_type = body or (None, TEXT)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path, body, {"Content-Type": content_type} if body else {})
    if expected is None:
        time.sleep(0.02)
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
        return None
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


@pytest.fixture
def trace(tmp_path):
    """A server that is traced from its start; ptrace sees more when the server may be attached to."""
    log = tmp_path / "calls"
    process = subprocess.Popen(
        ["strace", "-f", "-qq", "--seccomp-bpf", "-o", log, "-e", f"trace={CALLS}", PROGRAM, "serve", "--port", "0",
         "--model", MODEL, "--waive", "not-dumpable"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
    port = int(re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())[1])
    yield port, log
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(60)


@pytest.mark.skipif(not can_trace(), reason="strace cannot trace here: it is missing, or ptrace is not allowed")
def test_a_thousand_requests_open_no_file_for_writing_and_no_connection(trace):
    port, log = trace
    begun = len(log.read_text(errors="replace").splitlines())
    kinds = [KINDS[number % len(KINDS)] for number in range(REQUESTS)]
    with concurrent.futures.ThreadPoolExecutor(8) as clients:
        statuses = list(clients.map(lambda kind: ask(port, kind), kinds))
    wrong = collections.Counter((kind[1], status) for kind, status in zip(kinds, statuses) if status != kind[3])
    assert not wrong
    lines = log.read_text(errors="replace").splitlines()
    # The trace works: it has the start, and the port that is listened on.
    assert any("execve(" in line for line in lines[:begun]) and any("listen(" in line for line in lines[:begun])
    calls = [line.split(None, 1)[1] for line in lines[begun:] if "(" in line and "resumed>" not in line]
    opened = [call for call in calls if re.match(r"(open|openat|openat2|creat)\(", call)]
    writing = [call for call in opened if re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|^creat", call)]
    assert [call for call in writing if not any(name in call for name in WRITABLE)] == []
    # Whatever else changes files, runs programs, opens ports or sends to somebody else is not called at all.
    others = [call for call in calls if call not in opened and not re.match(r"(sendto|sendmsg)\(\d+, .*NULL, 0\)", call)]
    assert others == []
