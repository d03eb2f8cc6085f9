"""Requests that carry a canary wherever one can carry something, and end in every way."""
import base64
import dataclasses
import io
import json
import struct
import zlib

from PIL import Image

SIZE = 64
HTTP1, HTTP2 = "HTTP/1.1", "HTTP/2"


@dataclasses.dataclass
class Request:
    """One request, as far as HTTP/1.1 and HTTP/2 have it in common."""

    label: str
    method: str
    path: str
    fields: list
    body: bytes | None = None
    statuses: tuple = (200,)
    # The bytes to send instead, for what HTTP/1.1 alone can say; in HTTP/2, frames to send before.
    raw: bytes | None = None
    # What the head says of the body's length, where that is not so.
    announced: int | None = None
    trailers: list = ()
    # Whether the client takes the request back when it has sent half of its body, which HTTP/2 alone can do.
    is_taken_back: bool = False
    # How many answers come.
    answers: int = 1
    # Whether there has to be an answer, and not just an end of the connection.
    is_answered: bool = True


def picture(canary, side=SIZE):
    """A PNG whose pixels hold a canary, uncompressed, so that it can be read in the file's bytes."""
    row = (canary.encode() * side)[:side * 3]
    rows = b"".join(b"\0" + row[i % 15:] + row[:i % 15] for i in range(side))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"tEXt", b"Comment\0" + canary.encode())
            + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))


def in_base64(data):
    return base64.b64encode(data).decode()


