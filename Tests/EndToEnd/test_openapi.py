"""The description of the interfaces: sound, complete, and true of the real server."""
import base64
import copy
import io
import json
import re

import jsonschema
import openapi_spec_validator
import pytest
import requests
import schemathesis
import yaml
from conftest import ROOT
from hypothesis import strategies
from PIL import Image

DOCUMENT = yaml.safe_load((ROOT / "Sources/Web/Resources/openapi.yaml").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]


def words(swift_file, pattern):
    """The raw values of an enumeration in the sources."""
    return re.findall(pattern, (ROOT / "Sources/Web" / swift_file).read_text())


def test_it_is_a_sound_description():
    openapi_spec_validator.validate(DOCUMENT)


ROUTES = set(words("Route.swift", r'case \w+ = "(/[^"]*)"'))
# Lists that have one address for all of them on the server, and their own descriptions.
LISTS = {path for path in DOCUMENT["paths"] if path.startswith("/sdapi/v1/") and path not in ROUTES}


def test_it_holds_the_servers_addresses_and_no_others(server):
    assert set(DOCUMENT["paths"]) - LISTS == ROUTES
    for path in LISTS:
        assert requests.get(server.address + path).status_code == 200, path


def test_it_holds_the_methods_of_every_address_and_no_others(server):
    for path in ROUTES:
        item = DOCUMENT["paths"][path]
        documented = {method.upper() for method in item if method in ("get", "put", "post", "delete", "patch")}
        if "GET" in documented:
            documented.add("HEAD")
        answer = requests.options(server.address + path.replace("{id}", "x").replace("{collection}", "x"))
        assert answer.status_code == 405, path
        assert set(answer.headers["Allow"].split(", ")) == documented, path


def test_it_holds_the_codes_of_errors_and_no_others():
    codes = words("Errors/WebError.swift", r'        case \w+ = "(\w+)"')
    assert sorted(SCHEMAS["ErrorCode"]["enum"]) == sorted(codes)
    for code in codes:
        assert f"`{code}`" in SCHEMAS["ErrorCode"]["description"]


def test_the_server_gives_it_away(server):
    answer = requests.get(f"{server.address}/openapi.yaml")
    assert answer.headers["Content-Type"] == "application/yaml"
    assert yaml.safe_load(answer.text) == DOCUMENT


def test_its_limits_are_those_in_force(server):
    limits = requests.get(f"{server.address}/api/model").json()["limits"]
    for schema, limit in (("Count", "n"), ("Steps", "steps"), ("GuidanceScale", "guidance_scale"), ("Side", "side")):
        assert {key: SCHEMAS[schema][key] for key in ("minimum", "maximum")} == limits[limit], schema
    assert SCHEMAS["Prompt"]["maxLength"] == SCHEMAS["NegativePrompt"]["maxLength"] == limits["prompt_characters"]
    properties = SCHEMAS["PictureRequest"]["properties"]
    for name in ("clip_skip", "time_limit"):
        assert {key: properties[name][key] for key in ("minimum", "maximum")} == limits[name], name


def test_a_stream_has_the_events_that_are_described(server):
    order = {"prompt": "red heart", "steps": 3, "n": 2, "previews": "every_step"}
    answer = requests.post(f"{server.address}/api/pictures", json=order)
    names = []
    for block in answer.text.split("\n\n")[:-1]:
        if block.startswith(":"):
            continue
        name, data = re.fullmatch(r"event: (\w+)\ndata: (.*)", block).groups()
        schema = {"$ref": f"#/components/schemas/{name.capitalize()}Event", "components": DOCUMENT["components"]}
        jsonschema.validate(json.loads(data), schema, cls=jsonschema.Draft202012Validator)
        names.append(name)
    assert names.count("image") == 2 and names.count("done") == 1 and names[-1] == "done"


def picture():
    """A small PNG file."""
    file = io.BytesIO()
    image = Image.new("RGBA", (64, 64), (0, 128, 128, 0))
    image.paste((255, 255, 255, 255), (0, 0, 32, 64))
    image.save(file, "PNG")
    return file.getvalue()


