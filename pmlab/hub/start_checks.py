"""What must be so before a hub starts: its Python, its proxy and its ports.

A hub that lacks one of them would run without some of its parts, or say something
that leads nowhere.
"""

import shutil
import socket
import stat
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from traitlets.config import Config

from pmlab.hub.course import HubCourse
from pmlab.hub.faults import HubError

_FRONT, _HUB, _PROXY = 8000, 8081, 8001  # ports of JupyterHub unless it is told others
# Servers of a hub that has just ended need a moment to give their ports back.
PATIENCE_SECONDS = 15.0


def check_start(c: Config, courses: Sequence[HubCourse]) -> None:
    """Refuse a start that could only go wrong.

    Args:
        c: The settings of the host.
        courses: The courses of this hub.

    Raises:
        HubError: If learners can't reach the environment, the proxy is missing, or
            ports are taken; the text names all of it, and each mend.
    """
    faults = [
        *([fault_of_environment()] if any(one.grader for one in courses) else []),
        fault_of_proxy(c),
        *shared_ports(c, courses),
        *_still_taken(c, courses),
    ]
    texts = [f"{fault[0]}; {fault[1]}" for fault in faults if fault is not None]
    if texts:
        raise HubError(*texts)


def shared_ports(c: Config, courses: Sequence[HubCourse]) -> list[tuple[str, str]]:
    """Return the parts of a hub that are told to listen on one port.

    Args:
        c: The settings of the host.
        courses: The courses of this hub.

    Returns:
        The faults and their mends; none if each part has a port of its own.
    """
    first: dict[int, str] = {}
    return [
        (f"port {port} is meant for {first[port]} and for {what}", mend)
        for port, what, mend in _ports(c, courses)
        if first.setdefault(port, what) != what
    ]


def taken_ports(c: Config, courses: Sequence[HubCourse]) -> list[tuple[str, str]]:
    """Return the ports of a hub that somebody listens on, each with its mend.

    Args:
        c: The settings of the host.
        courses: The courses of this hub.

    Returns:
        What is taken and what to do; all of it if the hub is running.
    """
    return [
        (f"port {port}, for {what}, is in use", mend)
        for port, what, mend in _ports(c, courses)
        if not _free(port)
    ]


def hub_port(c: Config) -> int:
    """Return the port on which the hub itself listens, behind its proxy."""
    hub = c.JupyterHub
    return _port(hub.get("hub_bind_url"), hub.get("hub_port", _HUB))


def fault_of_environment() -> tuple[str, str] | None:
    """Return what keeps other accounts from this Python, and its mend.

    Learners and graders start the environment that the hub runs in: each account must
    be able to read it, and none may write into it.

    Returns:
        The fault and its mend; None if all is well.
    """
    for path in (Path(sys.prefix), Path(sys.executable).resolve()):
        for part in (path, *path.parents):
            mode = part.stat().st_mode
            if not mode & stat.S_IXOTH:
                return (
                    f"{path} can't be reached by learners: {part} is closed to them",
                    "make the environment elsewhere, with Debian's Python: "
                    "/usr/bin/python3 -m venv /opt/pmlab (a home stays closed; if "
                    f"{part} is nobody's home: chmod o+x {part})",
                )
            if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
                return f"every account can write in {part}", f"chmod o-w {part}"
    return None


def fault_of_proxy(c: Config) -> tuple[str, str] | None:
    """Return what keeps the proxy from being started, and its mend.

    Args:
        c: The settings of the host.

    Returns:
        The fault and its mend; None if all is well, or if the proxy is not ours.
    """
    proxy = c.ConfigurableHTTPProxy
    if "proxy_class" in c.JupyterHub or not proxy.get("should_start", True):
        return None
    command = proxy.get("command", "configurable-http-proxy")
    program = command if isinstance(command, str) else str(command[0])
    if shutil.which(program) is not None:
        return None
    return (
        f"the proxy {program} can't be started",
        "install it with: npm install -g configurable-http-proxy, or with pip into the "
        "hub's environment, and name its path in c.ConfigurableHTTPProxy.command",
    )


def _ports(c: Config, courses: Sequence[HubCourse]) -> list[tuple[int, str, str]]:
    hub, proxy = c.JupyterHub, c.ConfigurableHTTPProxy
    known = [(hub_port(c), "the hub", "set another c.JupyterHub.hub_port")]
    # JupyterHub itself ends a proxy that an earlier hub left with its number.
    left = Path(str(proxy.get("pid_file", "jupyterhub-proxy.pid"))).exists()
    if proxy.get("should_start", True) and "proxy_class" not in hub and not left:
        known += [
            (
                _port(hub.get("bind_url"), hub.get("port", _FRONT)),
                "log-in",
                "end what listens there (ss -ltnp), or set another "
                "c.JupyterHub.bind_url",
            ),
            (
                _port(proxy.get("api_url"), _PROXY),
                "the proxy",
                "end what listens there (ss -ltnp), or set another "
                "c.ConfigurableHTTPProxy.api_url",
            ),
        ]
    mend = "give the course another port=… in HubCourse(…)"
    return known + [(one.port, f"course {one.id}", mend) for one in courses]


def _port(url: Any, otherwise: int) -> int:  # noqa: ANN401 - as the host wrote it
    found = urlsplit(url).port if isinstance(url, str) else None
    return otherwise if found is None else found


def _still_taken(c: Config, courses: Sequence[HubCourse]) -> list[tuple[str, str]]:
    until = time.monotonic() + PATIENCE_SECONDS
    while (taken := taken_ports(c, courses)) and time.monotonic() < until:
        time.sleep(0.5)
    return taken


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
