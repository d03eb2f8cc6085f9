"""What the end-to-end tests share: the real program, the bundled model, a server on a free port."""
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import subprocess

import pytest
from browser import Browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".build/release/mystarion"
BUNDLED = ROOT / "Models/mystarion-icons"


def quick(bundled) -> pathlib.Path:
    """The bundled model with other defaults: four steps without guidance, at the size that it draws, which is not enlarged.

    Most tests are not about pictures' looks, and this takes a tenth of the time. `test_bundled_model.py` is about the others.
    """
    folder = ROOT / ".build/test-models" / bundled.name
    folder.mkdir(parents=True, exist_ok=True)
    defaults = json.loads((bundled / "mystarion.json").read_text())
    defaults |= {"width": defaults["native_width"], "height": defaults["native_height"], "steps": 4, "guidance_scale": 1, "sampler": "ddim"}
    defaults.pop("upscaler", None)
    for part in bundled.iterdir():
        link = folder / part.name
        if part.name != "mystarion.json" and not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(part)
    (folder / "mystarion.json").write_text(json.dumps(defaults))
    return folder


MODEL = quick(BUNDLED)


@dataclasses.dataclass
class Server:
    """A running server, and the folders that it could write to."""

    address: str
    pid: int
    log: pathlib.Path
    working_folder: pathlib.Path
    temporary_folder: pathlib.Path

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])


def run(*arguments, folder, **options) -> subprocess.CompletedProcess:
    """Runs the program in a folder and waits for it."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], cwd=folder, capture_output=True, timeout=300, **options
    )


def require_program_and_model():
    assert PROGRAM.is_file(), f"{PROGRAM} is missing: run 'make build' first"
    assert (MODEL / "model_index.json").is_file(), f"{MODEL} is missing: the bundled model belongs to the repository"


@pytest.fixture(scope="session", autouse=True)
def program_and_model():
    require_program_and_model()


@contextlib.contextmanager
def serve(folder, *arguments, port=0):
    """A server of its own, with folders of its own in `folder`, until the block ends."""
    require_program_and_model()
    working_folder, temporary_folder, log = folder / "working", folder / "temporary", folder / "log.txt"
    for path in (working_folder, temporary_folder):
        path.mkdir(exist_ok=True)
    environment = os.environ | {"TMPDIR": str(temporary_folder), "HOME": str(working_folder)}
    if "--model" not in arguments:
        arguments = (*arguments, "--model", MODEL)
    with open(log, "wb") as errors:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--port", str(port), *map(str, arguments)],
            cwd=working_folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
        )
    try:
        line = process.stdout.readline()
        match = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert match, f"the server did not start: {line!r} {log.read_text()}"
        yield Server(match[0], process.pid, log, working_folder, temporary_folder)
    except BaseException:
        process.kill()
        process.wait(30)
        raise
    process.terminate()
    # 143 where the test has sent a signal before, and the process was about to end.
    assert process.wait(60) in (0, -9, 143), log.read_text()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("server")) as server:
        yield server
    assert "stopped" in server.log.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the browser saves what it downloads."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(tmp_path_factory, folder):
    """One browser for all tests of a file."""
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.allow_downloads(folder)
        yield browser