# Bright here and transparent there, so that it is a mask as well, whichever of the two marks.
FILE = picture()
PICTURE = base64.b64encode(FILE).decode()
schemathesis.openapi.format("picture", strategies.just(FILE))

# What the bundled model does quickly: parameters by their names.
QUICK = {
    "steps": {"type": "integer", "enum": [2, 3]},
    "n": {"type": "integer", "minimum": 1, "maximum": 2},
    "n_iter": {"type": "integer", "enum": [1]},
    "batch_size": {"type": "integer", "minimum": 1, "maximum": 2},
    "width": {"type": "integer", "enum": [64, 128]},
    "height": {"type": "integer", "enum": [64, 128]},
    "size": {"type": "string", "enum": ["64x64", "128x64"]},
    "sampler": {"type": "string", "enum": ["euler", "dpm++-2m-karras", "ddim"]},
    "sampler_name": {"type": "string", "enum": ["Euler a", "DPM++ 2M Karras", "UniPC"]},
    "sampler_index": {"type": "string", "enum": ["Euler"]},
    "upscaler": {"type": "string", "enum": ["realesr-animevideov3", "lanczos", "nearest"]},
    "upscaler_1": {"type": "string", "enum": ["None", "Lanczos", "realesr-animevideov3"]},
    "upscaler_2": {"type": "string", "enum": ["None", "Nearest"]},
    # Which others can be had depends on the sampler.
    "scheduler": {"type": "string", "enum": ["Automatic"]},
    "styles": {"type": "array", "maxItems": 0},
    "model": {"type": "string", "enum": ["mystarion-icons"]},
    "clip_skip": {"type": "integer", "enum": [0]},
    "strength": {"type": "number", "enum": [1]},
    "denoising_strength": {"type": "number", "enum": [1]},
    "prompt": {"type": "string", "enum": ["red heart", "\u2605 blue \"star\"\n"]},
    "negative_prompt": {"type": "string", "enum": ["", "grey"]},
    "override_settings": {"type": "object", "maxProperties": 0},
}


def bounded(document):
    """The description, narrowed to what the bundled model does quickly."""
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        properties = schema.get("properties", {})
        if "upscaler" in properties or "upscaler_1" in properties:
            properties.update({name: bound for name, bound in QUICK.items() if name in properties})
        if "steps" in properties and ("prompt" in properties or "image" in properties):
            schema["required"] = [*schema.get("required", []), "steps"]
            properties.update({name: bound for name, bound in QUICK.items() if name in properties})
            # Which can be had depends on the sampler.
            properties.pop("schedule", None)
    schemas["EncodedPicture"] = {"type": "string", "enum": [PICTURE, f"data:image/png;base64,{PICTURE}"]}
    schemas["DataAddress"] = {"type": "string", "enum": [f"data:image/png;base64,{PICTURE}"]}
    schemas["PictureFile"] = {"type": "string", "format": "picture"}
    return document


def schema(document, mode, examples):
    configuration = {
        "generation": {"mode": mode, "max-examples": examples, "deterministic": True},
        "phases": {
            "examples": {"enabled": mode == "positive"}, "coverage": {"enabled": False}, "stateful": {"enabled": False},
        },
    }
    return schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(configuration))


def as_text(document):
    """The description without the word that a form's words are text: whatever is written into a form is."""
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    for name in [name for name in schemas if name.endswith("Form")]:
        for key, part in schemas[name]["properties"].items():
            part = copy.deepcopy(schemas[part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part)
            if part.get("type") == "string" and not part.keys() & {"enum", "pattern", "format"}:
                del part["type"]
                schemas[name]["properties"][key] = part
    return document


sound = schema(bounded(DOCUMENT), "positive", 10)
wrong = schema(as_text(DOCUMENT), "negative", 25)


@sound.parametrize()
def test_what_is_described_is_done(case, server):
    case.call_and_validate(base_url=server.address, timeout=60)


@wrong.parametrize()
def test_what_is_not_described_is_refused(case, server):
    # A form cannot hold these: they are as if the field were not there, or the word "null".
    is_form = case.media_type == "multipart/form-data" and isinstance(case.body, dict)
    if is_form and any(value in (None, "", []) for value in case.body.values()):
        return
    case.call_and_validate(base_url=server.address, timeout=60)
