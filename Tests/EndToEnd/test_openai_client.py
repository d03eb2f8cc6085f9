"""The openai package against the real server."""
import base64
import io

import openai
import pytest
from PIL import Image


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


def test_models(client):
    assert [model.id for model in client.models.list()] == ["mystarion-icons"]
    assert client.models.retrieve("mystarion-icons").object == "model"


@pytest.mark.parametrize(
    "options, parameter",
    [
        ({"size": "130x128"}, "size"),
        ({"size": "4096x4096"}, "size"),
        ({"n": 11}, "n"),
        ({"prompt": "  "}, "prompt"),
        ({"prompt": "canary" * 6000}, "prompt"),
        ({"background": "transparent"}, "background"),
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
