"""The memory of the server, searched for a prompt and a picture after their requests are over."""
import base64
import http.client
import json
import os
import re
import subprocess
import time

import pytest

from conftest import MODEL, PROGRAM

PROMPT = "zqxjkvbwp canary heart, number "
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can read the memory of a protected process")


@pytest.fixture
def start(tmp_path):
    processes = []

    def start(*options):
        process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--model", MODEL, *options], cwd=tmp_path,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        processes.append(process)
        return process, int(re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())[1])

    yield start
    for process in processes:
        process.terminate()
        assert process.wait(30) == 0


def post(port, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    try:
        return response.status, response.read()
    finally:
        connection.close()


def copies(pid, needles):
    """How often each of some byte strings occurs in what a process has mapped for reading."""
    counts = [0] * len(needles)
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights, _ = line.split(" ", 2)
            start, end = (int(bound, 16) for bound in span.split("-"))
            if rights[0] != "r":
                continue
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except OSError:  # the kernel's own pages
                continue
            counts = [count + content.count(needle) for count, needle in zip(counts, needles)]
    return counts


def ask(pid, port):
    """Makes pictures through several interfaces, some in vain; returns what must not be found, and how often it is."""
    for number, path in enumerate(("/v1/images/generations", "/api/pictures", "/v1/images/generations")):
        status, answer = post(port, path, {"prompt": PROMPT + str(number), "steps": 2})
        assert status == 200
    post(port, "/v1/images/generations", {"prompt": PROMPT, "steps": 100_000})
    picture = json.loads(answer)["data"][0]["b64_json"]
    needles = [PROMPT.encode(), PROMPT.encode()[:9], PROMPT.encode("utf-16-le")[:18], picture[2000:2060].encode(),
               base64.b64decode(picture)[1500:1540]]
    time.sleep(0.5)  # the last connection's end may still be on its way
    return copies(pid, needles)


def test_nothing_of_a_prompt_or_a_picture_is_left_in_memory(start):
    process, port = start()
    assert ask(process.pid, port) == [0, 0, 0, 0, 0]


def test_without_erasing_on_free_the_search_finds_them(start):
    process, port = start("--waive", "erase-on-free")
    prompt, _, _, encoded, picture = ask(process.pid, port)
    assert prompt > 0 and encoded > 0 and picture > 0
