"""Enlarging pictures over HTTP: the native interface, A1111's extras, tools for language models, and what is drawn."""
import base64
import http.client
import io
import json
import threading
import time

import numpy as np
import pytest
import requests
from PIL import Image

NETWORK = "realesr-animevideov3"


def drawing(size=(48, 40), mode="RGB"):
    """A disc and a bar on a plain ground, with soft edges."""
    scale = 8
    image = Image.new("RGBA", (size[0] * scale, size[1] * scale), (255, 255, 255, 0 if mode == "RGBA" else 255))
    image.paste((200, 30, 40, 255), (60, 40, 220, 200))
    image.paste((20, 90, 200, 255), (180, 120, 340, 280))
    return image.resize(size, Image.BOX).convert(mode)


def on(ground, image):
    """The picture as it is seen on a ground."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    return Image.alpha_composite(Image.new("RGBA", image.size, ground), image).convert("RGB")


def text(image, format="PNG") -> str:
    file = io.BytesIO()
    image.save(file, format)
    return base64.b64encode(file.getvalue()).decode()


def picture(encoded) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(encoded)))


def events(answer):
    assert answer.status_code == 200, answer.text
    for block in answer.text.split("\n\n"):
        if block.startswith("event: "):
            name, data = block.split("\n", 1)
            yield name[7:], json.loads(data.removeprefix("data: "))


@pytest.fixture(scope="module")
def enlarge(server):
    def enlarge(image, **body):
        answer = requests.post(f"{server.address}/api/upscale", json={"image": text(image), **body})
        return picture(next(data for name, data in events(answer) if name == "image")["b64"])
    return enlarge


@pytest.mark.parametrize("scale", [2, 3, 4, None])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_picture_becomes_so_many_times_as_large(enlarge, scale, mode):
    original = drawing(mode=mode)
    large = enlarge(original, **({"scale": scale} if scale else {}))
    times = scale or 4
    assert large.size == (original.width * times, original.height * times)
    assert (large.mode == "RGBA") == (mode == "RGBA")
    # Seen on white and on black, it is the same picture.
    for ground in ("white", "black"):
        seen = [np.asarray(on(ground, image).resize(original.size, Image.BOX), float) for image in (large, original)]
        assert np.abs(seen[0] - seen[1]).mean() < 6, "it shows something else"


def test_a_filter_gives_pillows_pixels(enlarge):
    original = drawing()
    size = (original.width * 3, original.height * 3)
    for name, filter in (("lanczos", Image.LANCZOS), ("nearest", Image.NEAREST)):
        expected = original.resize(size, filter)
        assert enlarge(original, scale=3, upscaler=name).convert("RGB").tobytes() == expected.tobytes()


def test_a_network_draws_edges_that_a_filter_blurs(enlarge):
    original = drawing()
    def sharpness(image):
        return np.abs(np.diff(np.asarray(image.convert("L"), float), axis=1)).max(axis=1).mean()
    assert sharpness(enlarge(original, scale=4, upscaler=NETWORK)) > 1.3 * sharpness(enlarge(original, scale=4, upscaler="lanczos"))


def test_the_same_picture_gives_the_same_bytes(enlarge):
    original = drawing((130, 70))
    assert enlarge(original, scale=2).tobytes() == enlarge(original, scale=2).tobytes()


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_files_are_written_as_is_asked_and_say_how_they_came_about(server, format):
    answer = requests.post(f"{server.address}/api/upscale", json={"image": text(drawing()), "scale": 2, "format": format})
    told = dict(events(answer))
    assert list(told)[-2:] == ["image", "done"] and told["done"]["images"] == 1
    image = told["image"]
    assert (image["width"], image["height"], image["format"]) == (96, 80, format)
    file = base64.b64decode(image["b64"])
    assert picture(image["b64"]).format.lower() == format
    assert b"compositeWithTrainedAlgorithmicMedia" in file
    plain = requests.post(f"{server.address}/api/upscale", json={"image": text(drawing()), "upscaler": "nearest", "format": format})
    assert b"algorithmicallyEnhanced" in base64.b64decode(dict(events(plain))["image"]["b64"])


def test_progress_is_told(server):
    answer = requests.post(f"{server.address}/api/upscale", json={"image": text(drawing((600, 300))), "scale": 2})
    progress = [data for name, data in events(answer) if name == "progress"]
    assert len(progress) > 1 and progress[-1]["completed"] == progress[-1]["total"] > 1


@pytest.mark.parametrize("change, name", [
    ({"image": None}, "image"), ({"image": ""}, "image"), ({"image": "canary"}, "image"), ({"scale": 1}, "scale"),
    ({"scale": 5}, "scale"), ({"scale": 2.5}, "scale"), ({"scale": 2 ** 63}, "scale"), ({"scale": "two"}, "scale"), ({"upscaler": "canary"}, "upscaler"),
    ({"upscaler": 1}, "upscaler"), ({"format": "gif"}, "format"), ({"quality": 101}, "quality"), ({"time_limit": 0}, "time_limit"),
])
def test_what_cannot_be_done_is_refused_by_name(server, change, name):
    answer = requests.post(f"{server.address}/api/upscale", json={"image": text(drawing()), "scale": 2} | change)
    assert answer.status_code == 400, answer.text
    assert answer.json()["parameter"] == name
    assert "canary" not in answer.text


def test_what_would_become_too_large_is_refused_before_it_is_read(server):
    image = Image.new("L", (8000, 64))
    answer = requests.post(f"{server.address}/api/upscale", json={"image": text(image), "scale": 2})
    assert answer.status_code == 400 and answer.json()["parameter"] == "scale"
    assert "8192" in answer.json()["detail"]


def test_drawing_goes_on_meanwhile(server):
    def large():
        requests.post(f"{server.address}/api/upscale", json={"image": text(drawing((1000, 1000))), "scale": 4}, timeout=300)
    thread = threading.Thread(target=large)
    thread.start()
    time.sleep(0.3)
    begun = time.monotonic()
    body = {"prompt": "red heart", "size": "64x64", "steps": 2}
    assert requests.post(f"{server.address}/v1/images/generations", json=body).status_code == 200
    assert thread.is_alive(), "the enlargement was over before"
    assert time.monotonic() - begun < 30
    thread.join()


def test_a_client_that_leaves_costs_no_more_work(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    body = json.dumps({"image": text(drawing((1200, 1200))), "scale": 4})
    connection.request("POST", "/api/upscale", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert answer.readline().startswith(b"event: ")
    answer.close()
    connection.close()
    end = time.monotonic() + 20
    while requests.get(f"{server.address}/api/status").json()["running"]:
        assert time.monotonic() < end, "the work goes on"
        time.sleep(0.05)


# A1111's extras.

@pytest.fixture(scope="module")
def extras(server):
    def extras(body, path="extra-single-image"):
        answer = requests.post(f"{server.address}/sdapi/v1/{path}", json=body)
        return answer.status_code, answer.json()
    return extras


@pytest.mark.parametrize("name", ["Lanczos", "Nearest", NETWORK, "R-ESRGAN AnimeVideo", "lanczos"])
def test_the_web_uis_clients_enlarge_by_a_factor(extras, name):
    status, answer = extras({"image": text(drawing()), "upscaler_1": name, "upscaling_resize": 2.5})
    assert status == 200 and "html_info" in answer
    assert picture(answer["image"]).size == (120, 100)


@pytest.mark.parametrize("crop, size", [(True, (100, 100)), (False, (120, 100))])
def test_the_web_uis_clients_enlarge_to_a_size(extras, crop, size):
    body = {"resize_mode": 1, "upscaling_resize_w": 100, "upscaling_resize_h": 100, "upscaling_crop": crop, "upscaler_1": "Lanczos"}
    status, answer = extras(body | {"image": text(drawing())})
    assert status == 200
    assert picture(answer["image"]).size == size


def test_no_upscaler_leaves_a_picture_as_it_is(extras):
    original = drawing(mode="RGBA")
    for body in ({}, {"upscaler_1": "None", "upscaling_resize": 4, "codeformer_visibility": 1}):
        assert picture(extras(body | {"image": text(original)})[1]["image"]).tobytes() == original.tobytes()


def test_a_second_upscaler_is_laid_over_the_first(extras):
    def made(**options):
        body = {"image": text(drawing()), "upscaling_resize": 2, "upscaler_1": "Lanczos"} | options
        return np.asarray(picture(extras(body)[1]["image"]).convert("RGB"), float)
    first, second = made(), made(upscaler_1="Nearest")
    half = made(upscaler_2="Nearest", extras_upscaler_2_visibility=0.5)
    assert np.abs(half - (first + second) / 2).max() <= 1
    assert (made(upscaler_2="Nearest", extras_upscaler_2_visibility=0) == first).all()
    assert (made(upscaler_2="Nearest", extras_upscaler_2_visibility=1) == second).all()


def test_several_pictures_come_in_their_order(extras):
    images = [drawing((40, 30)), drawing((30, 50))]
    body = {"imageList": [{"data": text(image), "name": "canary"} for image in images], "upscaler_1": "Lanczos", "upscaling_resize": 2}
    status, answer = extras(body, "extra-batch-images")
    assert status == 200
    assert [picture(each).size for each in answer["images"]] == [(80, 60), (60, 100)]
    assert "canary" not in json.dumps(answer)


@pytest.mark.parametrize("change, name", [
    ({"image": None}, "image"), ({"image": "canary"}, "image"), ({"upscaler_1": "canary"}, "upscaler_1"), ({"upscaler_2": "canary"}, "upscaler_2"),
    ({"upscaling_resize": 0}, "upscaling_resize"), ({"upscaling_resize": 9}, "upscaling_resize"), ({"upscaling_resize": 1e300}, "upscaling_resize"),
    ({"resize_mode": 2}, "resize_mode"), ({"resize_mode": 1, "upscaling_resize_w": 0}, "upscaling_resize_w"), ({"upscaler_1": "Latent"}, "upscaler_1"),
    ({"resize_mode": 1, "upscaling_resize_h": 2 ** 62}, "upscaling_resize_h"), ({"upscaler_2": "Nearest", "extras_upscaler_2_visibility": 2}, "extras_upscaler_2_visibility"),
])
def test_what_extras_cannot_do_is_refused_by_name(extras, change, name):
    status, answer = extras({"image": text(drawing()), "upscaler_1": "Lanczos"} | change)
    assert status == 422, answer
    assert answer["detail"][0]["loc"] == ["body", name]
    assert "canary" not in json.dumps(answer)


def test_a_list_without_pictures_is_refused(extras):
    for pictures in (None, [], [{}], [{"name": "canary"}]):
        status, answer = extras({"imageList": pictures, "upscaler_1": "Lanczos"}, "extra-batch-images")
        assert status == 422 and "imageList" in answer["detail"][0]["loc"][1], answer


def test_the_upscalers_are_listed(server):
    names = [each["name"] for each in requests.get(f"{server.address}/sdapi/v1/upscalers").json()]
    assert names == ["None", NETWORK, "Lanczos", "Nearest", "Latent"]
    assert requests.get(f"{server.address}/sdapi/v1/realesrgan-models").json() == [{"name": NETWORK, "path": NETWORK, "scale": 4}]
    model = requests.get(f"{server.address}/api/model").json()
    assert model["upscalers"] == [NETWORK, "lanczos", "nearest"]
    assert model["upscaled"] == {"side": 8192, "pixels": 2 ** 26, "scale": {"minimum": 2, "maximum": 4}}


def test_a_language_model_enlarges_pictures(server):
    def call(arguments):
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "enlarge_image", "arguments": arguments}}
        headers = {"Accept": "application/json, text/event-stream"}
        return requests.post(f"{server.address}/mcp", json=message, headers=headers).json()["result"]
    result = call({"image": text(drawing()), "scale": 3})
    assert not result["isError"]
    image, said = result["content"]
    assert picture(image["data"]).size == (144, 120)
    assert "seed" not in said["text"] and "144×120" in said["text"]
    assert call({"scale": 3})["isError"] and call({"image": text(drawing()), "prompt": "canary"})["isError"]
