"""The page's languages: all words in all of them, in the right forms, and in the right direction."""
import json
import re

import pytest
from browser import Browser
from conftest import ROOT
from page import make, ready, words

RESOURCES = ROOT / "Sources/Web/Resources"
FILES = {file.stem: json.loads(file.read_text()) for file in RESOURCES.glob("*.json")}
PLURAL = re.compile(r"\.(zero|one|two|few|many|other)$")
TAGS = {"zh": "zh-Hans"}


def keys(language):
    return {PLURAL.sub("", key) for key in FILES[language]}


def test_there_are_eight():
    assert set(FILES) == {"en", "de", "fr", "es", "pt", "ja", "zh", "ar"}


@pytest.mark.parametrize("language", FILES)
def test_every_language_has_every_word_and_no_other(language):
    assert keys(language) == keys("en")
    assert all(isinstance(text, str) and text.strip() == text and text for text in FILES[language].values())


@pytest.mark.parametrize("language", FILES)
def test_every_word_has_the_same_places_to_fill_in(language):
    def places(text):
        return sorted(re.findall(r"\{\w+\}", text))
    for key, text in FILES["en"].items():
        base = PLURAL.sub("", key)
        for other_key, other in FILES[language].items():
            if PLURAL.sub("", other_key) != base or bool(PLURAL.search(other_key)) != bool(PLURAL.search(key)):
                continue
            # A language may put a number of one or two, or none, in a word of its own.
            spelled = other_key.endswith((".zero", ".one", ".two"))
            assert places(other) == places(text) or spelled and places(other) == [], other_key


@pytest.mark.parametrize("language", FILES)
def test_every_number_has_its_form(browser, language):
    categories = browser.run(f"new Intl.PluralRules('{TAGS.get(language, language)}').resolvedOptions().pluralCategories")
    bases = {PLURAL.sub("", key) for key in FILES["en"] if PLURAL.search(key)}
    for base in bases:
        forms = {key.rsplit(".", 1)[1] for key in FILES[language] if PLURAL.sub("", key) == base and PLURAL.search(key)}
        assert forms == set(categories), base


def test_the_scripts_and_the_template_use_no_word_that_is_missing():
    used = set(re.findall(r"\{\{t\.([\w.]+)\}\}|data-t(?:-\w+)?=\"([\w.]+)\"", (RESOURCES / "index.html").read_text()))
    used = {word for pair in used for word in pair if word}
    for file in RESOURCES.glob("*.js"):
        used |= set(re.findall(r"\b(?:t|count)\(\"([\w.]+)\"", file.read_text()))
        used |= set(re.findall(r"\"(problem\.\w+)\"", file.read_text()))
    assert used <= keys("en"), used - keys("en")


@pytest.mark.parametrize("language", FILES)
def test_it_is_chosen_from_the_browser_and_switched_by_the_menu(server, tmp_path, language):
    with Browser(tmp_path / "profile", language=f"{TAGS.get(language, language)},en") as browser:
        ready(browser, server.address)
        browser.wait("document.getElementById('language').options.length === 8")
        assert words(browser, "#create") == FILES[language]["create"]
        assert browser.run("document.documentElement.lang") == TAGS.get(language, language)
        assert browser.run("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        assert browser.run("document.getElementById('language').value") == TAGS.get(language, language)
        assert browser.run("document.getElementById('hint').hidden") == (language == "en")
        make(browser, "red heart", count=2)
        said = words(browser, "#status")
        assert said and not re.search(r"[{}]|made\.|undefined", said)
        assert not re.search(r"\{\w+\}", browser.run("document.body.innerText"))
        assert browser.problems() == []


def test_switching_changes_every_word_and_keeps_what_is_there(browser, server):
    ready(browser, server.address)
    make(browser, "red heart", count=2)
    browser.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    for tag in ("de", "ar", "ja", "en"):
        browser.run(f"(m => {{ m.value = '{tag}'; m.dispatchEvent(new Event('change')); }})(document.getElementById('language'))")
        browser.wait(f"document.documentElement.lang === '{tag}'")
        file = FILES[tag]
        for selector, key in {"#create": "create", "#settings > summary > span": "settings", "#kept h2": "keptTitle",
                              "#forget": "forget", "#actions .saving button": "save"}.items():
            assert words(browser, selector) == file[key]
        assert browser.run("document.getElementById('help').ariaLabel") == file["shortcuts"]
        assert browser.run("document.getElementById('prompt').placeholder") == file["promptPlaceholder"]
        assert browser.run("document.getElementById('prompt').value") == "red heart"
        assert browser.run("document.querySelectorAll('#strip button').length") == 2


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["ar", "de", "fr", "ja"])
def test_every_language_fits_the_screen(browser, server, language, width):
    ready(browser, server.address, width=width)
    browser.run(f"(m => {{ m.value = '{language}'; m.dispatchEvent(new Event('change')); }})(document.getElementById('language'))")
    browser.wait(f"document.documentElement.lang === '{language}'")
    browser.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    make(browser, "red heart", count=2)
    assert browser.run("document.documentElement.scrollWidth") <= width
    if language == "ar" and width > 880:
        assert browser.box("#request")[0] > browser.box("#stage")[0], "the form is at the right"
