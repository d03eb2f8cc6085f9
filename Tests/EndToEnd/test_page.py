"""The page in a real browser: the way from words to a picture, with and without scripts."""
import io

import pytest
from page import PICTURES, STATE, fill, is_there, make, press_button, ready, told, words
from PIL import Image


def test_a_prompt_typed_on_the_keyboard_becomes_a_picture(browser, server):
    browser.open(server.address)
    assert browser.run("document.activeElement.id") == "prompt"
    browser.type("red heart")
    browser.press("Enter")
    browser.wait("document.querySelector('#pictures .pick img')?.complete")
    assert browser.run("document.querySelector('#pictures img').naturalWidth") >= 64
    assert browser.run("document.querySelector('#pictures img').clientWidth") >= 400, "small pictures are shown large"
    told(browser, "1 picture in")
    assert "red heart" in words(browser, "#facts") and "Seed" in words(browser, "#facts")
    picture = Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
    assert len(picture.resize((64, 64)).getcolors(maxcolors=64 * 64)) > 50


def test_shift_and_enter_makes_a_new_line(browser, server):
    ready(browser, server.address)
    browser.type("red heart")
    browser.press("Enter", modifiers=8)
    browser.type("icon")
    assert browser.run("document.getElementById('prompt').value") == "red heart\nicon"
    assert browser.run(STATE) == "empty"


def test_a_suggestion_is_one_click_away(browser, server):
    ready(browser, server.address)
    first = words(browser, "#suggestions button")
    browser.click("#more-ideas")
    second = words(browser, "#suggestions button")
    assert first != second
    browser.click("#suggestions button")
    browser.wait(f"{STATE} === 'pictures'")
    assert second in words(browser, "#facts")


def test_without_words_it_asks_for_some(browser, server):
    ready(browser, server.address)
    browser.press("Enter")
    told(browser, "Say in a few words")
    assert browser.run(STATE) == "empty"


def test_previews_sharpen_step_by_step(browser, server):
    ready(browser, server.address)
    browser.run("""
        window.seen = new Set();
        new MutationObserver(() => {
          const preview = document.querySelector('.preview');
          if (preview) seen.add(preview.src);
        }).observe(document.getElementById('pictures'), { subtree: true, childList: true, attributes: true });
    """)
    fill(browser, "steps", 60)
    make(browser, "red heart")
    assert browser.run("seen.size") >= 4
    assert browser.run("[...seen].every(address => address.startsWith('blob:'))")


def test_each_picture_is_shown_as_soon_as_it_is_finished(browser, server):
    ready(browser, server.address)
    browser.run("""
        window.seen = new Set();
        new MutationObserver(() => seen.add(document.querySelectorAll('#pictures .pick').length))
          .observe(document.getElementById('pictures'), { subtree: true, childList: true });
    """)
    fill(browser, "steps", 40)
    make(browser, "yellow sun", count=8)
    assert browser.run("Math.max(...seen)") == 8 and browser.run("seen.size") >= 4


@pytest.mark.parametrize("way", ["Escape", "button"])
def test_cancelling_ends_it(browser, server, way):
    ready(browser, server.address)
    fill(browser, "steps", 150)
    browser.run("document.querySelector('input[name=n][value=\"8\"]').click()")
    browser.click("#prompt")
    browser.type("red heart")
    browser.press("Enter")
    browser.wait("!document.getElementById('working').hidden")
    if way == "Escape":
        browser.press("Escape")
    else:
        browser.click("#cancel")
    told(browser, "Cancelled.")
    assert browser.run("document.getElementById('working').hidden")
    assert browser.run("document.getElementById('prompt').value") == "red heart"


def test_a_mistake_is_told_in_words(browser, server):
    ready(browser, server.address)
    fill(browser, "steps", 999)
    browser.click("#prompt")
    browser.type("red heart")
    browser.press("Enter")
    browser.wait("!document.getElementById('problem').hidden")
    assert "steps" in words(browser, "#problem")
    assert browser.run("document.getElementById('prompt').value") == "red heart"


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen(browser, server, width, scheme):
    ready(browser, server.address, width=width, scheme=scheme)
    assert browser.run("document.documentElement.scrollWidth") <= width
    background = Image.open(io.BytesIO(browser.screenshot())).convert("L").getpixel((1, 1))
    assert background < 64 if scheme == "dark" else background > 192
    browser.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    make(browser, "red heart", count=4)
    assert browser.run("document.documentElement.scrollWidth") <= width


