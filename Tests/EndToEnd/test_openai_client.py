"""The openai package against the real server."""
import base64
import http.client
import io
import json

import numpy
import openai
import pytest
from PIL import Image, ImageDraw


@pytest.fixture(scope="module")
def client(server):
    with openai.OpenAI(base_url=f"{server.address}/v1", api_key="none", max_retries=0, timeout=300) as client:
        yield client


def test_generate_gives_a_picture(client):
    answer = client.images.generate(model="mystarion-icons", prompt="red heart", extra_body={"seed": 7})
    picture = Image.open(io.BytesIO(base64.b64decode(answer.data[0].b64_json)))
    assert picture.format == "PNG"
    assert f"{picture.width}x{picture.height}" == answer.size
    assert answer.output_format == "png"
    colours = picture.convert("RGB").getextrema()
    assert any(high - low > 100 for low, high in colours), "the picture is of one colour"


def test_one_seed_gives_the_same_bytes(client):
    pictures = [
        client.images.generate(prompt="blue star icon", extra_body={"seed": seed, "steps": 5}).data[0].b64_json
        for seed in (7, 7, 8)
    ]
    assert pictures[0] == pictures[1]
    assert pictures[0] != pictures[2]


def test_a_picture_is_the_same_alone_and_among_others(client):
    together = client.images.generate(prompt="red heart", n=2, extra_body={"seed": 7, "steps": 5})
    alone = client.images.generate(prompt="red heart", extra_body={"seed": 8, "steps": 5})
    assert together.data[1].b64_json == alone.data[0].b64_json


def test_a_url_holds_the_picture(client):
    answer = client.images.generate(prompt="red heart", response_format="url", extra_body={"steps": 1})
    assert answer.data[0].url.startswith("data:image/png;base64,")


@pytest.mark.parametrize("name", ["png", "jpeg", "webp"])
def test_formats(client, name):
    answer = client.images.generate(prompt="red heart", output_format=name, quality="low", extra_body={"steps": 1})
    assert Image.open(io.BytesIO(base64.b64decode(answer.data[0].b64_json))).format == name.upper()


