"""Every number that a command takes, at and past its bounds, and commands under the limits that systems set."""
import resource
import subprocess

import pytest
from conftest import MODEL, PROGRAM, ROOT, run

NUMBERS = [
    "", "-1", "0", "1e3", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "1e400", "nan", "-inf",
]
ORDERLY = {0, *range(64, 79)}
GENERATE = ["generate", "x", "-o", "x.png", "--steps", "1", "--size", "64x64", "--model", MODEL]
BENCH = ["bench", "--steps", "1", "--size", "64x64", "--model", MODEL]
LOAD = ["bench", "--server", "http://127.0.0.1:9", "--requests", "1"]

OPTIONS = [
    *((GENERATE, option) for option in
      ["--count", "--steps", "--seed", "--guidance", "--size", "--clip-skip", "--threads", "--sampler"]),
    ([*GENERATE, "--init", ROOT / "shared-does-not-exist.png"], "--strength"),
    *((BENCH, option) for option in ["--batch", "--steps", "--guidance", "--size", "--threads"]),
    *((LOAD, option) for option in
      ["--clients", "--requests", "--requesters", "--steps", "--guidance", "--size", "--server"]),
    *((["audit", "--url", "http://127.0.0.1:9"], option) for option in ["--pid", "--url"]),
    *((["config", "check"], f"--{option}") for option in
      ["port", "max-connections", "threads", "max-batch", "max-queue", "max-queue-seconds", "max-seconds",
       "memory-budget", "rate-limit-requests", "rate-limit-work", "drain-seconds", "stuck-seconds"]),
]


def value(option, number):
    if option == "--size":
        return f"{number}x64"
    if option in ("--server", "--url"):
        return f"http://127.0.0.1:{number}"
    return f"{number}GiB" if option == "--memory-budget" else number


@pytest.mark.parametrize("command, option", OPTIONS, ids=lambda part: part if isinstance(part, str) else part[0])
def test_no_number_ends_a_command_without_a_word(tmp_path, command, option):
    for number in NUMBERS:
        arguments = [*command, f"{option}={value(option, number)}"]
        result = run(*arguments, folder=tmp_path)
        assert result.returncode in ORDERLY, (arguments, result.stderr[-500:])
        assert result.returncode == 0 or result.stderr.strip(), arguments


def test_many_pictures_are_refused_at_once(tmp_path):
    result = subprocess.run(
        [PROGRAM, "generate", "x", "--count", "999999999", "--model", MODEL], cwd=tmp_path, capture_output=True,
        timeout=60, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (20, 20)))
    assert result.returncode == 64 and b"--count" in result.stderr


LIMITS = [
    *((resource.RLIMIT_AS, size << 20) for size in (160, 300, 500, 800)),
    *((resource.RLIMIT_DATA, size << 20) for size in (32, 300, 600)),
    *((resource.RLIMIT_NOFILE, count) for count in (8, 32)),
    *((resource.RLIMIT_STACK, size << 10) for size in (128, 512)),
    (resource.RLIMIT_FSIZE, 0),
]


@pytest.mark.parametrize("limit, amount", LIMITS)
def test_small_limits_end_a_command_with_a_sentence(tmp_path, limit, amount):
    for command in (["generate", "x", "--steps", "1", "-o", "x.png", "--model", MODEL], ["models"]):
        result = subprocess.run(
            [PROGRAM, *command], cwd=tmp_path, capture_output=True, timeout=120,
            preexec_fn=lambda: resource.setrlimit(limit, (amount, amount)))
        # 127: the program's libraries were not even loaded.
        assert result.returncode in {0, 70, 71, 73, 74, 127}, (command, result.returncode, result.stderr[-500:])
        assert result.returncode == 0 or result.stderr.strip(), command
