"""What the tests of the page share: how a person uses it."""
import json
import urllib.request

from PIL import Image

STATE = "document.body.dataset.state"
PICTURES = "document.querySelectorAll('#strip button').length"


def make(browser, prompt=None, count=1, seconds=60):
    """Asks for pictures as the form stands, and waits for them."""
    before = browser.run(PICTURES)
    choose(browser, "n", count)
    if prompt is not None:
        fill(browser, "prompt", prompt)
    browser.run("document.getElementById('request').requestSubmit()")
    browser.wait(f"{STATE} === 'pictures' && {PICTURES} === {before + count}", seconds)


def ready(browser, address, **options):
    """Opens the page and waits until its scripts are at work."""
    browser.open(address, **options)
    browser.wait(f"{STATE} === 'empty'", 20)


def fill(browser, name, value):
    browser.run(
        f"(e => {{ e.value = {json.dumps(str(value))}; e.dispatchEvent(new Event('input', {{ bubbles: true }}));"
        f" e.dispatchEvent(new Event('change', {{ bubbles: true }})); }})(document.getElementById('{name}'))")


def choose(browser, name, value):
    browser.run(f"document.querySelector('input[name={name}][value={json.dumps(str(value))}]').click()")


def press_button(browser, word, within="#actions"):
    """Presses the button that has a word."""
    assert browser.run(
        f"(b => b ? (b.click(), true) : false)([...document.querySelectorAll('{within} button')]"
        f".find(b => b.textContent.trim() === {json.dumps(word)}))"), f"there is no button {word!r}"


def words(browser, selector):
    return browser.run(f"document.querySelector({json.dumps(selector)})?.textContent ?? ''")


def told(browser, text, seconds=10):
    """Waits until the live region says a text."""
    browser.wait(f"document.getElementById('status').textContent.includes({json.dumps(text)})", seconds)


def model(server):
    return json.load(urllib.request.urlopen(f"{server.address}/api/model"))


def pixels(browser, selector):
    """An image element's picture at its own size."""
    width, height, data = browser.run(f"""
        (async image => {{
          await image.decode();
          const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
          const brush = canvas.getContext('2d');
          brush.drawImage(image, 0, 0);
          return [canvas.width, canvas.height,
            new Uint8Array(brush.getImageData(0, 0, canvas.width, canvas.height).data.buffer).toHex()];
        }})(document.querySelector({json.dumps(selector)}))""")
    return Image.frombytes("RGBA", (width, height), bytes.fromhex(data)).convert("RGB")


def is_there(browser, address):
    """Whether an address still leads to a picture."""
    return browser.run(
        f"new Promise(answer => {{ const image = new Image(); image.onload = () => answer(true);"
        f" image.onerror = () => answer(false); image.src = {json.dumps(address)}; }})")
