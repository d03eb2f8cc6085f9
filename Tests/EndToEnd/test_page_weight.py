"""What the page weighs, and how soon something is seen."""
import requests
from browser import Browser
from conftest import ROOT
from page import STATE, ready

RESOURCES = ROOT / "Sources/Web/Resources"
PAGE = [RESOURCES / "index.html", RESOURCES / "style.css", RESOURCES / "icon.svg"]
PAGE += [file for file in RESOURCES.iterdir() if file.suffix in (".js", ".json")]


def test_all_of_it_is_less_than_150_kilobytes():
    assert sum(file.stat().st_size for file in PAGE) < 150_000


def test_every_part_of_it_is_served(server):
    for file in PAGE:
        folder = "" if file.suffix in (".css", ".svg") else "page/"
        address = "/" if file.name == "index.html" else f"/{folder}{file.name}"
        answer = requests.get(server.address + address)
        assert answer.status_code == 200, address
        if file.name != "index.html":
            assert answer.content == file.read_bytes()


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
