"""What clients of A1111's API send, each as it does it, and what the web UI's own HTTP tests ask for."""
import base64
import io
import json
import pathlib

import pytest
import requests
from PIL import Image, ImageChops, PngImagePlugin

CLIENTS = json.loads((pathlib.Path(__file__).parent / "clients/a1111.json").read_text())


def text(image, format="PNG", **options) -> str:
    """An image's file in Base64."""
    file = io.BytesIO()
    image.save(file, format, **options)
    return base64.b64encode(file.getvalue()).decode()


PICTURE = text(Image.new("RGB", (64, 64), "white"))


@pytest.fixture(scope="module")
def call(server):
    """Sends a request and returns its status and the answer's JSON."""
    def call(path, body=None, method=None):
        url = f"{server.address}/sdapi/v1/{path}"
        answer = requests.request(method or ("GET" if body is None else "POST"), url, json=body)
        return answer.status_code, answer.json()
    return call


def made(answer):
    """What came of a request for pictures: the pictures, and `info`."""
    status, json_ = answer
    assert status == 200, json_
    return [Image.open(io.BytesIO(base64.b64decode(image))) for image in json_["images"]], json.loads(json_["info"])


@pytest.mark.parametrize("recorded", CLIENTS, ids=[each["client"] for each in CLIENTS])
def test_what_a_client_sends_is_drawn(call, recorded):
    body = json.loads(json.dumps(recorded["body"]).replace("PICTURE", PICTURE))
    images, info = made(call(recorded["path"], body))
    assert len(images) == recorded.get("count", 1)
    assert [*images[0].size] == recorded["size"] == [info["width"], info["height"]]
    assert len(info["all_seeds"]) == len(info["all_subseeds"]) == len(info["infotexts"]) == len(images)


# The web UI's tests of its HTTP interface (test/test_txt2img.py, test_img2img.py, test_utils.py, test_extras.py), in our
# words: what they change in a request, and whether it can be done here.
PLAIN = {
    "batch_size": 1, "cfg_scale": 7, "denoising_strength": 0, "enable_hr": False, "eta": 0, "firstphase_height": 0,
    "firstphase_width": 0, "height": 64, "n_iter": 1, "negative_prompt": "", "prompt": "example prompt",
    "restore_faces": False, "s_churn": 0, "s_noise": 1, "s_tmax": 0, "s_tmin": 0, "sampler_index": "Euler a", "seed": -1,
    "seed_resize_from_h": -1, "seed_resize_from_w": -1, "steps": 3, "styles": [], "subseed": -1, "subseed_strength": 0,
    "tiling": False, "width": 64,
}
FROM_PICTURE = {name: value for name, value in PLAIN.items() if not name.startswith(("firstphase", "enable"))} | {
    "denoising_strength": 0.75, "include_init_images": False, "init_images": [f"data:image/png;base64,{PICTURE}"],
    "inpaint_full_res": False, "inpaint_full_res_padding": 0, "inpainting_fill": 0, "inpainting_mask_invert": False,
    "mask": None, "mask_blur": 4, "override_settings": {}, "resize_mode": 0,
}
MASK = f"data:image/png;base64,{text(Image.new('L', (64, 64), 255).crop((0, 0, 32, 64)).resize((64, 64)))}"
TURNED = f"data:image/png;base64,{text(Image.new('L', (64, 64), 0))}"
WEIGHTS = "((emphasis)), (emphasis1:1.1), [to:1], [from::2], [from:to:0.3], [alt|alt1]"
TEXT_CASES = {
    "simple": {}, "negative prompt": {"negative_prompt": "example negative prompt"}, "complex prompt": {"prompt": WEIGHTS},
    "not square": {"height": 128}, "restore faces": {"restore_faces": True}, "DDIM": {"sampler_index": "DDIM"},
    "UniPC": {"sampler_index": "UniPC"}, "PLMS": {"sampler_index": "PLMS"}, "batches": {"n_iter": 2},
    "batch": {"batch_size": 2},
}


@pytest.mark.parametrize("change", TEXT_CASES.values(), ids=TEXT_CASES)
def test_the_web_uis_cases_of_txt2img_are_drawn(call, change):
    made(call("txt2img", PLAIN | change))


