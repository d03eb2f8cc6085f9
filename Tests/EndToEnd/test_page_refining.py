"""Refining in the browser: settings, styles, a picture to start from, and painting a part of it."""
import base64
import io
import json
import shutil

import numpy as np
import pytest
from conftest import MODEL, serve
from page import PICTURES, STATE, choose, fill, make, model, pixels, press_button, ready, told, words
from PIL import Image

# Sees what the page asks the server for, and passes it on.
SPY = """
    window.asked = [];
    const real = fetch;
    window.fetch = (address, options) => {
      if (options?.body) asked.push(JSON.parse(options.body));
      return real(address, options);
    };
"""


@pytest.fixture
def page(browser, server):
    browser.command("DOM.enable")
    browser.events.clear()
    ready(browser, server.address)
    browser.run(SPY)
    yield browser
    assert browser.problems() == []


def asked(page):
    return page.run("asked.at(-1)")


def sent(page, name):
    return Image.open(io.BytesIO(base64.b64decode(asked(page)[name])))


def test_all_but_the_words_is_folded_away(page):
    assert page.run("[...document.querySelectorAll('details')].every(fold => !fold.open)")
    assert words(page, "#settings-value") == "Square · Standard"


def test_settings_are_sent_as_they_are_chosen(page):
    choose(page, "size", "192x128")
    choose(page, "quality", 2)
    fill(page, "sampler", "euler")
    make(page, "red heart", count=2)
    order = asked(page)
    assert {name: order[name] for name in ("prompt", "width", "height", "n", "steps", "sampler")} == {
        "prompt": "red heart", "width": 192, "height": 128, "n": 2, "steps": 2, "sampler": "euler"}
    assert page.run("document.querySelector('#pictures img').naturalWidth") == 192
    assert words(page, "#settings-value") == "Wide · 2 pictures · Fast"
    fill(page, "steps", 5)
    make(page)
    assert asked(page)["steps"] == 5


def test_the_models_styles_put_the_words_in_its_own(page, server):
    for style in model(server)["styles"]:
        choose(page, "style", style["name"])
        make(page, "red heart")
        assert asked(page)["prompt"] == style["prompt"].replace("{prompt}", "red heart")
        assert words(page, "#facts .quote") == "red heart", "the words that were typed are shown"
    choose(page, "style", "")
    make(page, "$& heart")
    assert asked(page)["prompt"] == "$& heart"


def test_seeds_are_rolled_locked_and_let_go(page):
    make(page, "red heart")
    first = asked(page)["seed"]
    make(page)
    assert asked(page)["seed"] != first
    newest = asked(page)["seed"]
    page.run("document.getElementById('settings').open = true")
    page.click("#lock")
    assert page.run("document.getElementById('seed').value") == str(newest), "the lock keeps the picture there is"
    assert page.run("document.getElementById('lock').ariaPressed") == "true"
    make(page)
    assert asked(page)["seed"] == newest
    page.click("#dice")
    assert page.run("document.getElementById('seed').value") not in ("", str(newest))
    page.click("#lock")
    assert page.run("document.getElementById('seed').value") == ""


def test_the_same_order_again_gives_the_same_picture(page):
    choose(page, "style", "Emoji")
    choose(page, "size", "128x192")
    make(page, "yellow sun")
    picture = pixels(page, "#pictures img").tobytes()
    page.run("document.getElementById('request').reset()")
    press_button(page, "Same again")
    told(page, "are back")
    make(page)
    again = pixels(page, "#pictures img").tobytes()
    assert again == picture


def test_what_the_model_cannot_do_is_not_offered(page, server):
    assert not model(server)["guidance"]
    page.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    for name in ("negative", "guidance"):
        assert page.run(f"document.getElementById('{name}').offsetHeight") == 0
    assert page.run("document.getElementById('steps').offsetHeight") > 0


def test_what_another_model_can_do_is_offered(browser, tmp_path):
    folder = tmp_path / "guided"
    shutil.copytree(MODEL, folder)
    file = folder / "mystarion.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"guidance_scale": 2.5, "prompt_language": "de"}))
    with serve(tmp_path, "--model", folder) as guided:
        ready(browser, guided.address)
        browser.run(SPY)
        browser.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert browser.run("document.getElementById('guidance').placeholder") == "2.5"
        assert "German" in words(browser, "#hint")
        fill(browser, "guidance", 3)
        fill(browser, "negative", "grey")
        make(browser, "red heart")
        assert asked(browser)["guidance_scale"] == 3 and asked(browser)["negative_prompt"] == "grey"


@pytest.fixture
def photograph(tmp_path):
    """A large picture, red on the left and blue on the right."""
    picture = Image.new("RGB", (3000, 2000), (200, 30, 30))
    picture.paste((30, 30, 200), (1500, 0, 3000, 2000))
    file = tmp_path / "photograph.jpg"
    picture.save(file, quality=95)
    return file


