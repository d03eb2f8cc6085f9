"""The commands, as a person or a script runs them."""
import json
import shutil
import signal
import subprocess
import time

import pytest
from conftest import MODEL, PROGRAM, run
from PIL import Image


def test_one_seed_gives_identical_files(tmp_path):
    for name in ("one.png", "two.png"):
        result = run("generate", "red heart", "--seed", 7, "-o", name, "--model", MODEL, folder=tmp_path)
        assert result.returncode == 0, result.stderr
        assert b"seed 7 in " in result.stdout
        assert result.stderr == b"", "nothing but the result is written where nobody watches"
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    picture = Image.open(tmp_path / "one.png")
    assert picture.format == "PNG"
    assert set(picture.text) == {"XML:com.adobe.xmp"}, "the file says nothing but its pixels and that they are made"


def test_standard_output_holds_the_same_picture(tmp_path):
    arguments = ["generate", "red heart", "--seed", 7, "--steps", 3, "--model", MODEL, "-o"]
    run(*arguments, "file.png", folder=tmp_path)
    piped = run(*arguments, "-", folder=tmp_path)
    assert piped.stdout == (tmp_path / "file.png").read_bytes()


def test_the_prompt_can_come_from_standard_input(tmp_path):
    arguments = ["--seed", 7, "--steps", 3, "--model", MODEL, "-o", "-"]
    piped = run("generate", "-", *arguments, folder=tmp_path, input=b"red heart\n")
    assert piped.stdout == run("generate", "red heart", *arguments, folder=tmp_path).stdout


def test_without_a_name_files_are_new_and_do_not_hold_the_prompt(tmp_path):
    for _ in range(2):
        result = run("generate", "red heart", "--seed", 7, "--steps", 1, "--model", MODEL, folder=tmp_path)
        assert result.returncode == 0, result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mystarion-7.png", "mystarion-7_2.png"]