@pytest.mark.parametrize("change", [{}, {"mask": MASK}, {"mask": TURNED, "inpainting_mask_invert": True}])
def test_the_web_uis_cases_of_img2img_are_drawn(call, change):
    made(call("img2img", FROM_PICTURE | change))


@pytest.mark.parametrize("path, change, word", [
    ("txt2img", PLAIN | {"enable_hr": True}, "enable_hr"), ("txt2img", PLAIN | {"tiling": True}, "tiling"),
    ("img2img", FROM_PICTURE | {"script_name": "sd upscale", "script_args": ["", 8, "Lanczos", 2.0]}, "script_name"),
])
def test_what_of_them_is_not_done_is_refused_by_name(call, path, change, word):
    status, answer = call(path, change)
    assert status == 422
    assert answer["detail"][0]["loc"] == ["body", word]


@pytest.mark.parametrize("name", [
    "cmd-flags", "samplers", "upscalers", "sd-models", "hypernetworks", "face-restorers", "realesrgan-models",
    "prompt-styles", "embeddings", "memory", "scripts", "script-info", "extensions", "sd-vae", "latent-upscale-modes",
    "schedulers", "loras", "options", "progress", "artists", "artist-categories"])
def test_what_programs_look_at_is_there(call, name):
    assert call(name)[0] == 200


def test_a_switch_of_the_web_uis_page_can_be_turned_and_nothing_else(call):
    before = call("options")[1]["send_seed"]
    assert call("options", {"send_seed": not before})[0] == 200
    assert call("options")[1]["send_seed"] is (not before)
    assert call("options", {"send_seed": before})[0] == 200
    assert call("options", {"CLIP_stop_at_last_layers": 2})[0] == 403
    # Clients read all options, choose a model among them, and send all of them back.
    assert call("options", call("options")[1])[0] == 200
    assert call("options", {"sd_model_checkpoint": "canary"})[0] == 422
    for name in ("refresh-checkpoints", "unload-checkpoint", "reload-checkpoint", "refresh-loras"):
        assert call(name, {}, "POST")[0] == 200


# Values as pydantic reads them.
@pytest.mark.parametrize("body", [
    {"steps": "4", "cfg_scale": "1", "seed": "5", "restore_faces": 0}, {"steps": 4.0, "width": "64", "save_images": "true"},
    {"seed": "", "steps": " 4 ", "send_images": 1, "batch_size": "1"}, {"seed": None, "subseed": "-1", "tiling": "off"},
    {"styles": [""]}, {"styles": ["None"]}, {"refiner_checkpoint": "None"}, {"refiner_checkpoint": None, "script_name": None},
    {"script_name": "None"}, {"override_settings": None}, {"alwayson_scripts": None}, {"steps": True},
    {"seed": 18446744073709551615}, {"seed": "18446744073709551615"}, {"unknown": {"x": [1]}},
])
def test_values_are_taken_as_the_web_ui_takes_them(call, body):
    made(call("txt2img", {"prompt": "red heart", "steps": 2, "width": 64, "height": 64} | body))


