"""Damaged JSON bodies of every way in that takes JSON: other values, other types, other bytes."""

import base64
import io
import random

from PIL import Image

from fuzz_client import fuzzed_server
from fuzzing.mutation import EXTREME_NUMBERS, mutate
from fuzzing.run import Run

WORDS = ["", " ", "auto", "none", "every_step", "0x0", "64x64", "1e9", "nan", "null", "\ud83d\ude00", "data:,", "A" * 300]


def picture(color: int) -> str:
    file = io.BytesIO()
    Image.new("RGBA", (16, 16), (color, color, color, color)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


IMAGE = picture(255)
HOLE = picture(0)
BODIES = [
    ("/api/pictures", {
        "prompt": "x", "negative_prompt": "y", "steps": 1, "n": 1, "size": "64x64", "seed": 1, "guidance_scale": 2.5,
        "sampler": None, "clip_skip": 0, "prompt_syntax": "weighted", "previews": 1, "time_limit": 10, "format": "webp",
        "quality": 50}),
    ("/api/pictures", {
        "prompt": "x", "steps": 1, "strength": 1, "width": 64, "height": 64, "image": IMAGE, "mask": IMAGE, "mask_blur": 4,
        "mask_fill": "fill", "mask_padding": 32}),
    ("/v1/images/generations", {
        "prompt": "x", "model": "dall-e-2", "steps": 1, "n": 1, "size": "64x64", "quality": "low", "background": "auto",
        "output_format": "jpeg", "output_compression": 50, "response_format": "b64_json", "moderation": "low",
        "style": "vivid", "user": "u", "stream": False, "partial_images": 0, "seed": 3}),
    ("/v1/images/edits", {
        "prompt": "x", "steps": 1, "size": "64x64", "images": [{"image_url": f"data:image/png;base64,{IMAGE}"}],
        "mask": {"image_url": f"data:image/png;base64,{HOLE}"}, "input_fidelity": "high", "strength": 1}),
    ("/sdapi/v1/txt2img", {
        "prompt": "(x:1.2) [y]", "negative_prompt": "z", "steps": 1, "width": 64, "height": 64, "cfg_scale": 3, "seed": -1,
        "batch_size": 1, "n_iter": 1, "sampler_name": "Euler", "scheduler": "karras", "embed_parameters": True,
        "send_images": True, "save_images": False, "styles": [], "eta": 0, "s_churn": 0, "s_noise": "1",
        "subseed": 4, "subseed_strength": "0.5", "seed_resize_from_w": 64, "seed_resize_from_h": 64,
        "alwayson_scripts": {"a": {"args": []}, "b": {"args": [False, {"ad_model": "None"}]}},
        "override_settings": {"CLIP_stop_at_last_layers": 1, "samples_format": "jpg", "sd_vae": "Automatic", "x": [1]}}),
    ("/sdapi/v1/img2img", {
        "prompt": "x", "steps": 1, "width": 64, "height": 64, "init_images": [IMAGE], "mask": IMAGE, "mask_blur": 4,
        "mask_blur_x": 4, "mask_blur_y": 4, "inpainting_fill": 1, "inpaint_full_res": True, "inpaint_full_res_padding": 32,
        "inpainting_mask_invert": 0, "resize_mode": 1, "denoising_strength": 1}),
    ("/mcp", {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
            "name": "generate_image", "arguments": {"prompt": "x", "steps": 1, "size": "64x64"},
            "_meta": {"progressToken": "a"}}}),
    ("/mcp", {
        "jsonrpc": "2.0", "id": "a", "method": "tools/list", "params": {
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {}}}}),
    ("/sdapi/v1/options", {"samples_save": False, "CLIP_stop_at_last_layers": 1, "sd_vae": "Automatic"}),
    ("/sdapi/v1/png-info", {"image": IMAGE}),
    ("/sdapi/v1/interrupt", {"force_task_id": "0123456789abcdef"}),
    ("/sdapi/v1/skip", {"id_task": "0123456789abcdef"}),
]
# What may take long where it is allowed stays small.
COSTLY = {"steps", "n", "n_iter", "batch_size", "width", "height", "size"}


def written(value) -> str:
    """A value as JSON; numbers that JSON has no word for become large ones."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float() if value in (float("inf"), float("-inf")):
            return "1e999" if value > 0 else "-1e999"
        case int() | float():
            return repr(value)
        case str():
            return '"' + "".join(
                character if " " <= character < "\x7f" and character not in '"\\' else
                f"\\u{ord(character):04x}" if ord(character) < 65536 else character for character in value) + '"'
        case list():
            return "[" + ",".join(written(each) for each in value) + "]"
        case dict():
            return "{" + ",".join(f"{written(name)}:{written(each)}" for name, each in value.items()) + "}"
    raise TypeError(type(value))


def other_value(source: random.Random, name: str, depth: int = 0):
    match source.randrange(8):
        case 0 | 1 | 2:
            number = source.choice(EXTREME_NUMBERS)
            return 0 if name in COSTLY and 1 < number <= 2048 else number
        case 3:
            return source.choice(WORDS)
        case 4:
            return source.choice([None, True, False])
        case 5 if depth < 20:
            return [other_value(source, name, depth + 1) for _ in range(source.choice([0, 1, 3]))]
        case 6 if depth < 20:
            return {source.choice(WORDS): other_value(source, name, depth + 1)}
    return source.choice([IMAGE, HOLE, IMAGE[:40]])


def changed(source: random.Random, value, name: str = ""):
    """A value with one part in it replaced, left out, or added to."""
    if isinstance(value, dict) and value and source.random() < 0.95:
        result = dict(value)
        key = source.choice(list(result))
        match source.randrange(8):
            case 0:
                del result[key]
            case 1:
                result[source.choice(WORDS + list(value))] = other_value(source, key)
            case _:
                result[key] = changed(source, result[key], key)
        return result
    if isinstance(value, list) and value and source.random() < 0.7:
        place = source.randrange(len(value))
        return value[:place] + [changed(source, value[place], name)] + value[place:source.choice([place, len(value)])]
    return other_value(source, name)


def fuzz(run: Run) -> None:
    source = run.random
    texts = [written(body).encode() for _, body in BODIES]
    with fuzzed_server(run) as server:
        while run.goes_on():
            path, body = source.choice(BODIES)
            for _ in range(source.choice([1, 1, 2, 4])):
                body = changed(source, body)
            text = written(body).encode(errors="surrogatepass")
            if source.random() < 0.3:
                text = mutate(source, text, source.choice(texts))
            if source.random() < 0.02:
                text = source.choice([b"[", b'{"a":', b'"']) * source.choice([1, 15, 16, 17, 1000]) + text
            server.post(path, text, "application/json")
