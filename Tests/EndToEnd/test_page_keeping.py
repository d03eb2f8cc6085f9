"""Keeping pictures on one's own side: files, the clipboard, a zip, comparing, and what a file says of itself."""
import io
import time
import zipfile

import pytest
from page import PICTURES, STATE, is_there, make, pixels, press_button, ready, told, words
from PIL import Image

MARK = "trainedAlgorithmicMedia"


@pytest.fixture
def page(browser, server, folder):
    for file in folder.iterdir():
        file.unlink()
    browser.events.clear()
    ready(browser, server.address)
    yield browser
    assert browser.problems() == []


def downloaded(folder, suffix):
    end = time.monotonic() + 15
    while True:
        files = [file for file in folder.iterdir() if file.suffix == suffix and file.stat().st_size]
        if files:
            return files[0]
        assert time.monotonic() < end, "nothing was saved"
        time.sleep(0.05)


@pytest.mark.parametrize("word, suffix, kind", [("Save", ".png", "PNG"), ("JPEG", ".jpg", "JPEG"), ("WebP", ".webp", "WEBP")])
def test_a_picture_is_saved_with_the_mark_that_a_machine_made_it(page, folder, word, suffix, kind):
    make(page, "canary heart")
    press_button(page, word)
    told(page, "Saved.")
    file = downloaded(folder, suffix)
    content = file.read_bytes()
    picture = Image.open(io.BytesIO(content))
    picture.load()
    assert picture.format == kind and picture.size == (128, 128)
    assert MARK in str(picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or picture.getxmp())
    assert b"canary" not in content and "canary" not in file.name, "the words are not in the file"
    shown = pixels(page, "#pictures img").getpixel((64, 64))
    assert all(abs(one - other) < 24 for one, other in zip(picture.convert("RGB").getpixel((64, 64)), shown))


def test_a_lossless_or_extended_webp_is_marked_too(page):
    result = page.run("""
        (async () => {
          const { markWebP } = await import('/page/marks.js');
          const canvas = new OffscreenCanvas(33, 21);
          const brush = canvas.getContext('2d');
          brush.fillStyle = 'rgb(200 30 30 / 50%)';
          brush.fillRect(5, 5, 10, 10);
          const files = [];
          for (const quality of [1, 0.5]) {
            const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
            const marked = new Blob(markWebP(new Uint8Array(await blob.arrayBuffer()), new TextEncoder().encode('<x/>'), 33, 21));
            files.push((await marked.bytes()).toHex());
          }
          return files;
        })()""")
    for file in result:
        content = bytes.fromhex(file)
        assert len(content) == int.from_bytes(content[4:8], "little") + 8
        picture = Image.open(io.BytesIO(content))
        picture.load()
        assert picture.size == (33, 21) and picture.mode == "RGBA" and picture.getpixel((0, 0))[3] == 0
        assert picture.info["xmp"] == b"<x/>"


def test_all_pictures_are_saved_in_one_zip(page, folder):
    make(page, "red heart", count=2)
    make(page, "yellow sun", count=4)
    page.click("#save-all")
    with zipfile.ZipFile(downloaded(folder, ".zip")) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(set(archive.namelist())) == 6
        for name in archive.namelist():
            content = archive.read(name)
            assert Image.open(io.BytesIO(content)).size == (128, 128) and MARK.encode() in content


def test_pictures_of_one_seed_have_names_of_their_own_in_the_zip(page, folder):
    make(page, "red heart")
    press_button(page, "Same again")
    make(page)
    page.click("#save-all")
    with zipfile.ZipFile(downloaded(folder, ".zip")) as archive:
        assert archive.testzip() is None and len(set(archive.namelist())) == 2


def test_a_zip_has_names_in_any_script_and_sound_sums(page):
    content = bytes.fromhex(page.run("""
        import('/page/zip.js').then(({ zip }) => zip([
          { name: '絵/星.txt', bytes: new TextEncoder().encode('123456789') }, { name: 'leer', bytes: new Uint8Array() },
        ]).bytes()).then(bytes => bytes.toHex())"""))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["絵/星.txt", "leer"]
        assert archive.getinfo("絵/星.txt").CRC == 0xCBF43926
        assert archive.read("leer") == b""