@pytest.mark.parametrize("body, name", [
    ({"steps": "many"}, "steps"), ({"steps": 2.5}, "steps"), ({"steps": [4]}, "steps"), ({"restore_faces": "perhaps"}, "restore_faces"),
    ({"seed": -2}, "seed"), ({"seed": 2 ** 64}, "seed"), ({"seed": "1" * 65}, "seed"), ({"styles": ["canary"]}, "styles"),
    ({"s_min_uncond": 1}, "s_min_uncond"), ({"subseed_strength": 2}, "subseed_strength"), ({"eta": -1}, "eta"),
    ({"override_settings": {"img2img_background_color": "#000000", "sd_vae": "canary"}}, "override_settings.sd_vae"),
    ({"override_settings": {"randn_source": "NV"}}, "override_settings.randn_source"),
    ({"override_settings": {"sd_model_checkpoint": "canary"}}, "override_settings.sd_model_checkpoint"),
    ({"refiner_checkpoint": "canary"}, "refiner_checkpoint"), ({"script_name": "canary"}, "script_name"),
    ({"alwayson_scripts": {"ADetailer": {"args": [True, False, {"ad_model": "canary"}]}}}, "alwayson_scripts"),
    ({"alwayson_scripts": {"ControlNet": {"args": [{"enabled": False}, {"enabled": True, "model": "canary"}]}}}, "alwayson_scripts"),
    ({"alwayson_scripts": {"reactor": {"args": ["canary", True]}}}, "alwayson_scripts"),
    ({"alwayson_scripts": {"canary": {"args": ["canary", 1, 2, False]}}}, "alwayson_scripts"),
    ({"prompt": "((a:99999999999999999999):99999999999999999999) canary"}, "prompt"), ({"prompt": "(canary:101)"}, "prompt"),
    ({"prompt": "(" * 1000 + "canary" + ")" * 1000}, "prompt"), ({"prompt": "[" * 101 + "canary"}, "prompt"),
    ({"negative_prompt": "(canary:-1e9:99999999)"}, "negative_prompt"), ({"negative_prompt": "((canary:50):50)"}, "negative_prompt"),
    ({"prompt": "canary <lora:foo:0.8>"}, "prompt"), ({"prompt": "<LyCo:foo> canary"}, "prompt"),
    ({"negative_prompt": "<hypernet:canary:1>"}, "negative_prompt"), ({"prompt": "a AND canary"}, "prompt"),
])
def test_what_would_change_the_picture_and_cannot_be_done_is_refused_by_name(call, body, name):
    status, answer = call("txt2img", {"prompt": "canary", "steps": 2, "width": 64, "height": 64} | body)
    assert status == 422, answer
    assert answer["detail"][0]["loc"] == ["body", name]
    assert "canary" not in json.dumps(answer)


def test_what_had_no_effect_is_told(call):
    body = {
        "prompt": "red [blue:green:3] heart", "steps": 2, "width": 64, "height": 64, "save_images": True, "restore_faces": "yes",
        "override_settings": {"forge_inference_memory": 1024, "eta_noise_seed_delta": 31337, "samples_format": "JPG"},
        "sampler_name": "DDIM", "scheduler": "karras", "s_churn": 2, "seed_resize_from_w": 64,
    }
    images, info = made(call("txt2img", body))
    assert images[0].format == "JPEG"
    assert sorted(info["ignored"]) == sorted([
        "save_images", "restore_faces", "override_settings.forge_inference_memory", "prompt editing", "scheduler", "s_churn",
        "override_settings.eta_noise_seed_delta", "seed_resize_from_w"])
    assert made(call("txt2img", {"prompt": "x", "steps": 2, "width": 64, "height": 64}))[1]["ignored"] == []


@pytest.mark.parametrize("options, name", [
    ({"sampler_name": "DPM++ 2M", "scheduler": "Karras"}, "DPM++ 2M"), ({"sampler_name": "DPM++ 2M Karras"}, "DPM++ 2M"), ({"sampler_name": "dpm++ 2m karras"}, "DPM++ 2M"),
    ({"sampler_name": "k_dpmpp_2m"}, "DPM++ 2M"), ({"sampler_name": "k_dpmpp_2m_ka"}, "DPM++ 2M"),
    ({"sampler_index": "Euler a", "scheduler": "Automatic"}, "Euler a"), ({"sampler_name": "", "sampler_index": "Euler", "scheduler": "SGM Uniform"}, "Euler"),
])
def test_samplers_have_all_the_names_of_the_web_ui(call, options, name):
    assert made(call("txt2img", {"prompt": "x", "steps": 2, "width": 64, "height": 64} | options))[1]["sampler_name"] == name


def test_an_unknown_sampler_is_not_found(call):
    assert call("txt2img", {"prompt": "x", "sampler_name": "canary"})[0] == 404


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
@pytest.mark.parametrize("only_masked", [True, False, None])
def test_sizes_are_told_as_they_are(call, mode, only_masked):
    body = {"prompt": "x", "steps": 2, "init_images": [PICTURE], "width": 128, "height": 96, "resize_mode": mode}
    if only_masked is not None:
        body |= {"mask": text(Image.new("L", (32, 32), 255)), "inpaint_full_res": only_masked}
    images, info = made(call("img2img", body))
    assert images[0].size == (info["width"], info["height"])
    assert f"Size: {images[0].width}x{images[0].height}" in info["infotexts"][0]


