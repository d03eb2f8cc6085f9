"""The page completes the words of a prompt, and says kindly which the model does not know."""
import pytest
from page import fill, make, ready, words
from test_page_access import violations

OPTIONS = "[...document.querySelectorAll('#completions li')].map(li => li.textContent)"
OPEN = "!document.getElementById('completions')?.hidden && document.querySelectorAll('#completions li').length"


@pytest.fixture
def page(browser, server):
    browser.events.clear()
    ready(browser, server.address)
    yield browser
    assert browser.problems() == []


def write(page, text):
    """Types a text at the end of the prompt, as a person does."""
    page.run("document.getElementById('prompt').focus()")
    for letter in text:
        page.command("Input.insertText", text=letter)


def speak(page, language):
    page.run(f"(m => {{ m.value = '{language}'; m.dispatchEvent(new Event('change')); }})(document.getElementById('language'))")
    page.wait(f"document.documentElement.lang === '{language}'")


def test_the_words_are_loaded_when_somebody_types_and_nothing_typed_is_sent(page, server):
    assert not any("vocabulary" in address or "words.js" in address for address in page.addresses())
    write(page, "red guit")
    page.wait(OPEN, 10)
    new = [address for address in page.addresses() if "vocabulary" in address or "words.js" in address]
    assert sorted(address.rsplit("/", 1)[1] for address in new) == ["en.txt", "words.js"]
    assert not any("guit" in address for address in page.addresses())


def test_a_word_is_completed_by_keys_alone(page):
    write(page, "red guit")
    page.wait(OPEN, 10)
    assert page.run(OPTIONS)[0] == "guitar"
    assert page.run("document.getElementById('prompt').getAttribute('aria-activedescendant')") is None
    page.press("ArrowDown")
    active = page.run("document.getElementById('prompt').getAttribute('aria-activedescendant')")
    assert page.run(f"document.getElementById('{active}').ariaSelected") == "true"
    page.press("Enter")
    assert page.run("document.getElementById('prompt').value") == "red guitar "
    assert not page.run(OPEN)
    assert page.run("document.activeElement.id") == "prompt"


def test_enter_creates_where_no_word_is_chosen_and_escape_closes(page):
    write(page, "ele")
    page.wait(OPEN, 10)
    page.press("Escape")
    assert not page.run(OPEN) and page.run("document.getElementById('prompt').value") == "ele"
    write(page, "p")
    page.wait(OPEN, 10)
    page.press("Enter")
    page.wait("document.body.dataset.state === 'pictures'", 60)


def test_a_word_is_chosen_by_pointing(page):
    write(page, "butterf")
    page.wait(OPEN, 10)
    page.click("#completions li")
    assert page.run("document.getElementById('prompt').value") == "butterfly "
    assert page.run("document.activeElement.id") == "prompt"


@pytest.mark.parametrize("language, typed, word", [
    ("de", "Schmett", "schmetterling"), ("fr", "papi", "papillon"), ("ja", "青いチョ", "チョウ"), ("zh-Hans", "蝴", "蝴蝶"), ("es", "elef", "elefante"),
])
def test_words_of_the_readers_language_are_completed_too(page, language, typed, word):
    speak(page, language)
    write(page, typed)
    page.wait(OPEN, 10)
    assert word in page.run(OPTIONS)


def test_what_the_model_does_not_know_is_said_kindly(page):
    write(page, "a red apple on a Louvre")
    page.wait("!document.getElementById('unknown').hidden", 10)
    said = words(page, "#unknown")
    assert said.startswith("This model does not know: Louvre.") and "the operator can serve" in said
    assert page.run("document.querySelector('#unknown a').getAttribute('href')") == "/about#other-models"
    assert page.run("document.getElementById('prompt').getAttribute('aria-describedby').includes('unknown')")
    fill(page, "prompt", "a red apple")
    page.wait("document.getElementById('unknown').hidden", 10)


@pytest.mark.parametrize("language, known, unknown, told", [
    ("de", "zwei rote Äpfel und ein grüner Frosch", "roter Apfel im Quastenflosser", "Quastenflosser"),
    ("fr", "un chat noir sur fond bleu", "un chat au Louvre", "Louvre"), ("zh-Hans", "蓝色背景上的白色星星", "饕餮和青蛙", "饕餮"),
    ("ar", "تفاحة حمراء", "تفاحة ستراسبورغ", "ستراسبورغ"), ("en", "two black cats with umbrellas", "frog xylophage", "xylophage"),
])
def test_words_that_it_understands_are_not_said_to_be_unknown(page, language, known, unknown, told):
    speak(page, language)
    write(page, "x")
    page.wait("document.getElementById('prompt').ariaAutoComplete === 'list'", 10)
    fill(page, "prompt", unknown)
    page.wait("!document.getElementById('unknown').hidden", 10)
    assert told in words(page, "#unknown")
    fill(page, "prompt", known.replace("zwei ", "").replace("two ", ""))
    page.wait("document.getElementById('unknown').hidden", 10)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_checker_finds_nothing_wrong_with_it(browser, server, width, scheme):
    ready(browser, server.address, width=width, scheme=scheme, motion=False)
    write(browser, "Louvre and a but")
    browser.wait(OPEN, 10)
    browser.wait("!document.getElementById('unknown').hidden", 10)
    browser.press("ArrowDown")
    assert violations(browser) == []


def test_what_was_understood_is_shown_with_the_picture(page):
    make(page, "roter Apfel")
    assert "The model read: red apple" in words(page, "#facts")


def test_forgetting_forgets_the_hint(page):
    write(page, "Louvre ")
    page.wait("document.getElementById('unknown') && !document.getElementById('unknown').hidden", 10)
    page.run("document.getElementById('forget').click()")
    page.wait("document.getElementById('unknown').hidden", 10)
