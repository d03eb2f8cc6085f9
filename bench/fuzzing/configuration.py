"""The configuration: YAML files, prompt policies, flags and environment variables, of any bytes that these can be."""

import os
import tempfile
from pathlib import Path

from service import MODEL, PROGRAM, ROOT

from fuzzing.models import ended_in_order
from fuzzing.mutation import EXTREME_NUMBERS, mutate

KEYS = """
    host port tls tls-certificate tls-key hostnames allowed-origins max-connections behind-proxy proxy-field model
    threads max-batch max-queue max-queue-seconds max-seconds memory-budget policy rate-limit rate-limit-requests
    rate-limit-work metrics waive operator contact source public-url drain-seconds stuck-seconds log-level log-format
    """.split()
SWITCHES = {"behind-proxy", "rate-limit", "metrics"}
TEXTS = [
    "", " ", "true", "off", "self-signed", "127.0.0.1", "::1", "0.0.0.0", "localhost", "example.org", "*", "a,b", ",",
    "https://example.org", "https://[::1]:99999", "https://example.org:0/?#", "info@example.org", "512MiB", "-1GiB",
    "9999999999TiB", "9223372036854775807KiB", "1e3", "0x10", "٣", "nan", "inf", "é" * 300, "\u202e", "x" * 5_000,
    "/",
    "/dev/null", "/proc/self/mem", ".", "..", str(MODEL), "no-core-dumps", "json", "debug", "\t\r\n",
]
DOCUMENTS = [
    "port: 8080\nmax-batch: 4\n", "# nothing\n", "host: &a 127.0.0.1\noperator: *a\n", "hostnames: [a, b]\n",
    "- a\n- b\n", "%YAML 1.1\n---\nport: 1\n...\n---\nport: 2\n",
    "port: !!binary aGVsbG8=\n", "port: !!int '12'\n", "<<: {port: 1}\n", "? {a: b}\n: c\n", "port: 1\nport: 2\n",
    "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n",
    "[" * 20_000, "{a: " * 20_000, "- " * 20_000, "a:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 600)),
    "operator: |\n  a\n  b\n", "operator: \"\\0\\a\\x00\\u0000\"\n", "model: \"a\\0b\"\n", "policy: \"a\\0b\"\n",
]


def value(run) -> str:
    """A value that some key may take, or none does."""
    source = run.random
    text = source.choice(TEXTS) if source.random() < 0.6 else str(source.choice(EXTREME_NUMBERS))
    return text.replace("\0", "")


def fuzz(run) -> None:
    """Has `mystarion config check` read what is made up."""
    policy = (ROOT / "Sources/Moderation/Policies/StandardPolicy.swift").read_bytes()
    source = run.random
    with tempfile.TemporaryDirectory() as place:
        file, rules = Path(place) / "mystarion.yaml", Path(place) / "policy.txt"
        while run.goes_on():
            command, variables = [PROGRAM, "config", "check"], {}
            document = b""
            if source.random() < 0.7:
                document = source.choice(DOCUMENTS).encode()
                for _ in range(source.randrange(6)):
                    document += f"{source.choice(KEYS)}: {value(run)!r}\n".encode()
                if source.random() < 0.6:
                    document = mutate(source, document, policy)
                file.write_bytes(document)
                command += ["--config", file]
            if source.random() < 0.4:
                document = mutate(source, policy, document) if source.random() < 0.8 else source.randbytes(200)
                rules.write_bytes(document)
                command += ["--policy", rules]
            for key in source.sample(KEYS, source.randrange(3)):
                command += [f"--{key}"] if key in SWITCHES else [f"--{key}={value(run)}"]
            for key in source.sample(KEYS, source.randrange(3)):
                variables[f"MYSTARION_{key.upper().replace('-', '_')}"] = value(run)
            case = repr((command, variables, document))
            ended_in_order(run, command, case, env=os.environ | variables, cwd=place)