def test_every_control_has_a_name(browser, server):
    ready(browser, server.address)
    nameless = browser.run(
        "[...document.querySelectorAll('input, select, textarea, button')]"
        ".filter(e => !(e.labels?.length || e.ariaLabel || e.textContent.trim())).map(e => e.outerHTML)"
    )
    assert nameless == []


def test_it_works_without_scripts(browser, server):
    browser.open(server.address, scripts=False)
    browser.type("red heart")
    assert browser.run("document.getElementById('prompt').value") == "red heart"
    # The debugger's own evaluation is allowed; the page's modules are not loaded.
    assert browser.run("[...document.querySelectorAll('.live')].every(part => part.hidden)")
    assert browser.run("document.getElementById('notice').offsetHeight") > 0
    browser.run("""
        document.querySelector('input[name=size][value="192x128"]').checked = true;
        document.getElementById('steps').value = 3;
        document.getElementById('seed').value = 11;
        document.getElementById('request').submit();
    """)
    browser.wait("document.querySelector('#pictures img')?.src.startsWith('data:image/png;base64,')")
    assert browser.run("document.querySelector('#pictures img').naturalWidth") == 192
    assert "11" in words(browser, "#pictures .facts")
    browser.command("Emulation.setScriptExecutionDisabled", value=False)


def test_the_notice_stays_away_for_the_tab_once_it_is_understood(browser, server):
    ready(browser, server.address)
    notice = words(browser, "#notice")
    assert "13" in notice and "erased" in notice
    assert browser.run("[...document.querySelectorAll('#notice a')].map(a => a.pathname)") == [
        "/privacy", "/terms", "/transparency"]
    assert browser.run("document.activeElement.id") == "prompt", "it does not keep anybody from typing"
    browser.click("#understood")
    make(browser, "red heart")
    assert browser.run("document.getElementById('notice').hidden")


def test_it_stores_nothing_and_asks_no_other_host(browser, server):
    browser.events.clear()
    ready(browser, server.address)
    make(browser, "red heart", count=2)
    press_button(browser, "Vary")
    browser.wait(f"{PICTURES} === 4 && {STATE} === 'pictures'")
    assert browser.run("document.cookie") == ""
    assert browser.run("localStorage.length + sessionStorage.length") == 0
    assert browser.run("indexedDB.databases().then(all => all.length)") == 0
    assert browser.run("history.state") is None
    assert browser.run("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    assert browser.run("caches.keys().then(all => all.length)") == 0
    origin = browser.run("location.origin")
    usage = browser.command("Storage.getUsageAndQuota", origin=origin)
    assert usage["usage"] == 0, usage["usageBreakdown"]
    assert browser.run("navigator.storage.estimate().then(all => all.usage)") == 0
    assert browser.command("Network.getCookies")["cookies"] == []
    asked = browser.addresses()
    assert asked and all(url.startswith(server.address) for url in asked)
    assert browser.problems() == []


def test_everything_is_forgotten_at_once_when_asked(browser, server):
    ready(browser, server.address)
    make(browser, "canary heart", count=2)
    addresses = browser.run("[...document.querySelectorAll('#strip img')].map(i => i.src)")
    press_button(browser, "Start from this")
    browser.wait("!document.getElementById('attached').hidden")
    addresses.append(browser.run("document.getElementById('source').src"))
    fill(browser, "seed", 12345)
    browser.click("#forget")
    assert browser.run("document.activeElement.id") == "prompt"
    told(browser, "Everything is forgotten.")
    assert browser.run(STATE) == "empty"
    assert "canary" not in browser.run("document.documentElement.outerHTML")
    fields = browser.run("[...document.querySelectorAll('input:not([type=radio]), textarea')].map(e => e.value).join()")
    assert "12345" not in fields and "canary" not in fields
    assert browser.run("document.querySelectorAll('img[src], canvas').length") == 0
    assert not any(is_there(browser, address) for address in addresses)
