"""One seed is one picture: the same pixels alone, among others, and on any number of threads."""
import concurrent.futures
import io
import json
import urllib.request
from base64 import b64decode

import numpy
import pytest
from conftest import serve
from PIL import Image

REQUESTS = [
    {"prompt": "red heart"},
    {"prompt": "blue star", "negative_prompt": "red", "guidance_scale": 4},
    {"prompt": "a green leaf", "sampler": "euler-ancestral", "steps": 6},
    {"prompt": "sun", "size": "64x64", "steps": 3},
    {"prompt": "sun", "size": "192x96", "steps": 3, "guidance_scale": 3},
    {"prompt": "house", "sampler": "dpm++-2m-sde-karras", "steps": 5},
    {"prompt": "house", "format": "webp", "quality": 100, "steps": 2},
    {"prompt": "music note", "previews": 2},
]


def pixels(encoded: str) -> bytes:
    return numpy.asarray(Image.open(io.BytesIO(b64decode(encoded))).convert("RGB")).tobytes()


def make(server, **order) -> list[bytes]:
    """The pictures of one request, in order, as pixels."""
    body = json.dumps({"prompt": "red heart", "seed": 100} | order).encode()
    request = urllib.request.Request(
        server.address + "/api/pictures", body, {"Content-Type": "application/json"})
    pictures = {}
    with urllib.request.urlopen(request, timeout=120) as answer:
        for line in answer:
            if line.startswith(b"data:") and (event := json.loads(line[5:])).get("b64") and "seed" in event:
                pictures[event["seed"]] = pixels(event["b64"])
    return [pictures[seed] for seed in sorted(pictures)]


@pytest.fixture(scope="module", params=[1, 2])
def threaded(request, tmp_path_factory):
    with serve(tmp_path_factory.mktemp("threads"), "--threads", request.param) as server:
        yield server


@pytest.fixture(scope="module")
def alone(server):
    """Each picture, made by itself."""
    return {
        index: [make(server, **order, seed=100 + offset)[0] for offset in range(2)]
        for index, order in enumerate(REQUESTS)
    }


def test_pictures_of_one_request_are_those_of_their_seeds(server, threaded):
    alone = [make(server, seed=100 + index)[0] for index in range(10)]
    for count in range(1, 11):
        assert make(threaded, n=count) == alone[:count]


@pytest.mark.parametrize("clients", [1, 2, 3, 5, 8])
def test_pictures_are_the_same_in_company(alone, threaded, clients):
    orders = [(index, offset) for offset in range(2) for index in range(len(REQUESTS))]
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        pictures = list(pool.map(lambda order: make(threaded, **REQUESTS[order[0]], seed=100 + order[1]), orders))
    for (index, offset), made in zip(orders, pictures):
        assert made == [alone[index][offset]], REQUESTS[index]
