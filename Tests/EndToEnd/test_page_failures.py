"""When something fails: what was typed stays, it is said what happened, and there is a way on."""
import contextlib
import os
import pathlib
import signal
import threading
import time

import pytest
import requests
from browser import Browser
from conftest import serve
from page import PICTURES, STATE, choose, fill, make, press_button, ready, told, words


@pytest.fixture
def browser(tmp_path):
    with Browser(tmp_path / "profile") as browser:
        yield browser


@pytest.fixture
def own(tmp_path):
    """A server that a test may treat badly."""
    with serve(tmp_path) as server:
        yield server


def ask(browser, prompt="red heart"):
    fill(browser, "prompt", prompt)
    browser.run("document.getElementById('request').requestSubmit()")


def test_offline_it_keeps_the_words_and_goes_on_when_the_network_is_back(browser, server):
    ready(browser, server.address)
    browser.emulate_network(offline=True)
    ask(browser)
    browser.wait(f"{STATE} === 'trouble'", 20)
    assert "You are offline" in words(browser, "#problem")
    assert browser.run("document.getElementById('prompt').value") == "red heart"
    browser.emulate_network(offline=False)
    browser.wait(f"{STATE} === 'pictures'", 20)


def test_without_its_server_it_keeps_the_words_and_offers_to_try_again(browser, tmp_path):
    with serve(tmp_path) as server:
        ready(browser, server.address)
    ask(browser)
    browser.wait(f"{STATE} === 'trouble'", 20)
    assert "cannot be reached" in words(browser, "#problem")
    with serve(tmp_path, port=server.port):
        press_button(browser, "Try again with the same seed", "#remedies")
        browser.wait(f"{STATE} === 'pictures'", 30)


def test_a_server_that_dies_in_the_middle_loses_only_what_was_not_finished(browser, tmp_path):
    with serve(tmp_path) as server:
        ready(browser, server.address)
        fill(browser, "steps", 100)
        fill(browser, "seed", 5)
        choose(browser, "n", 8)
        ask(browser)
        browser.wait(f"{PICTURES} >= 1", 60)
        os.kill(server.pid, signal.SIGKILL)
        browser.wait(f"{STATE} === 'trouble'", 20)
    kept = browser.run(PICTURES)
    assert 1 <= kept < 8 and "connection broke" in words(browser, "#problem")
    with serve(tmp_path, port=server.port):
        press_button(browser, "Try again with the same seed", "#remedies")
        browser.wait(f"{STATE} === 'pictures'", 120)
    seeds = browser.run("[...document.querySelectorAll('#strip button')].map(b => Number(b.ariaLabel.match(/\\d+$/)[0]))")
    assert set(seeds) == set(range(5, 13))


def wait_for(server, name, number):
    """Waits until so many requests are waiting or running."""
    end = time.monotonic() + 20
    while requests.get(f"{server.address}/api/status").json()[name] < number:
        assert time.monotonic() < end
        time.sleep(0.05)


def wait_for_end(server):
    """Waits until a server that was told to stop has ended."""
    end = time.monotonic() + 30
    while pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
        assert time.monotonic() < end
        time.sleep(0.05)