def test_a_picture_to_start_from_is_scaled_before_it_is_sent(page, photograph):
    page.choose_file("#file", photograph)
    page.wait("!document.getElementById('attached').hidden")
    fill(page, "strength", 35)
    make(page, "red heart")
    order = asked(page)
    assert order["strength"] == 0.35
    picture = sent(page, "image")
    assert picture.size == (order["width"], order["height"])
    assert picture.size == (2048, 1365)
    assert picture.convert("RGB").getpixel((5, 5))[0] > 150 and picture.convert("RGB").getpixel((picture.width - 5, 5))[2] > 150
    page.run("document.querySelector('#attached button:last-child').click()")
    make(page)
    assert "image" not in asked(page)


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_picture_can_be_pasted_and_dropped(page, way):
    page.run("""
        (async way => {
          const canvas = new OffscreenCanvas(300, 300);
          canvas.getContext('2d').fillRect(0, 0, 300, 300);
          const data = new DataTransfer();
          data.items.add(new File([await canvas.convertToBlob()], 'x.png', { type: 'image/png' }));
          const event = way === 'paste' ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
          document.body.dispatchEvent(event);
        })(%s)""" % json.dumps(way))
    page.wait("!document.getElementById('attached').hidden", 5)
    assert words(page, "#start-value") == "300 × 300"


def test_the_camera_is_asked_for_through_a_file_field(page):
    assert page.run("document.getElementById('shot').matches('[type=file][capture][accept^=image]')")


def test_a_broken_picture_is_told_of_and_nothing_is_lost(page, tmp_path):
    file = tmp_path / "broken.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\nnot a picture at all")
    fill(page, "prompt", "red heart")
    page.choose_file("#file", file)
    page.wait("!document.getElementById('problem').hidden", 5)
    assert "cannot be read as a picture" in words(page, "#problem")
    press_button(page, "Change the words", "#remedies")
    assert page.run("document.activeElement.id") == "prompt"
    make(page)


def test_a_file_that_is_too_large_is_told_of(page):
    page.run("""
        (() => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(65 << 20)], 'x.png', { type: 'image/png' }));
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        })()""")
    page.wait("!document.getElementById('problem').hidden", 5)
    assert "64 MB" in words(page, "#problem")


def vary(page, percent, count):
    """Moves the slider, asks for variations, and gives the order that was sent."""
    fill(page, "difference", percent)
    press_button(page, "Vary")
    page.wait(f"{PICTURES} === {count} && {STATE} === 'pictures'")
    return asked(page)


def apart(first, second):
    """How much two pictures differ on average, of 255."""
    return float(np.abs(np.asarray(first, float) - np.asarray(second, float)).mean())


def test_varying_goes_from_a_little_to_a_lot(page):
    make(page, "red heart")
    seed, original = asked(page)["seed"], pixels(page, "#pictures img")
    distances, variations = [], set()
    for count, percent in enumerate((5, 40, 100), 2):
        page.run("document.querySelector('#strip li:last-child button').click()")
        order = vary(page, percent, count)
        assert order["prompt"] == "red heart" and order["seed"] == seed and order["variation_strength"] == percent / 100
        assert "image" not in order
        variations.add(order["variation_seed"])
        distances.append(apart(original, pixels(page, "#pictures img")))
        assert f"variation {order['variation_seed']}, {percent} %" in words(page, "#facts")
    assert len(variations) == 3
    assert 0 < distances[0] < distances[1] and distances[0] < distances[2]
    assert page.run("document.getElementById('attached').hidden"), "the form is as it was"


def test_several_variations_are_of_one_seed(page):
    make(page, "red heart")
    choose(page, "n", 2)
    order = vary(page, 40, 3)
    assert order["n"] == 2
    assert page.run("[...document.querySelectorAll('#strip button')].slice(0, 2).every("
                    f"button => button.ariaLabel.endsWith('Seed {order['seed']}'))")


def test_a_variation_is_made_again_from_its_two_seeds(page):
    make(page, "green tree")
    order = vary(page, 40, 2)
    picture = pixels(page, "#pictures img").tobytes()
    press_button(page, "Same again")
    told(page, "are back")
    assert f"variation {order['variation_seed']}, 40 %" in words(page, "#settings-value")
    make(page)
    assert {name: asked(page)[name] for name in ("seed", "variation_seed", "variation_strength")} == {
        name: order[name] for name in ("seed", "variation_seed", "variation_strength")}
    assert pixels(page, "#pictures img").tobytes() == picture
    page.run("document.getElementById('settings').open = true")
    page.click("#dice")
    assert "variation" not in words(page, "#settings-value")
    make(page)
    assert "variation_seed" not in asked(page)


