"""Odd but real image files on every interface that takes one; Tests/ImagingTests compares their pixels."""
import base64
import io
import pathlib

import httpx
import pytest
from PIL import Image

FIXTURES = pathlib.Path(__file__).parents[1] / "Fixtures/data/images"
SMALL = {"steps": 1, "prompt": "red heart"}


def file(kind, **options):
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 30)).save(buffer, kind, **options)
    return buffer.getvalue()


def native(server, text):
    return httpx.post(f"{server.address}/api/pictures", json=SMALL | {"image": text, "strength": 1}, timeout=60)


def openai(server, text):
    return httpx.post(
        f"{server.address}/v1/images/edits", json=SMALL | {"images": [{"image_url": text}], "strength": 1}, timeout=60)


def a1111(server, text):
    return httpx.post(
        f"{server.address}/sdapi/v1/img2img",
        json=SMALL | {"init_images": [text], "denoising_strength": 1, "width": 64, "height": 64}, timeout=60)


def form(server, text):
    """The same file as a part of a form, with a name and a media type that are another format's."""
    return httpx.post(
        f"{server.address}/v1/images/edits", data=SMALL | {"strength": "1"}, timeout=60,
        files={"image": ("picture.gif", base64.b64decode(text), "image/gif")})


DOORS = [native, openai, a1111, form]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", [
    "padded.jpg", "without-an-end.jpg", "inks.jpg", "mpo.jpg", "orientation-6-big.jpg", "profile-p3.png",
    "animated.png", "animated-lossy.webp", "arithmetic.jpg", "gray-16-transparent-interlaced.png"])
def test_odd_files_are_taken_everywhere(server, door, name):
    answer = door(server, base64.b64encode((FIXTURES / name).read_bytes()).decode())
    assert answer.status_code == 200 and "event: error" not in answer.text, answer.text[:500]


@pytest.mark.parametrize("door", DOORS)
def test_other_formats_are_named_in_the_refusal(server, door):
    for kind, sentence in {
        "GIF": "This is a GIF file", "BMP": "This is a BMP file", "TIFF": "This is a TIFF file",
        "AVIF": "This is an AVIF file", "JPEG2000": "This is a JPEG 2000 file",
    }.items():
        answer = door(server, base64.b64encode(file(kind)).decode())
        assert answer.status_code in (400, 422), answer.text
        assert f"{sentence}; PNG, JPEG and WebP are read." in answer.text


@pytest.mark.parametrize("door", [native, openai, a1111])
def test_base64_is_read_as_clients_write_it(server, door):
    text = base64.b64encode(file("JPEG")).decode()
    lines = "\r\n".join(text[index:index + 76] for index in range(0, len(text), 76))
    urls = base64.urlsafe_b64encode(file("PNG")).decode()
    for text in [
        text, lines, f" {lines}\n", text.rstrip("="), urls, urls.rstrip("="), f"data:image/jpg;charset=utf-8;base64,{text}",
        f"data:image/png;base64,{text}", f"data:image/jpeg; base64, {lines}", f"DATA:;BASE64,{urls}",
        "data:image/jpeg;base64," + text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
    ]:
        answer = door(server, text)
        assert answer.status_code == 200 and "event: error" not in answer.text, (text[:60], answer.text[:500])


@pytest.mark.parametrize("door", [native, openai, a1111])
def test_what_is_no_base64_and_what_would_have_to_be_fetched_is_refused(server, door):
    for text in ["https://127.0.0.1:9/canary.png", "data:image/png,canary", "canary!", "data:image/png;base64,canary%4"]:
        answer = door(server, text)
        assert answer.status_code in (400, 422) and "canary" not in answer.json().get("detail", ""), answer.text