def test_several_pictures_have_numbered_names(tmp_path):
    run("generate", "red heart", "--count", 3, "--steps", 1, "-o", "heart.webp", "--model", MODEL, folder=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["heart-1.webp", "heart-2.webp", "heart-3.webp"]


def test_a_picture_can_be_the_start(tmp_path):
    run("generate", "red heart", "--seed", 7, "-o", "one.png", "--model", MODEL, folder=tmp_path)
    result = run(
        "generate", "red heart", "--init", "one.png", "--strength", 0.3, "--seed", 8, "-o", "two.png", "--model", MODEL,
        folder=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    assert Image.open(tmp_path / "two.png").size == Image.open(tmp_path / "one.png").size


def test_a_strength_of_nothing_gives_the_picture_back(tmp_path):
    run("generate", "red heart", "--seed", 7, "-o", "one.png", "--model", MODEL, folder=tmp_path)
    result = run(
        "generate", "blue star", "--init", "one.png", "--strength", 0, "-o", "two.png", "--model", MODEL, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert Image.open(tmp_path / "two.png").tobytes() == Image.open(tmp_path / "one.png").tobytes()


def test_a_variation_goes_from_one_seed_to_the_other(tmp_path):
    def pixels(name, *arguments):
        result = run("generate", "red heart", "--steps", 3, "--sampler", "euler-ancestral", "-o", name, "--model", MODEL,
                     *arguments, folder=tmp_path)
        assert result.returncode == 0, result.stderr
        return Image.open(tmp_path / name).tobytes()

    one, other = pixels("one.png", "--seed", 7), pixels("other.png", "--seed", 8)
    vary = ["--seed", 7, "--variation-seed", 8, "--variation-strength"]
    assert pixels("none.png", *vary, 0) == one
    assert pixels("all.png", *vary, 1) == other
    assert pixels("some.png", *vary, 0.3) not in (one, other)


def test_the_noise_can_be_spaced_and_drawn_in_other_ways(tmp_path):
    def pixels(name, *arguments):
        result = run("generate", "red heart", "--steps", 3, "--seed", 7, "-o", name, "--model", MODEL, *arguments,
                     folder=tmp_path)
        assert result.returncode == 0, result.stderr
        return Image.open(tmp_path / name).tobytes()

    pictures = [
        pixels(f"{index}.png", "--sampler", "dpm2-ancestral", *arguments)
        for index, arguments in enumerate([
            [], ["--schedule", "karras"], ["--schedule", "sgm-uniform"], ["--eta", 0], ["--eta", 0.5]])]
    assert len(set(pictures)) == 5


def test_models_are_listed(tmp_path):
    result = run("models", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    header, *rows = result.stdout.decode().splitlines()
    assert header.split() == ["NAME", "ARCHITECTURE", "SIZE", "RESOLUTION"]
    assert any(row.startswith("mystarion-icons") for row in rows)


@pytest.mark.parametrize(
    "arguments, status, words",
    [
        (["generate"], 64, "<prompt>"),
        (["generate", "x", "--bogus"], 64, "--bogus"),
        (["generate", "x", "--size", "12"], 64, "--size"),
        (["generate", "x", "--size", "63x128"], 64, "from 64 to 2048"),
        (["generate", "x", "--size", "8192x8192"], 64, "from"),
        (["generate", "x", "--steps", "0"], 64, "from 1"),
        (["generate", "x", "--sampler", "bogus"], 64, "euler"),
        (["generate", "x", "--schedule", "bogus"], 64, "karras"),
        (["generate", "x", "--sampler", "ddim", "--schedule", "karras"], 64, "schedule"),
        (["generate", "x", "--eta", "-1"], 64, "eta"),
        (["generate", "x", "--variation-strength", "2"], 64, "variation"),
        (["generate", "x", "--variation-seed", "2"], 64, "--variation-strength"),
        (["generate", "x", "--strength", "0.5"], 64, "--init"),
        (["generate", "x", "--count", "2", "-o", "-"], 64, "--count"),
        (["generate", "x", "-o", "picture.gif"], 64, ".png"),
        (["generate", " "], 64, "empty"),
        (["generate", "x", "-o", "missing/picture.png"], 73, "missing"),
        (["generate", "x", "--init", "missing.png"], 66, "missing.png"),
        (["generate", "x", "--model", "missing"], 66, "missing"),
        (["serve", "--host", "0.0.0.0"], 64, "--behind-proxy"),
        (["serve", "--port", "70000"], 64, "--port"),
        (["bogus"], 64, "bogus"),
    ],
)
def test_mistakes_are_named(tmp_path, arguments, status, words):
    if "--model" not in arguments and arguments[0] != "bogus":
        arguments = [*arguments, "--model", str(MODEL)]
    result = run(*arguments, folder=tmp_path)
    assert result.returncode == status, result.stderr
    assert words in result.stderr.decode()
    assert not list(tmp_path.iterdir())


@pytest.fixture
def copied_model(tmp_path):
    return shutil.copytree(MODEL, tmp_path / "model")


def weights(model):
    return sorted((model / "unet").glob("*.safetensors"))[0]


@pytest.mark.parametrize("damage", ["missing", "truncated", "unsupported", "broken"])
def test_a_damaged_model_is_refused(copied_model, tmp_path, damage):
    if damage == "missing":
        weights(copied_model).unlink()
    elif damage == "truncated":
        file = weights(copied_model)
        file.write_bytes(file.read_bytes()[:-1000])
    elif damage == "unsupported":
        index = json.loads((copied_model / "model_index.json").read_text())
        (copied_model / "model_index.json").write_text(json.dumps(index | {"_class_name": "CanaryPipeline"}))
    else:
        (copied_model / "unet/config.json").write_text('{"block_out_channels": [')
    result = run("generate", "red heart", "--model", copied_model, folder=tmp_path)
    assert 64 <= result.returncode <= 78, result.stderr
    message = result.stderr.decode()
    assert message.startswith("mystarion: ") and len(message.splitlines()) <= 3
    assert any(word in message for word in ("safetensors", "config.json", "model_index.json")), message


def rewritten(file, change):
    file.write_bytes(change(file.read_bytes()))


def with_header(change):
    """Rewrites the header of a safetensors file, which is JSON behind its length."""
    def rewrite(data):
        length = int.from_bytes(data[:8], "little")
        header = change(json.loads(data[8:8 + length]))
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        return len(text).to_bytes(8, "little") + text + data[8 + length:]
    return rewrite


def moved(header):
    """The last tensor's bytes further back, with nobody's bytes before them."""
    last = max((entry for name, entry in header.items() if name != "__metadata__"), key=lambda entry: entry["data_offsets"][1])
    last["data_offsets"] = [offset + 64 for offset in last["data_offsets"]]
    return header


DAMAGES = {
    "invalid UTF-8 in a list": ("model_index.json", lambda data: data.replace(b'"', b'"\xff\xfe', 1), "model_index.json"),
    "invalid UTF-8 in a configuration": ("unet/config.json", lambda data: data[:-2] + b'"\xc3\x28": 1}', "config.json"),
    "invalid UTF-8 in a tokenizer": (
        "tokenizer/tokenizer_config.json", lambda data: data.replace(b'"', b'"\xff', 1), "tokenizer_config.json"),
    "a tokenizer that is longer than the encoder": (
        "tokenizer/tokenizer_config.json",
        lambda data: json.dumps(json.loads(data) | {"model_max_length": 5_000}).encode(), "tokenizer"),
    "a tokenizer of no length": (
        "tokenizer/tokenizer_config.json",
        lambda data: json.dumps(json.loads(data) | {"model_max_length": 0}).encode(), "model_max_length"),
    "a gap between tensors": ("vae/diffusion_pytorch_model.safetensors",
                              lambda data: with_header(moved)(data) + bytes(64), "safetensors"),
    "bytes behind the last tensor": (
        "vae/diffusion_pytorch_model.safetensors", lambda data: data + b"canary", "safetensors"),
    "a pointer of Git LFS": (
        "unet/diffusion_pytorch_model.safetensors",
        lambda data: b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n", "LFS"),
    "a pickle": ("unet/diffusion_pytorch_model.safetensors", lambda data: b"\x80\x02}q\x00." + bytes(64), "pickle"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_wrong_with_a_model_is_said(copied_model, tmp_path, damage):
    name, change, words = DAMAGES[damage]
    rewritten(copied_model / name, change)
    result = run("generate", "red heart", "--steps", "1", "--model", copied_model, folder=tmp_path)
    assert 64 <= result.returncode <= 78, result.stderr
    message = result.stderr.decode()
    assert message.startswith("mystarion: ") and words in message and "canary" not in message, message


def test_ctrl_c_stops_at_the_next_step(tmp_path):
    process = subprocess.Popen(
        [PROGRAM, "generate", "red heart", "--steps", "150", "--count", "10", "--model", MODEL],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert not list(tmp_path.iterdir())