def test_varying_a_variation_starts_from_what_is_seen(page):
    make(page, "red heart")
    first = vary(page, 40, 2)
    order = vary(page, 60, 3)
    assert order["prompt"] == "red heart" and order["seed"] != first["seed"] and order["strength"] == 0.6
    assert "variation_seed" not in order
    assert sent(page, "image").size == (128, 128)


def open_mask(page):
    make(page, "green tree")
    press_button(page, "Edit a part")
    page.wait("!!document.querySelector('.layer')", 5)
    left, top, width, height = page.box(".layer")
    return lambda x, y: (left + x * width, top + y * height)


def use_mask(page):
    press_button(page, "Use this part", "dialog")
    page.wait("!document.querySelector('dialog')", 5)
    told(page, "Say what the part should show")
    assert page.run("document.activeElement.id") == "prompt"
    make(page, "blue star")
    mask = sent(page, "mask").convert("L")
    assert mask.size == sent(page, "image").size == (128, 128)
    return mask


def coverage(mask):
    return sum(value > 127 for value in mask.tobytes()) / (mask.width * mask.height)


def test_a_part_is_painted_with_the_mouse(page):
    at = open_mask(page)
    page.mouse([at(0.2, 0.5), at(0.4, 0.5), at(0.6, 0.5)])
    mask = use_mask(page)
    assert mask.getpixel((50, 64)) == 255 and mask.getpixel((50, 10)) == 0 and mask.getpixel((120, 64)) == 0
    assert 0.05 < coverage(mask) < 0.25
    first = Image.open(io.BytesIO(base64.b64decode(asked(page)["image"]))).convert("RGB")
    after = pixels(page, "#pictures img")
    assert after.getpixel((64, 120)) == first.getpixel((64, 120)), "what was not painted stays as it is"


def test_a_part_is_painted_with_a_finger(page):
    page.command("Emulation.setTouchEmulationEnabled", enabled=True)
    at = open_mask(page)
    page.touch([at(0.5, 0.2), at(0.5, 0.5), at(0.5, 0.8)])
    mask = use_mask(page)
    page.command("Emulation.setTouchEmulationEnabled", enabled=False)
    assert mask.getpixel((64, 60)) == 255 and mask.getpixel((10, 60)) == 0


def test_a_part_is_painted_with_the_keyboard(page):
    open_mask(page)
    assert page.run("document.activeElement.className") == "layer"
    page.press("ArrowUp", modifiers=8)
    assert "across" in words(page, "dialog [role=status]")
    page.press(" ", kinds=["keyDown"])
    for _ in range(8):
        page.press("ArrowRight")
    page.press(" ", kinds=["keyUp"])
    mask = use_mask(page)
    assert mask.getpixel((64, 48)) == 255 and mask.getpixel((90, 48)) == 255 and mask.getpixel((30, 48)) == 0


def test_strokes_are_undone_redone_erased_cleared_and_inverted(page):
    at = open_mask(page)
    shown = lambda: page.run(
        "(layer => { const c = new OffscreenCanvas(layer.width, layer.height); const brush = c.getContext('2d');"
        " brush.drawImage(layer, 0, 0); const { data } = brush.getImageData(0, 0, c.width, c.height);"
        " return data.filter((v, i) => i % 4 === 3 && v > 127).length / (c.width * c.height); })(document.querySelector('.layer'))")
    page.mouse([at(0.3, 0.3), at(0.5, 0.3)])
    page.mouse([at(0.3, 0.7), at(0.5, 0.7)])
    both = shown()
    page.press("z", modifiers=2)
    one = shown()
    assert 0 < one < both
    press_button(page, "Redo", "dialog")
    assert shown() == both
    page.press("e")
    page.mouse([at(0.3, 0.7), at(0.5, 0.7)])
    assert one * 0.95 < shown() < one * 1.05
    press_button(page, "Erase", "dialog")
    press_button(page, "Invert", "dialog")
    assert abs(shown() - (1 - one)) < 0.02
    press_button(page, "Clear", "dialog")
    assert shown() == 0
    press_button(page, "Use this part", "dialog")
    assert "Nothing is painted" in words(page, "dialog [role=status]")
    press_button(page, "Undo", "dialog")
    assert abs(coverage(use_mask(page)) - (1 - one)) < 0.03


def test_the_brush_has_a_size(page):
    at = open_mask(page)
    fill(page, "brush-size", 90)
    page.mouse([at(0.5, 0.5), at(0.51, 0.5)])
    assert 0.3 < coverage(use_mask(page)) < 0.5


def test_the_masks_edge_and_area_are_chosen_under_advanced(page):
    at = open_mask(page)
    page.mouse([at(0.4, 0.5), at(0.6, 0.5)])
    use_mask(page)
    assert asked(page)["mask_blur"] == 4 and "mask_padding" not in asked(page)
    fill(page, "mask-blur", 9)
    page.run("document.getElementById('only-masked').click()")
    make(page)
    assert asked(page)["mask_blur"] == 9 and asked(page)["mask_padding"] == 32
