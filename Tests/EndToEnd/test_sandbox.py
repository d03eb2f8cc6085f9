"""A hostile library within the server tries every system call and every way out that it knows, and gets nothing out."""
import contextlib
import http.client
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading

import pytest

from conftest import MODEL, PROGRAM

SOURCE = pathlib.Path(__file__).with_name("hostile.c")
COMPILER = shutil.which("cc") or shutil.which("clang")
NOBODY = pwd.getpwnam("nobody")
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")

# What works in any process that nothing is taken from, on any Linux that tests run on.
WORKS_WHEN_FREE = {
    "open-create", "open-write", "open-truncate", "truncate", "mkdir", "mkfifo", "symlink", "rename", "link", "unlink",
    "chmod", "fchmod", "utimensat", "futimens", "flock", "inotify", "shmget", "shmat", "msgget", "semget", "memfd",
    "any-socket", "listen-unbound", "bind", "connect", "udp", "abstract", "unix-connect", "pair", "pair-sendto",
    "pair-sendmsg", "pair-sendmmsg", "send-descriptor", "spawn", "fork", "kill-victim", "tgkill-victim",
    "read-process", "own-limits", "priority-of-victim", "affinity", "thread-name", "own-name", "umask", "chdir", "mmap-executable",
    "mprotect-executable", "read-passwords",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mystarion-hostile-", dir="/tmp"))
    folder.chmod(0o755)
    for options, name in ((["-shared", "-fPIC"], "hostile.so"), (["-DFREE"], "free")):
        subprocess.run([COMPILER, "-O1", "-pthread", *options, "-o", folder / name, SOURCE], check=True, timeout=60)
    yield folder
    shutil.rmtree(folder)


class Outside:
    """What a hostile library attacks: files that its user may write, sockets that it may send to, a process to kill."""

    def __init__(self, stack, owner):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mystarion-outside-", dir="/tmp"))
        stack.callback(shutil.rmtree, self.folder)
        self.model = self.folder / "model"
        shutil.copytree(MODEL, self.model)
        self.scratch = self.folder / "scratch"
        self.scratch.mkdir()
        self.file = self.scratch / "file"
        self.file.write_text("as it was")
        self.readable = self.model / "model_index.json"
        self.received = []
        self.datagrams = self.listen(stack, socket.AF_UNIX, socket.SOCK_DGRAM, str(self.folder / "datagrams"))
        self.stream = self.listen(stack, socket.AF_UNIX, socket.SOCK_STREAM, str(self.folder / "stream"))
        self.port = self.listen(stack, socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self.listen(stack, socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", self.port.getsockname()[1]))
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chmod(path, 0o777 if path.is_dir() or path.is_socket() else 0o666)
            if os.geteuid() == 0:
                os.chown(path, owner, owner)
        identity = {"user": owner, "group": owner, "extra_groups": []} if os.geteuid() == 0 else {}
        self.victim = subprocess.Popen(["sleep", "600"], env={}, **identity)
        stack.callback(self.victim.wait)
        stack.callback(self.victim.kill)
        self.before = self.state()

    def listen(self, stack, family, kind, address):
        server = stack.enter_context(socket.socket(family, kind))
        server.bind(address)
        if kind == socket.SOCK_STREAM:
            server.listen()
        else:
            server.setblocking(False)
        self.received.append(server)
        return server

    @property
    def environment(self):
        return {
            "HOSTILE_FILE": str(self.file), "HOSTILE_FOLDER": str(self.scratch), "HOSTILE_READABLE": str(self.readable),
            "HOSTILE_DATAGRAMS": str(self.folder / "datagrams"), "HOSTILE_STREAM": str(self.folder / "stream"),
            "HOSTILE_PORT": str(self.port.getsockname()[1]), "HOSTILE_VICTIM": str(self.victim.pid),
        }

    def state(self):
        """Everything that can be seen from outside of files, and of what the kernel keeps."""
        files = {}
        for path in sorted(self.folder.rglob("*")):
            status = path.lstat()
            attributes = os.listxattr(path, follow_symlinks=False) if not path.is_socket() else []
            content = path.read_bytes() if path.parent == self.scratch and stat.S_ISREG(status.st_mode) else b""
            files[str(path)] = (
                status.st_mode, status.st_uid, status.st_nlink, status.st_size, status.st_mtime_ns, attributes, content)
        kept = [
            line.split()[0] for kind in ("shm", "msg", "sem")
            for line in pathlib.Path(f"/proc/sysvipc/{kind}").read_text().splitlines() if line.split()[0] == str(0x6D79)]
        shared = os.path.exists("/dev/shm/mystarion-hostile")
        return files, kept, shared, os.getpriority(os.PRIO_PROCESS, self.victim.pid)

    def heard(self):
        """Whether anything came out of any socket."""
        heard = []
        for server in self.received:
            server.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                heard.append(server.recvfrom(100) if server.type == socket.SOCK_DGRAM else server.accept())
        return heard


def attacks(text):
    rows = re.findall(r"^ATTACK (\S+) ([01])$", text, re.MULTILINE)
    got_through = {}
    for name, result in rows:
        got_through[name] = got_through.get(name, False) or result == "1"
    return got_through


@ROOT_ONLY
@pytest.mark.parametrize("who", ["root", "root-becoming-nobody", "nobody"])
def test_a_hostile_library_in_the_server_gets_nothing_out(library, who):
    owner = 0 if who == "root" else NOBODY.pw_uid
    with contextlib.ExitStack() as stack:
        outside = Outside(stack, owner)
        errors = stack.enter_context(tempfile.TemporaryFile("w+"))
        identity = {"user": owner, "group": owner, "extra_groups": []} if who == "nobody" else {}
        options = ["--user", "nobody"] if who == "root-becoming-nobody" else []
        server = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--model", outside.model, *options], cwd="/", stdout=subprocess.PIPE,
            stderr=errors, text=True, env=outside.environment | {"LD_PRELOAD": str(library / "hostile.so")}, **identity)
        stack.callback(server.wait)
        stack.callback(server.kill)
        # A call that is let through may wait for ever.
        watchdog = threading.Timer(100, server.kill)
        watchdog.start()
        stack.callback(watchdog.cancel)
        line = server.stdout.readline()
        errors.seek(0)
        text = errors.read()
        results = attacks(text)
        through = sorted(name for name, got_through in results.items() if got_through and name != "finished")
        assert results.pop("finished", False), (line, through, text[-2_000:])
        assert WORKS_WHEN_FREE <= set(results) and any(name.startswith("any-call") for name in results)
        assert sorted(name for name, got_through in results.items() if got_through) == []
        assert outside.heard() == []
        assert outside.state() == outside.before
        assert outside.victim.poll() is None
        # And the server serves.
        connection = http.client.HTTPConnection("127.0.0.1", int(re.search(r":(\d+) with", line)[1]), timeout=30)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
        text = pathlib.Path(f"/proc/{server.pid}/status").read_text()
        assert set(re.search(r"^Uid:(.*)$", text, re.MULTILINE)[1].split()) == {str(owner)}
        group = 0 if who == "root" else owner if who == "nobody" else NOBODY.pw_gid
        assert set(re.search(r"^Gid:(.*)$", text, re.MULTILINE)[1].split()) == {str(group)}
        for thread in pathlib.Path(f"/proc/{server.pid}/task").iterdir():
            capabilities = re.findall(r"^Cap(\w+):\s*(\w+)$", (thread / "status").read_text(), re.MULTILINE)
            for name, value in capabilities:
                # An ordinary user may not shrink the bound, and has nothing in it. The right to lock memory stays where there
                # is swap and a limit on locked memory.
                assert int(value, 16) & ~(1 << 14) == 0 or (name == "Bnd" and who == "nobody"), (thread, name, value)
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0


@ROOT_ONLY
def test_without_the_list_of_system_calls_files_and_sockets_stay_out_of_reach(library):
    with contextlib.ExitStack() as stack:
        outside = Outside(stack, NOBODY.pw_uid)
        errors = stack.enter_context(tempfile.TemporaryFile("w+"))
        server = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--model", outside.model, "--user", "nobody", "--waive", "system-calls"],
            cwd="/", stdout=subprocess.PIPE, stderr=errors, text=True,
            env=outside.environment | {"LD_PRELOAD": str(library / "hostile.so"), "HOSTILE_GENTLE": "1"})
        stack.callback(server.wait)
        stack.callback(server.kill)
        assert "Mystarion is at" in server.stdout.readline()
        errors.seek(0)
        results = attacks(errors.read())
        assert results.pop("finished")
        # What it can do then changes nothing outside: locks, notes about files, memory and sockets of its own.
        within = {
            "open-mode-3", "options-open", "flock", "fcntl-lock", "fcntl-open-lock", "fcntl-lease", "fcntl-owner", "fadvise", "inotify", "memfd",
            "memfd_secret", "userfaultfd", "perf", "bpf", "copy-open"}
        assert {name for name, got_through in results.items() if got_through} <= within
        assert outside.heard() == []
        assert outside.state() == outside.before


def test_the_attacks_work_where_nothing_is_taken_away(library):
    with contextlib.ExitStack() as stack:
        outside = Outside(stack, os.geteuid())
        # Not a pipe: a copy of it is sent to a socket outside, where it would stay open.
        errors = stack.enter_context(tempfile.TemporaryFile("w+"))
        subprocess.run([library / "free"], env=outside.environment, stdout=errors, stderr=errors, timeout=60, check=True)
        errors.seek(0)
        results = attacks(errors.read())
        assert {name for name, got_through in results.items() if got_through} >= WORKS_WHEN_FREE
        assert outside.heard() != []
        assert outside.state() != outside.before


@ROOT_ONLY
def test_root_is_told_to_name_a_user_and_files_must_be_readable_to_that_user():
    with contextlib.ExitStack() as stack:
        outside = Outside(stack, 0)

        def serve(*options):
            return subprocess.run(
                [PROGRAM, "serve", "--port", "0", "--model", outside.model, *options], cwd="/", capture_output=True,
                text=True, timeout=60)

        secret = outside.model / "unet" / "config.json"
        secret.chmod(0o600)
        refused = serve("--user", "nobody")
        assert refused.returncode == 77
        assert str(secret) in refused.stderr and "may not" in refused.stderr
        unknown = serve("--user", "nobody-of-this-name")
        assert unknown.returncode in (64, 78) and "no such user" in unknown.stderr
        result = subprocess.run([PROGRAM, "privacy"], cwd="/", capture_output=True, text=True, timeout=60)
        assert result.returncode == 0 and "runs as root" in result.stderr and "--user" in result.stderr
        result = subprocess.run(
            [PROGRAM, "privacy", "--user", "nobody"], cwd="/", capture_output=True, text=True, timeout=60)
        assert result.returncode == 0 and result.stderr == ""


@ROOT_ONLY
def test_a_user_of_its_own_may_have_a_port_below_1024_and_reads_a_new_certificate():
    with contextlib.ExitStack() as stack:
        outside = Outside(stack, NOBODY.pw_uid)
        folder = outside.folder / "certificate"
        folder.mkdir()
        folder.chmod(0o755)

        def renew():
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9",
                 "-subj", "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "chain.pem"],
                check=True, capture_output=True, timeout=60)
            os.chown(folder / "key.pem", NOBODY.pw_uid, NOBODY.pw_gid)

        renew()
        with socket.socket() as free:
            # Some port below 1024 that nobody has.
            for port in range(1023, 600, -1):
                with contextlib.suppress(OSError):
                    free.bind(("127.0.0.1", port))
                    break
        errors = stack.enter_context(tempfile.TemporaryFile("w+"))
        server = subprocess.Popen(
            [PROGRAM, "serve", "--port", str(port), "--model", outside.model, "--user", "nobody", "--tls-certificate",
             folder / "chain.pem", "--tls-key", folder / "key.pem"],
            cwd="/", stdout=subprocess.PIPE, stderr=errors, text=True)
        stack.callback(server.wait)
        stack.callback(server.kill)
        assert f":{port} with" in server.stdout.readline()
        renew()
        said = threading.Event()

        def lines():
            errors.seek(0)
            return errors.read().splitlines()

        server.send_signal(signal.SIGHUP)
        for _ in range(300):
            if sum("certificate" in line for line in lines()) >= 2:
                break
            said.wait(0.1)
        assert not [line for line in lines() if "refused" in line]
        assert sum("certificate" in line for line in lines()) >= 2
