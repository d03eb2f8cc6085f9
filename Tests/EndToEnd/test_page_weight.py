"""What the page weighs, how it is compressed, and how soon something is seen."""
import gzip

import pytest
import requests
from browser import Browser
from conftest import ROOT
from page import STATE, ready

RESOURCES = ROOT / "Sources/Web/Resources"
PAGE = [RESOURCES / "index.html", RESOURCES / "style.css", RESOURCES / "icon.svg"]
PAGE += [file for file in RESOURCES.iterdir() if file.suffix in (".js", ".json")]

LOADED = """
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .map(entry => [entry.name, entry.decodedBodySize, entry.encodedBodySize])
"""


def address(file):
    folder = "" if file.suffix in (".css", ".svg") else "page/"
    return "/" if file.name == "index.html" else f"/{folder}{file.name}"


def test_a_first_visit_loads_no_more_than_130_kilobytes_and_less_than_half_of_it_compressed(server, tmp_path):
    with Browser(tmp_path / "profile") as browser:
        ready(browser, server.address)
        loaded = browser.run(LOADED)
    assert len(loaded) >= 15 and all(decoded > 0 for _, decoded, _ in loaded), loaded
    assert sum(decoded for _, decoded, _ in loaded) <= 130_000
    assert sum(encoded for _, _, encoded in loaded) <= 65_000


def test_every_part_of_it_is_served(server):
    for file in PAGE:
        answer = requests.get(server.address + address(file))
        assert answer.status_code == 200, file
        if file.name != "index.html":
            assert answer.content == file.read_bytes()


@pytest.mark.parametrize("accepted", ["gzip", "GZIP", "br, gzip;q=0.5", "*", "identity;q=0, *;q=0.1", "x-gzip"])
def test_its_files_are_compressed_for_those_who_take_them_so(server, accepted):
    for file in PAGE:
        plain = requests.get(server.address + address(file), headers={"Accept-Encoding": "identity"})
        answer = requests.get(server.address + address(file), headers={"Accept-Encoding": accepted}, stream=True)
        raw = answer.raw.read(decode_content=False)
        assert "Accept-Encoding" in answer.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]
        assert "Content-Encoding" not in plain.headers
        assert answer.headers["Cache-Control"] == "no-store"
        if len(plain.content) < 1_000:
            continue
        assert answer.headers["Content-Encoding"] == "gzip" and len(raw) < 0.7 * len(plain.content), file
        assert gzip.decompress(raw) == plain.content
        assert int(answer.headers["Content-Length"]) == len(raw)
        only_head = requests.head(server.address + address(file), headers={"Accept-Encoding": accepted})
        assert only_head.headers["Content-Length"] == answer.headers["Content-Length"]


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "gzip; q=0.0, *", "br", "*;q=0", "gzipped"])
def test_they_are_not_for_those_who_do_not(server, accepted):
    for file in PAGE[:4]:
        answer = requests.get(server.address + address(file), headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in answer.headers and "Accept-Encoding" in answer.headers["Vary"]


def test_nothing_that_holds_words_or_pictures_is_compressed(server):
    """Its size would tell of what is in it."""
    order = {"prompt": "red heart", "steps": 1}
    posts = [
        ("/api/pictures", {"json": order}), ("/v1/images/generations", {"json": order}),
        ("/v1/images/generations", {"json": order | {"stream": True}}), ("/sdapi/v1/txt2img", {"json": order}),
        ("/", {"data": order}), ("/", {"data": {"prompt": ""}}), ("/api/pictures", {"json": {}}),
        ("/sdapi/v1/interrupt", {"json": {}}),
    ]
    for path, options in posts:
        answer = requests.post(server.address + path, headers={"Accept-Encoding": "gzip"}, **options)
        assert "Content-Encoding" not in answer.headers, path
    for path in ("/api/status", "/sdapi/v1/progress", "/metrics", "/canary", "/readyz"):
        answer = requests.get(server.address + path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers, path


def test_one_visit_loads_one_language_and_each_script_once(server, tmp_path):
    with Browser(tmp_path / "profile") as browser:
        ready(browser, server.address)
        asked = browser.addresses()
        assert len(asked) == len(set(asked)), "nothing is loaded twice"
        assert [address.rsplit("/", 1)[1] for address in asked if address.endswith(".json")] == ["en.json"]
        assert len(asked) <= 24


def test_something_is_seen_before_any_script_has_run(server, tmp_path):
    with Browser(tmp_path / "profile") as browser:
        browser.command("Network.setBlockedURLs", urls=["*/page/*"])
        browser.open(server.address)
        assert browser.run("document.getElementById('prompt').checkVisibility() && document.getElementById('create').checkVisibility()")
        assert browser.run(STATE) is None
        browser.wait("performance.getEntriesByName('first-contentful-paint').length === 1", 10)
