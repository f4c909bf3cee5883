"""What the tier needs of this machine: programs, ports, accounts, processes."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[3]
PYTHON = "/usr/bin/python3"


def missing():
    """What this machine lacks for this tier; empty if nothing."""
    if os.geteuid() != 0:
        return "system accounts can be made by root only"
    for name in ("useradd", "chpasswd", "npm", "bwrap", PYTHON):
        if shutil.which(name) is None:
            return f"{name} is not installed"
    code = "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"
    done = subprocess.run([PYTHON, "-c", code], capture_output=True, check=False)
    if done.returncode:
        return f"{PYTHON} is older than 3.11 or makes no environments (python3-venv)"
    wall = ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"]
    done = subprocess.run(
        wall, capture_output=True, check=False, cwd="/", user="nobody", extra_groups=[]
    )
    if done.returncode:
        return "accounts other than root can't make sandboxes here (user namespaces)"
    return ""


def run(*command, seconds=300, **options):
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        **options,
    )
    told = done.stdout[-1500:] + done.stderr[-1500:]
    assert done.returncode == 0, f"{command}: {told}"
    return done.stdout


def install(place):
    """The package from its wheel on Debian's Python, and the proxy from npm."""
    shutil.rmtree(place / "dist", ignore_errors=True)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    run(*build, "-d", place / "dist", cwd=ROOT)
    wheel = next((place / "dist").glob("*.whl"))
    # The pip of the developers' environment; Debian's own is an older one.
    pip = [sys.executable, "-m", "pip", "--python", place / "venv" / "bin" / "python"]
    pip += ["install", "-q", "--disable-pip-version-check"]
    if not (place / "venv" / "bin" / "jupyterhub").exists():
        run(PYTHON, "-m", "venv", place / "venv")
        pins = ROOT / "constraints.txt"
        run(*pip, "--constraint", pins, f"{wheel}[lab,hub]", seconds=900)
    else:
        run(*pip, "--force-reinstall", "--no-deps", wheel)
    if not (place / "npm" / "node_modules").exists():
        command = ["npm", "install", "--prefix", place / "npm", "--no-save"]
        command += ["--no-audit", "--no-fund", "configurable-http-proxy@5"]
        run(*command, seconds=240)


def free_ports(count):
    with contextlib.ExitStack() as open_:
        probes = [open_.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def make_accounts(names, password):
    """Make accounts as the hosts' page says; those of an earlier run go first."""
    for name in names:
        remove_account(name)
    for name in names:
        run("useradd", "--create-home", "--shell", "/bin/bash", name)
    run("chpasswd", input="".join(f"{name}:{password}\n" for name in names))


def remove_account(name):
    """Remove an account with its home and all that it runs."""
    with contextlib.suppress(KeyError):
        kill_all(processes_of, name)
        run("userdel", "--remove", "--force", name)


def kill_all(found, *arguments):
    """Kill what a search finds until it finds nothing."""
    for _ in range(50):
        numbers = [number for number, _ in found(*arguments)]
        if not numbers:
            return
        for number in numbers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.1)


def processes_of(name):
    """Numbers and command lines of what an account runs."""
    number = pwd.getpwnam(name).pw_uid
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if place.stat().st_uid == number and alive(place):
                yield int(place.name), words(place)


def processes_from(folder):
    """Numbers and command lines of what runs a program in a folder."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(word.startswith(f"{folder}/") for word in words(place).split("\0")):
                yield int(place.name), words(place)


def words(place):
    return (place / "cmdline").read_bytes().decode(errors="replace")


def alive(place):
    return (place / "stat").read_text().rpartition(")")[2].split()[0] != "Z"


def until(seconds, what):
    """Ask until the answer is true; gives the answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(requests.RequestException):
            if answer := what():
                return answer
        time.sleep(0.5)
    return pytest.fail(f"not so after {seconds} s")
