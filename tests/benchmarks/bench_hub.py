# ruff: noqa: T201 - a script that prints its table
"""How many learners a hub on one machine carries: a bounded load test on loopback.

Starts the demo hub, lets N learners log in at once, start their servers, run a lesson,
check and hand in, and prints how long each step took and how much memory a learner
needs. Ends everything it started.

    python tests/benchmarks/bench_hub.py --learners 4
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

import requests
import websocket

from pmlab.hub import demo
from pmlab.hub.roster import Entry

COURSE = Path(__file__).resolve().parents[2] / "course"
UNIT = "03_market_sizing"
STEPS = ["log in", "start the server", "start a kernel", "run the lesson"]
STEPS += ["check an exercise", "hand in"]


class Learner:
    """One learner's browser, without the browser."""

    def __init__(self, name, address):
        self.name, self.address = name, address
        self.base = f"{address}/user/{name}"
        self.session = requests.Session()
        self.seconds = {}

    def work(self):
        """Go through all steps; returns the name of the step that failed, or None."""
        actions = [self.log_in, self.start_server, self.start_kernel]
        actions += [self.run_lesson, self.check, self.hand_in]
        for step, action in zip(STEPS, actions, strict=True):
            began = time.perf_counter()
            try:
                action()
            except Exception as error:  # noqa: BLE001 - counted and named
                return f"{step}: {type(error).__name__}: {error}"[:300]
            self.seconds[step] = time.perf_counter() - began
        return None

    def log_in(self):
        page = self.session.get(f"{self.address}/hub/login", timeout=60)
        token = re.search(r'name="_xsrf" value="([^"]+)"', page.text).group(1)
        form = {"username": self.name, "password": demo.PASSWORD, "_xsrf": token}
        answer = self.session.post(
            f"{self.address}/hub/login",
            data=form,
            params={"_xsrf": token},
            allow_redirects=False,
            timeout=120,
        )
        assert answer.status_code == 302, answer.status_code

    def start_server(self):
        self.session.get(f"{self.address}/hub/spawn", timeout=180)
        until = time.monotonic() + 180
        while time.monotonic() < until:
            answer = self.session.get(f"{self.base}/lab", timeout=60)
            if answer.status_code == 200 and "jupyter-config-data" in answer.text:
                return
            time.sleep(0.3)
        raise TimeoutError("no JupyterLab after three minutes")

    def api(self, method, path, **options):
        """Ask the learner's own server."""
        tokens = [c.value for c in self.session.cookies if c.name == "_xsrf"]
        answer = self.session.request(
            method,
            f"{self.base}/api/{path}",
            headers={"X-XSRFToken": tokens[-1]},
            timeout=120,
            **options,
        )
        answer.raise_for_status()
        return answer.json()

    def start_kernel(self):
        folder = f"pm-spring/exercises/{UNIT}"
        kernel = self.api("POST", "kernels", json={"name": "python3", "path": folder})
        self.kernel = kernel["id"]
        self.connect()
        self.run("1")

    def connect(self):
        """Open the channel to the kernel, also anew: the server closes silent ones."""
        if hasattr(self, "socket"):
            self.socket.close()
        pairs = [f"{c.name}={c.value}" for c in self.session.cookies]
        self.socket = websocket.create_connection(
            f"{self.base}/api/kernels/{self.kernel}/channels".replace("http", "ws", 1),
            header=[f"Cookie: {'; '.join(pairs)}"],
            timeout=180,
        )

    def run(self, code):
        """Run a cell; returns what it displayed as text."""
        number = uuid.uuid4().hex
        self.socket.send(
            json.dumps(
                {
                    "header": {
                        "msg_id": number,
                        "msg_type": "execute_request",
                        "version": "5.3",
                        "username": self.name,
                        "session": number,
                    },
                    "parent_header": {},
                    "metadata": {},
                    "content": {"code": code, "silent": False},
                    "channel": "shell",
                }
            )
        )
        shown = []
        while True:
            message = json.loads(self.socket.recv())
            if message["parent_header"].get("msg_id") != number:
                continue
            content = message["content"]
            if message["msg_type"] == "error":
                raise RuntimeError(f"{content['ename']}: {content['evalue']}")
            shown.append(content.get("text") or str(content.get("data", "")))
            if content.get("execution_state") == "idle":
                return "".join(shown)

    def cells(self, path):
        notebook = self.api("GET", f"contents/{quote(path)}")["content"]
        return [c for c in notebook["cells"] if c["cell_type"] == "code"]

    def run_lesson(self):
        for cell in self.cells("pm-spring/lessons/03_lesson_market_sizing.ipynb"):
            self.run(cell["source"])

    def check(self):
        path = f"pm-spring/exercises/{UNIT}/{UNIT}.ipynb"
        checks = [c for c in self.cells(path) if "pm.checks.exercise(" in c["source"]]
        self.run("import pmlab as pm\nimport pandas as pd\nimport numpy as np")
        assert "points" in self.run(checks[0]["source"])

    def hand_in(self):
        shown = self.run("!pmlab submit 03 --anyway")
        assert "handed in" in shown.lower(), shown[-300:]


def memory_mb(names):
    """Return the proportional memory of each learner's processes, in MB."""
    found = defaultdict(float)
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            told = (place / "environ").read_bytes().split(b"\0")
            name = b"JUPYTERHUB_USER="
            owner = b"".join(v.removeprefix(name) for v in told if v.startswith(name))
            owner = owner.decode()
            if owner in names:
                text = (place / "smaps_rollup").read_text()
                found[owner] += int(re.search(r"Pss:\s+(\d+)", text).group(1)) / 1e3
    return [found[name] for name in names]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--learners", type=int, nargs="+", default=[1, 4, 8])
    # Told to end, it ends its hub as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for count in options.parse_args().learners:
        measure(count)


def release(course):
    command = [sys.executable, "-m", "pmlab", "teach", "release", UNIT, "--exchange"]
    subprocess.run(command, cwd=course, check=True, capture_output=True, timeout=300)


def measure(count):
    people = [Entry(f"learner{n:02}", "pm-spring", "learner") for n in range(count)]
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        demo.running_demo(Path(folder), source=COURSE, port=port, people=people),
        concurrent.futures.ThreadPoolExecutor(count) as pool,
    ):
        release(Path(folder) / "courses" / "pm-spring")
        learners = [Learner(p.user, f"http://127.0.0.1:{port}") for p in people]
        failures = [text for text in pool.map(Learner.work, learners) if text]
        memory = memory_mb([learner.name for learner in learners])
    print(f"\n{count} learners at once, {len(failures)} failed")
    for text in failures:
        print(f"  {text}")
    print(f"{'step':<20}{'p50':>8}{'p95':>8}  seconds")
    for step in STEPS:
        times = sorted(a.seconds[step] for a in learners if step in a.seconds)
        if times:
            late = times[min(len(times) - 1, int(0.95 * len(times)))]
            print(f"{step:<20}{statistics.median(times):>8.1f}{late:>8.1f}")
    print(f"memory a learner: {statistics.mean(memory):.0f} MB on average")
    load = " ".join(f"{part:.0f}" for part in os.getloadavg()[:2])
    print(f"{os.cpu_count()} cores, load of 1 and 5 minutes: {load}", flush=True)


if __name__ == "__main__":
    main()
