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

from pmlab.hub.course import HubCourse, HubError

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
            a port is taken; the text names the mend.
    """
    if any(course.grader is not None for course in courses):
        fault = fault_of_environment()
        if fault is not None:
            raise HubError(f"{fault[0]}; {fault[1]}")
    fault = fault_of_proxy(c)
    if fault is not None:
        raise HubError(f"{fault[0]}; {fault[1]}")
    fault = fault_of_ports(c, courses)
    if fault is not None:
        raise HubError(f"{fault[0]}; {fault[1]}")
    for port, what, mend in _ports(c, courses):
        _check_port(port, what, mend)


def fault_of_ports(c: Config, courses: Sequence[HubCourse]) -> tuple[str, str] | None:
    """Return two parts of a hub that are told to listen on one port, and the mend.

    Args:
        c: The settings of the host.
        courses: The courses of this hub.

    Returns:
        The fault and its mend; None if each part has a port of its own.
    """
    first: dict[int, str] = {}
    for port, what, mend in _ports(c, courses):
        other = first.setdefault(port, what)
        if other != what:
            return f"port {port} is meant for {other} and for {what}", mend
    return None


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


def _check_port(port: int, what: str, mend: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not _free(port):
        if time.monotonic() > until:
            raise HubError(f"port {port}, for {what}, is in use; {mend}")
        time.sleep(0.5)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