def occupy(server, number, seconds, pictures=10):
    """Requests that keep a server busy."""
    order = {"prompt": "red heart", "steps": 150, "n": pictures, "time_limit": seconds}

    def one():
        try:
            requests.post(f"{server.address}/api/pictures", json=order)
        except requests.RequestException:
            pass
    threads = [threading.Thread(target=one, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()


@contextlib.contextmanager
def waiting_for_a_full_server(browser, folder, seconds, pictures):
    """A page that waits for a server that others keep busy."""
    with serve(folder, "--max-queue", 0, "--max-batch", 1) as server:
        ready(browser, server.address)
        occupy(server, 1, seconds=seconds, pictures=pictures)
        wait_for(server, "running", 1)
        ask(browser)
        told(browser, "The server is full.", 10)
        yield server


def test_a_full_server_is_waited_for_and_asked_again(browser, tmp_path):
    with waiting_for_a_full_server(browser, tmp_path, seconds=8, pictures=2):
        assert "tried again in" in words(browser, "#elapsed")
        browser.wait(f"{STATE} === 'pictures'", 90)


def test_waiting_for_a_full_server_can_be_cancelled(browser, tmp_path):
    with waiting_for_a_full_server(browser, tmp_path, seconds=30, pictures=10) as server:
        browser.press("Escape")
        told(browser, "Cancelled.", 5)
        assert browser.run("document.getElementById('prompt').value") == "red heart"
        os.kill(server.pid, signal.SIGKILL)


def test_the_place_in_the_queue_is_told(browser, own):
    ready(browser, own.address)
    # Of one requester's work the shorter goes first, so what occupies the server is less than what is asked for.
    occupy(own, 10, seconds=60, pictures=4)
    wait_for(own, "waiting", 2)
    browser.run("""
        window.seen = [];
        new MutationObserver(() => seen.push(document.getElementById('elapsed').textContent))
          .observe(document.getElementById('elapsed'), { childList: true });
    """)
    fill(browser, "steps", 150)
    choose(browser, "n", 8)
    ask(browser)
    browser.wait("seen.some(text => /requests? before you/.test(text))", 15)
    browser.wait("seen.some(text => /about [\\d,]+ seconds left/.test(text))", 15)
    browser.press("Escape")
    told(browser, "Cancelled.", 5)
    os.kill(own.pid, signal.SIGKILL)


def test_more_than_a_network_may_ask_for_is_waited_for(browser, tmp_path):
    with serve(tmp_path, "--rate-limit", "--rate-limit-requests", 1) as server:
        ready(browser, server.address)
        make(browser, "red heart")
        for _ in range(3):
            ask(browser)
            browser.wait(f"{STATE} === 'pictures' || document.getElementById('elapsed').textContent.includes('network')", 20)
            if "network" in words(browser, "#elapsed"):
                break
        assert "More was asked for from your network" in words(browser, "#elapsed")
        assert "tried again in" in words(browser, "#elapsed")
        browser.click("#cancel")
        told(browser, "Cancelled.", 5)


def test_a_refused_prompt_names_the_rule_and_judges_nobody(browser, tmp_path):
    policy = tmp_path / "policy.txt"
    policy.write_text("rule zorblax: Zorblaxes are not drawn here.\n  zorblax\n")
    with serve(tmp_path, "--policy", policy) as server:
        ready(browser, server.address)
        ask(browser, "a zorblax")
        browser.wait(f"{STATE} === 'trouble'", 20)
        told_words = words(browser, "#problem")
        assert "does not make that picture" in told_words and "Zorblaxes are not drawn here." in told_words
        assert not browser.run("[...document.querySelectorAll('#remedies button')].some(b => b.textContent.includes('again'))")
        press_button(browser, "Change the words", "#remedies")
        assert browser.run("document.activeElement.id") == "prompt"
        make(browser, "red heart")


def test_a_server_that_stops_lets_the_picture_be_finished(browser, tmp_path):
    with serve(tmp_path) as server:
        ready(browser, server.address)
        fill(browser, "steps", 100)
        ask(browser)
        browser.wait("!!document.querySelector('.preview')", 30)
        os.kill(server.pid, signal.SIGTERM)
        browser.wait(f"{STATE} === 'pictures'", 30)
        assert browser.run(PICTURES) == 1


def test_while_a_server_stops_it_is_said_and_tried_again(browser, server):
    ready(browser, server.address)
    browser.run("""
        const real = fetch;
        let times = 0;
        window.fetch = (address, options) => options?.body && times++ === 0
          ? Promise.resolve(new Response('{"code":"shutting_down","retry_after":2,"detail":"stopping"}', { status: 503 }))
          : real(address, options);
    """)
    ask(browser)
    told(browser, "The server is being restarted.", 10)
    browser.wait(f"{STATE} === 'pictures'", 20)


def test_a_server_that_stops_before_a_picture_is_finished_is_asked_again_until_it_is_back(browser, tmp_path):
    with serve(tmp_path, "--drain-seconds", 0) as server:
        ready(browser, server.address)
        fill(browser, "steps", 150)
        fill(browser, "seed", 5)
        choose(browser, "n", 4)
        ask(browser)
        browser.wait("!!document.querySelector('.preview')", 30)
        os.kill(server.pid, signal.SIGTERM)
        told(browser, "The server is being restarted.", 20)
        assert "tried again in" in words(browser, "#elapsed")
        wait_for_end(server)
    # It cannot be reached for a while, and that is part of it.
    asked = len(browser.addresses())
    browser.wait("performance.getEntriesByType('resource').length > 0", 5)
    end = time.monotonic() + 30
    while len(browser.addresses()) == asked and time.monotonic() < end:
        browser.run("1")
        time.sleep(0.2)
    assert len(browser.addresses()) > asked
    browser.wait("document.getElementById('elapsed').textContent.includes('restarted')", 5)
    with serve(tmp_path, port=server.port):
        browser.wait(f"{STATE} === 'pictures'", 90)
    seeds = browser.run("[...document.querySelectorAll('#strip button')].map(b => Number(b.ariaLabel.match(/\\d+$/)[0]))")
    assert set(seeds) == set(range(5, 9))


def test_a_server_that_stays_away_is_not_asked_for_ever(browser, server):
    ready(browser, server.address)
    browser.run("""
        window.times = 0;
        window.setTimeout = (act => (after, ms) => act(after, Math.min(ms, 5)))(window.setTimeout);
        window.fetch = () => times++ === 0
          ? Promise.resolve(new Response('{"code":"shutting_down","retry_after":2,"detail":"stopping"}', { status: 503 }))
          : Promise.reject(new TypeError('no network'));
    """)
    ask(browser)
    browser.wait(f"{STATE} === 'trouble'", 30)
    assert 10 <= browser.run("times") <= 50
    assert "cannot be reached" in words(browser, "#problem")
    assert browser.run("document.getElementById('prompt').value") == "red heart"
    assert browser.run("document.querySelectorAll('#remedies button').length") == 2


@pytest.mark.parametrize("code, status, sentence", [
    ("cancelled", 499, "restarted"), ("server_error", 500, "failed to make"), ("something_new", 500, "failed to make"),
    ("invalid_value", 400, "cannot do this with these settings")])
def test_only_a_mistake_in_the_settings_is_blamed_on_them(browser, server, code, status, sentence):
    ready(browser, server.address)
    browser.run(f"""
        window.fetch = () => Promise.resolve(new Response('{{"code":"{code}","detail":"words"}}', {{ status: {status} }}));
    """)
    ask(browser)
    browser.wait(f"document.getElementById('stage').textContent.includes('{sentence}')", 10)
    browser.press("Escape")


def test_what_the_server_sends_never_becomes_markup(browser, server):
    ready(browser, server.address)
    browser.run("""
        window.fetch = () => Promise.resolve(new Response(
          '{"code":"invalid_value","detail":"<img src=x onerror=window.hit=1>"}', { status: 400 }));
    """)
    ask(browser)
    browser.wait(f"{STATE} === 'trouble'", 20)
    assert "<img src=x" in words(browser, "#problem")
    assert browser.run("document.querySelectorAll('#problem img').length") == 0 and browser.run("window.hit") is None


def test_a_picture_of_an_unknown_kind_is_not_shown(browser, server):
    ready(browser, server.address)
    browser.run("""
        const text = 'event: image\\ndata: {"index":0,"seed":1,"width":8,"height":8,"format":"svg+xml","b64":"PHN2Zy8+"}\\n\\n'
          + 'event: done\\ndata: {"images":1,"seconds":0.1}\\n\\n';
        window.fetch = () => Promise.resolve(new Response(text));
    """)
    ask(browser)
    browser.wait(f"{STATE} === 'trouble'", 20)
    assert browser.run(PICTURES) == 0
