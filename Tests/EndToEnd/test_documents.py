"""What the service says of itself: true of the configuration it runs with, sound, readable, and kept by tests."""
import hashlib
import html.parser
import json
import re

import html5lib
import pytest
from conftest import MODEL, ROOT, run
from test_operator import ask, serving

PAGES = ("/privacy", "/terms", "/about", "/transparency")
RESOURCES = ROOT / "Sources/Web/Resources"
PROTECTIONS = ["erase-on-free", "no-core-dumps", "not-dumpable", "no-new-privileges", "files", "ports", "system-calls",
               "no-swap"]


class Words(html.parser.HTMLParser):
    """What a reader sees of a page, and the names of the sentences in it."""

    def __init__(self, text):
        super().__init__()
        self.text, self.names = "", set()
        self.feed(text)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attributes):
        self.names |= {value for name, value in attributes if name == "data-sentence"}

    def handle_data(self, data):
        self.text += data


def page(port, path="/privacy"):
    status, headers, text = ask(port, path)
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8"
    return Words(text)


def sentence_names(resource):
    """The names of a text's sentences, in order."""
    text = (RESOURCES / resource).read_text()
    return re.findall(r"^(?:- |  )?\[([a-z0-9-]+)(?: when [a-z0-9 -]+)?\] ", text, re.MULTILINE)


# The policy follows the configuration.


def test_on_this_machine_alone_the_policy_says_so(tmp_path):
    with serving(tmp_path) as (port, _, _):
        policy = page(port)
        assert {"transport-loopback", "network-unused", "counts-exact", "log", "protections-all", "no-disk", "no-calls",
                "short-kept", "operator-unnamed", "contact-missing-here"} <= policy.names
        assert not {"transport-proxy", "network", "network-limits", "short-weaker", "log-off"} & policy.names
        assert "Switched off" not in policy.text
        assert policy.text.count("In force:") == len(PROTECTIONS)
        details = json.loads(ask(port, "/api/privacy")[2])
        assert [(row["name"], row["state"]) for row in details["protections"]] == [
            (name, "in_force") for name in PROTECTIONS]
        assert details["transport"] == "loopback" and details["retention"]["network"] == "none"
        assert details["rate_limits"] is None and details["metrics"] is True
        assert ask(port, "/.well-known/security.txt")[0] == 404


def test_every_key_that_a_visitor_feels_changes_the_policy(tmp_path):
    arguments = [
        "--behind-proxy", "--rate-limit-requests", 41, "--operator", "Ann & Sons <Oslo>", "--contact",
        "privacy@example.org", "--source", "https://github.com/example/mystarion", "--public-url",
        "https://pictures.example", "--waive", "no-swap,ports,files", "--log-level", "notice", "--log-format", "json",
        "--max-seconds", 120]
    with serving(tmp_path, *arguments) as (port, _, _):
        policy = page(port)
        assert {"transport-proxy", "network", "network-limits", "counts-closed", "log-off", "protections-some",
                "short-weaker", "no-disk-weaker", "no-calls", "operator", "contact", "check-source"} <= policy.names
        assert not {"transport-loopback", "network-unused", "counts-exact", "log", "protections-all", "no-disk",
                    "operator-unnamed", "contact-missing", "contact-missing-here"} & policy.names
        for words in ("Ann & Sons <Oslo> runs this service", "privacy@example.org", "41 requests a minute",
                      "longer than 2 minutes", '"event":"listening"'):
            assert words in policy.text, words
        assert policy.text.count("Switched off: the protection by which") == 3
        assert '"event":"answered"' not in policy.text, "no line of that kind is written at this level"
        details = json.loads(ask(port, "/api/privacy")[2])
        assert {row["name"] for row in details["protections"] if row["state"] == "waived"} == {
            "no-swap", "ports", "files"}
        assert details["request_log"] is False and details["rate_limits"]["requests_per_minute"] == 41
        transparency = page(port, "/transparency")
        assert {"files-off", "ports-off", "no-swap-off", "system-calls-on"} <= transparency.names
        assert "log-no-requests" in transparency.names
        security = ask(port, "/.well-known/security.txt")[2].splitlines()
        assert "Contact: mailto:privacy@example.org" in security
        assert "Canonical: https://pictures.example/.well-known/security.txt" in security
        assert "Policy: https://github.com/example/mystarion/blob/HEAD/SECURITY.md" in security


