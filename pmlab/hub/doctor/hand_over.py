"""The exchange: owners, modes, and whether its clock is ours."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence

from pmlab.hub import exchange
from pmlab.hub.configuration import HubPlaces
from pmlab.hub.course import HubCourse
from pmlab.hub.doctor.finding import Finding, ok, problem, warning

CLOCK_SECONDS = 2.0


def examine(courses: Sequence[HubCourse], places: HubPlaces) -> Iterator[Finding]:
    """Look at the exchange."""
    root = places.exchange
    if root is None:
        yield ok("exchange", "no shared folder: work is handed over as bundles")
        return
    if not os.path.lexists(root):
        yield ok("exchange", f"{root} is not there yet; the first start makes it")
        return
    faults = exchange.problems(root, list(courses))
    for text in faults:
        what, mark, mend = text.partition(": ")
        if not mark:
            what, _, mend = text.partition("; ")
        yield problem("exchange", what, mend)
    if not faults:
        yield ok("exchange", f"{root}: owners and modes are right")
    yield _clock(places)


def _clock(places: HubPlaces) -> Finding:
    """Compare the clock of the exchange's disk with ours: late or not depends on it."""
    root = places.exchange
    try:
        with tempfile.NamedTemporaryFile(dir=root) as probe:
            drift = os.fstat(probe.fileno()).st_mtime - time.time()
    except OSError as error:
        return warning(
            "clock",
            f"{root} can't be written by you ({error.strerror})",
            "run the doctor as root to compare the clocks",
        )
    if abs(drift) > CLOCK_SECONDS:
        return problem(
            "clock",
            f"files in {root} get times that are {drift:+.0f} s from this machine's",
            "keep both machines on network time (chrony or systemd-timesyncd)",
        )
    return ok("clock", "the exchange's clock is this machine's")
