"""The page for everyone: the keyboard alone, screen readers, contrast, targets and motion."""
import importlib.util
import pathlib

import pytest
from page import PICTURES, STATE, choose, fill, make, press_button, ready, told, words

AXE = pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js"


def violations(browser):
    """What axe-core finds wrong; it runs through the debugger, which the page's policy does not bind."""
    browser.run(f"typeof axe === 'undefined' && (() => {{ {AXE.read_text()} }})()")
    found = browser.run("""
        axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
          .then(result => [result.passes.length, result.violations.map(
            v => [v.id, ...v.nodes.map(n => n.target.join() + ' ' + (n.any[0]?.message ?? n.all[0]?.message))])])
    """)
    assert found[0] > 20, "it looked at something"
    return found[1]


def open_all(browser):
    browser.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")


def settings(browser):
    open_all(browser)


def working(browser):
    fill(browser, "steps", 150)
    choose(browser, "n", 8)
    fill(browser, "prompt", "red heart")
    browser.run("document.getElementById('request').requestSubmit()")
    browser.wait("!!document.querySelector('.preview')", 20)


def several(browser):
    make(browser, "red heart")
    make(browser, "yellow sun", count=4)


def source(browser):
    make(browser, "red heart")
    press_button(browser, "Start from this")
    browser.wait("!document.getElementById('attached').hidden")
    open_all(browser)


def mask(browser):
    make(browser, "red heart")
    press_button(browser, "Edit a part")
    browser.wait("!!document.querySelector('.layer')")
    left, top, width, height = browser.box(".layer")
    browser.mouse([(left + width / 3, top + height / 3), (left + width / 2, top + height / 2)])


def comparing(browser):
    several(browser)
    press_button(browser, "Compare")


def viewing(browser):
    several(browser)
    press_button(browser, "Full size")


def shortcuts(browser):
    browser.run("document.getElementById('help').click()")


def trouble(browser):
    fill(browser, "steps", 999)
    fill(browser, "prompt", "red heart")
    browser.run("document.getElementById('request').requestSubmit()")
    browser.wait(f"{STATE} === 'trouble'")


def arabic(browser):
    browser.run("(m => { m.value = 'ar'; m.dispatchEvent(new Event('change')); })(document.getElementById('language'))")
    browser.wait("document.documentElement.dir === 'rtl'")
    make(browser, "red heart", count=2)
    open_all(browser)


STATES = [lambda browser: None, settings, working, several, source, mask, comparing, viewing, shortcuts, trouble, arabic]
NAMES = ["empty", *(state.__name__ for state in STATES[1:])]


@pytest.mark.parametrize("state", STATES, ids=NAMES)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_checker_finds_nothing(browser, server, state, width, scheme):
    browser.events.clear()
    ready(browser, server.address, width=width, scheme=scheme, motion=False)
    state(browser)
    assert violations(browser) == []
    refused = "the server responded with a status of 400" if state is trouble else None
    assert [problem for problem in browser.problems() if not refused or refused not in str(problem)] == []


def tab_to(browser, test, limit=80):
    """Presses Tab until the focus is where a test is true."""
    for _ in range(limit):
        if browser.run(f"(e => {test})(document.activeElement)"):
            return
        browser.press("Tab")
    raise AssertionError(f"Tab never comes to {test}")


def test_the_keyboard_alone_makes_refines_edits_and_saves(browser, server, folder):
    for file in folder.iterdir():
        file.unlink()
    ready(browser, server.address)
    browser.type("green tree")
    browser.press("Enter")
    browser.wait(f"{STATE} === 'pictures'")
    # Refine: another shape and two pictures.
    tab_to(browser, "e.matches('#settings > summary')")
    browser.press("Enter")
    tab_to(browser, "e.name === 'size'")
    browser.press("ArrowRight")
    tab_to(browser, "e.name === 'n'")
    browser.press("ArrowRight")
    browser.press("Escape")
    browser.run("document.activeElement.blur()")
    browser.press("/")
    assert browser.run("document.activeElement.id") == "prompt"
    browser.press("Enter")
    browser.wait(f"{PICTURES} === 3 && {STATE} === 'pictures'", 60)
    assert browser.run("document.querySelector('#pictures img').naturalWidth") == 192
    # Edit a part, from the buttons.
    tab_to(browser, "e.textContent === 'Edit a part' && !!e.closest('#actions')")
    browser.press("Enter")
    browser.wait("document.activeElement.className === 'layer'", 5)
    browser.press(" ", kinds=["keyDown"])
    for _ in range(4):
        browser.press("ArrowRight")
    browser.press(" ", kinds=["keyUp"])
    tab_to(browser, "e.textContent === 'Use this part'")
    browser.press("Enter")
    browser.wait("document.activeElement.id === 'prompt'", 5)
    browser.type("blue star")
    browser.press("Enter")
    browser.wait(f"{PICTURES} === 5 && {STATE} === 'pictures'", 60)
    assert "blue star" in words(browser, "#facts")
    # Save.
    tab_to(browser, "e.textContent === 'Save'")
    browser.press("Enter")
    told(browser, "Saved.")