def test_what_the_policy_shows_of_the_log_is_what_the_log_holds(tmp_path):
    with serving(tmp_path) as (port, _, log):
        example = re.search(r"<pre[^>]*aria-label=\"Lines of the log\">(.*?)</pre>", ask(port, "/privacy")[2], re.DOTALL)
        assert ask(port, "/api/pictures", {"prompt": "red heart", "steps": 1})[0] == 200
        pattern = [
            re.sub(r"\d+", "N", line.replace("privacy", "pictures")) for line in log.read_text().splitlines()]
        for line in example[1].splitlines():
            assert re.sub(r"\d+", "N", line) in pattern, line


@pytest.mark.parametrize("arguments, words", [
    (["--contact", "nobody"], "--contact: 'nobody' is not allowed; it must be a mail address"),
    (["--contact", "javascript:alert(1)"], "it must be a mail address"),
    (["--source", "http://example.org"], "it must be an address that begins with https://"),
    (["--public-url", "https://"], "it must be an address that begins with https://"),
    (["--operator", " "], "a line of at most 200 characters"),
    (["--operator", "a\nb"], "a line of at most 200 characters"),
    (["--operator", "x" * 201], "a line of at most 200 characters"),
])
def test_addresses_that_could_not_stand_in_a_page_are_refused(tmp_path, arguments, words):
    result = run("config", "check", "--model", MODEL, *arguments, folder=tmp_path)
    assert result.returncode == 78 and words in result.stderr.decode()


def test_who_serves_others_is_reminded_to_say_who_they_are(tmp_path):
    def remarks(*arguments):
        result = run("config", "check", "--model", MODEL, *arguments, folder=tmp_path)
        assert result.returncode == 0, result.stderr
        return result.stderr.decode()

    assert remarks() == ""
    assert "operator (--operator) and contact (--contact)" in remarks("--behind-proxy")
    both = ["--operator", "Ann", "--contact", "a@example.org"]
    assert "contact (--contact)" in remarks("--behind-proxy", *both[:2])
    assert remarks("--behind-proxy", *both) == ""


# What everybody may see of the counts.


def test_one_person_s_use_does_not_show_in_the_figures(tmp_path):
    with serving(tmp_path) as (port, _, _):
        before = ask(port, "/api/transparency")[2], ask(port, "/transparency")[2]
        for _ in range(25):
            assert ask(port, "/v1/images/generations", {"prompt": "red heart", "steps": 1})[0] == 200
        assert (ask(port, "/api/transparency")[2], ask(port, "/transparency")[2]) == before
        figures = json.loads(before[0])
        assert set(figures["counts_at_least"].values()) == {0}
        assert figures["half_waited_at_most_seconds"] is None
        assert page(port, "/transparency").text.count("fewer than 20") == len(figures["counts_at_least"])


# The model's folder, read before the server locks itself in.


def test_about_tells_what_the_model_s_folder_says(tmp_path, server):
    about = page(server.port, "/about").text
    for words in ("Mystarion Icons", "Emoji and icons on plain grounds", "Data and licences", "Twemoji",
                  "Font Awesome Free 6.7 icons - Copyright Fonticons", "Apache License 2.0", "Hummingbird"):
        assert words in about, words

    folder = tmp_path / "other"
    folder.mkdir()
    for part in MODEL.iterdir():
        if part.name not in ("README.md", "ATTRIBUTION.txt"):
            (folder / part.name).symlink_to(part)
    (folder / "README.md").write_text(
        "---\nlicense: openrail++\n---\n# A <model>\nHello\n## Training Data\nA **million**\nhats\x1b[31m.\n## Other\nNo.\n")
    (folder / "LICENSE").write_text("Long licence.\n" * 20_000)
    with serving(tmp_path, "--model", folder) as (port, _, _):
        status, _, text = ask(port, "/about")
        about = Words(text).text
        assert "openrail++" in about and "A million hats" in about and "\x1b" not in text
        assert "Hello" not in about and "Long licence." in about
        assert len(text) < 120_000, "what is shown of a file is bounded"
        assert "openrail++" in page(port, "/terms").text


def test_the_notice_names_every_library_and_is_the_one_that_about_shows(server):
    notice = (ROOT / "NOTICE").read_text()
    assert (RESOURCES / "notice.txt").read_text() == notice, "copy NOTICE to Sources/Web/Resources/notice.txt"
    assert " ".join(notice.split()) in page(server.port, "/about").text
    plain = re.sub(r"[^a-z0-9]", "", notice.lower())
    packages = re.findall(r'url: "https://github.com/[\w-]+/([\w-]+)', (ROOT / "Package.swift").read_text())
    packages += [path.name for path in (ROOT / ".build/checkouts").iterdir() if path.is_dir()]
    for name in packages:
        assert re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("client") in plain, f"NOTICE does not name {name}"


