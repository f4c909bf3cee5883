"""Who may hand in, and which learner an LMS means."""

import csv
import dataclasses
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pmlab.grading.collect.names import Sender
from pmlab.grading.variants import read_roster

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from pmlab.grading.course_folder import CourseFolder

ROSTER = "students.csv"


@dataclasses.dataclass(frozen=True)
class People:
    """The learners of a course.

    Attributes:
        enrolled: Their ids; None if the course has no roster, so that anyone may.
        by_user: Learner of a number in the LMS.
        by_name: Learners of a name, in letters alone; two may share one.
    """

    enrolled: frozenset[str] | None
    by_user: dict[str, str]
    by_name: dict[str, frozenset[str]]

    def learner(self, sender: Sender) -> str | None:
        """Return the learner that an LMS means; None if nobody can tell."""
        # Moodle's number belongs to the assignment, not to the person.
        if sender.lms == "canvas" and sender.user in self.by_user:
            return self.by_user[sender.user]
        found = self.by_name.get(letters(sender.name), frozenset())
        return next(iter(found)) if len(found) == 1 else None


def read_people(
    course: "CourseFolder", gradebook: "Gradebook", *, roster: Path | None = None
) -> People:
    """Read the roster and the names in the gradebook.

    Args:
        course: The course folder; its ``students.csv`` is the roster if there is one.
        gradebook: The open gradebook, for names and LMS numbers.
        roster: Another roster: nbgrader's ``students.csv``, or one id a line.

    Returns:
        The people.

    Raises:
        DataError: If the roster can't be read.
    """
    path = roster or course.folder / ROSTER
    enrolled = None
    rows = [
        (student.id, student.first_name, student.last_name, student.lms_user_id)
        for student in gradebook.students
    ]
    if roster is not None or path.is_file():
        enrolled = frozenset(read_roster(path))
        rows += _named_rows(path)
    return People(
        enrolled,
        {str(user): learner for learner, _, _, user in rows if user},
        _by_name(rows),
    )


def letters(name: str) -> str:
    """Return the letters and digits of a name, without accents, spaces and case.

    Examples:
        >>> letters("Ada-Zoë O'Neil")
        'adazoeoneil'
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def _named_rows(path: Path) -> list[tuple[str, str, str, str]]:
    lines = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    keys = ("id", "first_name", "last_name", "lms_user_id")
    rows = [[(row.get(key) or "").strip() for key in keys] for row in lines]
    return [(row[0], row[1], row[2], row[3]) for row in rows if row[0]]


def _by_name(
    rows: Iterable[tuple[str, str | None, str | None, str | None]],
) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for learner, first, last, _ in rows:
        if not (first and last):
            continue
        # Canvas puts the family name first, Moodle last.
        for name in (f"{first}{last}", f"{last}{first}"):
            found.setdefault(letters(name), set()).add(learner)
    return {name: frozenset(learners) for name, learners in found.items()}
