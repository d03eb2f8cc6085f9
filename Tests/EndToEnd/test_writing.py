"""The files that pictures are written to: there as a whole or as they were before."""
import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import threading

import pytest
from conftest import MODEL, PROGRAM, run
from PIL import Image

QUICK = ["--steps", "1", "--model", MODEL]


def is_whole(path):
    with Image.open(path) as picture:
        picture.load()
        return picture.size == (128, 128)


def generate(folder, *arguments, **options):
    return run("generate", "red heart", *QUICK, *arguments, folder=folder, **options)


def test_a_picture_takes_the_place_of_a_file_only_when_it_is_whole(tmp_path):
    old, new = tmp_path / "old.png", tmp_path / "new.png"
    old.write_bytes(b"what was there before")
    for name in ("old.png", "new.png"):
        result = generate(
            tmp_path, "-o", name, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)))
        assert result.returncode == 74, result.stderr
        assert b"File too large" in result.stderr and name.encode() in result.stderr
    assert old.read_bytes() == b"what was there before" and not new.exists()
    assert os.listdir(tmp_path) == ["old.png"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount a file system")
def test_a_full_disk_costs_no_file(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        (disk / "old.png").write_bytes(b"what was there before")
        (disk / "filling").write_bytes(bytes(60_000))
        for name in ("old.png", "new.png", "both.png"):
            count = ["--count", "2"] if name == "both.png" else []
            result = generate(tmp_path, "-o", disk / name, *count)
            assert result.returncode == 74, result.stderr
            assert b"No space left on device" in result.stderr
        assert (disk / "old.png").read_bytes() == b"what was there before"
        assert sorted(os.listdir(disk)) == ["filling", "old.png"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_links_stay_and_permissions_are_kept(tmp_path):
    target = tmp_path / "target.png"
    target.write_bytes(b"old")
    target.chmod(0o640)
    (tmp_path / "link.png").symlink_to("target.png")
    assert generate(tmp_path, "-o", "link.png").returncode == 0
    assert (tmp_path / "link.png").is_symlink() and is_whole(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert generate(tmp_path, "-o", "new.png").returncode == 0
    (tmp_path / "usual").touch()
    assert (tmp_path / "new.png").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert sorted(os.listdir(tmp_path)) == ["link.png", "new.png", "target.png", "usual"]


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_has_many_names(tmp_path, name):
    result = generate(tmp_path, "--seed", 7, "-o", name)
    assert result.returncode == 0, result.stderr
    assert generate(tmp_path, "--seed", 7, "-o", "x.png").returncode == 0
    assert result.stdout == (tmp_path / "x.png").read_bytes()


def test_a_pipe_gets_the_picture(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    data = []
    reader = threading.Thread(target=lambda: data.append((tmp_path / "pipe.png").read_bytes()))
    reader.start()
    assert generate(tmp_path, "-o", "pipe.png").returncode == 0
    reader.join(30)
    assert data[0].startswith(b"\x89PNG") and stat.S_ISFIFO((tmp_path / "pipe.png").stat().st_mode)


def test_a_device_without_an_ending_takes_png(tmp_path):
    assert generate(tmp_path, "-o", "/dev/null").returncode == 0
    result = generate(tmp_path, "-o", "/dev/full")
    assert result.returncode == 74 and b"No space left on device" in result.stderr
    assert generate(tmp_path, "-o", "/dev/null", "--count", 2).returncode == 64


@pytest.mark.parametrize("output, words", [
    ("/proc/x.png", b"cannot be written"), ("folder.png", b"Is a directory"),
    ("x" * 300 + ".png", b"File name too long"), ("file/x.png", b"does not exist"),
])
def test_a_place_that_cannot_be_written_to_is_named_before_the_work(tmp_path, output, words):
    # Of a model whose weights are gone one hears only when they are read.
    model = shutil.copytree(MODEL, tmp_path / "model")
    next((model / "unet").glob("*.safetensors")).unlink()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    result = run("generate", "red heart", "-o", output, "--model", model, folder=tmp_path)
    assert result.returncode == 73, result.stderr
    assert words in result.stderr
    assert sorted(os.listdir(tmp_path)) == ["file", "folder.png", "model"]


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_is_done_stays_when_the_rest_is_stopped(tmp_path, number, status):
    process = subprocess.Popen(
        [PROGRAM, "generate", "red heart", "--steps", "40", "--count", "10", "-o", "heart.png", "--model", MODEL],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stdout.readline().strip()
    assert first == "heart-1.png"
    process.send_signal(number)
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == status and errors == "mystarion: stopped.\n"
    written = [first, *rest.split()]
    assert len(written) < 10, "all was done before the signal came: make it longer"
    assert sorted(os.listdir(tmp_path)) == sorted(written)
    assert all(is_whole(tmp_path / name) for name in written)


def test_the_rule_about_minors_is_everywhere_and_repeats_no_prompt(tmp_path):
    # The rule is held against the prompt before the weights are read, which are gone here.
    model = shutil.copytree(MODEL, tmp_path / "model")
    next((model / "unet").glob("*.safetensors")).unlink()
    for prompt in ("a naked canary child", "a n-a-k-e-d canary ch1ld", "a" * 124 + "-naked canary child"):
        for arguments, options in [([prompt], {}), (["-"], {"input": prompt.encode()})]:
            result = run("generate", *arguments, "--model", model, folder=tmp_path, **options)
            assert result.returncode == 65, result.stderr
            assert result.stderr.startswith(b"mystarion: ") and b"involving minors" in result.stderr
            assert b"canary" not in result.stderr + result.stdout
    assert json.loads((model / "model_index.json").read_text()) and os.listdir(tmp_path) == ["model"]