class Plan:
    """All requests of one connection's protocol; each has canaries of its own."""

    def __init__(self, canaries, protocol, prefix):
        self.canaries, self.protocol, self.prefix = canaries, protocol, prefix
        self.requests = []
        self.label = ""
        self.plan()

    def word(self, place):
        return self.canaries.word(f"{self.prefix}: {self.label}: {place}")

    def seed(self):
        return self.canaries.seed(f"{self.prefix}: {self.label}: seed")

    def begin(self, label):
        self.label = label

    def add(self, method, path, body=None, media=None, fields=(), **options):
        """Adds a request with canaries in its usual fields as well."""
        own = [
            ("user-agent", f"client {self.word('user-agent')}"), ("cookie", f"a={self.word('cookie')}; b=1"),
            ("x-forwarded-for", self.word("x-forwarded-for")), (f"x-{self.word('name of a field')}", "1"),
            ("referer", f"https://example.org/{self.word('referer')}")]
        if media:
            own.append(("content-type", media))
        self.requests.append(Request(self.label, method, path, [*fields, *own], body, **options))

    def json(self, path, members, **options):
        self.add("POST", path, json.dumps(members).encode(), "application/json", **options)

    def prompt(self, **more):
        """The members that all interfaces have."""
        return {"prompt": f"{self.word('prompt')} red heart", "negative_prompt": f"{self.word('negative prompt')} blur",
                "seed": self.seed(), "steps": 2, **more}

    def form(self, path, fields, files, cut=0, **options):
        body = b""
        for name, value in fields.items():
            body += f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, data in files.items():
            file = f'name="{name}"; filename="{self.word("file name")}.png"'
            body += f"--edge\r\nContent-Disposition: form-data; {file}\r\nContent-Type: image/png\r\n\r\n".encode()
            body += data + b"\r\n"
        body += b"--edge--\r\n"
        self.add("POST", path, body[:len(body) - cut], "multipart/form-data; boundary=edge", **options)

    def plan(self):
        self.plan_completed()
        self.plan_refused()
        self.plan_malformed()
        self.plan_questions()
        if self.protocol == HTTP1:
            self.plan_http1()
        else:
            self.plan_http2()

    # Pictures that are made.

    def plan_completed(self):
        native = {"width": SIZE, "height": SIZE}
        self.begin("native, completed")
        self.json("/api/pictures", self.prompt(previews="every_step", **native))
        self.begin("tools, completed")
        for meta in ({}, {"_meta": {"progressToken": self.word("token")}}):
            self.json("/mcp", {
                "jsonrpc": "2.0", "id": self.word("id"), "method": "tools/call",
                "params": {"name": "generate_image", "arguments": self.prompt(**native)} | meta},
                fields=[("accept", "application/json, text/event-stream")])
        self.begin("native with a picture, completed")
        sent, mask = picture(self.word("picture")), picture(self.word("mask"))
        self.json("/api/pictures", self.prompt(
            image=in_base64(sent), mask=in_base64(mask), strength=0.9, mask_blur=0, **native))
        self.begin("form, completed")
        self.add("POST", "/", f"steps=2&prompt={self.word('prompt')}&seed={self.seed()}".encode(),
                 "application/x-www-form-urlencoded")
        size = f"{SIZE}x{SIZE}"
        self.begin("generations, completed")
        self.json("/v1/images/generations", self.prompt(size=size, user=self.word("user")),
                  fields=[("authorization", f"Bearer {self.word('authorization')}")])
        self.begin("generations with a query, completed")
        self.json(f"/v1/images/generations?{self.word('query name')}={self.word('query')}", self.prompt(size=size))
        self.begin("generations, streamed")
        self.json("/v1/images/generations", self.prompt(size=size, stream=True, partial_images=2))
        self.begin("edits, completed")
        fields = {"prompt": self.word("prompt"), "seed": self.seed(), "steps": 2, "size": size}
        self.form("/v1/images/edits", fields, {"image": picture(self.word("picture"))})
        self.begin("edits in JSON, completed")
        url = f"data:image/png;base64,{in_base64(picture(self.word('picture')))}"
        self.json("/v1/images/edits", self.prompt(size=size, images=[{"image_url": url}]))
        self.begin("variations, completed")
        self.form("/v1/images/variations", {"user": self.word("user"), "seed": self.seed(), "steps": 2, "size": size},
                  {"image": picture(self.word("picture"))})
        self.begin("edits with a large picture, completed")
        self.form("/v1/images/edits", {"prompt": self.word("prompt"), "seed": self.seed(), "steps": 2, "size": size},
                  {"image": picture(self.word("picture"), 700)})
        self.begin("native with a large picture, completed")
        self.json("/api/pictures", self.prompt(image=in_base64(picture(self.word("picture"), 700)), **native))
        self.begin("txt2img, completed")
        self.json("/sdapi/v1/txt2img", self.prompt(force_task_id=self.word("task"), embed_parameters=True, **native))
        self.begin("img2img, completed")
        self.json("/sdapi/v1/img2img", self.prompt(
            init_images=[in_base64(picture(self.word("picture")))], force_task_id=self.word("task"), **native))
        self.begin("native, failed in the engine")
        # It has read the prompt when it finds that the sampler has not so many steps.
        self.json("/api/pictures", self.prompt(sampler="lcm", **native) | {"steps": 150})
        self.begin("native, cut off")
        self.json("/api/pictures", self.prompt(**native) | {"prompt": f"{self.word('prompt')} red heart " * 20})
        self.begin("png-info, completed")
        self.json("/sdapi/v1/png-info", {"image": in_base64(picture(self.word("picture"))), self.word("name"): self.word("value")})
        self.begin("native, timed out")
        self.json("/api/pictures", self.prompt(time_limit=1, n=10) | {"steps": 150})

    # What the rules, limits and addresses refuse.

    def plan_refused(self):
        paths = ("/api/pictures", "/v1/images/generations", "/sdapi/v1/txt2img")
        for path in paths:
            self.begin(f"{path}, refused word")
            members = self.prompt()
            self.json(path, members | {"prompt": members["prompt"] + " gore"}, statuses=(400, 422))
            self.begin(f"{path}, too many steps")
            self.json(path, self.prompt() | {"steps": 100_000}, statuses=(400, 422))
            self.begin(f"{path}, unknown parameter")
            self.json(path, self.prompt(**{self.word("parameter"): self.word("value")}), statuses=(200, 400, 422))
            self.begin(f"{path}, prompt too long")
            word = self.word("prompt")
            self.json(path, self.prompt() | {"prompt": f"{word} " * (1_300_000 // len(word))}, statuses=(400, 413))
            self.begin(f"{path}, query with a body")
            self.json(f"{path}?prompt={self.word('query')}", self.prompt() | {"size": self.word("size")},
                      statuses=(200, 400, 422))
        self.begin("edits, refused with its picture")
        fields = {"prompt": self.word("prompt"), "seed": self.seed(), "steps": 100_000}
        self.form("/v1/images/edits", fields, {"image": picture(self.word("picture"))}, statuses=(400,))
        self.begin("img2img, refused with its picture")
        self.json("/sdapi/v1/img2img", self.prompt(
            init_images=[in_base64(picture(self.word("picture")))], tiling=True), statuses=(400, 404, 422))
        self.begin("native, refused for its weights")
        weights = "(" * 8 + self.word("prompt") + ":9999999)" * 8
        self.json("/api/pictures", {"prompt": weights, "prompt_syntax": "weighted", "seed": self.seed(), "steps": 2},
                  statuses=(400,))
        self.begin("an address that is not there")
        self.json(f"/{self.word('path')}/{self.word('path, second')}?prompt={self.word('query')}", self.prompt(),
                  statuses=(404,))
        for method in ("PUT", "DELETE", "PATCH", "POST"):
            self.begin(f"{method} where there is only GET")
            self.add(method, f"/metrics?{self.word('query')}", json.dumps(self.prompt()).encode(), "application/json",
                     statuses=(404, 405))
        self.begin("GET with a body")
        self.add("GET", f"/healthz?{self.word('query')}", json.dumps(self.prompt()).encode(), "application/json",
                 statuses=(200, 400))
        self.begin("another media type")
        self.add("POST", "/v1/images/generations", json.dumps(self.prompt()).encode(), f"text/{self.word('media type')}",
                 statuses=(200, 400, 415))
        self.begin("another host")
        self.json("/api/pictures", self.prompt(), statuses=(200, 421),
                  fields=[("host", f"{self.word('host')}.example.org")])
        self.begin("another site")
        self.json("/api/pictures", self.prompt(), statuses=(403,), fields=[
            ("origin", f"https://{self.word('origin')}.example.org"), ("sec-fetch-site", "cross-site")])
        self.begin("a body that is too large")
        self.add("POST", "/v1/images/generations", (self.word("prompt") + " ").encode() * 20_000, "application/json",
                 statuses=(400, 413), announced=1 << 30, is_answered=False)
        self.begin("a form that is too large")
        self.add("POST", "/", b"prompt=" + (self.word("prompt") + "+").encode() * 100_000,
                 "application/x-www-form-urlencoded", statuses=(400, 413))

    # What is broken.

    def plan_malformed(self):
        whole = json.dumps
        for path in ("/api/pictures", "/v1/images/generations", "/sdapi/v1/img2img", "/v1/images/edits"):
            self.begin(f"{path}, JSON that ends early")
            self.add("POST", path, whole(self.prompt())[:-1].encode(), "application/json", statuses=(400, 422))
            self.begin(f"{path}, JSON and more")
            self.add("POST", path, (whole(self.prompt()) + self.word("rest")).encode(), "application/json",
                     statuses=(400, 422))
        self.begin("no picture in the picture")
        self.json("/api/pictures", self.prompt(image=in_base64(self.word("picture").encode() * 40)), statuses=(400,))
        self.begin("half a picture")
        sent = picture(self.word("picture"))
        self.form("/v1/images/edits", {"prompt": self.word("prompt"), "seed": self.seed()}, {"image": sent[:len(sent) // 2]},
                  statuses=(400,))
        self.begin("half a form")
        self.form("/v1/images/edits", {"prompt": self.word("prompt"), "seed": self.seed()},
                  {"image": picture(self.word("picture"))}, cut=40, statuses=(400,))
        self.begin("form, bad escape")
        self.add("POST", "/", f"prompt={self.word('prompt')}&seed={self.seed()}&steps=%ZZ".encode(),
                 "application/x-www-form-urlencoded", statuses=(400,))

    # What asks for no picture.

    def plan_questions(self):
        for method in ("GET", "HEAD"):
            self.begin(f"{method} with a query")
            self.add(method, f"/?prompt={self.word('query')}&seed={self.seed()}")
            self.begin(f"{method} of an address that is not there")
            self.add(method, f"/{self.word('path')}?prompt={self.word('query')}", statuses=(404,))
            self.begin(f"{method} of a model that is not there")
            self.add(method, f"/v1/models/{self.word('path')}", statuses=(404,))
            self.begin(f"{method} of a page's file that is not there")
            self.add(method, f"/page/{self.word('path')}.js", statuses=(404,))
        self.begin("progress of a task")
        self.add("GET", f"/sdapi/v1/progress?force_task_id={self.word('task')}")
        for name in ("interrupt", "skip"):
            self.begin(f"{name} of a task")
            self.json(f"/sdapi/v1/{name}", {"force_task_id": self.word("task")})
            self.begin(f"{name} of a task, in the query")
            self.add("POST", f"/sdapi/v1/{name}?force_task_id={self.word('task')}", b"", "application/json")
        self.begin("OPTIONS of another origin")
        self.add("OPTIONS", "/v1/images/generations", statuses=(200, 204, 403, 404, 405), fields=[
            ("origin", f"https://{self.word('origin')}.example.org"), ("access-control-request-method", "POST"),
            ("access-control-request-headers", f"x-{self.word('asked for')}")])
        self.begin("a cached copy's tag")
        self.add("GET", "/style.css", statuses=(200, 304), fields=[
            ("if-none-match", f'"{self.word("tag")}"'), ("accept-language", self.word("language"))])

    # What HTTP/1.1 alone can say.

    def raw(self, text, body=b"", **options):
        raw = text.replace("\n", "\r\n").encode() + body
        self.requests.append(Request(self.label, "POST", "/", [], raw=raw, **options))

    def plan_http1(self):
        self.begin("chunks with extensions and trailers")
        body = json.dumps(self.prompt(size=f"{SIZE}x{SIZE}")).encode()
        half = len(body) // 2
        chunks = b"".join(
            f"{len(part):x};{self.word('extension')}=1\r\n".encode() + part + b"\r\n" for part in (body[:half], body[half:]))
        self.raw("POST /v1/images/generations HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
                 f"Transfer-Encoding: chunked\nTrailer: x-{self.word('trailer announced')}\n\n",
                 chunks + f"0\r\nX-Last: {self.word('trailer')}\r\n\r\n".encode())
        self.begin("a field that is no field")
        self.raw(f"GET /{self.word('path')} HTTP/1.1\nHost: localhost\n{self.word('field')}\n\n", is_answered=False,
                 statuses=(400,))
        self.begin("a method that nobody knows")
        self.raw(f"{self.word('method').upper()} /{self.word('path')} HTTP/1.1\nHost: localhost\n\n", is_answered=False,
                 statuses=(400, 404, 405, 501))
        self.begin("a head that is too large")
        self.raw("GET / HTTP/1.1\nHost: localhost\n" + f"Cookie: {self.word('cookie')}\n" * 2_000 + "\n", is_answered=False,
                 statuses=(400, 431))
        self.begin("a body that waits to be asked for")
        body = json.dumps(self.prompt(size=f"{SIZE}x{SIZE}")).encode()
        self.raw("POST /v1/images/generations HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
                 f"Expect: 100-continue\nContent-Length: {len(body)}\n\n", body)
        self.begin("an upgrade")
        self.raw(f"GET /?{self.word('query')} HTTP/1.1\nHost: localhost\nConnection: Upgrade, HTTP2-Settings\n"
                 f"Upgrade: h2c, {self.word('protocol')}\nHTTP2-Settings: {self.word('settings')}\n\n")
        asked = f"GET /?{self.word('query')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        body = json.dumps(self.prompt(size=f"{SIZE}x{SIZE}")).encode()
        head = (f"POST /v1/images/generations?{self.word('query')} HTTP/1.1\r\nHost: localhost\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        self.begin("a request behind another")
        self.raw("", asked + head + body, answers=2)
        self.begin("a request behind one whose answer ends the connection")
        self.raw("", head + body + head + body, is_answered=False)

    # What HTTP/2 alone can say.

    def plan_http2(self):
        size = f"{SIZE}x{SIZE}"
        self.begin("trailers")
        self.json("/v1/images/generations", self.prompt(size=size), trailers=[("x-last", self.word("trailer"))])
        self.begin("a head that is too large, in several frames")
        self.json("/v1/images/generations", self.prompt(size=size), statuses=(200, 431), is_answered=False, fields=[
            (f"x-{number}", self.word("field") * 20) for number in range(60)])
        self.begin("a large head")
        self.json("/v1/images/generations", self.prompt(size=size), fields=[
            (f"x-{number}", self.word("field") * 10) for number in range(30)])
        self.begin("taken back")
        self.json("/api/pictures", self.prompt(image=in_base64(picture(self.word("picture")))), statuses=(0,),
                  is_taken_back=True)
        self.begin("a frame that nobody knows")
        payload = f"{self.word('frame')} {self.word('frame')}".encode()
        frame = len(payload).to_bytes(3, "big") + b"\x42\0\0\0\0\0" + payload
        self.add("GET", "/healthz", raw=frame * 3)


def made_picture(body):
    """The longest picture in an answer: its Base64 as sent, its file and its pixels; None when there is none."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    pieces = bytes(byte if byte in alphabet else 32 for byte in body).split()
    text = max(pieces, key=len, default=b"")
    if len(text) < 400:
        return None
    try:
        file = base64.b64decode(text)
        pixels = Image.open(io.BytesIO(file)).convert("RGB").tobytes()
    except (ValueError, OSError):
        return None
    return text, file, pixels


def window(data, length=32):
    """A piece of something that does not repeat itself, from beyond its middle."""
    for start in range(len(data) * 5 // 8, len(data) - length, 8):
        if len(set(data[start:start + length])) >= 12:
            return data[start:start + length]
    return None
