"""Models' folders: JSON files, tokenizers and weights that are damaged, cut, or of another kind altogether.

Whatever is in a folder, `mystarion generate` makes a picture of it or ends with a sentence and a status of sysexits.h.
"""

import json
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from service import MODEL, PROGRAM, ROOT

from fuzzing.mutation import EXTREME_NUMBERS, mutate

SMALL_MODELS = ROOT / "Tests/Fixtures/data/pipelines"
VALUES = [*EXTREME_NUMBERS, True, False, None, "", "\x00", "silu", "é", [], {}, [[]], [1] * 9, "x" * 10_000]
WHOLE_FILES = [
    b"", b"{}", b"[]", b"null", b"{" * 100_000, b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe{\x00}\x00", b'"\xff"',
    b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", b"PK\x03\x04" + b"\x08" * 80,
    b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", b"\xff" * 64, (100_000_000).to_bytes(8, "little") + b"{}",
    (1 << 31).to_bytes(8, "little") + b"{" * 64,
]

# Done, an audit's finding, the statuses of sysexits.h, and those of a server that started and was stopped.
ORDERLY = {0, 1, *range(64, 79)}


def ended_in_order(run, command: list, case: str, seconds: float = 60, **options) -> subprocess.CompletedProcess:
    """Runs a command that must end by itself, without a crash, and with words where it did not do its work."""
    try:
        result = subprocess.run([str(part) for part in command], capture_output=True, timeout=seconds, **options)
    except subprocess.TimeoutExpired:
        run.fail(f"the command hung: {case}", case.encode())
    if result.returncode not in ORDERLY:
        run.fail(f"the command ended with {result.returncode}: {case}: {result.stderr[-500:]!r}", case.encode())
    if result.returncode >= 64 and not result.stderr.strip():
        run.fail(f"the command ended with {result.returncode} and without a word: {case}", case.encode())
    return result


def damage(run, value):
    """A JSON value with one of its parts changed."""
    source = run.random
    if isinstance(value, dict) and value:
        key = source.choice(sorted(value))
        choice = source.randrange(6)
        if choice == 0:
            return {other: part for other, part in value.items() if other != key}
        if choice == 1:
            return value | {key: source.choice(VALUES)}
        return value | {key: damage(run, value[key])}
    if isinstance(value, list) and value:
        place = source.randrange(len(value))
        choice = source.randrange(4)
        if choice == 0:
            return value[:place] + value[place + 1:]
        if choice == 1:
            return value + value[:place + 1]
        return value[:place] + [damage(run, value[place])] + value[place + 1:]
    return source.choice(VALUES)


def change(run, folder: Path) -> str:
    """Damages one file of a folder, and tells which and how."""
    source = run.random
    path = source.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
    data, name = path.read_bytes(), str(path.relative_to(folder))
    path.unlink()
    kind = source.choice(["values", "values", "values", "bytes", "whole", "none", "pipe", "folder", "loop", "device"])
    if kind == "values" and path.suffix == ".json":
        try:
            path.write_text(json.dumps(damage(run, json.loads(data))))
        except ValueError:  # It was damaged before, and is no JSON any more.
            path.write_bytes(mutate(source, data, limit=len(data) + 65_536))
    elif kind == "whole":
        path.write_bytes(source.choice(WHOLE_FILES))
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "device":
        path.symlink_to(source.choice(["/dev/zero", "/dev/full", "/dev/null", "/proc/self/mem"]))
    elif kind != "none":
        path.write_bytes(mutate(source, data, limit=len(data) + 65_536))
    return f"{name}: {kind}"


def fuzz(run) -> None:
    """Runs one picture of one step with a folder that is damaged in one place or two."""
    models = sorted(path / "model" for path in SMALL_MODELS.iterdir()) + [MODEL]
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(2) as threads:

        def attempt(number: int, changes: list[str], folder: Path) -> None:
            picture = Path(place) / f"{number}.png"
            command = [PROGRAM, "generate", "red heart", "--steps", 4, "--size", "64x64", "--threads", 1,
                       "--model", folder, "-o", picture]
            ended_in_order(run, command, "; ".join(changes))
            picture.unlink(missing_ok=True)
            shutil.rmtree(folder)

        pending = []
        while run.goes_on():
            folder = Path(place) / f"model-{run.count}"
            shutil.copytree(run.random.choice(models), folder)
            changes = [change(run, folder) for _ in range(run.random.choice([1, 1, 1, 2]))]
            pending.append(threads.submit(attempt, run.count, changes, folder))
            if len(pending) >= 4:
                pending.pop(0).result()
        for rest in pending:
            rest.result()
