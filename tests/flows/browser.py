"""Headless Chromium, driven by its own protocol over a local socket."""

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import connect
from websockets.sync.connection import Connection

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
START_SECONDS = 30


class Page:
    """One page of a browser: what it shows, what it said on its console, and what it asked the network for."""

    def __init__(self, socket: Connection, downloads: Path) -> None:
        self._socket = socket
        self._sent = 0
        self.downloads = downloads
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))

    def call(self, method: str, **parameters: Any) -> Any:
        """Ask the browser for something and return its answer; what happens meanwhile is noted."""
        number = self._send(method, **parameters)
        while True:
            message = json.loads(self._socket.recv(timeout=START_SECONDS))
            if message.get("id") == number:
                assert "error" not in message, message["error"]
                return message["result"]
            self._note(message)

    def _send(self, method: str, **parameters: Any) -> int:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        return self._sent

    def _note(self, message: dict[str, Any]) -> None:
        told = message.get("params", {})
        match message.get("method"):
            case "Runtime.exceptionThrown":
                self.complaints.append(str(told["exceptionDetails"]))
            case "Runtime.consoleAPICalled" | "Log.entryAdded":
                self.complaints.append(json.dumps(told))
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])
            case "Page.javascriptDialogOpening":
                # It is answered at once, since until then the page answers nothing.
                self.dialogs.append(told["type"])
                if told["type"] != "beforeunload":
                    self.complaints.append(f"a dialog: {told['message']}")
                self._send("Page.handleJavaScriptDialog", accept=True)

    def open(self, file: Path, *, width: int = 1280, height: int = 900, scheme: str = "light") -> float:
        """Open a file in a window of this size, light or dark; return the seconds until it had loaded."""
        for noted in (self.complaints, self.requests, self.dialogs):
            noted.clear()
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        started = time.monotonic()
        self.call("Page.navigate", url=file.as_uri())
        while self.value("document.readyState + location.protocol") != "completefile:":
            time.sleep(0.02)
        return time.monotonic() - started

    def value(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def write(self, text: str) -> None:
        """Write a text where the cursor is."""
        self.call("Input.insertText", text=text)

    def screenshot(self, file: Path) -> None:
        """Save what the window shows as a PNG."""
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Have a browser with an empty profile open one page, until the end."""
    assert CHROMIUM
    downloads = folder / "downloads"
    downloads.mkdir(parents=True)
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    options += ["--remote-debugging-port=0", f"--user-data-dir={folder / 'profile'}", "about:blank"]
    with (folder / "browser.log").open("wb") as log:
        process = subprocess.Popen([CHROMIUM, *options], stdout=log, stderr=subprocess.STDOUT)
    try:
        with connect(_address(folder / "profile" / "DevToolsActivePort", process), max_size=None) as socket:
            yield Page(socket, downloads)
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _address(told: Path, process: subprocess.Popen[bytes]) -> str:
    """Return where the first page of a browser listens, once the browser has written its port down."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the browser has ended"
        if told.is_file() and (lines := told.read_text().splitlines()):
            with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json/list", timeout=5) as answer:
                for target in json.load(answer):
                    if target["type"] == "page":
                        address: str = target["webSocketDebuggerUrl"]
                        return address
        time.sleep(0.05)
    raise TimeoutError("the browser has not opened a page")
