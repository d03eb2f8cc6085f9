"""A headless Chromium, driven over its debugging pipe; nothing but the standard library and Debian's chromium."""
import base64
import json
import os
import shutil
import subprocess
import time


class Browser:
    """One page. Use as a context manager."""

    def __init__(self, profile):
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
             f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
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

    def wait(self, script, seconds=120):
        """Waits until an expression is true."""
        end = time.monotonic() + seconds
        while not (value := self.run(script)):
            assert time.monotonic() < end, f"still not true: {script}"
            time.sleep(0.05)
        return value

    def open(self, address, width=1280, height=900, scheme="light", scripts=True):
        self.command("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.command("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.protocol === 'http:'")

    def press(self, key, **options):
        """Presses a key, as a person would."""
        for kind in ("keyDown", "keyUp"):
            self.command("Input.dispatchKeyEvent", type=kind, key=key, **options)

    def type(self, text):
        self.command("Input.insertText", text=text)

    def screenshot(self):
        return base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"])
