"""`mystarion upscale` and `generate --upscale`, as a person or a script runs them."""
import signal
import subprocess
import time

import numpy
import pytest
from conftest import MODEL, PROGRAM, ROOT, run
from PIL import Image, ImageDraw
from test_provenance import VOCABULARY, source

FIXTURES = ROOT / "Tests/Fixtures/data/upscaling"
BUNDLED = ROOT / "Models/upscalers/realesr-animevideov3.safetensors"


def drawing(path, mode="RGB", size=(40, 30)):
    image = Image.new(mode, size, "white" if mode == "RGB" else (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((6, 6, size[0] - 7, size[1] - 7), fill="red")
    image.save(path)
    return image


def upscale(folder, *arguments, **options):
    result = run("upscale", *arguments, folder=folder, **options)
    assert result.returncode == 0, result.stderr
    assert result.stderr == b"" or "-" in arguments, "nothing but the result is written where nobody watches"
    return result


@pytest.mark.parametrize("name", ["emoji", "photograph"])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_bundled_network_enlarges_as_ncnn_does(tmp_path, name, scale):
    result = upscale(tmp_path, FIXTURES / f"pictures/{name}.png", "-o", "large.png", "--scale", scale)
    large = Image.open(tmp_path / "large.png")
    expected = Image.open(FIXTURES / f"pictures/{name}-x{scale}.png")
    assert result.stdout.decode().splitlines()[0] == "large.png"
    assert f"{expected.width}x{expected.height} in " in result.stdout.decode()
    difference = numpy.abs(numpy.asarray(large).astype(int) - numpy.asarray(expected))
    assert large.size == expected.size and difference.max() <= 1 and difference.mean() < 0.01


def test_without_options_a_picture_gets_four_times_as_large_beside_where_one_is(tmp_path):
    drawing(tmp_path / "heart.png")
    for _ in range(2):
        upscale(tmp_path, "heart.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["heart-large.png", "heart-large_2.png", "heart.png"]
    one, two = ((tmp_path / name).read_bytes() for name in ("heart-large.png", "heart-large_2.png"))
    assert one == two and Image.open(tmp_path / "heart-large.png").size == (160, 120)


def test_the_threads_change_nothing(tmp_path):
    drawing(tmp_path / "heart.png", size=(90, 130))
    for threads in (1, 2, 5):
        upscale(tmp_path, "heart.png", "-o", f"{threads}.png", "--threads", threads)
    assert len({(tmp_path / f"{threads}.png").read_bytes() for threads in (1, 2, 5)}) == 1


@pytest.mark.parametrize("upscaler", ["realesr-animevideov3", "lanczos", "nearest", BUNDLED])
def test_any_size_is_reached(tmp_path, upscaler):
    drawing(tmp_path / "heart.png")
    upscale(tmp_path, "heart.png", "-o", "large.png", "--size", "101x77", "--upscaler", upscaler)
    assert Image.open(tmp_path / "large.png").size == (101, 77)


def test_filters_are_pillows(tmp_path):
    image = drawing(tmp_path / "heart.png")
    for name, filter in [("lanczos", Image.Resampling.LANCZOS), ("nearest", Image.Resampling.NEAREST)]:
        upscale(tmp_path, "heart.png", "-o", "large.png", "--scale", 3, "--upscaler", name)
        assert Image.open(tmp_path / "large.png").tobytes() == image.resize((120, 90), filter).tobytes()


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_transparency_is_kept(tmp_path, ending):
    image = drawing(tmp_path / "heart.png", "RGBA")
    upscale(tmp_path, "heart.png", "-o", f"large.{ending}")
    large = Image.open(tmp_path / f"large.{ending}")
    assert large.mode == "RGBA"
    expected = image.getchannel("A").resize((160, 120), Image.Resampling.LANCZOS)
    assert large.getchannel("A").tobytes() == expected.tobytes()
    pixels = numpy.asarray(large)
    seen = pixels[pixels[..., 3] > 0]
    assert seen[:, 0].min() > 200 and seen[:, 1:3].max() < 60, "the shape is red to its edge"


def test_another_network_is_named_by_its_file(tmp_path):
    drawing(tmp_path / "heart.png")
    upscale(tmp_path, "heart.png", "-o", "large.png", "--upscaler", FIXTURES / "dense-x2.safetensors", "--scale", 2)
    assert Image.open(tmp_path / "large.png").size == (80, 60)


def test_standard_output_takes_the_same_picture(tmp_path):
    drawing(tmp_path / "heart.png")
    piped = upscale(tmp_path, "heart.png", "-o", "-")
    upscale(tmp_path, "heart.png", "-o", "large.png")
    assert piped.stdout == (tmp_path / "large.png").read_bytes()


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_picture_says_that_a_model_has_had_a_part_in_it(tmp_path, ending):
    drawing(tmp_path / "heart.png")
    upscale(tmp_path, "heart.png", "-o", f"large.{ending}")
    assert source(Image.open(tmp_path / f"large.{ending}")) == VOCABULARY + "compositeWithTrainedAlgorithmicMedia"


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_filter_leaves_a_mark_as_it_was_and_makes_none(tmp_path, ending):
    drawing(tmp_path / "heart.png")
    upscale(tmp_path, "heart.png", "-o", f"plain.{ending}", "--upscaler", "lanczos")
    assert b"digitalsourcetype" not in (tmp_path / f"plain.{ending}").read_bytes()
    run("generate", "red heart", "--seed", 7, "--steps", 1, "--size", "64x64", "-o", f"made.{ending}", "--model", MODEL,
        folder=tmp_path)
    upscale(tmp_path, f"made.{ending}", "-o", f"large.{ending}", "--upscaler", "nearest", "--scale", 2)
    assert source(Image.open(tmp_path / f"large.{ending}")) == VOCABULARY + "trainedAlgorithmicMedia"


def test_generated_pictures_can_be_enlarged_at_once(tmp_path):
    arguments = ["generate", "red heart", "--seed", 7, "--steps", 3, "--size", "64x64", "--count", 2, "--model", MODEL]
    assert run(*arguments, "-o", "small.png", folder=tmp_path).returncode == 0
    result = run(*arguments, "-o", "large.png", "--upscale", 3, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert b"seed 7, 8 in " in result.stdout
    for index in (1, 2):
        upscale(tmp_path, f"small-{index}.png", "-o", f"again-{index}.png", "--scale", 3)
        large, again = (Image.open(tmp_path / f"{name}-{index}.png") for name in ("large", "again"))
        assert large.size == (192, 192) and large.tobytes() == again.tobytes()
        assert source(large) == VOCABULARY + "trainedAlgorithmicMedia"


@pytest.mark.parametrize(
    "arguments, status, sentence",
    [
        (["--scale", "5"], 64, "2, 3 or 4"),
        (["--scale", "2", "--size", "80x80"], 64, "exclude"),
        (["--size", "8193x10"], 64, "8192"),
        (["--size", "0x10"], 64, "8192"),
        (["--threads", "0"], 64, "1 to 1024"),
        (["--upscaler", "waifu"], 66, "realesr-animevideov3, lanczos, nearest"),
        (["--upscaler", "heart.png"], 65, "cannot be used"),
        (["-o", "large.gif"], 64, ".png, .jpg or .webp"),
        (["-o", "nowhere/large.png"], 73, "does not exist"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, arguments, status, sentence):
    drawing(tmp_path / "heart.png")
    result = run("upscale", "heart.png", *arguments, folder=tmp_path)
    assert result.returncode == status and sentence in result.stderr.decode(), result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["heart.png"]


def test_files_that_are_no_pictures_are_refused(tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    result = run("upscale", "text.png", folder=tmp_path)
    assert result.returncode == 65 and b"PNG, JPEG or WebP" in result.stderr
    assert run("upscale", "missing.png", folder=tmp_path).returncode == 66


def test_a_result_beyond_the_limits_is_refused_before_it_is_made(tmp_path):
    Image.new("1", (3000, 8)).save(tmp_path / "wide.png")
    result = run("upscale", "wide.png", folder=tmp_path)
    assert result.returncode == 64 and b"8192 pixels" in result.stderr
    upscale(tmp_path, "wide.png", "-o", "large.png", "--scale", 2, "--upscaler", "nearest")
    assert Image.open(tmp_path / "large.png").size == (6000, 16)


def test_generate_asks_for_a_scale_that_is_made(tmp_path):
    for arguments in (["--upscale", "5"], ["--upscaler", "lanczos"], ["--upscale", "2", "--upscaler", "waifu"]):
        result = run("generate", "red heart", *arguments, "--model", MODEL, folder=tmp_path)
        assert result.returncode in (64, 66) and not list(tmp_path.iterdir()), result.stderr


def test_interrupting_leaves_nothing(tmp_path):
    Image.effect_noise((1800, 1800), 90).save(tmp_path / "noise.png")
    process = subprocess.Popen([PROGRAM, "upscale", "noise.png", "-o", "large.png"], cwd=tmp_path, stderr=subprocess.PIPE)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and b"stopped" in errors
    assert [path.name for path in tmp_path.iterdir()] == ["noise.png"]


def test_help_shows_examples(tmp_path):
    result = run("upscale", "--help", folder=tmp_path)
    assert result.returncode == 0 and result.stdout.count(b"mystarion upscale ") >= 5
