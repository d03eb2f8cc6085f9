"""Pictures cut out of their ground: transparent at every door, the same drawing as without, refused where it cannot be."""
import base64
import io
import json
import shutil

import pytest
import requests
from conftest import MODEL, run, serve
from page import make, press_button, ready
from PIL import Image, ImageChops, ImageStat

SETTINGS = {"prompt": "red heart", "seed": 7, "steps": 4}


def image(data):
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def native(server, **more):
    answer = requests.post(f"{server.address}/api/pictures", json=SETTINGS | more)
    events = [json.loads(line[6:]) for line in answer.text.split("\n") if line.startswith("data: ")]
    return answer, [image(base64.b64decode(event["b64"])) for event in events if "seed" in event], events


def is_cut_out(picture):
    assert picture.mode == "RGBA"
    opacity = picture.getchannel("A")
    shares = [sum(opacity.histogram()[low:high]) / (picture.width * picture.height) for low, high in ((0, 1), (1, 255), (255, 256))]
    corners = [opacity.getpixel((x, y)) for x in (0, picture.width - 1) for y in (0, picture.height - 1)]
    return corners == [0] * 4 and shares[0] > 0.2 and shares[1] > 0.005 and shares[2] > 0.1


def difference(cutout, opaque):
    """How far the cut-out on white is from the opaque picture on average, of 255."""
    ground = Image.new("RGBA", cutout.size, "white")
    ground.alpha_composite(cutout)
    return sum(ImageStat.Stat(ImageChops.difference(ground.convert("RGB"), opaque.convert("RGB"))).mean) / 3


@pytest.mark.parametrize("format", ["png", "webp"])
@pytest.mark.parametrize("size", ["128x128", "300x200"])
def test_it_is_the_same_drawing_without_its_ground(server, format, size):
    _, [cutout], _ = native(server, background="transparent", format=format, size=size)
    _, [opaque], _ = native(server, background="opaque", format="png", size=size)
    _, [usual], _ = native(server, size=size)
    assert f"{cutout.width}x{cutout.height}" == size and is_cut_out(cutout)
    assert opaque.mode == "RGB" and opaque.tobytes() == usual.tobytes()
    assert difference(cutout, opaque) < (2 if format == "png" else 5)


def test_it_is_the_same_each_time_and_each_of_several_is_cut_out(server):
    _, pictures, _ = native(server, background="transparent", n=3)
    assert len(pictures) == 3 and all(map(is_cut_out, pictures))
    _, [second], _ = native(server, background="transparent", seed=8)
    assert second.tobytes() == pictures[1].tobytes()


def test_no_light_fringe_is_left_on_a_dark_page(server):
    _, [cutout], _ = native(server, background="transparent", prompt="black heart", size="256x256")
    ground = Image.new("RGBA", cutout.size, "black")
    ground.alpha_composite(cutout)
    light = sum(ground.convert("L").histogram()[140:]) / (256 * 256)
    assert is_cut_out(cutout) and light < 0.003


def test_previews_are_opaque(server):
    _, _, events = native(server, background="transparent", previews="every_step")
    previews = [image(base64.b64decode(event["b64"])) for event in events if "b64" in event and "seed" not in event]
    assert previews and all(preview.mode == "RGB" for preview in previews)


def test_openais_door_says_so(server):
    answer = requests.post(f"{server.address}/v1/images/generations", json=SETTINGS | {"background": "transparent", "output_format": "webp"}).json()
    assert answer["background"] == "transparent" and answer["output_format"] == "webp"
    assert is_cut_out(image(base64.b64decode(answer["data"][0]["b64_json"])))
    usual = requests.post(f"{server.address}/v1/images/generations", json=SETTINGS | {"background": "auto"}).json()
    assert usual["background"] == "opaque" and image(base64.b64decode(usual["data"][0]["b64_json"])).mode == "RGB"
    stream = requests.post(f"{server.address}/v1/images/generations", json=SETTINGS | {"background": "transparent", "stream": True}).text
    last = json.loads(stream.strip().split("data: ")[-1])
    assert last["background"] == "transparent" and is_cut_out(image(base64.b64decode(last["b64_json"])))


def test_an_edit_can_be_cut_out(server):
    _, [first], _ = native(server)
    file = io.BytesIO()
    first.save(file, "PNG")
    answer = requests.post(
        f"{server.address}/v1/images/edits", files={"image": ("first.png", file.getvalue(), "image/png")},
        data={"prompt": "blue heart", "background": "transparent", "strength": "0.6", "seed": "3"}).json()
    assert is_cut_out(image(base64.b64decode(answer["data"][0]["b64_json"])))


