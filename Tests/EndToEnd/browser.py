"""A headless Chromium, driven over its debugging pipe; nothing but the standard library and Debian's chromium."""
import base64
import json
import os
import shutil
import subprocess
import time


class Browser:
    """One page. Use as a context manager."""

    def __init__(self, profile, language="en-GB", environment=None):
        executable = shutil.which("chromium") or shutil.which("chromium-browser")
        assert executable, "chromium is missing: scripts/install-dependencies test installs it"
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def pipes():
            # Chromium reads commands from descriptor 3 and writes answers to 4.
            one, two = os.dup(to_browser), os.dup(from_browser)
            os.dup2(one, 3)
            os.dup2(two, 4)

        self._process = subprocess.Popen(
            [executable, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
             f"--accept-lang={language}", f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | (environment or {}),
        )
        os.close(to_browser)
        os.close(from_browser)
        self._pending = b""
        self._number = 0
        self._session = None
        self.events = []
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.command(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(10)
        os.close(self._write)
        os.close(self._read)

    def command(self, method, **parameters):
        """Sends a command and gives its result; what happens meanwhile is kept in `events`."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _receive(self):
        while b"\0" not in self._pending:
            data = os.read(self._read, 1 << 20)
            assert data, "chromium ended"
            self._pending += data
        message, self._pending = self._pending.split(b"\0", 1)
        return json.loads(message)

    def run(self, script):
        """The value of an expression in the page."""
        result = self.command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def text(self):
        """Where the browser is, and how what it shows begins."""
        return self.run("location.href + ' ' + (document.body?.innerText ?? '').slice(0, 400)")

    def wait(self, script, seconds=120):
        """Waits until an expression is true."""
        end = time.monotonic() + seconds
        while not (value := self.run(script)):
            assert time.monotonic() < end, f"still not true: {script}; the page says {self.text()!r}"
            time.sleep(0.05)
        return value

    def open(self, address, width=1280, height=900, scheme="light", scripts=True, scale=1, motion=True):
        self.command("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)
        self.command("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "no-preference" if motion else "reduce"},
        ])
        self.command("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.protocol === 'http:'")

    KEYS = {
        "Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, ""), "Tab": ("Tab", 9, ""), " ": ("Space", 32, " "),
        "ArrowLeft": ("ArrowLeft", 37, ""), "ArrowUp": ("ArrowUp", 38, ""), "ArrowRight": ("ArrowRight", 39, ""),
        "ArrowDown": ("ArrowDown", 40, ""), "Delete": ("Delete", 46, ""),
    }

    def press(self, key, modifiers=0, kinds=("keyDown", "keyUp")):
        """Presses a key, as a person would; modifiers are 1 Alt, 2 Control, 8 Shift."""
        code, number, text = self.KEYS.get(key, (f"Key{key.upper()}" if key.isalpha() else "", ord(key[0].upper()), key))
        options = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers}
        for kind in kinds:
            typed = {"text": text} if text and kind == "keyDown" and not modifiers & 3 else {}
            self.command("Input.dispatchKeyEvent", type=kind, **options, **typed)

    def click(self, selector):
        """Clicks in the middle of an element, as a person would."""
        x, y = self.run(
            f"(e => {{ e.scrollIntoView({{ block: 'nearest' }}); const r = e.getBoundingClientRect();"
            f" return [r.x + r.width / 2, r.y + r.height / 2]; }})(document.querySelector({json.dumps(selector)}))")
        self.mouse([(x, y)])

    def mouse(self, path):
        """Presses the button at the first point, moves along the path, and lets go at its end."""
        button = {"button": "left", "clickCount": 1}
        (x, y), (lastX, lastY) = path[0], path[-1]
        self.command("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, buttons=1, **button)
        for nextX, nextY in path[1:]:
            self.command("Input.dispatchMouseEvent", type="mouseMoved", x=nextX, y=nextY, buttons=1, **button)
        self.command("Input.dispatchMouseEvent", type="mouseReleased", x=lastX, y=lastY, **button)

    def touch(self, path):
        """Draws along the path with a finger."""
        points = [[{"x": x, "y": y}] for x, y in path]
        self.command("Input.dispatchTouchEvent", type="touchStart", touchPoints=points[0])
        for point in points[1:]:
            self.command("Input.dispatchTouchEvent", type="touchMove", touchPoints=point)
        self.command("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def box(self, selector):
        """Where an element is: left, top, width and height."""
        return self.run(
            f"(r => [r.x, r.y, r.width, r.height])(document.querySelector({json.dumps(selector)}).getBoundingClientRect())")

    def choose_file(self, selector, *paths):
        """Gives files to a file field."""
        node = self.command("DOM.getDocument")["root"]["nodeId"]
        field = self.command("DOM.querySelector", nodeId=node, selector=selector)["nodeId"]
        self.command("DOM.setFileInputFiles", nodeId=field, files=[str(path) for path in paths])

    def allow_downloads(self, folder):
        self.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder), eventsEnabled=False)

    def emulate_network(self, offline):
        self.command("Network.emulateNetworkConditions", offline=offline, latency=0, downloadThroughput=-1,
                     uploadThroughput=-1)

    def problems(self):
        """What went wrong in the page: exceptions, and whatever the browser itself complained about."""
        return [
            event["params"] for event in self.events
            if event["method"] == "Runtime.exceptionThrown"
            or event["method"] == "Runtime.consoleAPICalled" and event["params"]["type"] in ("error", "warning")
            or event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] in ("error", "warning")
        ]

    def addresses(self):
        """Everything that was asked for over a network."""
        all_addresses = [
            event["params"]["request"]["url"] for event in self.events
            if event["method"] == "Network.requestWillBeSent"
        ]
        return [address for address in all_addresses if not address.startswith(("data:", "blob:", "about:"))]

    def type(self, text):
        # A page's first field has the focus when the page is first drawn; what is typed before is lost.
        self.wait("document.activeElement?.matches('input, textarea')", 20)
        self.command("Input.insertText", text=text)

    def screenshot(self):
        return base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"])
