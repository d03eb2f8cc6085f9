"""The page in a real browser, with the keyboard alone."""
import io

import pytest
from browser import Browser
from PIL import Image


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def requests(browser):
    return [
        event["params"]["request"]["url"] for event in browser.events if event["method"] == "Network.requestWillBeSent"
    ]


def test_a_prompt_typed_on_the_keyboard_becomes_a_picture(browser, server):
    browser.open(server.address)
    assert browser.run("document.activeElement.id") == "prompt"
    browser.type("red heart")
    browser.press("Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    browser.wait("document.querySelector('#pictures img')?.complete")
    assert browser.run("document.querySelector('#pictures img').naturalWidth") >= 64
    assert browser.run("document.querySelector('#pictures img').clientWidth") >= 400, "small pictures are shown large"
    assert browser.run("document.querySelector('#pictures a[download]').download").startswith("mystarion-")
    assert "1 picture in" in browser.run("document.getElementById('status').textContent")
    picture = Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
    assert len(picture.resize((64, 64)).getcolors(maxcolors=64 * 64)) > 50


def test_cancelling_ends_it(browser, server):
    browser.open(server.address)
    browser.run("document.getElementById('steps').value = 150; document.getElementById('count').value = '4'")
    browser.type("red heart")
    browser.press("Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    browser.wait("!document.getElementById('working').hidden")
    browser.press("Escape", code="Escape", windowsVirtualKeyCode=27)
    browser.wait("document.getElementById('status').textContent === 'Cancelled.'", 10)
    assert browser.run("document.getElementById('working').hidden")


def test_a_mistake_is_told_in_words(browser, server):
    browser.open(server.address)
    browser.run("document.getElementById('steps').removeAttribute('max'); document.getElementById('steps').value = 999")
    browser.type("red heart")
    browser.press("Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    browser.wait("!document.getElementById('problem').hidden")
    assert "steps" in browser.run("document.getElementById('problem').textContent")


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen(browser, server, width, scheme):
    browser.open(server.address, width=width, scheme=scheme)
    assert browser.run("document.documentElement.scrollWidth") <= width
    background = Image.open(io.BytesIO(browser.screenshot())).convert("L").getpixel((1, 1))
    assert background < 64 if scheme == "dark" else background > 192


def test_every_control_has_a_name(browser, server):
    browser.open(server.address)
    nameless = browser.run(
        "[...document.querySelectorAll('input, select, textarea, button')]"
        ".filter(e => !(e.labels?.length || e.ariaLabel || e.textContent.trim())).map(e => e.outerHTML)"
    )
    assert nameless == []


def test_it_works_without_scripts(browser, server):
    browser.open(server.address, scripts=False)
    browser.type("red heart")
    # The debugger's own evaluation is allowed; the page's module is not loaded.
    assert browser.run("document.getElementById('dice').hidden")
    browser.run("document.getElementById('request').submit()")
    browser.wait("document.querySelector('#pictures img')?.src.startsWith('data:image/png;base64,')")
    browser.command("Emulation.setScriptExecutionDisabled", value=False)


def test_it_stores_nothing_and_asks_no_other_host(browser, server):
    browser.open(server.address)
    assert browser.run("document.cookie") == ""
    assert browser.run("localStorage.length + sessionStorage.length") == 0
    assert browser.run("indexedDB.databases().then(all => all.length)") == 0
    asked = [url for url in requests(browser) if url.startswith(("http:", "https:", "ws:", "wss:"))]
    assert asked and all(url.startswith(server.address) for url in asked)
    wrong = [event for event in browser.events if event["method"] == "Runtime.exceptionThrown"]
    assert wrong == []
    policy = [
        event for event in browser.events
        if event["method"] == "Log.entryAdded" and "Content Security Policy" in event["params"]["entry"]["text"]
    ]
    assert policy == []