@pytest.mark.parametrize("path, format", [("/api/pictures", "format"), ("/v1/images/generations", "output_format")])
def test_a_jpeg_is_refused_by_name(server, path, format):
    answer = requests.post(server.address + path, json=SETTINGS | {"background": "transparent", format: "jpeg"})
    assert answer.status_code == 400 and "png or webp" in answer.text
    error = answer.json()
    assert (error.get("parameter") or error["error"]["param"]) == "background"


def test_a_model_that_draws_on_no_plain_ground_refuses(tmp_path):
    folder = tmp_path / "scenes"
    shutil.copytree(MODEL, folder)
    file = folder / "mystarion.json"
    card = json.loads(file.read_text())
    del card["plain_ground"]
    file.write_text(json.dumps(card))
    with serve(tmp_path, "--model", folder) as scenes:
        assert requests.get(f"{scenes.address}/api/model").json()["backgrounds"] == ["auto", "opaque"]
        for path in ("/api/pictures", "/v1/images/generations"):
            answer = requests.post(scenes.address + path, json={"prompt": "canary", "background": "transparent"})
            error = answer.json()
            assert answer.status_code == 400 and "plain ground" in answer.text and "canary" not in answer.text
            assert (error.get("parameter") or error["error"]["param"]) == "background"
            assert requests.post(scenes.address + path, json=SETTINGS | {"background": "auto"}).status_code == 200
    answer = run("generate", "canary", "--background", "transparent", "--model", folder, folder=tmp_path)
    assert answer.returncode == 64 and b"plain ground" in answer.stderr
    file.write_text(json.dumps(card | {"plain_ground": "yes"}))
    answer = run("generate", "canary", "--model", folder, folder=tmp_path)
    assert answer.returncode != 0 and b"plain_ground" in answer.stderr


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_the_command_line_writes_it_with_its_mark(tmp_path, ending):
    answer = run("generate", "red heart", "--seed", "7", "--background", "transparent", "-o", f"heart.{ending}", "--model", MODEL, folder=tmp_path)
    assert answer.returncode == 0, answer.stderr
    data = (tmp_path / f"heart.{ending}").read_bytes()
    assert is_cut_out(image(data)) and b"trainedAlgorithmicMedia" in data


def test_the_command_line_refuses_a_jpeg_before_any_work(tmp_path):
    answer = run("generate", "red heart", "--background", "transparent", "-o", "heart.jpg", "--model", MODEL, folder=tmp_path)
    assert answer.returncode == 64 and b".png or .webp" in answer.stderr and not list(tmp_path.iterdir())


def test_the_page_without_scripts_takes_it(server):
    text = requests.post(server.address, data=SETTINGS | {"background": "transparent"}).text
    assert is_cut_out(image(base64.b64decode(text.split("data:image/png;base64,")[1].split('"')[0])))


def test_the_page_has_a_switch_for_it(browser, server, folder):
    ready(browser, server.address)
    browser.run("document.getElementById('settings').open = true")
    browser.click("#cutting")
    assert "Cut out" in browser.run("document.getElementById('settings-value').textContent")
    make(browser, "red heart")
    corner, middle = browser.run("""
        (async picture => {
          await picture.decode();
          const brush = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight).getContext('2d');
          brush.drawImage(picture, 0, 0);
          return [[0, 0], [picture.naturalWidth / 2, picture.naturalHeight / 2]].map(([x, y]) => brush.getImageData(x, y, 1, 1).data[3]);
        })(document.querySelector('#pictures img'))""")
    assert (corner, middle) == (0, 255)
    before = set(folder.iterdir())
    press_button(browser, "WebP")
    browser.wait("document.getElementById('status').textContent.includes('Saved')", 10)
    for _ in range(100):
        new = [file for file in set(folder.iterdir()) - before if file.suffix == ".webp"]
        if new:
            break
        browser.run("new Promise(done => setTimeout(done, 50))")
    saved = image(new[0].read_bytes())
    assert saved.mode == "RGBA" and saved.getpixel((0, 0))[3] == 0
    browser.run("document.getElementById('request').reset()")
    press_button(browser, "Same again")
    assert browser.run("document.getElementById('cutout').checked")
