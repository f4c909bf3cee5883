"""Whether the hub runs, or could start: its proxy and its ports."""

import http.client
from collections.abc import Iterator, Sequence

from traitlets.config import Config

from pmlab.hub import start_checks
from pmlab.hub.course import HubCourse
from pmlab.hub.doctor.finding import Finding, ok, problem

_SECONDS = 5.0


def examine(c: Config, courses: Sequence[HubCourse]) -> Iterator[Finding]:
    """Look at the proxy and the ports."""
    fault = start_checks.fault_of_proxy(c)
    if fault is not None:
        yield problem("proxy", *fault)
    shared = start_checks.shared_ports(c, courses)
    for what, mend in shared:
        yield problem("ports", what, mend)
    if _answers(start_checks.hub_port(c)):
        yield ok("ports", "the hub is running")
        return
    taken = start_checks.taken_ports(c, courses)
    for what, mend in taken:
        yield problem("ports", f"{what}, but not by a hub that runs", mend)
    if not taken and not shared:
        yield ok("ports", "are free; the hub is not running")


def _answers(port: int) -> bool:
    """Tell whether a JupyterHub listens on a port of this machine."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        asked.request("GET", "/hub/login")
        return asked.getresponse().getheader("X-JupyterHub-Version") is not None
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