# Sound and readable.


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_sound_html(server, path):
    text = ask(server.port, path)[2]
    parser = html5lib.HTMLParser(strict=True, tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document = parser.parse(text)
    assert document.get("lang") == "en"
    assert [element.text for element in document.iter("h1")] and len(list(document.iter("h1"))) == 1
    identifiers = [element.get("id") for element in document.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers))
    for link in document.iter("a"):
        address = link.get("href")
        if address.startswith("#"):
            assert address[1:] in identifiers, address
        else:
            assert ask(server.port, address)[0] == 200, address
    names = [element.get("data-sentence") for element in document.iter() if element.get("data-sentence")]
    assert len(names) == len(set(names))


def test_no_sentence_is_told_twice():
    seen = {}
    for resource in ("privacy.txt", "terms.txt", "about.txt", "transparency.txt"):
        text = (RESOURCES / resource).read_text()
        for part in re.split(r"\n(?:- |  )?\[[a-z0-9-]+(?: when [a-z0-9 -]+)?\] |\n\n|\n#+ ", text):
            words = " ".join(part.split()).lower()
            if len(words) < 40 or words.startswith("{{"):
                continue
            assert words not in seen, f"{resource} repeats {seen[words]}: {words}"
            seen[words] = resource


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_they_fit_the_screen_and_can_be_read(browser, server, path, width, scheme):
    browser.events.clear()
    browser.open(server.address + path, width=width, scheme=scheme)
    assert browser.run("document.documentElement.scrollWidth") <= width
    faint = browser.run(CONTRAST)
    assert faint == [], "WCAG 2.2 asks for a contrast of 4.5"
    asked = [event["params"]["request"]["url"] for event in browser.events
             if event["method"] == "Network.requestWillBeSent"]
    assert asked and all(url.startswith(server.address) for url in asked)
    complaints = [event for event in browser.events if event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")]
    assert complaints == []
    assert browser.run("document.cookie + localStorage.length + sessionStorage.length") == "00"


# Elements whose own text stands out too little from what is behind it.
CONTRAST = """(() => {
  const parse = c => (c.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')].filter(e => [...e.childNodes].some(
    n => n.nodeType === 3 && n.data.trim())).filter(e => {
      const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05) < 4.5;
    }).map(e => e.outerHTML.slice(0, 120));
})()"""


def test_they_can_be_reached_from_each_other_with_the_keyboard(browser, server):
    browser.open(f"{server.address}/privacy")
    browser.press("Tab")
    assert browser.run("document.activeElement.textContent") == "Skip to the text"
    links = browser.run("[...document.querySelectorAll('footer a')].map(a => a.getAttribute('href'))")
    assert links == ["/", "/privacy", "/terms", "/transparency", "/about"]


def test_they_can_be_printed(browser, server):
    browser.open(f"{server.address}/privacy", scheme="dark")
    browser.command("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.run("getComputedStyle(document.querySelector('footer')).display") == "none"
        assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert browser.run("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    finally:
        browser.command("Emulation.setEmulatedMedia", media="")


# Every sentence is kept by something.


def test_every_sentence_of_the_policy_has_a_mechanism_and_a_test():
    model = (ROOT / "docs/privacy-model.md").read_text()
    rows = re.findall(r"^\| ((?:`[a-z-]+`(?:, )?)+) \| (.+?) \| (.+?) \|$", model, re.MULTILINE)
    kept = [name for names, _, _ in rows for name in re.findall(r"`([a-z-]+)`", names)]
    assert len(kept) == len(set(kept)), "a sentence has two rows"
    names = sentence_names("privacy.txt")
    assert len(names) == len(set(names)) > 60
    assert sorted(kept) == sorted(names), "docs/privacy-model.md has a row for each sentence of privacy.txt and no others"
    for _, mechanism, tests in rows:
        assert len(mechanism) > 10
        named = re.findall(r"`([\w.]+)::(\w+)`", tests)
        assert named or tests.startswith("by reading:"), f"no test, and no word on why: {mechanism}"
        for file, function in named:
            texts = [path.read_text() for path in (ROOT / "Tests").rglob(file)]
            assert any(re.search(rf"\b(?:def|func) {function}\b", text) for text in texts), (
                f"no {file} has a test {function}")


def test_the_policy_s_words_do_not_change_without_a_new_revision():
    last = (RESOURCES / "revisions.txt").read_text().splitlines()[-1]
    present = hashlib.sha256((RESOURCES / "privacy.txt").read_bytes()).hexdigest()[:16]
    assert f"[{present}]" in last, (
        f"privacy.txt was changed: add a line to revisions.txt with today's date, [{present}] and what is new")
