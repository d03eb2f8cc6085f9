"""Prompts in the languages of the page: the model's own words for theirs, the same at every door."""
import base64
import io
import json
import shutil

import pytest
import requests
from conftest import MODEL, run, serve
from PIL import Image

QUICK = {"steps": 2, "seed": 5}


def native(server, prompt, **more):
    body = QUICK | {"prompt": prompt, "size": "64x64"} | more
    text = requests.post(f"{server.address}/api/pictures", json=body).content.decode()
    image = next(json.loads(line[6:]) for line in text.split("\n") if line.startswith('data: {"index"') and '"b64"' in line)
    return base64.b64decode(image["b64"]), image.get("expanded_prompt"), image.get("expanded_negative_prompt")


def openai(server, prompt, **more):
    body = QUICK | {"prompt": prompt, "size": "64x64"} | more
    data = requests.post(f"{server.address}/v1/images/generations", json=body).json()["data"][0]
    return base64.b64decode(data["b64_json"]), data.get("revised_prompt")


def a1111(server, prompt, **more):
    body = QUICK | {"prompt": prompt, "width": 64, "height": 64} | more
    answer = requests.post(f"{server.address}/sdapi/v1/txt2img", json=body).json()
    info = json.loads(answer["info"])
    return base64.b64decode(answer["images"][0]), info["all_prompts"][0], info


PAIRS = [
    ("Gitarre", "guitar"), ("guitare", "guitar"), ("guitarra", "guitar"), ("ギター", "guitar"), ("吉他", "guitar"), ("غيتار", "guitar"),
    ("roter Apfel", "red apple"), ("pomme rouge", "red apple"), ("manzana roja", "red apple"), ("maçã vermelha", "red apple"),
    ("赤いりんご", "red apple"), ("红苹果", "red apple"), ("تفاحة حمراء", "red apple"), ("ein grüner Frosch", "a green frog"), ("象", "elephant"),
    ("weißer Stern auf blauem Grund", "white star on a blue background"),
]


@pytest.mark.parametrize("typed, own", PAIRS)
def test_a_word_of_another_language_gives_the_very_picture_of_the_models_own(server, typed, own):
    picture, told, _ = native(server, typed)
    assert told == own
    assert (picture, None, None) == native(server, own)
    picture, told = openai(server, typed)
    assert told == own
    assert (picture, None) == openai(server, own)


def test_a1111s_syntax_stays_around_the_words(server):
    picture, told, info = a1111(server, "(roter:1.3) Apfel, [Katze]")
    assert told == "(red:1.3) apple, [cat]" and info["prompt"] == "(roter:1.3) Apfel, [Katze]"
    other, again, _ = a1111(server, told)
    assert again == told
    plain, _, _ = a1111(server, "red apple, cat")
    assert pixels(picture) == pixels(other) != pixels(plain)
    assert pixels(a1111(server, "Gitarre")[0]) == pixels(a1111(server, "guitar")[0])


def pixels(file):
    return Image.open(io.BytesIO(file)).convert("RGB").tobytes()


def test_the_negative_prompt_is_read_the_same(server):
    more = {"guidance_scale": 3}
    picture, _, told = native(server, "red apple", negative_prompt="grüner Frosch", **more)
    assert told == "green frog"
    assert picture == native(server, "red apple", negative_prompt="green frog", **more)[0]


@pytest.mark.parametrize("prompt", ["guitar", "a gift with a bow", "rose", "a cat in a boot", "orange"])
def test_english_is_left_alone(server, prompt):
    assert native(server, prompt)[1] is None


def test_the_page_without_scripts_tells_what_was_read(server):
    text = requests.post(server.address, data=QUICK | {"prompt": "roter Apfel", "size": "64x64"}).text
    assert "The model read: red apple" in text and "roter Apfel" not in text


def test_the_command_line_tells_it_too(tmp_path):
    one = run("generate", "Gitarre", "--seed", "3", "--steps", "2", "-o", "-", "--model", MODEL, folder=tmp_path)
    other = run("generate", "guitar", "--seed", "3", "--steps", "2", "-o", "-", "--model", MODEL, folder=tmp_path)
    assert one.returncode == 0 and one.stdout == other.stdout
    assert b"The model read the prompt as: guitar" in one.stderr and b"read the prompt" not in other.stderr


def test_the_vocabulary_is_served_by_language(server):
    model = requests.get(f"{server.address}/api/model").json()
    assert model["prompt_languages"] == ["en", "de", "fr", "es", "pt", "it", "zh", "ja", "ar"]
    parts = {}
    for language, word in {"en": "guitar", "de": "gitarre", "fr": "guitare", "ja": "ギター", "zh": "吉他", "ar": "غيتار"}.items():
        answer = requests.get(f"{server.address}/vocabulary/{language}.txt")
        assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        parts[language] = answer.content.decode().rstrip("\n").split("\n\n")
        assert word in [line for part in parts[language] for line in part.split("\n")]
    assert len(parts["de"][0].split("\n")) == model["vocabulary_size"] == len(parts["en"][0].split("\n"))
    assert requests.get(f"{server.address}/vocabulary/xx.txt").status_code == 404


def test_a_model_without_such_files_has_its_words_alone(tmp_path):
    folder = tmp_path / "plain"
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns("words.tsv", "vocabulary.txt"))
    with serve(tmp_path, "--model", folder) as plain:
        assert native(plain, "Gitarre")[1] is None
        model = requests.get(f"{plain.address}/api/model").json()
        assert model["vocabulary_size"] == 0 and model["prompt_languages"] == ["en"]
        assert requests.get(f"{plain.address}/vocabulary/en.txt").status_code == 404


@pytest.mark.parametrize("file, text, place", [
    ("words.tsv", "language\tde\tbefore\nnoun\t(guitar:9)\tgitarre\n", "line 2"), ("words.tsv", "noun\tguitar\tgitarre\n", "line 1"),
    ("vocabulary.txt", "guitar\n" + "x" * 65 + "\n", "line 2"), ("words.tsv", "x" * (1 << 20) + "\n\n", "too large"),
])
def test_a_broken_file_is_named_with_its_line(tmp_path, file, text, place):
    folder = tmp_path / "broken"
    shutil.copytree(MODEL, folder)
    (folder / file).write_text(text)
    answer = run("generate", "guitar", "-o", "-", "--model", folder, folder=tmp_path)
    said = answer.stderr.decode()
    assert answer.returncode != 0 and file in said and place in said and "Gitarre" not in said
