"""Damaged forms: multipart bodies, their boundaries and headers, and the page's own form."""

import io
import random
import urllib.parse

from PIL import Image

from fuzz_client import fuzzed_server
from fuzzing.mutation import EXTREME_NUMBERS, mutate
from fuzzing.run import Run


def picture(opacity: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (16, 16), (90, 90, 90, opacity)).save(file, "PNG")
    return file.getvalue()


IMAGE, HOLE = picture(255), picture(0)
FIELDS = {
    "prompt": b"x", "negative_prompt": b"y", "steps": b"1", "n": b"1", "size": b"64x64", "seed": b"1", "strength": b"1",
    "guidance_scale": b"2", "quality": b"low", "output_format": b"webp", "output_compression": b"50", "stream": b"false",
    "response_format": b"url", "background": b"auto", "input_fidelity": b"low", "user": b"u", "image": IMAGE, "mask": HOLE}
# Allowed values of these may take long.
COSTLY = {"steps", "n", "size"}
BOUNDARIES = ["x", "----WebKitFormBoundaryAbC123", "a b", "'()+_,-./:=?", "y" * 70]
LINE_ENDS = [b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"", b"\r\n\r\n"]
PAGE = {"prompt": "x", "negative_prompt": "y", "size": "64x64", "n": "1", "seed": "", "quality": "1", "steps": "1", "sampler": ""}


def value(source: random.Random, name: str) -> bytes:
    match source.randrange(5):
        case 0:
            number = source.choice(EXTREME_NUMBERS)
            return b"0" if name in COSTLY and 1 < number <= 2048 else str(number).encode()
        case 1:
            return source.choice([b"", b" ", b"nan", b"inf", b"-1", b"\xff\xfe", b"true", b"A" * 400, b"0x0", b"1" * 300])
        case 2:
            return mutate(source, source.choice([IMAGE, HOLE]))
    return FIELDS.get(name, b"x")


def form(source: random.Random, boundary: bytes) -> bytes:
    """A form with some of its fields changed, doubled, or put otherwise."""
    names = source.sample(list(FIELDS), source.randint(1, len(FIELDS)))
    for name in ("prompt", "image", "steps", "size"):
        if name not in names and source.random() < 0.9:
            names.append(name)
    if source.random() < 0.1:
        names.append(source.choice(names + ["canary", "image[]", ""]))
    end = source.choice(LINE_ENDS) if source.random() < 0.1 else b"\r\n"
    body = source.choice([b"", b"", b"preamble\r\n"])
    for name in names:
        disposition = source.choice([
            b'form-data; name="%s"', b'form-data; name="%s"', b'form-data; name=%s; filename="a\\"b.png"',
            b'form-data; filename="a;b"; name="%s"', b'Form-Data ;NAME="%s"'] + (
                [b'attachment; name="%s"', b"form-data", b'form-data; name="%s"; name="x"', b"\xff%s", b'form-data; name="%s']
                if source.random() < 0.05 else []))
        header = b"Content-Disposition: " + (disposition % name.encode() if b"%s" in disposition else disposition)
        if source.random() < 0.1:
            header += end + source.choice([
                b"Content-Type: image/png", b"Content-Transfer-Encoding: base64", b"A: " + b"b" * 20_000, b"no colon", b": x"])
        content = value(source, name) if source.random() < 0.2 else FIELDS.get(name, b"x")
        body += b"--" + boundary + end + header + end + end + content + end
    return body + b"--" + boundary + source.choice([b"--\r\n", b"--", b"", b"--\r\nepilogue"])


def page_form(source: random.Random) -> bytes:
    fields = dict(PAGE)
    for name in source.sample(list(fields), source.randint(1, 3)):
        fields[name] = value(source, name).decode("latin-1")
    return urllib.parse.urlencode(fields).encode()


def fuzz(run: Run) -> None:
    source = run.random
    with fuzzed_server(run) as server:
        while run.goes_on():
            if source.random() < 0.15:
                body = page_form(source)
                if source.random() < 0.5:
                    body = mutate(source, body)
                server.post("/", body, "application/x-www-form-urlencoded")
                continue
            boundary = source.choice(BOUNDARIES)
            body = form(source, boundary.encode())
            if source.random() < 0.4:
                body = mutate(source, body, body)
            content_type = f'multipart/form-data; boundary="{boundary}"'
            if source.random() < 0.05:
                content_type = source.choice([
                    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "z" * 71,
                    'multipart/form-data; boundary="x', "multipart/form-data; boundary=x; boundary=y",
                    "multipart/form-data; boundary=\xe9", "MULTIPART/Form-Data; BOUNDARY=x"])
            path = source.choice(["/v1/images/edits", "/v1/images/edits", "/v1/images/variations"])
            server.post(path, body, content_type)
