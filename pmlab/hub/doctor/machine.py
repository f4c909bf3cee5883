"""The machine: environment, sandbox, versions, disk."""

import importlib.metadata
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pmlab.errors import PmlabError
from pmlab.grading.sandbox import tiers
from pmlab.hub.configuration import HubPlaces
from pmlab.hub.course import HubCourse
from pmlab.hub.doctor.finding import Finding, ok, problem, warning
from pmlab.hub.start_checks import fault_of_environment

# Versions that fix known holes, and what they fix.
FIXED = {
    "jupyterhub": ((5, 5, 0), "CVE-2026-40864 and GHSA-p43p-whwx-q52h"),
    "nbgrader": ((0, 9, 6), "a path traversal in Validate"),
}
DISK_GB = 5.0


def examine(courses: Sequence[HubCourse], places: HubPlaces) -> Iterator[Finding]:
    """Look at the machine the hub runs on."""
    yield _environment(courses)
    yield _sandbox()
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


def _sandbox() -> Finding:
    try:
        tier = tiers.choose()
    except PmlabError as error:
        return problem("sandbox", str(error), "apt install bubblewrap")
    if tier.walled:
        return ok("sandbox", tier.words)
    return warning("sandbox", tier.words, "apt install bubblewrap, or allow namespaces")


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