def test_a_picture_is_copied_to_the_clipboard_and_can_be_pasted(page, server):
    page.command("Browser.grantPermissions", permissions=["clipboardSanitizedWrite"], origin=server.address)
    make(page, "red heart")
    page.command("Page.bringToFront")
    # A real click: without one, browsers ask for the right to read the clipboard, which the server's answers deny.
    page.run("[...document.querySelectorAll('#actions button')].find(b => b.textContent === 'Copy').id = 'copy'")
    page.click("#copy")
    told(page, "Copied.")
    page.run("document.getElementById('prompt').focus()")
    page.command("Input.dispatchKeyEvent", type="keyDown", key="v", code="KeyV", modifiers=2, commands=["paste"])
    page.wait("!document.getElementById('attached').hidden", 5)
    assert words(page, "#start-value") == "128 × 128"


def test_when_copying_is_not_allowed_it_says_what_to_do(page, server):
    make(page, "red heart")
    page.run("navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError'))")
    press_button(page, "Copy")
    told(page, "Save the picture instead")


def test_sharing_is_offered_where_the_browser_can(page):
    make(page, "red heart")
    buttons = "[...document.querySelectorAll('#actions button')].map(b => b.textContent)"
    assert "Share" not in page.run(buttons)
    page.run("""
        navigator.canShare = data => data.files?.length === 1;
        navigator.share = data => { window.shared = data.files[0]; return Promise.resolve(); };
    """)
    make(page)
    press_button(page, "Share")
    assert page.run("[shared.type, shared.name.startsWith('mystarion-')]") == ["image/png", True]


def test_two_pictures_are_compared_with_a_slider(page):
    make(page, "red heart")
    assert not page.run("[...document.querySelectorAll('#actions button')].some(b => b.textContent === 'Compare')")
    make(page, "blue star", count=2)
    press_button(page, "Compare")
    assert page.run("document.activeElement.type") == "range"
    assert page.run("document.querySelector('.above').src !== document.querySelector('.below').src")
    edge = lambda: page.run("getComputedStyle(document.querySelector('.above')).clipPath")
    assert edge() == "inset(0px 0px 0px 50%)"
    for _ in range(10):
        page.press("ArrowRight")
    assert edge() == "inset(0px 0px 0px 60%)"
    left, top, width, height = page.box(".frame")
    page.mouse([(left + width * 0.6, top + height / 2), (left + width * 0.2, top + height / 2)])
    assert 15 < float(edge().split()[-1].rstrip("%)")) < 25
    other = page.run("document.querySelector('.above').src")
    page.click(".compare .strip [aria-pressed=false]")
    assert page.run("document.querySelector('.above').src") != other
    page.press("Escape")
    page.wait("!document.querySelector('dialog')", 5)


def test_a_picture_is_seen_as_large_as_the_window_and_turned_to_the_next(page):
    make(page, "red heart")
    make(page, "blue star")
    page.click("#pictures .pick")
    page.wait("!!document.querySelector('.large')", 5)
    first = page.run("document.querySelector('.large').src")
    assert page.run("document.querySelector('.large').getBoundingClientRect().height") > 500
    assert page.run("document.querySelector('.next').disabled")
    page.press("ArrowLeft")
    assert page.run("document.querySelector('.large').src") != first and "red heart" in words(page, ".view .facts")
    page.press("Escape")
    page.wait("!document.querySelector('dialog')", 5)
    assert "red heart" in words(page, "#facts")


def test_a_picture_that_is_removed_is_gone(page):
    make(page, "red heart", count=2)
    address = page.run("document.querySelector('#pictures [aria-pressed=true] img').src")
    press_button(page, "Remove")
    assert page.run(PICTURES) == 1 and page.run("!!document.activeElement.closest('.pick')")
    assert page.problems() == []
    assert not is_there(page, address)
    page.events.clear()  # the browser complains of the address that is gone
    press_button(page, "Remove")
    assert page.run(STATE) == "empty" and page.run("document.activeElement.id") == "prompt"


def test_it_says_that_closing_the_tab_forgets_everything(page):
    make(page, "red heart")
    assert "Closing it forgets everything" in words(page, "#kept")
    assert page.run("document.querySelector('#kept .hint').checkVisibility()")
