"""The real window under a display of its own, driven by WebKitWebDriver, in a home where nothing was ever done."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

PATIENCE = 120
# What the system's driver compiles for drawing is kept from window to window, as it is at home.
COMPILED = tempfile.TemporaryDirectory()


class Window:
    """Opens `program`; what it needs besides (a display, a driver, a home) ends with it."""

    def __init__(self, program, cache, prepare=lambda home: None):
        self.scratch = tempfile.TemporaryDirectory()
        home = pathlib.Path(self.scratch.name)
        prepare(home)
        shown, number = os.pipe()
        self.display = subprocess.Popen(
            ["Xvfb", "-displayfd", str(number), "-screen", "0", "1440x900x24", "-nolisten", "tcp"], pass_fds=[number], stderr=subprocess.DEVNULL
        )
        display = os.read(shown, 16).decode().strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = os.environ | {
            "DISPLAY": f":{display}", "EMBEDSCOPE_CACHE": str(cache), "HOME": str(home), "LIBGL_ALWAYS_SOFTWARE": "1",
            "MESA_SHADER_CACHE_DIR": COMPILED.name, "TAURI_AUTOMATION": "true", "TAURI_WEBVIEW_AUTOMATION": "true",
        } | {f"XDG_{kind.upper()}_HOME": str(home / kind) for kind in ("data", "config", "cache", "state")}
        environment.pop("WAYLAND_DISPLAY", None)
        self.driver = subprocess.Popen(["WebKitWebDriver", f"--port={port}", "--host=127.0.0.1"], env=environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.session = f"http://127.0.0.1:{port}"
        until(lambda: self.answers("/status"))
        self.began = time.perf_counter()
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": {"binary": str(program), "args": []}}}
        self.session += "/session/" + self.post("/session", {"capabilities": wanted})["sessionId"]

    def answers(self, path):
        try:
            return urllib.request.urlopen(self.session + path, timeout=PATIENCE).status == 200
        except urllib.error.URLError:
            return False

    def post(self, path, body):
        asked = urllib.request.Request(self.session + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(asked, timeout=PATIENCE))["value"]

    def run(self, script):
        """The value that a script of the page returns."""
        return self.post("/execute/sync", {"script": script, "args": []})

    def wait(self, script):
        """What a script of the page hands to `done`, once it does."""
        return self.post("/execute/async", {"script": "const done = arguments[0];" + script, "args": []})

    def memory_mb(self):
        """Of the program and the web view's processes: what they hold alone, and their share of what they share."""
        mine, parents = {self.driver.pid}, {}
        for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(status.parent.name)] = int(status.read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue  # it ended meanwhile
        while more := {child for child, parent in parents.items() if parent in mine} - mine:
            mine |= more
        held = 0
        for process in mine - {self.driver.pid}:
            lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            held += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return held / 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in (self.driver, self.display):
            process.terminate()
            process.wait()
        self.scratch.cleanup()


def until(holds):
    end = time.perf_counter() + PATIENCE
    while not holds():
        if time.perf_counter() > end:
            raise RuntimeError("it never came")
        time.sleep(0.005)
