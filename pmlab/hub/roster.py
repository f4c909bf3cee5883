"""Who belongs to which cohort: one CSV file, read again at each log-in.

``user,course,role`` with the role ``learner`` or ``instructor``. A person may be in
several cohorts, and teach one while learning in another.
"""

import csv
import dataclasses
import io
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from pmlab.hub.course import HubCourse
from pmlab.hub.faults import Faults, HubError

Role = Literal["learner", "instructor"]
_ROLES = get_args(Role)
_COLUMNS = ["user", "course", "role"]
STUDENTS_FILE = "students.csv"
# What JupyterHub, system accounts and folders all take; a + would break nbgrader.
_USER = re.compile(r"[a-z0-9_][a-z0-9_.@-]{0,63}")


@dataclasses.dataclass(frozen=True, order=True)
class Entry:
    """One person's place in one cohort."""

    user: str
    course: str
    role: Role


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """What a new roster changes.

    Attributes:
        added: Entries that were not there before.
        removed: Entries that are gone.
        kept: How many stay.
    """

    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    kept: int


def read_roster(path: Path) -> list[Entry]:
    """Return the entries of a roster.

    Args:
        path: A CSV file with the columns user, course and role.

    Returns:
        Entries, sorted, each once. A file that does not exist has none.

    Raises:
        HubError: If lines can't be used; the text names each of them.
    """
    text = _text(path)
    return [] if text is None else parse_roster(text, name=str(path))


def _text(path: Path) -> str | None:
    """Return the text of a roster; None if there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise HubError(
            f"{path} is closed to you; run this as the account that runs the hub, "
            "mostly root"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(
            f"{path} can't be read ({error}); save it as CSV in UTF-8"
        ) from error


def parse_roster(text: str, *, name: str) -> list[Entry]:
    """Return the entries in the text of a roster; see ``read_roster``."""
    rows = csv.reader(io.StringIO(text))
    head = [cell.strip().lower() for cell in next(rows, [])]
    missing = [column for column in _COLUMNS if column not in head]
    if missing:
        raise HubError(
            f"{name}, line 1: no column {' and '.join(missing)}; the first line must "
            "be user,course,role"
        )
    found: set[Entry] = set()
    faults = Faults()
    for row in rows:
        cells = [cell.strip() for cell in row]
        with faults:
            if any(cells):
                found.add(_entry(cells, head, f"{name}, line {rows.line_num}"))
    with faults:
        _one_role_each(found, name)
    if faults:
        raise HubError(*faults)
    return sorted(found)


def _entry(cells: list[str], head: list[str], place: str) -> Entry:
    if len(cells) != len(head):
        raise HubError(
            f"{place}: {len(cells)} cells, must be {len(head)} as in the first line"
        )
    user, course, role = (cells[head.index(column)].lower() for column in _COLUMNS)
    faults = []
    if not _USER.fullmatch(user):
        faults.append(
            f"{place}: user {user!r} can't be used; letters, digits and _ . @ - only, "
            "as the learner logs in"
        )
    if user == "root":
        faults.append(
            f"{place}: root runs the hub and takes no course; give an account of a "
            "person"
        )
    if role not in _ROLES:
        faults.append(f"{place}: role {role!r}, must be {' or '.join(_ROLES)}")
    if not course:
        faults.append(f"{place}: the course is empty; give the id of a course")
    if faults:
        raise HubError(*faults)
    return Entry(user, course, role)  # type: ignore[arg-type]


def _one_role_each(entries: Iterable[Entry], name: str) -> None:
    roles = Counter((entry.user, entry.course) for entry in entries)
    both = [
        f"{name}: {user} is learner and instructor of {course}; one of the two lines "
        "must go"
        for (user, course), count in sorted(roles.items())
        if count > 1
    ]
    if both:
        raise HubError(*both)


def renew_roster(path: Path, wanted: Iterable[Entry]) -> Change:
    """Bring the stored roster in line with a list, for the courses the list names.

    Other courses stay as they are. Doing it twice changes nothing the second time.

    Args:
        path: The stored roster.
        wanted: All entries of the courses that they name.

    Returns:
        What changed.
    """
    new = set(wanted)
    named = {entry.course for entry in new}
    text = _text(path)
    try:
        old = set() if text is None else set(parse_roster(text, name=str(path)))
    except HubError as error:
        raise HubError(
            f"the hub's own roster is broken: {error}. Mend what is named, or move "
            "the file away to start from the new one"
        ) from error
    result = new | {entry for entry in old if entry.course not in named}
    if result != old or not path.exists():
        _write(path, _COLUMNS, map(dataclasses.astuple, sorted(result)))
    return Change(
        added=tuple(sorted(result - old)),
        removed=tuple(sorted(old - result)),
        kept=len(old & result),
    )


def tell_grader(course: HubCourse, entries: Iterable[Entry]) -> None:
    """Write the cohort's learners into its folder, for ``pmlab teach``.

    ``students.csv`` says whose submissions count. It is written anew only if it names
    others; names and numbers that an instructor added to it stay until then.

    Args:
        course: The cohort.
        entries: The whole roster.
    """
    learners = {
        entry.user
        for entry in entries
        if entry.course == course.id and entry.role == "learner"
    }
    path = course.folder / STUDENTS_FILE
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    rows = list(csv.DictReader(io.StringIO(text)))
    there = {row.get("id"): row for row in rows}
    if set(there) == learners:
        return
    columns = ["id", *(rows[0].keys() - {"id"} if rows else ())]
    owner = course.folder.stat()
    _write(
        path,
        columns,
        (
            [(there.get(name) or {"id": name}).get(c, "") for c in columns]
            for name in sorted(learners)
        ),
    )
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)


def _write(path: Path, columns: list[str], rows: Iterable[Iterable[str]]) -> None:
    """Write all of a table or nothing; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, delete=False, newline="", encoding="utf-8"
    ) as draft:
        writer = csv.writer(draft)
        writer.writerow(columns)
        writer.writerows(rows)
    os.replace(draft.name, path)


def groups_of(
    user: str, entries: Iterable[Entry], courses: Iterable[HubCourse]
) -> list[str]:
    """Return the hub groups of a person: one for each place in a course of this hub."""
    known = {course.id: course for course in courses}
    return [
        known[entry.course].learners_group
        if entry.role == "learner"
        else known[entry.course].instructors_group
        for entry in entries
        if entry.user == user and entry.course in known
    ]
