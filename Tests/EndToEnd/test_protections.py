"""What the server takes away from itself is gone: by its own trials, and by what the kernel says of the process."""
import json
import os
import pathlib
import subprocess

import pytest

from conftest import MODEL, PROGRAM, run

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
    assert next(line for line in limits.splitlines() if line.startswith("Max core file size")).split()[4:6] == ["0", "0"]
    if os.geteuid() != 0:
        assert not os.access(f"/proc/{server.pid}/mem", os.R_OK)


def test_a_waived_protection_is_not_in_force_and_an_unknown_one_is_named(tmp_path):
    unknown = run("serve", "--waive", "fire", "--model", MODEL, folder=tmp_path)
    assert unknown.returncode in (64, 78)
    assert b"erase-on-free, no-core-dumps" in unknown.stderr
