"""Numbers of every size in every field of every way in: an error that names the field or a picture, and never the number."""
import base64
import http.client
import io
import json
import re
import sys

import pytest
from conftest import ROOT, serve
from PIL import Image

sys.path.insert(0, str(ROOT / "bench"))
from fuzzing.mutation import EXTREME_NUMBERS  # noqa: E402

# Texts that some readers of numbers take, and some do not.
TEXTS = ["", " ", "1e3", "nan", "NaN", "inf", "-inf", "Infinity", "0x40", "1_000", "٤", "9" * 200, "-" + "9" * 200, "1.5", "-0"]
SIDES = [0, -1, 1, 63, 64, 65, 2049, 2**31, 2**32, 2**62, 2**63 - 1, 2**63, 10**40]
SIZES = [f"{one}x{other}" for one in SIDES for other in SIDES] + ["x", "64x", "x64", "64x64x64", "64X64", "1e2x64", "infxinf"]


def picture(width=64, height=64, mode="RGB", color=200) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height), color if mode == "L" else (color,) * len(mode)).save(file, "PNG")
    return file.getvalue()


def text(file: bytes) -> str:
    return base64.b64encode(file).decode()


IMAGE, MASK, HOLE = picture(), picture(mode="L", color=255), picture(mode="RGBA", color=0)

# A way in: its path, how its body is sent, a body that is good, and the fields that hold numbers, with other names that an
# error may give the same field.
NATIVE = {"prompt": "x", "steps": 1, "size": "64x64", "seed": 1}
NATIVE_IMAGE = NATIVE | {"image": text(IMAGE), "mask": text(MASK), "strength": 1}
OPENAI = {"prompt": "x", "steps": 1, "size": "64x64", "seed": 1}
OPENAI_IMAGE = OPENAI | {
    "images": [{"image_url": f"data:image/png;base64,{text(IMAGE)}"}], "mask": {"image_url": f"data:image/png;base64,{text(HOLE)}"}}
A1111 = {"prompt": "x", "steps": 1, "width": 64, "height": 64, "seed": 1}
A1111_IMAGE = A1111 | {"init_images": [text(IMAGE)], "mask": text(MASK), "denoising_strength": 1}
NOISE_FIELDS = {name: set() for name in [
    "eta", "churn", "churn_minimum", "churn_maximum", "noise_scale", "variation_seed", "variation_strength"]}
NATIVE_FIELDS = NOISE_FIELDS | {
    "steps": {"strength"}, "n": set(), "guidance_scale": set(), "seed": set(), "clip_skip": set(), "strength": set(),
    "mask_blur": set(), "mask_padding": set(), "time_limit": set(), "quality": set(), "previews": set(),
    "size": set(), "model": set(), "prompt": set(), "image": set(), "mask": set()}
OPENAI_FIELDS = NOISE_FIELDS | {
    "steps": {"strength"}, "n": set(), "guidance_scale": set(), "seed": set(), "size": set(), "partial_images": set(),
    "output_compression": set(), "quality": set()}
A1111_FIELDS = {
    "steps": {"denoising_strength"}, "batch_size": {"n_iter"}, "n_iter": set(), "cfg_scale": set(), "seed": set(),
    "width": {"size"}, "height": {"size", "width"}, "subseed_strength": set(), "seed_resize_from_w": set(),
    "s_churn": set(), "override_settings.CLIP_stop_at_last_layers": set()}
A1111_IMAGE_FIELDS = A1111_FIELDS | {
    "denoising_strength": set(), "resize_mode": set(), "inpainting_fill": set(), "mask_blur": {"mask_blur_x"},
    "mask_blur_x": {"mask_blur"}, "mask_blur_y": {"mask_blur", "mask_blur_x"}, "inpaint_full_res_padding": {"padding"},
    "inpaint_full_res": set(), "inpainting_mask_invert": {"mask"}}
FORM_FIELDS = {name: set() for name in ["size", "n", "seed", "quality", "steps", "guidance_scale"]} | {
    "quality": {"steps"}}
WAYS = {
    "native": ("/api/pictures", "json", NATIVE, NATIVE_FIELDS),
    "native, sides": ("/api/pictures", "json", {"prompt": "x", "steps": 1, "width": 64, "height": 64},
                      {"width": {"size"}, "height": {"size"}}),
    "native, image": ("/api/pictures", "json", NATIVE_IMAGE, NATIVE_FIELDS),
    "native, part": ("/api/pictures", "json", NATIVE_IMAGE | {"mask_padding": 1, "mask_fill": "fill"}, NATIVE_FIELDS),
    "generations": ("/v1/images/generations", "json", OPENAI, OPENAI_FIELDS),
    "edits": ("/v1/images/edits", "json", OPENAI_IMAGE, OPENAI_FIELDS | {"strength": set()}),
    "edits, form": ("/v1/images/edits", "multipart", OPENAI | {"image": IMAGE, "mask": HOLE}, OPENAI_FIELDS | {"strength": set()}),
    "variations": ("/v1/images/variations", "multipart", {"steps": 2, "size": "64x64", "image": IMAGE},
                   {"steps": {"strength"}, "n": set(), "size": set(), "strength": set(), "seed": set()}),
    "txt2img": ("/sdapi/v1/txt2img", "json", A1111, A1111_FIELDS),
    "img2img": ("/sdapi/v1/img2img", "json", A1111_IMAGE, A1111_IMAGE_FIELDS),
    "img2img, whole": ("/sdapi/v1/img2img", "json", A1111_IMAGE | {"inpaint_full_res": False, "resize_mode": 1}, A1111_IMAGE_FIELDS),
    "page": ("/", "form", {"prompt": "x", "steps": 1, "size": "64x64"}, FORM_FIELDS),
}


