"""The webuiapi package against the real server."""
import json
import threading
import uuid

import pytest
import requests
import webuiapi
from PIL import Image, ImageChops, ImageDraw


@pytest.fixture(scope="module")
def client(server):
    return webuiapi.WebUIApi(host="127.0.0.1", port=server.port, sampler="Euler a", steps=4)


@pytest.fixture(scope="module")
def url(server):
    return f"{server.address}/sdapi/v1"


def half_mask(size):
    mask = Image.new("L", (size, size), 0)
    ImageDraw.Draw(mask).rectangle([0, 0, size // 2 - 1, size], fill=255)
    return mask


def test_text_to_picture(client):
    answer = client.txt2img(prompt="(red:1.2) heart", negative_prompt="[blue]", seed=7, width=128, height=128)
    assert answer.image.format == "PNG"
    assert answer.image.size == (128, 128)
    assert "parameters" not in answer.image.info
    assert answer.info["seed"] == 7
    assert answer.info["sampler_name"] == "Euler a"
    assert answer.info["infotexts"][0].startswith("(red:1.2) heart\nNegative prompt: [blue]\nSteps: 4, Sampler: Euler a")
    assert answer.parameters["prompt"] == "(red:1.2) heart"


def test_defaults_of_the_package(client):
    assert client.txt2img(prompt="red heart", steps=1).image.size == (512, 512)


def test_several_pictures_follow_each_other_in_their_seeds(client):
    answer = client.txt2img(prompt="red heart", seed=7, batch_size=2, n_iter=2, width=128, height=128, steps=2)
    assert len(answer.images) == 4
    assert answer.info["all_seeds"] == [7, 8, 9, 10]
    alone = client.txt2img(prompt="red heart", seed=9, width=128, height=128, steps=2)
    # Sums are made in another order when more pictures share a pass.
    difference = ImageChops.difference(alone.image, answer.images[2])
    assert max(high for _, high in difference.getextrema()) <= 2
    assert alone.image.tobytes() != answer.images[1].tobytes()


def test_every_sampler_that_is_listed_makes_a_picture(client):
    names = [sampler["name"] for sampler in client.get_samplers()]
    assert {"Euler a", "Euler", "DPM++ 2M", "DDIM", "UniPC"} <= set(names)
    for name in [*names, "DPM++ 2M Karras", "k_euler"]:
        answer = client.txt2img(prompt="red heart", sampler_name=name, seed=1, steps=4, width=64, height=64)
        assert answer.image.size == (64, 64)


def test_picture_to_picture(client):
    begin = client.txt2img(prompt="red heart", seed=7, width=128, height=128).image
    answer = client.img2img(images=[begin], prompt="blue heart", seed=7, denoising_strength=0.5, width=128, height=128)
    assert answer.image.size == (128, 128)
    assert answer.info["denoising_strength"] == 0.5
    assert answer.parameters["init_images"] is None
    assert answer.image.tobytes() != begin.tobytes()


@pytest.mark.parametrize("mode", [0, 1, 2])
def test_resize_modes(client, mode):
    begin = Image.new("RGB", (200, 100), "red")
    answer = client.img2img(images=[begin], resize_mode=mode, prompt="x", steps=4, width=128, height=128)
    assert answer.image.size == (128, 128)


@pytest.mark.parametrize("fill", [0, 1, 2, 3])
@pytest.mark.parametrize("whole", [True, False])
def test_inpainting_keeps_what_is_not_under_the_mask(client, fill, whole):
    begin = client.txt2img(prompt="red heart", seed=7, width=128, height=128, steps=4).image.convert("RGB")
    answer = client.img2img(
        images=[begin], mask_image=half_mask(128), mask_blur=0, inpainting_fill=fill, inpaint_full_res=not whole,
        inpaint_full_res_padding=8, prompt="blue star", seed=3, denoising_strength=0.8, width=128, height=128,
    )
    kept = (64, 0, 128, 128)
    assert answer.image.size == (128, 128)
    assert answer.image.convert("RGB").crop(kept).tobytes() == begin.crop(kept).tobytes()
    drawn = (0, 0, 64, 128)
    assert answer.image.convert("RGB").crop(drawn).tobytes() != begin.crop(drawn).tobytes()


def test_parameters_are_written_into_a_picture_on_request(url):
    body = {"prompt": "red heart", "steps": 1, "seed": 7, "embed_parameters": True}
    answer = requests.post(f"{url}/txt2img", json=body).json()
    picture = webuiapi.webuiapi.Image.open(
        webuiapi.webuiapi.io.BytesIO(webuiapi.webuiapi.base64.b64decode(answer["images"][0]))
    )
    assert picture.info["parameters"] == json.loads(answer["info"])["infotexts"][0]


def test_a_task_is_watched_and_ended_by_its_name_alone(client, url):
    name = str(uuid.uuid4())
    answers = []
    body = {"prompt": "red heart", "steps": 100, "n_iter": 8, "force_task_id": name, "width": 256, "height": 256}
    work = threading.Thread(target=lambda: answers.append(requests.post(f"{url}/txt2img", json=body)))
    work.start()
    watch = {"force_task_id": name}
    while not (mine := requests.get(f"{url}/progress", params=watch).json())["progress"]:
        assert work.is_alive(), answers
    assert 0 < mine["progress"] < 1
    assert mine["state"]["job_count"] == 8

    for idle in (client.get_progress(), requests.get(f"{url}/progress", params={"id_task": str(uuid.uuid4())}).json()):
        assert idle["progress"] == 0
        assert idle["state"]["job_count"] == 0
        assert idle["current_image"] is None
    assert client.interrupt() == {}
    assert requests.get(f"{url}/progress", params=watch).json()["state"]["job_count"] == 8

    assert requests.post(f"{url}/interrupt", params=watch).json() == {}
    work.join(60)
    assert answers[0].status_code == 200
    assert len(answers[0].json()["images"]) < 8
    assert requests.get(f"{url}/progress", params=watch).json()["progress"] == 0


def test_what_the_package_can_ask_for(client):
    assert client.get_options()["sd_model_checkpoint"] == client.get_sd_models()[0]["title"] == "mystarion-icons"
    assert client.set_options({"sd_model_checkpoint": "mystarion-icons"}) is None
    assert "cannot be changed" in client.set_options({"samples_save": True})["detail"]
    assert client.util_get_model_names() == ["mystarion-icons"]
    assert client.get_upscalers()[0]["name"] == "None"
    assert {each["name"] for each in client.get_schedulers()} >= {"automatic", "karras"}
    assert client.get_prompt_styles() == client.get_loras() == client.get_sd_vae() == client.get_face_restorers() == []
    assert client.get_hypernetworks() == client.get_latent_upscale_modes() == []
    assert client.get_realesrgan_models()[0]["name"] == "realesr-animevideov3"
    assert client.get_scripts() == {"txt2img": [], "img2img": []}
    assert client.get_embeddings() == {"loaded": {}, "skipped": {}}
    assert "ram" in client.get_memory()
    assert client.get_cmd_flags()["api"]
    assert client.refresh_checkpoints() is None
    assert client.skip() is None
    client.util_set_model("mystarion-icons")


@pytest.mark.parametrize(
    "options, status, word",
    [
        ({"sampler_name": "canary"}, 404, "Sampler not found"),
        ({"width": 63}, 422, "width"),
        ({"steps": 0}, 422, "steps"),
        ({"n_iter": 1000}, 422, "n_iter"),
        ({"enable_hr": True}, 422, "enable_hr"),
        ({"tiling": True}, 422, "tiling"),
        ({"script_name": "canary"}, 422, "Script not found"),
        ({"prompt": "  "}, 422, "prompt"),
    ],
)
def test_errors_have_the_form_of_a1111(client, options, status, word):
    with pytest.raises(RuntimeError) as caught:
        client.txt2img(**{"prompt": "canary", "width": 64, "height": 64} | options)
    assert caught.value.args[0] == status
    error = json.loads(caught.value.args[1])
    assert set(error) == {"error", "detail", "body", "errors"}
    assert word in caught.value.args[1]
    assert "canary" not in caught.value.args[1]


def test_a_picture_is_never_fetched(url):
    body = {"prompt": "x", "init_images": ["http://127.0.0.1:9/canary.png"]}
    answer = requests.post(f"{url}/img2img", json=body)
    assert answer.status_code == 422
    assert "not fetched" in answer.text
    assert "canary" not in answer.text


def test_parameters_are_read_back(client):
    answer = client.txt2img(prompt="(red:1.2) heart", seed=7, width=128, height=96)
    # The package sends an image's texts with it.
    answer.image.info["parameters"] = answer.info["infotexts"][0]
    read = client.png_info(answer.image)
    assert read.info == answer.info["infotexts"][0]
    assert read.parameters["Seed"] == "7"


def test_pictures_are_enlarged(client):
    image = Image.new("RGB", (40, 30), "red")
    assert client.extra_single_image(image, upscaler_1="Lanczos", upscaling_resize=2).image.size == (80, 60)
    many = client.extra_batch_images([image, image.rotate(90, expand=True)], upscaler_1="realesr-animevideov3", upscaling_resize=3)
    assert [each.size for each in many.images] == [(120, 90), (90, 120)]
    names = [upscaler["name"] for upscaler in client.get_upscalers()]
    assert "Lanczos" in names and "realesr-animevideov3" in names


def test_what_is_not_offered_says_so(client):
    with pytest.raises(RuntimeError) as caught:
        client.interrogate(Image.new("RGB", (8, 8)))
    assert caught.value.args[0] == 501