def png(width=128, height=128, transparent=None, **options):
    """A PNG of a red square on white, transparent in a box if there is one."""
    picture = Image.new("RGBA", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((width // 4, height // 4, width * 3 // 4, height * 3 // 4), fill=(200, 30, 30, 255))
    if transparent:
        draw.rectangle(transparent, fill=(0, 0, 0, 0))
    file = io.BytesIO()
    (picture if transparent else picture.convert("RGB")).save(file, "PNG", **options)
    return file.getvalue()


def pixels(text):
    return numpy.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB"), dtype=float)


def test_a_stream_gives_each_picture_as_it_is_done(client):
    events = list(client.images.generate(prompt="red heart", n=2, stream=True, extra_body={"seed": 7, "steps": 3}))
    assert [event.type for event in events] == ["image_generation.completed"] * 2
    assert {event.seed for event in events} == {7, 8}
    alone = client.images.generate(prompt="red heart", extra_body={"seed": 7, "steps": 3})
    first = next(event for event in events if event.seed == 7)
    # Sums that are taken in another order, in a pass with other pictures, may round otherwise.
    assert numpy.abs(pixels(first.b64_json) - pixels(alone.data[0].b64_json)).max() <= 2
    assert (first.size, first.output_format, first.background) == (alone.size, "png", "opaque")
    assert first.quality == "medium" and first.created_at >= alone.created - 300


def test_partial_images_approach_the_picture(client):
    events = list(
        client.images.generate(
            prompt="red heart", stream=True, partial_images=3, quality="high", extra_body={"seed": 7}
        )
    )
    *partial, completed = events
    assert [event.type for event in partial] == ["image_generation.partial_image"] * 3
    assert [event.partial_image_index for event in partial] == [0, 1, 2]
    final = Image.open(io.BytesIO(base64.b64decode(completed.b64_json))).convert("RGB")
    distances = []
    for event in partial:
        preview = Image.open(io.BytesIO(base64.b64decode(event.b64_json))).convert("RGB")
        distances.append(numpy.abs(numpy.asarray(final.resize(preview.size), float) - numpy.asarray(preview)).mean())
    assert distances == sorted(distances, reverse=True) and distances[-1] < distances[0]


def test_an_error_before_a_stream_is_an_ordinary_error(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(prompt="red heart", stream=True, size="1x1")
    assert caught.value.param == "size"


def test_an_edit_starts_from_the_picture(client):
    source = png()
    near, far = (
        client.images.edit(
            image=source, prompt="red heart", quality="high", extra_body={"seed": 7, "strength": strength}
        )
        for strength in (0.2, 1.0)
    )
    assert near.size == far.size == "128x128"
    original = pixels(base64.b64encode(source))
    distances = [numpy.abs(pixels(answer.data[0].b64_json) - original).mean() for answer in (near, far)]
    assert distances[0] < distances[1]


def test_an_edit_with_a_mask_keeps_what_is_not_marked(client):
    source = png()
    mask = png(transparent=(64, 0, 128, 128))
    answer = client.images.edit(
        image=("photo.png", source, "image/png"), mask=mask, prompt="blue star", extra_body={"seed": 7}
    )
    original, edited = pixels(base64.b64encode(source)), pixels(answer.data[0].b64_json)
    assert (edited == original)[:, :64].all()
    assert numpy.abs(edited - original)[:, 88:].max() > 50


@pytest.mark.parametrize("name", ["png", "jpeg", "webp"])
def test_an_edit_can_be_streamed_in_every_format(client, name):
    stream = client.images.edit(
        image=[png(96, 64)], prompt="red heart", stream=True, output_format=name, extra_body={"steps": 2}
    )
    (event,) = stream
    assert event.type == "image_edit.completed"
    picture = Image.open(io.BytesIO(base64.b64decode(event.b64_json)))
    assert picture.format == name.upper() and f"{picture.width}x{picture.height}" == event.size


def test_a_picture_is_turned_as_its_file_says(client):
    exif = Image.Exif()
    exif[0x0112] = 6
    answer = client.images.edit(image=png(128, 96, exif=exif), prompt="red heart", extra_body={"steps": 2})
    assert answer.size == "96x128"


def test_a_variation_resembles_the_picture(client):
    source = png(256, 256)
    answer = client.images.create_variation(image=source, n=2, size="128x128", response_format="b64_json")
    assert len(answer.data) == 2
    small = numpy.asarray(Image.open(io.BytesIO(source)).convert("RGB").resize((128, 128)), dtype=float)
    for picture in answer.data:
        assert numpy.abs(pixels(picture.b64_json) - small).mean() < 80


@pytest.mark.parametrize(
    "options, parameter",
    [
        ({"image": b"canary"}, "image"),
        ({"image": png()[:-20]}, "image"),
        ({"image": [png(), png()]}, "image"),
        ({"mask": png()}, "mask"),
        ({"mask": png(64, 64, transparent=(0, 0, 9, 9))}, "mask"),
        ({"prompt": " "}, "prompt"),
        ({"size": "canary"}, "size"),
        ({"background": "transparent", "output_format": "jpeg"}, "background"),
        ({"extra_body": {"strength": 7}}, "strength"),
    ],
)
def test_errors_of_edits_name_the_parameter(client, options, parameter):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(**{"image": png(), "prompt": "canary"} | options)
    assert caught.value.param == parameter
    assert "canary" not in caught.value.message


def test_a_picture_elsewhere_is_not_fetched(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.post(
            "/images/edits", cast_to=object,
            body={"prompt": "canary", "images": [{"image_url": "http://127.0.0.1:9/canary.png"}]},
        )
    assert caught.value.param == "images[0].image_url"
    assert "canary" not in caught.value.message


def test_a_large_picture_is_taken_in(client):
    noise = numpy.random.default_rng(7).integers(0, 255, (1500, 1500, 3), dtype=numpy.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    assert len(file.getvalue()) > 6_000_000
    answer = client.images.edit(image=file.getvalue(), prompt="red heart", extra_body={"steps": 2})
    assert answer.size == "1500x1500"


def test_an_answer_that_ends_the_connection_says_so(server):
    for body in ({"prompt": "x" * 32001}, {"prompt": "x", "sampler": "canary"}, {"prompt": "x", "steps": 1}):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        connection.request("POST", "/v1/images/generations", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        assert response.getheader("Connection") == "close"


def test_an_edit_leaves_nothing_behind(client, server):
    def files():
        folders = server.working_folder, server.temporary_folder
        return sorted(str(path) for folder in folders for path in folder.rglob("*"))

    before = files()
    client.images.edit(
        image=("canary-edit.png", png(), "image/png"), prompt="canary-edit heart", user="canary-edit",
        extra_body={"steps": 2},
    )
    with pytest.raises(openai.BadRequestError):
        client.images.edit(image=("canary-edit.png", b"canary-edit"), prompt="canary-edit", extra_body={"canary": 1})
    assert files() == before
    log = server.log.read_text()
    assert "answered imageEdits with 200" in log and "answered imageEdits with 400" in log
    assert "canary" not in log


@pytest.mark.parametrize("model, form", [
    ("gpt-image-1", "b64_json"), ("gpt-image-1-mini", "b64_json"), ("dall-e-2", "url"), ("dall-e-3", "url")])
def test_the_names_that_clients_are_set_to_mean_the_model(client, model, form):
    (picture,) = client.images.generate(model=model, prompt="red heart", extra_body={"steps": 1}).data
    assert getattr(picture, form) and not getattr(picture, "url" if form == "b64_json" else "b64_json")


def test_models(client):
    assert [model.id for model in client.models.list()] == ["mystarion-icons"]
    assert client.models.retrieve("mystarion-icons").object == "model"


@pytest.mark.parametrize(
    "options, parameter",
    [
        ({"size": "63x128"}, "size"),
        ({"extra_body": {"strange": 1}}, "strange"),
        ({"size": "4096x4096"}, "size"),
        ({"n": 11}, "n"),
        ({"prompt": "  "}, "prompt"),
        ({"prompt": "canary" * 6000}, "prompt"),
        ({"background": "transparent", "output_format": "jpeg"}, "background"),
        ({"extra_body": {"sampler": "canary"}}, "sampler"),
    ],
)
def test_errors_name_the_parameter(client, options, parameter):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(**{"prompt": "canary"} | options)
    assert caught.value.param == parameter
    assert caught.value.type == "invalid_request_error"
    assert "canary" not in caught.value.message


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.images.generate(prompt="red heart", model="canary")
    assert caught.value.code == "model_not_found"