class Client:
    def __init__(self, port: int):
        self.port = port
        self.connection = None

    def send(self, path: str, kind: str, body: dict) -> tuple[int, str]:
        """The status, and everything that was answered as text, header included."""
        data, content_type = encoded(kind, body)
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
                self.connection.request("POST", path, data, {"Content-Type": content_type})
                response = self.connection.getresponse()
                content = response.read()
            except (ConnectionError, http.client.HTTPException):
                # The server ends some connections with the answer before; a server that has ended takes no new one.
                self.connection = None
                assert attempt == 1, "the server does not answer"
                continue
            if response.getheader("connection") == "close":
                self.connection = None
            return response.status, f"{response.headers}\n{content.decode(errors='replace')}"


def encoded(kind: str, body: dict) -> tuple[bytes, str]:
    match kind:
        case "json":
            return number_text(json.dumps(body)), "application/json"
        case "form":
            from urllib.parse import urlencode
            return urlencode(body).encode(), "application/x-www-form-urlencoded"
    parts = []
    for name, value in body.items():
        filename = '; filename="a"' if isinstance(value, bytes) else ""
        parts.append(f'--limit\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'.encode())
        parts.append((value if isinstance(value, bytes) else str(value).encode()) + b"\r\n")
    return b"".join(parts) + b"--limit--\r\n", "multipart/form-data; boundary=limit"


def number_text(document: str) -> bytes:
    """Numbers that Python writes as no JSON does, as JSON has them."""
    return document.replace("Infinity", "1e999").encode()


def with_field(body: dict, name: str, value) -> dict:
    outer, _, inner = name.partition(".")
    return body | {outer: {inner: value} if inner else value}


def parameter(content: str) -> str | None:
    """The part of the request that an error names."""
    for pattern in (r'"param": ?"([^"]*)"', r'"parameter": ?"([^"]*)"', r'"loc": ?\["body", ?"([^"]*)"'):
        if match := re.search(pattern, content):
            return match[1]
    return None


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("numbers")) as server:
        yield server


@pytest.mark.parametrize("way", WAYS)
def test_any_number_gives_a_picture_or_an_error_that_names_its_field(port, way):
    path, kind, body, fields = WAYS[way]
    client = Client(port.port)
    status, content = client.send(path, kind, body)
    assert status == 200, content[:500]
    for name, aliases in fields.items():
        values = SIZES if name == "size" else EXTREME_NUMBERS + TEXTS
        for value in values:
            if name in ("steps", "quality") and isinstance(value, (int, float)) and 2 < value <= 150:
                continue  # allowed, and only a matter of time
            status, content = client.send(path, kind, with_field(body, name, value))
            assert status in (200, 400, 404, 413, 422, 504), (name, value, status, content[:500])
            if status in (400, 422) and kind != "form":
                assert parameter(content) in {name, *aliases, "size" if name in ("width", "height") else name}, (
                    name, value, content[:500])
    status, content = client.send(path, kind, body)
    assert status == 200, content[:500]


@pytest.mark.parametrize("way", WAYS)
def test_no_error_repeats_a_number_that_was_sent(port, way):
    path, kind, body, fields = WAYS[way]
    client = Client(port.port)
    for name in fields:
        for value, marks in [
            (918273645, ["918273645"]), (-918273645, ["918273645"]), (91827.3645, ["91827", "3645"]),
            ("7391x8264", ["7391", "8264"]), ("918273645", ["918273645"]), (10**30 + 918273645, ["918273645"]),
        ]:
            status, content = client.send(path, kind, with_field(body, name, value))
            if status != 200:
                assert not any(mark in content for mark in marks), (name, value, content[:500])
    log = port.log.read_text()
    assert not any(mark in log for mark in ["918273645", "7391", "8264"])


def test_no_error_repeats_the_size_of_an_image(port):
    client = Client(port.port)
    large, small = picture(5171, 5039, "L"), picture(177, 193, "RGBA", 0)
    for path, kind, body in [
        ("/api/pictures", "json", NATIVE | {"image": text(large)}),
        ("/v1/images/edits", "multipart", OPENAI | {"image": IMAGE, "mask": small}),
        ("/v1/images/edits", "multipart", OPENAI | {"image": large}),
        ("/sdapi/v1/img2img", "json", A1111 | {"init_images": [text(large)]}),
        ("/api/pictures", "json", NATIVE | {"prompt": "word " * 8011}),
    ]:
        status, content = client.send(path, kind, body)
        assert status in (400, 422), content[:500]
        assert not any(mark in content for mark in ["5171", "5039", "177", "193", "40055", "40054", "17111"]), content[:500]


def test_long_and_narrow_images_are_drawn(port):
    client = Client(port.port)
    for width, height in [(400_000, 1), (1, 400_000), (900_000, 2)]:
        image = text(picture(width, height, "L"))
        for mode in (0, 1, 2):
            status, content = client.send("/sdapi/v1/img2img", "json", A1111 | {
                "init_images": [image], "resize_mode": mode, "width": 64, "height": 2048, "denoising_strength": 1})
            assert status == 200, content[:300]
