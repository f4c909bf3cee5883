"""A real JupyterLab, started by ``pmlab start``: its terminal, and its end."""

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from pmlab.learner import lab

PMLAB = [sys.executable, "-m", "pmlab"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(true, seconds=90):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


@pytest.fixture
def started(tmp_path):
    port = free_port()
    words = ["--no-browser", f"--ServerApp.port={port}", "--IdentityProvider.token="]
    words += ["--ServerApp.disable_check_xsrf=True", "--allow-root"]
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "SHELL": "/bin/bash"}
    process = subprocess.Popen(
        [*PMLAB, "start", str(tmp_path / "course")]
        + [f"--lab-option={word}" for word in words],
        env=bare,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: listens(port) or process.poll() is not None)
        yield process, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


async def said_in_a_terminal(port, words, awaited):
    from tornado.websocket import websocket_connect

    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("POST", "/api/terminals", body="{}")
    name = json.loads(link.getresponse().read())["name"]
    link.close()
    line = await websocket_connect(f"ws://127.0.0.1:{port}/terminals/websocket/{name}")
    await line.write_message(json.dumps(["stdin", f"{words}\r"]))
    said = ""
    while awaited not in said:
        message = await asyncio.wait_for(line.read_message(), 30)
        said += "".join(map(str, json.loads(message)[1:]))
    line.close()
    return said


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_terminal_knows_pmlab_and_nothing_stays_when_pmlab_is_ended(started):
    process, port = started
    words = "pmlab progress; echo do''ne"
    said = asyncio.run(said_in_a_terminal(port, words, "done"))
    assert "Next: Read the lesson" in said
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    assert not listens(port)


@pytest.mark.slow
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only for root"
)
def test_root_is_told_how_to_start_jupyterlab(tmp_path):
    done = subprocess.run(
        [*PMLAB, "start", str(tmp_path / "course"), "--lab-option=--no-browser"],
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "pmlab start DIR --lab-option=--allow-root" in done.stderr


def test_others_need_no_option(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert not lab.needs_allow_root([])
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert lab.needs_allow_root([])
    assert not lab.needs_allow_root(["--allow-root"])