def test_latents_are_stretched_where_that_is_asked_for(call):
    image = Image.new("RGB", (64, 64), "white")
    image.paste("red", (8, 8, 40, 56))
    drawn = []
    for mode, size in ((0, 64), (3, 64), (3, 200)):
        body = {"prompt": "x", "steps": 4, "seed": 3, "init_images": [text(image.resize((size, size)))], "width": 128, "height": 96,
                "resize_mode": mode, "denoising_strength": 0.3}
        drawn.append(made(call("img2img", body))[0][0])
    assert {image.size for image in drawn} == {(128, 96)}
    # A larger picture is made smaller first, as there are no more latents than it may cost.
    assert drawn[0].tobytes() != drawn[1].tobytes()


def test_a_mask_is_blurred_in_each_direction_by_its_own_number(call):
    mask = Image.new("L", (64, 64), 0)
    mask.paste(255, (24, 24, 40, 40))
    # A blue that nothing drawn on a white ground has.
    blue = Image.new("RGB", (64, 64), (0, 0, 160))
    body = {
        "prompt": "x", "steps": 2, "seed": 3, "init_images": [text(blue)], "width": 64, "height": 64,
        "mask": text(mask), "inpaint_full_res": False, "denoising_strength": 1,
    }
    def changed(**blur):
        return ImageChops.difference(made(call("img2img", body | blur))[0][0].convert("RGB"), blue).getbbox()
    across = changed(mask_blur_x=8, mask_blur_y=0)
    assert across[0] < 24 and across[2] > 40 and across[1] >= 24 and across[3] <= 40
    down = changed(mask_blur_x=0, mask_blur_y=8)
    assert down[1] < 24 and down[3] > 40 and down[0] >= 24 and down[2] <= 40


LONG = "red heart with a blue star and a green tree on a yellow hill under the white moon"


def test_the_words_that_were_drawn_are_told_at_every_door(server, call):
    settings = {"steps": 2, "seed": 5}
    images, info = made(call("txt2img", settings | {"prompt": LONG, "width": 64, "height": 64}))
    seen = info["all_prompts"][0]
    assert LONG.startswith(seen) and 0 < len(seen) < len(LONG)
    assert info["prompt"] == LONG
    again, short = made(call("txt2img", settings | {"prompt": seen, "width": 64, "height": 64}))
    assert again[0].tobytes() == images[0].tobytes()
    assert short["all_prompts"] == [seen]

    openai = requests.post(f"{server.address}/v1/images/generations", json=settings | {"prompt": LONG, "size": "64x64"}).json()
    assert openai["data"][0]["revised_prompt"] == seen
    stream = requests.post(f"{server.address}/v1/images/generations", json=settings | {"prompt": LONG, "size": "64x64", "stream": True})
    assert f'"revised_prompt":"{seen}"' in stream.text
    native = requests.post(f"{server.address}/api/pictures", json=settings | {"prompt": LONG, "size": "64x64"})
    assert f'"expanded_prompt":"{seen}"' in native.text
    page = requests.post(server.address, data=settings | {"prompt": LONG, "size": "64x64"})
    assert seen in page.text and LONG not in page.text
    for told in (
        requests.post(f"{server.address}/v1/images/generations", json=settings | {"prompt": seen, "size": "64x64"}).text,
        requests.post(f"{server.address}/api/pictures", json=settings | {"prompt": seen, "size": "64x64"}).text,
    ):
        assert "revised_prompt" not in told and "expanded_prompt" not in told


@pytest.mark.parametrize("prompt", [LONG, "!" * 40, "q" * 90 + " heart " * 20, "(red:1.3) [heart] " * 10, "\u5fc3" * 30, "é" * 20 + " star" * 30])
@pytest.mark.parametrize("syntax", ["plain", "weighted"])
def test_the_words_that_were_seen_give_the_same_picture(server, prompt, syntax):
    def drawn(prompt):
        body = {"prompt": prompt, "prompt_syntax": syntax, "steps": 1, "seed": 5, "size": "64x64"}
        for line in requests.post(f"{server.address}/api/pictures", json=body).content.decode().split("\n"):
            if line.startswith('data: {"index"'):
                return json.loads(line[6:])
    first = drawn(prompt)
    assert "expanded_prompt" in first
    second = drawn(first["expanded_prompt"])
    assert second["b64"] == first["b64"]
    assert "expanded_prompt" not in second


