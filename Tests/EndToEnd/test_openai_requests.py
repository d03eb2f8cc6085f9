"""What clients of the OpenAI API send, as their sources have it, and Node's own transports."""
import base64
import io
import json
import pathlib
import shutil
import subprocess

import numpy
import pytest
import requests
from PIL import Image

CLIENTS = json.loads((pathlib.Path(__file__).parent / "clients/openai.json").read_text())


def png(width=96, height=72, mode="RGB"):
    noise = numpy.random.default_rng(7).integers(0, 255, (height, width, 3), dtype=numpy.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(file, "PNG")
    return file.getvalue()


def picture(entry):
    data = entry["b64_json"] if "b64_json" in entry else entry["url"].partition(";base64,")[2]
    return Image.open(io.BytesIO(base64.b64decode(data)))


@pytest.mark.parametrize("request_", CLIENTS, ids=lambda each: f"{each['client']}, {each['path']}, {each['body'].get('model')}")
def test_what_clients_send_gives_what_they_read(server, request_):
    address = f"{server.address}/v1/images/{request_['path']}"
    body = request_["body"]
    if name := request_.get("picture"):
        answer = requests.post(address, data=body, files={name: ("image.png", png(), "image/png")})
    else:
        answer = requests.post(address, json=body, headers={"Authorization": "Bearer none"})
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert len(data) == int(body.get("n", 1))
    asked = body.get("size", "auto")
    size = "96x72" if request_.get("picture") else "128x128"
    for entry in data:
        assert {"url", "b64_json"} & set(entry) == {request_["reads"]}
        assert "{}x{}".format(*picture(entry).size) == (size if asked == "auto" else asked) == answer.json()["size"]


def test_an_edit_keeps_what_is_not_marked_to_the_bit(server):
    source = png()
    mask = Image.new("RGBA", (96, 72), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (30, 20, 50, 35))
    file = io.BytesIO()
    mask.save(file, "PNG")
    for more in ({}, {"size": "96x72"}, {"size": "auto", "n": "2"}):
        answer = requests.post(
            f"{server.address}/v1/images/edits", data={"prompt": "red heart", "seed": 1} | more,
            files={"image": source, "mask": file.getvalue()}).json()
        for entry in answer["data"]:
            # The model does not draw so few pixels.
            assert entry["drawn_size"] == "152x112"
            changed = (numpy.asarray(picture(entry)) != numpy.asarray(Image.open(io.BytesIO(source)))).any(axis=2)
            assert changed[20:35, 30:50].mean() > 0.9
            changed[20:35, 30:50] = False
            assert not changed.any()


def test_a_soft_mask_blends_by_as_much_as_it_is_transparent(server):
    black = Image.new("RGB", (128, 128))
    ramp = Image.new("RGBA", (128, 128))
    ramp.putalpha(Image.fromarray(numpy.tile(numpy.linspace(255, 0, 128).astype(numpy.uint8), (128, 1))))
    files = {}
    for name, image in (("image", black), ("mask", ramp)):
        file = io.BytesIO()
        image.save(file, "PNG")
        files[name] = file.getvalue()
    form = {"prompt": "white paper", "seed": 3}
    soft = requests.post(f"{server.address}/v1/images/edits", data=form, files=files).json()
    # The same drawing, all of it new.
    files["mask"] = io.BytesIO()
    Image.new("RGBA", (128, 128)).save(files["mask"], "PNG")
    files["mask"] = files["mask"].getvalue()
    hard = requests.post(f"{server.address}/v1/images/edits", data=form, files=files).json()
    blended, new = (numpy.asarray(picture(answer["data"][0])).astype(float) for answer in (soft, hard))
    share = 1 - numpy.asarray(ramp)[..., 3:4] / 255
    assert numpy.abs(blended - new * share).max() <= 2


@pytest.mark.parametrize("size", ["64x64", "131x129", "1024x1024", "1024x1792", "2048x64"])
def test_every_door_delivers_the_size_that_was_asked_for(server, size):
    width, height = map(int, size.split("x"))
    openai = requests.post(f"{server.address}/v1/images/generations", json={"prompt": "x", "steps": 2, "size": size})
    assert picture(openai.json()["data"][0]).size == (width, height)
    native = requests.post(
        f"{server.address}/api/pictures", json={"prompt": "x", "steps": 2, "width": width, "height": height, "previews": 1})
    events = [json.loads(line[6:]) for line in native.text.splitlines() if line.startswith("data: ")]
    image = next(event for event in events if "seed" in event)
    assert (image["width"], image["height"]) == (width, height)
    assert Image.open(io.BytesIO(base64.b64decode(image["b64"]))).size == (width, height)
    preview = next(event for event in events if event.get("format") == "jpeg" and "seed" not in event)
    assert max(Image.open(io.BytesIO(base64.b64decode(preview["b64"]))).size) <= 512
    form = requests.post(f"{server.address}/", data={"prompt": "x", "steps": 2, "size": size})
    assert f'width="{width}" height="{height}"' in form.text


NODE = """
const [, , address] = process.argv;
const size = async (blob) => (await blob.arrayBuffer()).byteLength;
const json = (path, body) => fetch(address + path, {
  method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
(async () => {
  const result = {};
  const made = await (await json('/v1/images/generations', {model: 'dall-e-3', prompt: 'x', steps: 1})).json();
  // Its own fetch reads the address that a picture comes as.
  const blob = await (await fetch(made.data[0].url)).blob();
  result.made = [blob.type, await size(blob)];
  const form = new FormData();
  for (const [name, value] of Object.entries({prompt: 'x', steps: 2, seed: null, size: undefined, n: ''})) form.append(name, value);
  form.append('image', blob, 'picture.png');
  const edited = await (await fetch(address + '/v1/images/edits', {method: 'POST', body: form})).json();
  result.edited = edited.size;
  const answer = await json('/v1/images/generations', {prompt: 'x', steps: 2, stream: true});
  let text = '';
  for await (const chunk of answer.body) text += Buffer.from(chunk).toString();
  result.stream = [text.startsWith(': '), text.includes('event: image_generation.completed')];
  const bare = await fetch(address + '/api/pictures', {method: 'POST', body: new Blob(['{"prompt":"x","steps":1}'])});
  result.bare = bare.status;
  console.log(JSON.stringify(result));
})();
"""


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node here")
def test_nodes_own_fetch_is_served(server, tmp_path):
    script = tmp_path / "client.js"
    script.write_text(NODE)
    output = subprocess.run(["node", script, server.address], capture_output=True, text=True, timeout=60)
    result = json.loads(output.stdout or "{}")
    assert result.get("made", [None, 0])[0] == "image/png" and result["made"][1] > 500, output.stderr
    assert result["edited"] == "128x128" and result["stream"] == [True, True] and result["bare"] == 200


JSON_DOORS = ["/v1/images/generations", "/api/pictures", "/sdapi/v1/txt2img"]


@pytest.mark.parametrize("path", [*JSON_DOORS, "/v1/images/edits", "/v1/images/variations", "/sdapi/v1/img2img", "/"])
@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
def test_curl_is_told_to_go_on_at_once(server, path, tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(png(64, 64))
    if path in JSON_DOORS:
        body = ["-H", "Content-Type: application/json", "-d", '{"prompt":"x","steps":1}']
    elif path == "/sdapi/v1/img2img":
        order = {"prompt": "x", "steps": 2, "denoising_strength": 1, "init_images": [base64.b64encode(file.read_bytes()).decode()]}
        (tmp_path / "body.json").write_text(json.dumps(order))
        body = ["-H", "Content-Type: application/json", "-d", f"@{tmp_path}/body.json"]
    elif path == "/":
        body = ["-d", "prompt=x&steps=1"]
    else:
        body = ["-F", f"image=@{file}", "-F", "steps=2"] + (["-F", "prompt=x"] if path.endswith("edits") else [])
    output = subprocess.run(
        ["curl", "-sv", "-o", tmp_path / "answer", "-H", "Expect: 100-continue", *body, server.address + path],
        capture_output=True, text=True, timeout=60)
    lines = [line[2:].strip() for line in output.stderr.splitlines() if line.startswith("< HTTP")]
    assert lines == ["HTTP/1.1 100 Continue", "HTTP/1.1 200 OK"], output.stderr[-1500:]


@pytest.mark.parametrize("path", JSON_DOORS)
def test_json_is_taken_without_a_type_and_never_from_elsewhere(server, path):
    body = b"\xef\xbb\xbf" + b'{"prompt":"x","steps":1}'
    assert requests.post(server.address + path, data=body).status_code == 200
    for origin in ("http://elsewhere.example", "null"):
        assert requests.post(server.address + path, data=body, headers={"Origin": origin}).status_code == 403
    wide = requests.post(
        server.address + path, data='{"prompt":"x"}'.encode("utf-16"), headers={"Content-Type": "application/json"})
    assert wide.status_code in (400, 422) and "UTF-8" in wide.text


@pytest.mark.parametrize("keep_alive", [False, True])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
def test_http_1_0_ends_with_the_connection(server, keep_alive, stream):
    body = json.dumps({"prompt": "x", "steps": 1, "stream": stream})
    fields = ["-H", "Connection: keep-alive"] if keep_alive else []
    output = subprocess.run(
        ["curl", "-s", "-0", "-D", "-", *fields, "-H", "Content-Type: application/json", "-d", body,
         f"{server.address}/v1/images/generations"], capture_output=True, text=True, timeout=60)
    head, _, rest = output.stdout.replace("\r", "").partition("\n\n")
    assert head.startswith("HTTP/1.0 200") and "connection: close" in head.lower()
    assert "transfer-encoding" not in head.lower()
    assert rest.startswith(": \n\nevent: " if stream else '{"created"')
