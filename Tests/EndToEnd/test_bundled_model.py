"""The bundled model with its own defaults: drawn small, enlarged by its upscaler, guided."""
import base64
import io
import json

import numpy as np
import pytest
import requests
from conftest import BUNDLED, run, serve
from page import make, pixels, ready, words
from PIL import Image

DRAWN, DELIVERED = (128, 128), (512, 512)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("bundled"), "--model", BUNDLED) as server:
        yield server


def picture(encoded) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(encoded)))


def native(server, **body):
    answer = requests.post(f"{server.address}/api/pictures", json={"prompt": "red apple", "seed": 3, **body})
    assert answer.status_code == 200, answer.text
    for block in answer.text.split("\n\n"):
        if block.startswith("event: image"):
            return json.loads(block.split("data: ", 1)[1])


def test_every_door_delivers_what_is_drawn_small_at_512_pixels(bundled):
    told = native(bundled)
    assert (told["width"], told["height"]) == DELIVERED and told["drawn"] == {"width": 128, "height": 128}
    expected = picture(told["b64"])
    assert expected.size == DELIVERED
    body = {"prompt": "red apple", "seed": 3}
    openai = requests.post(f"{bundled.address}/v1/images/generations", json=body | {"response_format": "b64_json"}).json()["data"][0]
    assert picture(openai["b64_json"]).tobytes() == expected.tobytes()
    a1111 = requests.post(f"{bundled.address}/sdapi/v1/txt2img", json=body).json()
    assert picture(a1111["images"][0]).tobytes() == expected.tobytes()
    assert json.loads(a1111["info"])["width"] == 512


def test_the_command_line_delivers_the_same(bundled, tmp_path):
    done = run("generate", "red apple", "--seed", 3, "-o", "apple.png", "--model", BUNDLED, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Image.open(tmp_path / "apple.png").tobytes() == picture(native(bundled)["b64"]).tobytes()


@pytest.mark.parametrize("width, height", [(128, 128), (131, 129), (300, 200), (1024, 1024), (64, 640), (2048, 1024)])
def test_whoever_asks_for_a_size_gets_exactly_that(bundled, width, height):
    told = native(bundled, width=width, height=height, steps=2)
    assert picture(told["b64"]).size == (width, height)
    assert ("drawn" in told) == ((width, height) != DRAWN)


def test_what_is_enlarged_has_edges_of_its_own(bundled):
    """The same drawing by the network is crisper than by a filter, and shows the same."""
    small, large = (picture(native(bundled, size=size)["b64"]).convert("RGB") for size in ("128x128", "512x512"))
    filtered = small.resize(DELIVERED, Image.LANCZOS)
    def sharpness(image):
        return np.percentile(np.abs(np.diff(np.asarray(image.convert("L"), float), axis=1)), 99.5)
    assert sharpness(large) > 1.15 * sharpness(filtered)
    assert np.abs(np.asarray(large, float) - np.asarray(filtered, float)).mean() < 4


def test_previews_are_as_small_as_they_are_drawn(bundled):
    answer = requests.post(f"{bundled.address}/api/pictures", json={"prompt": "red apple", "previews": 2, "steps": 4})
    previews = [json.loads(block.split("data: ", 1)[1]) for block in answer.text.split("\n\n") if block.startswith("event: preview")]
    assert previews and all(picture(each["b64"]).width <= 128 for each in previews)


def test_a_negative_prompt_counts(bundled):
    assert native(bundled, negative_prompt="apple")["b64"] != native(bundled)["b64"]


def test_a_part_is_drawn_anew_and_the_rest_stays(bundled):
    ground = Image.new("RGB", DELIVERED, (10, 120, 60))
    mask = Image.new("L", DELIVERED, 0)
    mask.paste(255, (160, 160, 352, 352))
    def text(image):
        file = io.BytesIO()
        image.save(file, "PNG")
        return base64.b64encode(file.getvalue()).decode()
    told = native(bundled, image=text(ground), mask=text(mask), strength=1)
    made = np.asarray(picture(told["b64"]).convert("RGB"))
    outside = np.asarray(mask) == 0
    assert made.shape == (512, 512, 3)
    assert (made[outside] == (10, 120, 60)).all()
    assert (made[~outside] != (10, 120, 60)).any()


def test_the_page_shows_it_and_says_how_it_was_made(bundled, browser):
    ready(browser, bundled.address)
    make(browser, "red apple")
    assert pixels(browser, "#pictures img").size == DELIVERED
    assert "512 × 512 · drawn at 128 × 128" in words(browser, "#facts")


def test_the_folder_is_small():
    assert sum(file.stat().st_size for file in BUNDLED.rglob("*") if file.is_file()) < 100_000_000