def test_seeds_and_variations_are_told_as_they_were(call):
    body = {"prompt": "red heart", "steps": 2, "width": 64, "height": 64, "seed": 7, "n_iter": 2}
    info = made(call("txt2img", body | {"subseed": 40}))[1]
    assert (info["all_seeds"], info["all_subseeds"], info["subseed"]) == ([7, 8], [40, 41], 40)
    info = made(call("txt2img", body | {"subseed": 40, "subseed_strength": 0.5}))[1]
    assert (info["all_seeds"], info["all_subseeds"], info["subseed_strength"]) == ([7, 7], [40, 41], 0.5)
    assert "Variation seed: 41, Variation seed strength: 0.5" in info["infotexts"][1]
    drawn = made(call("txt2img", {**body, "seed": -1, "subseed": -1, "subseed_strength": 0.5}))[1]
    assert drawn["seed"] >= 0 and drawn["subseed"] >= 0


@pytest.mark.parametrize("path, body", [
    ("/api/pictures", {}), ("/v1/images/generations", {}), ("/sdapi/v1/txt2img", {"width": 64, "height": 64})])
def test_every_door_has_the_same_seeds(server, path, body):
    def send(seed):
        sent = {"prompt": "red heart", "steps": 1, "seed": seed} | (body or {"size": "64x64"})
        return requests.post(server.address + path, json=sent)
    for seed in (0, 2 ** 32, 2 ** 63, 2 ** 64 - 1):
        answer = send(seed)
        assert answer.status_code == 200 and str(seed) in answer.text
    assert send(-1).status_code == 200
    for seed in (-2, 2 ** 64, 0.5):
        assert send(seed).status_code in (400, 422)


PARAMETERS = 'a "red" h\u00e9art\nNegative prompt: blue\nSteps: 4, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 64x48, Lora hashes: "a: 1, b: 2"'


def png(parameters):
    information = PngImagePlugin.PngInfo()
    information.add_text("Software", "x")
    if parameters:
        information.add_text("parameters", parameters)
    return text(Image.new("RGB", (8, 8)), pnginfo=information)


def with_comment(format, parameters):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + parameters.encode("utf-16-be")
    return text(Image.new("RGB", (8, 8)), format, exif=exif)


@pytest.mark.parametrize("image", [
    png(PARAMETERS), png(PARAMETERS.replace("h\u00e9art", "\u5fc3")), with_comment("JPEG", PARAMETERS), with_comment("WEBP", PARAMETERS)],
    ids=["tEXt", "iTXt", "JPEG", "WebP"])
def test_parameters_are_read_from_pictures(call, image):
    status, answer = call("png-info", {"image": f"data:image/png;base64, {image}"})
    assert status == 200
    assert answer["info"] in (PARAMETERS, PARAMETERS.replace("h\u00e9art", "\u5fc3"))
    read = answer["parameters"]
    assert read["Prompt"] == answer["info"].split("\n")[0] and read["Negative prompt"] == "blue"
    assert (read["Steps"], read["Sampler"], read["Size-1"], read["Size-2"], read["Lora hashes"]) == ("4", "Euler a", "64", "48", "a: 1, b: 2")


def test_our_own_parameters_are_read_and_others_are_none(call):
    for format in ("png", "jpeg", "webp"):
        body = {"prompt": "red heart", "steps": 1, "width": 64, "height": 64, "embed_parameters": True, "override_settings": {"samples_format": format}}
        status, made_ = call("txt2img", body)
        read = call("png-info", {"image": made_["images"][0]})[1]
        assert read["info"] == json.loads(made_["info"])["infotexts"][0]
    answer = call("png-info", {"image": png(None)})[1]
    assert answer == {"info": "", "items": {"Software": "x"}, "parameters": {}}
    for image in ("", "AAAA", "canary!"):
        status, answer = call("png-info", {"image": image})
        assert status == 422 and answer["detail"][0]["loc"] == ["body", "image"] and "canary" not in str(answer)
