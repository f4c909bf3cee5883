"""The machine: environment, sandbox, versions, disk."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pmlab.errors import PmlabError
from pmlab.grading.sandbox import tiers
from pmlab.hub.configuration import HubPlaces
from pmlab.hub.course import HubCourse
from pmlab.hub.doctor.finding import Finding, ok, problem, warning
from pmlab.hub.exchange import account
from pmlab.hub.faults import HubError
from pmlab.hub.start_checks import fault_of_environment

# Versions that fix known holes, and what they fix.
FIXED = {
    "jupyterhub": ((5, 5, 0), "CVE-2026-40864 and GHSA-p43p-whwx-q52h"),
    "nbgrader": ((0, 9, 6), "a path traversal in Validate"),
}
DISK_GB = 5.0
_SECONDS = 120.0
_NAMESPACES = (
    "apt install bubblewrap; if it is there, let accounts make namespaces: sysctl "
    "kernel.unprivileged_userns_clone=1, on Ubuntu sysctl "
    "kernel.apparmor_restrict_unprivileged_userns=0"
)


def examine(courses: Sequence[HubCourse], places: HubPlaces) -> Iterator[Finding]:
    """Look at the machine the hub runs on."""
    yield _environment(courses)
    graders = {course.grader for course in courses}
    for grader in sorted(graders - {None}, key=str) or [None]:
        yield sandbox(grader)
    yield from _versions()
    for path in {course.folder for course in courses} | {places.state}:
        yield _disk(path)


def _environment(courses: Sequence[HubCourse]) -> Finding:
    """Learners and graders start this Python: all must be able to reach it."""
    if all(course.grader is None for course in courses):
        return ok("environment", f"{sys.executable} serves one account only")
    fault = fault_of_environment()
    if fault is not None:
        return problem("environment", *fault)
    return ok("environment", f"{sys.prefix} can be read by all, written by its owner")


def sandbox(grader: str | None) -> Finding:
    """Try to shut learners' code in, as the account that grades.

    Some machines let root make namespaces and no other account.

    Args:
        grader: The account; that of this process if None.

    Returns:
        What came out.
    """
    if grader is None or os.geteuid() != 0:
        return _judged(_tried())
    code = "from pmlab.hub.doctor.machine import tell_sandbox; tell_sandbox()"
    try:
        found = account(grader)
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
            timeout=_SECONDS,
            user=found.pw_uid,
            group=found.pw_gid,
            extra_groups=[],
        )
    except HubError as error:
        return warning("sandbox", f"{grader} could not try it", str(error))
    except (OSError, subprocess.SubprocessError) as error:
        return warning(
            "sandbox",
            f"{grader} could not try it ({type(error).__name__})",
            "mend the environment first, then ask again",
        )
    return _judged(json.loads(done.stdout), f"{grader}: ")


def tell_sandbox() -> None:
    """Print what comes out for the account of this process."""
    sys.stdout.write(json.dumps(_tried()))


def _tried() -> dict[str, str]:
    try:
        tier = tiers.choose()
    except PmlabError as error:
        return {"level": "problem", "words": str(error)}
    return {"level": "ok" if tier.walled else "warning", "words": tier.words}


def _judged(came_out: dict[str, str], who: str = "") -> Finding:
    text = who + came_out["words"]
    if came_out["level"] == "ok":
        return ok("sandbox", text)
    made = warning if came_out["level"] == "warning" else problem
    return made("sandbox", text, _NAMESPACES)


def _versions() -> Iterator[Finding]:
    for name, (fixed, what) in FIXED.items():
        there = importlib.metadata.version(name)
        numbers = tuple(int(part) for part in there.split(".")[:3] if part.isdigit())
        if numbers < fixed:
            needed = ".".join(map(str, fixed))
            yield problem(
                "versions",
                f"{name} {there} has a known hole; {needed} mends {what}",
                f"pip install '{name}>={needed}'",
            )
        else:
            yield ok("versions", f"{name} {there}: no known hole here")


def _disk(path: Path) -> Finding:
    place = next(p for p in (path, *path.parents) if p.exists())
    free = shutil.disk_usage(place).free / 1e9
    if free < DISK_GB:
        return problem(
            "disk",
            f"{free:.1f} GB free at {path}",
            f"keep {DISK_GB:.0f} GB free; old attempts can go",
        )
    return ok("disk", f"{free:.0f} GB free at {path}")
