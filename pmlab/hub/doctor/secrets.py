"""Who could read solutions, hidden tests, grades and tokens."""

import importlib.util
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from pmlab.hub.configuration import HubPlaces
from pmlab.hub.course import HubCourse
from pmlab.hub.doctor.finding import Finding, ok, problem, warning
from pmlab.hub.faults import HubError
from pmlab.hub.tokens import stored_tokens


def examine(courses: Sequence[HubCourse], places: HubPlaces) -> Iterator[Finding]:
    """Look at everything a learner must not read."""
    for course in courses:
        yield _course(course)
    yield _tokens(places)
    yield _state(places.state)
    yield _installation()


def readable_by_all(path: Path) -> bool:
    """Tell whether any account may read a file, or list a folder.

    Args:
        path: An existing file or folder; each folder above it must be passable, too.

    Returns:
        True if the mode bits for others allow it all the way down.
    """
    path = path.absolute()
    if not path.stat().st_mode & stat.S_IROTH:
        return False
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def _course(course: HubCourse) -> Finding:
    hidden = [course.folder / "gradebook.db", course.folder / ".pmlab" / "secret"]
    hidden += sorted((course.folder / "source").rglob("*.ipynb"))
    open_ = [path for path in hidden if path.exists() and readable_by_all(path)]
    if open_:
        return problem(
            course.id,
            f"every account can read {open_[0]}"
            + (f" and {len(open_) - 1} more" if len(open_) > 1 else ""),
            f"chmod o-rwx {course.folder}",
        )
    if course.grader is None:
        return warning(
            course.id,
            "the course server runs with the hub's own rights",
            "give the course an account of its own: HubCourse(…, grader=…)",
        )
    return ok(course.id, f"only {course.grader} can read solutions and grades")


def _tokens(places: HubPlaces) -> Finding:
    if not places.tokens.exists():
        return ok("tokens", "none yet; the first start makes them")
    try:
        stored_tokens(places.tokens)
    except HubError as error:
        text, _, mend = str(error).partition("; ")
        return problem("tokens", text, mend)
    return ok("tokens", "readable by the hub only")


def _state(state: Path) -> Finding:
    if state.exists() and readable_by_all(state):
        return problem(
            "state",
            f"every account can look into {state}, where the hub's database stands",
            f"chmod 700 {state}",
        )
    return ok("state", f"{state} is closed to learners")


def _installation() -> Finding:
    """A checkout holds the solutions of the course; an installed package does not."""
    spec = importlib.util.find_spec("pmlab")
    package = Path(spec.origin).parent if spec and spec.origin else Path()
    source = package.parent / "course" / "source"
    truth = package / "case" / "truth.py"
    found = [path for path in (source, truth) if path.exists()]
    found += _told(package / "_course")
    if not found:
        return ok("installation", "holds no solutions")
    if any(readable_by_all(path) for path in found):
        return problem(
            "installation",
            f"learners run pmlab from a checkout and can read {found[0]}",
            "install the package instead, with the pip of the hub: pip wheel --no-deps "
            "--wheel-dir DIR CHECKOUT, then pip install DIR/pmlab-….whl",
        )
    return warning(
        "installation",
        f"pmlab runs from a checkout ({package.parent}) that learners can't read, so "
        "their servers can't start either unless they are yours",
        "install the package in the hub's environment",
    )


def _told(course: Path) -> list[Path]:
    """Return notebooks of the installed course that hold what learners must not see."""
    marks = ("BEGIN HIDDEN TESTS", "BEGIN SOLUTION")
    return [
        path
        for path in sorted(course.rglob("*.ipynb"))
        if any(mark in path.read_text(encoding="utf-8") for mark in marks)
    ]
