"""What the server takes away from itself is gone: by its own trials, and by what the kernel says of the process."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess

import pytest

from conftest import BUNDLED, MODEL, PROGRAM, run

ALL = ["erase-on-free", "no-core-dumps", "not-dumpable", "no-new-privileges", "files", "ports", "system-calls", "no-swap"]


def test_every_protection_is_in_force_and_was_tried(tmp_path):
    result = run("privacy", "--json", folder=tmp_path)
    assert result.returncode == 0, result.stdout
    rows = json.loads(result.stdout)
    assert [row["protection"] for row in rows] == ALL
    assert all(row["in_force"] for row in rows)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_gets_the_same(tmp_path):
    result = subprocess.run(
        [PROGRAM, "privacy", "--json"], cwd="/", capture_output=True, timeout=60, user=65534, group=65534, extra_groups=[])
    assert result.returncode == 0, result.stdout + result.stderr
    assert all(row["in_force"] for row in json.loads(result.stdout))


def test_the_kernel_says_so_of_the_server(server):
    status = dict(
        line.split(":", 1) for line in pathlib.Path(f"/proc/{server.pid}/status").read_text().splitlines())
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"
    limits = pathlib.Path(f"/proc/{server.pid}/limits").read_text()
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size")).split()[4:6]
    # Of one byte where images go to a program, which heeds no other limit.
    assert core == (["1", "1"] if PATTERN.read_text().startswith("|") else ["0", "0"])
    assert {status[name].strip("\t0") for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {""}
    if os.geteuid() != 0:
        assert not os.access(f"/proc/{server.pid}/mem", os.R_OK)


def test_a_waived_protection_is_not_in_force_and_an_unknown_one_is_named(tmp_path):
    unknown = run("serve", "--waive", "fire", "--model", MODEL, folder=tmp_path)
    assert unknown.returncode in (64, 78)
    assert b"erase-on-free, no-core-dumps" in unknown.stderr


ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change how the kernel treats a process")
PATTERN = pathlib.Path("/proc/sys/kernel/core_pattern")


@contextlib.contextmanager
def core_pattern(text):
    before = PATTERN.read_text()
    try:
        PATTERN.write_text(text)
    except OSError:
        pytest.skip("the kernel's settings cannot be changed here")
    try:
        yield
    finally:
        PATTERN.write_text(before)


def serve_briefly(folder, *options, **more):
    """A server of its own, its standard error in a file; the caller ends it."""
    log = folder / "log.txt"
    with open(log, "wb") as errors:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--model", MODEL, *options], cwd=folder, stdout=subprocess.PIPE, stderr=errors,
            text=True, **more)
    return process, process.stdout.readline(), log


@ROOT_ONLY
@pytest.mark.parametrize("limit", [0, 1, None])
def test_a_program_that_images_are_given_to_gets_none_or_the_server_says_so(tmp_path, limit):
    image, handler = tmp_path / "image", tmp_path / "handler"
    handler.write_text(f"#!/bin/sh\ncat > {image}.part\nmv {image}.part {image}\n")
    handler.chmod(0o755)

    def restrict():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))

    with core_pattern(f"|{handler}"):
        process, line, log = serve_briefly(tmp_path, "--waive", "not-dumpable", preexec_fn=restrict)
        if not line:
            # A hard limit of 0, which a program does not heed, and which may not be raised.
            assert process.wait(60) == 69 and limit != 1
            assert "no-core-dumps" in log.read_text() and "core_pattern" in log.read_text()
            return
        process.send_signal(signal.SIGSEGV)
        assert process.wait(60) == -signal.SIGSEGV
        # The kernel has written all before the process is gone.
        assert not image.exists() and not (tmp_path / "image.part").exists()


@ROOT_ONLY
def test_images_that_no_limit_holds_back_are_said_to_be_possible(tmp_path):
    """An ordinary user whose hard limit is 0 cannot set the limit of one byte that a program heeds."""
    def restrict():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    with core_pattern("|/bin/false"):
        result = subprocess.run(
            [PROGRAM, "serve", "--port", "0", "--model", MODEL, "--waive", "not-dumpable"], cwd="/", capture_output=True,
            text=True, timeout=60, user=65534, group=65534, extra_groups=[], preexec_fn=restrict)
        assert result.returncode == 69
        assert "no-core-dumps" in result.stderr and "core_pattern" in result.stderr
        # Where the process cannot be dumped at all, limits do not matter.
        result = subprocess.run(
            [PROGRAM, "privacy", "--json"], cwd="/", capture_output=True, timeout=60, user=65534, group=65534,
            extra_groups=[], preexec_fn=restrict)
        assert all(row["in_force"] for row in json.loads(result.stdout))


def test_nothing_that_was_open_before_the_start_is_open_in_the_server(tmp_path):
    with open(tmp_path / "kept", "wb") as kept, socket.socketpair()[0] as pair:
        descriptors = [os.dup2(kept.fileno(), 77), os.dup2(pair.fileno(), 401)]
        process, line, log = serve_briefly(tmp_path, pass_fds=descriptors, stdin=pair)
        try:
            assert "Mystarion is at" in line, log.read_text()
            opened = {
                int(entry.name): os.readlink(entry) for entry in pathlib.Path(f"/proc/{process.pid}/fd").iterdir()}
            assert not {77, 401} & set(opened)
            assert str(tmp_path / "kept") not in opened.values()
            assert opened[0] == "/dev/null"
            sockets = [number for number, target in opened.items() if target.startswith("socket:") and number > 2]
            assert len(sockets) == 1, opened
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
            process.terminate()
            assert process.wait(60) == 0


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGILL, signal.SIGABRT, signal.SIGTRAP])
def test_a_crash_prints_neither_registers_nor_memory(tmp_path, number):
    process, line, log = serve_briefly(
        tmp_path, "--waive", "system-calls",
        env=os.environ | {"SWIFT_BACKTRACE": "enable=yes,color=no,sanitize=no,registers=all,images=all,output-to=stderr"})
    assert "Mystarion is at" in line, log.read_text()
    before = log.read_text()
    process.send_signal(number)
    assert process.wait(60) == -number
    assert log.read_text() == before


def mappings(pid):
    """The mappings of a process: what is mapped, whether it may be written, the flags, and the bytes locked in memory."""
    rows = []
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if head := re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \S+ *(.*)", line):
            rows.append({"begin": int(head[1], 16), "end": int(head[2], 16), "rights": head[3], "name": head[4]})
        elif line.startswith("VmFlags:"):
            rows[-1]["flags"] = line.split()[1:]
        else:
            key, value = line.split(":", 1)
            rows[-1][key] = int(value.split()[0])
    return rows


@contextlib.contextmanager
def swap(folder):
    """A little swap for a moment, since without any a server locks no memory unless there is no limit to that."""
    file = folder / "swap"
    file.touch(mode=0o600)
    file.write_bytes(bytes(4 << 20))
    for command in ("mkswap", "swapon"):
        if not shutil.which(command) or subprocess.run([command, file], capture_output=True).returncode != 0:
            pytest.skip("no swap can be added here")
    try:
        yield
    finally:
        subprocess.run(["swapoff", file], check=True, timeout=60)


@ROOT_ONLY
@pytest.mark.parametrize("options", [[], ["--user", "nobody"]])
def test_all_that_can_hold_a_request_is_locked_and_nothing_else(tmp_path, options):
    with swap(tmp_path):
        process, line, log = serve_briefly(tmp_path, *options)
        try:
            assert "Mystarion is at" in line, log.read_text()
            port = int(re.search(r":(\d+) with", line)[1])
            body = json.dumps({"prompt": "red heart", "steps": 2})
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("POST", "/api/pictures", body, {"Content-Type": "application/json"})
            assert connection.getresponse().read()
            rows = mappings(process.pid)
        finally:
            process.terminate()
            assert process.wait(60) == 0
    assert [row for row in rows if row["name"].startswith("/") and "w" not in row["rights"]
            and ("lo" in row["flags"] or row["Locked"])] == []
    assert any(row["name"].startswith("/") for row in rows)
    # Everything that can be written to is locked but for blocks of weights, which are mapped for themselves.
    loose = [row for row in rows if "w" in row["rights"] and row["Rss"] and "lo" not in row["flags"]]
    assert all(row["name"] == "" for row in loose), loose
    # One block may be several mappings, of huge pages and of others.
    blocks = []
    for row in loose:
        if blocks and blocks[-1][1] == row["begin"]:
            blocks[-1][1] = row["end"]
        else:
            blocks.append([row["begin"], row["end"]])
    assert all(end - begin >= 1 << 20 for begin, end in blocks), loose
    weights = sum(file.stat().st_size for file in BUNDLED.rglob("*.safetensors"))
    assert sum(row["Rss"] << 10 for row in loose) < 3 * weights
    assert any(row["name"] == "[heap]" and "lo" in row["flags"] for row in rows)
    assert any(row["name"] == "[stack]" and "lo" in row["flags"] for row in rows)


def test_the_server_computes_on_the_processors_that_it_may_use(tmp_path):
    processor = min(os.sched_getaffinity(0))
    process, line, log = serve_briefly(tmp_path, preexec_fn=lambda: os.sched_setaffinity(0, {processor}))
    try:
        assert "Mystarion is at" in line, log.read_text()
        assert "with 2 settings and 1 threads" in log.read_text()
        names = [(thread / "comm").read_text() for thread in pathlib.Path(f"/proc/{process.pid}/task").iterdir()]
        assert len(names) < 12, names
    finally:
        process.terminate()
        assert process.wait(60) == 0


@ROOT_ONLY
def test_the_server_counts_a_quota_of_its_own_group_and_keeps_within_its_memory(tmp_path):
    """A group of the test's own, of whichever version the machine has."""
    name = f"mystarion-test-{os.getpid()}"
    first = pathlib.Path("/sys/fs/cgroup/cpu"), pathlib.Path("/sys/fs/cgroup/memory")
    groups = [folder / name / "inner" for folder in first]
    if not all(folder.is_dir() for folder in first):
        groups = [pathlib.Path("/sys/fs/cgroup") / name / "inner"]
    try:
        for group in groups:
            group.mkdir(parents=True)
        if len(groups) == 2:
            (groups[0].parent / "cpu.cfs_quota_us").write_text("50000")
            (groups[0].parent / "cpu.cfs_period_us").write_text("100000")
            (groups[1].parent / "memory.limit_in_bytes").write_text(str(700 << 20))
        else:
            for folder in (groups[0].parent.parent, groups[0].parent):
                (folder / "cgroup.subtree_control").write_text("+cpu +memory")
            (groups[0].parent / "cpu.max").write_text("50000 100000")
            (groups[0].parent / "memory.max").write_text(str(700 << 20))
    except OSError as error:
        pytest.skip(f"control groups cannot be made here: {error}")

    def join():
        for group in groups:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    try:
        process, line, log = serve_briefly(tmp_path, preexec_fn=join)
        try:
            assert "Mystarion is at" in line, log.read_text()
            assert "1 threads" in log.read_text()
            # Ten large pictures, of which the group has not room for all at once, are made or refused; nothing is killed.
            connection = http.client.HTTPConnection(
                "127.0.0.1", int(re.search(r":(\d+) with", line)[1]), timeout=60)
            body = json.dumps({"prompt": "red heart", "steps": 1, "size": "2048x2048", "n": 10})
            connection.request("POST", "/api/pictures", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status in (200, 400, 413, 422, 503), content[:500]
            assert answer.status != 200 or content.count(b"event: image") == 10
            assert process.poll() is None
        finally:
            process.terminate()
            assert process.wait(60) == 0
    finally:
        for group in groups:
            for folder in (group, group.parent):
                with contextlib.suppress(OSError):
                    folder.rmdir()
