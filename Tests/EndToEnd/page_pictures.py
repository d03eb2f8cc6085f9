"""Takes the documents' pictures of the page: `.venv/bin/python Tests/EndToEnd/page_pictures.py [FOLDER]`.

With a folder it takes one of every state instead, at the width of a phone and of a desktop, in light and dark.
"""
import base64
import io
import pathlib
import sys
import tempfile
import time

import requests
import test_page_access as states
from browser import Browser
from conftest import BUNDLED, ROOT, serve
from page import choose, fill, make, press_button, ready
from PIL import Image

# Debian's own sans-serif is wide; this one is nearer to what most systems have.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>system-ui</string></test>
<edit name="family" mode="assign" binding="strong"><string>Liberation Sans</string></edit></match></fontconfig>"""
SOME = ["dog", "a slice of pizza", "a red car", "sunflower", "camera", "a ghost", "a castle"]


def take(browser, file):
    time.sleep(0.6)
    picture = Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
    picture.save(file, quality=88, method=6)


def collect(browser):
    """Several pictures of several prompts, and the notice understood."""
    browser.run("document.getElementById('understood').click()")
    for seed, prompt in enumerate(SOME):
        fill(browser, "seed", 20 + seed)
        make(browser, prompt)
    fill(browser, "seed", "")


def made(browser):
    collect(browser)
    fill(browser, "seed", 7)
    make(browser, "guitar")
    fill(browser, "seed", "")


def four(browser):
    collect(browser)
    fill(browser, "seed", 4)
    make(browser, "smiling face emoji", count=4)
    browser.run("document.getElementById('settings').open = true")


def sharpening(browser):
    collect(browser)
    fill(browser, "steps", 100)
    choose(browser, "n", 4)
    fill(browser, "prompt", "trophy")
    browser.run("document.getElementById('request').requestSubmit()")
    browser.wait("document.querySelectorAll('.preview').length === 4", 30)
    time.sleep(2)


def painting(browser):
    made(browser)
    press_button(browser, "Edit a part")
    browser.wait("!!document.querySelector('.layer')")
    left, top, width, height = browser.box(".layer")
    browser.mouse([(left + width * x, top + height * y) for x, y in [(0.3, 0.38), (0.4, 0.33), (0.52, 0.36), (0.6, 0.42)]])


def comparing(browser):
    made(browser)
    press_button(browser, "Compare")


SHOWN = {
    "made": (made, 1280, 860, "light"), "made-dark": (made, 1280, 860, "dark"), "four": (four, 1280, 860, "light"),
    "watching": (sharpening, 1280, 860, "dark"), "painting": (painting, 1280, 860, "light"),
    "comparing": (comparing, 1280, 860, "dark"), "begin": (lambda browser: None, 1280, 860, "light"),
    "trouble": (states.trouble, 1280, 860, "light"), "arabic": (states.arabic, 1280, 860, "light"),
    "phone-begin": (lambda browser: None, 390, 844, "light"), "phone-made": (made, 390, 844, "light"),
    "phone-watching": (sharpening, 390, 844, "dark"), "phone-painting": (painting, 390, 844, "dark"),
}


# Some of the free prompts of training/prompts.py, with the seeds that they have on the model's card.
FIRST = {"dog": 6, "a slice of pizza": 7, "rocket": 10, "guitar": 2}


def first(server, file):
    """The README's first picture: four kinds of thing, as the server delivers them, at half their size."""
    row = Image.new("RGB", (4 * 264 - 8, 256), "white")
    for index, (prompt, seed) in enumerate(FIRST.items()):
        body = {"prompt": prompt, "seed": seed, "response_format": "b64_json"}
        answer = requests.post(f"{server.address}/v1/images/generations", json=body).json()
        picture = Image.open(io.BytesIO(base64.b64decode(answer["data"][0]["b64_json"])))
        row.paste(picture.resize((256, 256), Image.LANCZOS), (264 * index, 0))
    row.save(file, quality=88, method=6)


def main(folder):
    with tempfile.TemporaryDirectory() as own:
        own = pathlib.Path(own)
        (own / "fonts.conf").write_text(FONTS)
        with serve(own, "--model", BUNDLED) as server, Browser(own / "profile", environment={"FONTCONFIG_FILE": str(own / "fonts.conf")}) as browser:
            browser.allow_downloads(own)
            if folder is None:
                target = ROOT / "docs/page"
                target.mkdir(exist_ok=True)
                first(server, ROOT / "docs/model/first.webp")
                for name, (state, width, height, scheme) in SHOWN.items():
                    ready(browser, server.address, width=width, height=height, scheme=scheme)
                    state(browser)
                    take(browser, target / f"{name}.webp")
                return
            for width, height in ((390, 844), (1280, 860)):
                for scheme in ("light", "dark"):
                    for name, state in zip(states.NAMES, states.STATES):
                        ready(browser, server.address, width=width, height=height, scheme=scheme)
                        state(browser)
                        take(browser, folder / f"{name}-{width}-{scheme}.webp")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None)
