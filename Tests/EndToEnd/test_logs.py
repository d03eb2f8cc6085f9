"""Logs and results that cannot be written, or that nobody reads: the server goes on, and commands say so."""
import contextlib
import fcntl
import http.client
import os
import re
import signal
import subprocess
import threading
import time

import pytest
from conftest import MODEL, PROGRAM

F_SETPIPE_SZ = 1031


@contextlib.contextmanager
def serving(folder, stderr, *arguments):
    """A server whose log goes to `stderr`; gives its port and process."""
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", "--metrics", "--model", MODEL, *map(str, arguments)], cwd=folder,
        stdout=subprocess.PIPE, stderr=stderr, text=True)
    try:
        line = process.stdout.readline()
        match = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert match, f"the server did not start: {line!r}, {process.poll()}"
        yield int(match[1]), process
    finally:
        process.kill()
        process.wait()


def ask(port, path="/healthz"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read().decode()


def lost_lines(port):
    found = re.search(r"^mystarion_log_lines_lost_total (\d+)", ask(port, "/metrics")[1], re.MULTILINE)
    return int(found[1]) if found else 0


@contextlib.contextmanager
def small_pipe():
    """A pipe that holds few lines; gives both ends."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
    try:
        yield reader, writer
    finally:
        for end in (reader, writer):
            with contextlib.suppress(OSError):
                os.close(end)


def test_a_log_that_cannot_be_written_ends_nothing(tmp_path):
    with open("/dev/full", "wb") as full, serving(tmp_path, full) as (port, process):
        for _ in range(400):
            assert ask(port)[0] == 200
        assert lost_lines(port) >= 400
        process.terminate()
        assert process.wait(30) == 0


def test_a_reader_of_the_log_that_goes_away_ends_nothing(tmp_path):
    with small_pipe() as (reader, writer), serving(tmp_path, writer) as (port, process):
        os.close(writer)
        assert ask(port)[0] == 200
        os.close(reader)
        for _ in range(400):
            assert ask(port)[0] == 200
        assert lost_lines(port) >= 300
        process.terminate()
        assert process.wait(30) == 0


def fill(port):
    """Asks until lines of the log are lost, which nobody reads."""
    end = time.monotonic() + 60
    while not lost_lines(port):
        assert time.monotonic() < end, "no line was lost"
        for _ in range(100):
            assert ask(port)[0] == 200


def test_nobody_waits_for_a_log_that_nobody_reads_and_it_says_what_was_lost(tmp_path):
    with small_pipe() as (reader, writer), serving(tmp_path, writer) as (port, process):
        os.close(writer)
        fill(port)
        text = ""

        def read():
            nonlocal text
            while piece := os.read(reader, 65_536):
                text += piece.decode()

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        end = time.monotonic() + 30
        while not re.search(r"\d+ lines were lost", text):
            assert time.monotonic() < end, "nothing says how many lines were lost"
            assert ask(port)[0] == 200
        process.terminate()
        assert process.wait(30) == 0
        thread.join(10)
        assert text.rstrip().endswith("stopped")
        assert all(re.match(r"\d{4}-\d\d-\d\dT[\d:]+Z \w+ ", line) for line in text.splitlines()[1:])


def test_a_stop_does_not_wait_for_a_log_that_nobody_reads(tmp_path):
    with small_pipe() as (_, writer), serving(tmp_path, writer) as (port, process):
        fill(port)
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.parametrize("first, second, status", [
    (signal.SIGTERM, signal.SIGTERM, 143), (signal.SIGINT, signal.SIGINT, 130), (signal.SIGTERM, signal.SIGINT, 130)])
def test_a_second_signal_ends_a_server_whose_log_nobody_reads(tmp_path, first, second, status):
    with small_pipe() as (_, writer), serving(tmp_path, writer) as (port, process):
        fill(port)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        body = '{"prompt": "red heart", "steps": 150, "n": 10}'
        connection.request("POST", "/api/pictures", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()  # kept, because a client that goes away leaves nothing to wait for
        assert answer.readline().startswith(b"event: ")
        process.send_signal(first)
        while ask(port, "/readyz")[0] == 200:
            pass
        process.send_signal(second)
        assert process.wait(10) == status


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_descriptors_are_nobody_else_s(tmp_path, closed):
    port = free_port()
    process = subprocess.Popen(
        f'exec "{PROGRAM}" serve --port {port} --model "{MODEL}" {closed}', shell=True, cwd=tmp_path,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                if ask(port)[0] == 200:
                    break
            assert process.poll() is None and time.monotonic() < end, "the server did not start"
            time.sleep(0.05)
        for _ in range(20):
            assert ask(port)[0] == 200
        for number in range(3):
            assert os.readlink(f"/proc/{process.pid}/fd/{number}") == "/dev/null"
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


RESULTS = [
    ["models"], ["--help"], ["--version"], ["serve", "--help"], ["config", "list"], ["config", "check"],
    ["config", "policy"], ["privacy"], ["generate", "x", "--steps", "1", "-o", "-"],
    ["generate", "x", "--steps", "1", "-o", "x.png"], ["bench", "--steps", "1"],
]


@pytest.mark.parametrize("command", RESULTS, ids=" ".join)
def test_a_result_that_cannot_be_written_is_said_with_a_status(tmp_path, command):
    arguments = [PROGRAM, *command, *(["--model", MODEL] if command[0] in ("generate", "bench") else [])]
    with open("/dev/full", "wb") as full:
        result = subprocess.run(arguments, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, timeout=120)
        assert result.returncode == 74, result.stderr
        assert result.stderr.startswith(b"mystarion: ") or b"\nmystarion: " in result.stderr
        assert b"No space left on device" in result.stderr
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(arguments, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, timeout=120)
    os.close(writer)
    assert result.returncode == 74 and b"Broken pipe" in result.stderr
    shell = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *arguments], cwd=tmp_path, stderr=subprocess.PIPE, timeout=120)
    assert shell.returncode == 74 and b"Bad file descriptor" in shell.stderr


@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-"])
def test_a_message_that_cannot_be_written_changes_no_status(tmp_path, where):
    for command, status in [
        (["models"], 0), (["bogus"], 64), (["generate", "x", "--model", "missing"], 66),
        (["serve", "--port", "-1"], 64),
        (["generate", "x", "--steps", "1", "-o", "x.png", "--model", MODEL], 0),
    ]:
        result = subprocess.run(
            ["sh", "-c", f'exec "$@" {where}', "sh", PROGRAM, *command], cwd=tmp_path, stdout=subprocess.DEVNULL,
            timeout=120)
        assert result.returncode == status, command


def test_a_terminal_that_is_stopped_keeps_no_command(tmp_path):
    master, terminal = os.openpty()
    try:
        # Ctrl-S.
        os.write(master, b"\x13")
        end = time.monotonic() + 10
        while not is_stopped(terminal):
            assert time.monotonic() < end, "the terminal does not stop"
        process = subprocess.Popen(
            [PROGRAM, "generate", "red heart", "--steps", "2", "-o", "x.png", "--model", MODEL], cwd=tmp_path,
            stdout=subprocess.DEVNULL, stderr=terminal)
        assert process.wait(60) == 0
    finally:
        os.close(master)
        os.close(terminal)


def is_stopped(terminal):
    import select
    return not select.select([], [terminal], [], 0)[1]