def test_every_shortcut_that_is_listed_does_something(browser, server):
    ready(browser, server.address)
    make(browser, "red heart")
    make(browser, "yellow sun")
    browser.run("document.activeElement.blur()")
    browser.press("?")
    browser.wait("!!document.querySelector('dialog.help')", 5)
    listed = browser.run("[...document.querySelectorAll('kbd')].map(k => k.textContent)")
    assert {"Enter", "Esc", "/", "s", "c", "v", "e", "u", "r", "x", "f", "d", "l", "Delete", "?"} <= set(listed)
    browser.press("Escape")
    browser.wait("!document.querySelector('dialog')", 5)
    for key, seen in {
        "d": "document.getElementById('seed').value !== ''",
        "l": "document.getElementById('seed').value === ''",
        "f": "!!document.querySelector('dialog.view')",
        "x": "!!document.querySelector('dialog.compare')",
        "ArrowRight": "document.querySelector('#facts').textContent.includes('red heart')",
        "ArrowLeft": "document.querySelector('#facts').textContent.includes('yellow sun')",
        "s": "document.getElementById('status').textContent === 'Saved.'",
        "r": "document.getElementById('status').textContent.includes('are back')",
        "u": "!document.getElementById('attached').hidden",
        "e": "!!document.querySelector('dialog.mask')",
        "v": f"{PICTURES} === 3 && {STATE} === 'pictures'",
        "Delete": f"{PICTURES} === 2",
        "/": "document.activeElement.id === 'prompt'",
    }.items():
        browser.run("document.activeElement.blur()")
        browser.press(key)
        browser.wait(seen, 20)
        if browser.run("!!document.querySelector('dialog')"):
            browser.press("Escape")
            browser.wait("!document.querySelector('dialog')", 5)


def test_single_letters_can_be_switched_off_and_never_count_while_typing(browser, server):
    ready(browser, server.address)
    make(browser, "red heart")
    browser.click("#prompt")
    browser.press("d")
    assert browser.run("document.getElementById('seed').value") == ""
    browser.click("#help")
    browser.click(".help input[type=checkbox]")
    browser.press("Escape")
    browser.run("document.activeElement.blur()")
    browser.press("d")
    assert browser.run("document.getElementById('seed').value") == ""
    browser.press("ArrowRight")
    browser.click("#help")
    assert not browser.run("document.querySelector('.help input').checked")


def test_the_focus_returns_to_where_it_was(browser, server):
    ready(browser, server.address)
    browser.run("document.getElementById('help').focus()")
    browser.press("Enter")
    browser.wait("!!document.querySelector('dialog')", 5)
    assert browser.run("!!document.activeElement.closest('dialog')")
    browser.press("Escape")
    browser.wait("!document.querySelector('dialog')", 5)
    assert browser.run("document.activeElement.id") == "help"


def test_there_is_one_polite_live_region_and_it_tells_what_happens(browser, server):
    ready(browser, server.address)
    assert browser.run("document.querySelectorAll('[aria-live], [role=status]').length") == 1
    browser.run("""
        window.said = [];
        new MutationObserver(() => said.push(document.getElementById('status').textContent))
          .observe(document.getElementById('status'), { childList: true });
    """)
    make(browser, "red heart", count=2)
    said = browser.run("said.filter(Boolean)")
    assert said[0] == "Working on it…" and said[-1].startswith("2 pictures in")
    assert len(said) <= 6, "not every step is told"


def test_targets_are_large_enough(browser, server):
    for width in (320, 1280):
        ready(browser, server.address, width=width)
        several(browser)
        open_all(browser)
        small = browser.run("""
            [...document.querySelectorAll('button, select, summary, input:not([type=file], [type=radio]), .pills label')]
              .filter(e => e.checkVisibility()).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
              .filter(([, box]) => box.width < 24 || box.height < 24).map(([text]) => text)""")
        assert small == []


def test_nothing_moves_for_those_who_do_not_want_it(browser, server):
    ready(browser, server.address, motion=False)
    working(browser)
    assert browser.run("document.getAnimations().length") == 0
    browser.press("Escape")


def test_it_can_be_used_in_forced_colors(browser, server):
    ready(browser, server.address)
    browser.command("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": "active"}])
    several(browser)
    assert browser.run("matchMedia('(forced-colors: active)').matches")
    chosen = browser.run("getComputedStyle(document.querySelector('.pick[aria-pressed=true]')).outlineStyle")
    assert chosen == "solid"
    browser.command("Emulation.setEmulatedMedia", features=[])


def test_text_can_be_twice_as_large(browser, server):
    ready(browser, server.address, width=640)
    browser.run("document.documentElement.style.fontSize = '32px'")
    several(browser)
    assert browser.run("document.documentElement.scrollWidth") <= 640
