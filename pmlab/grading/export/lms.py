"""What Canvas and Moodle read, and a table with everything.

Canvas finds a person by ``ID``, ``SIS User ID`` or ``SIS Login ID`` and a column by the
assignment's name; a new name makes a new assignment. With the gradebook that Canvas
exports as a template, names and numbers fit by themselves. Moodle lets you map columns
when you import: ``Username``, ``ID number`` or ``Email address`` on the person's side.
"""

import csv
import dataclasses
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from pmlab import _arguments
from pmlab.errors import CourseError, DataError
from pmlab.grading.export.csvs import csv_text, frame_csv
from pmlab.grading.marks import read_marks, read_totals
from pmlab.grading.policies import apply_policy

if TYPE_CHECKING:
    from pmlab.grading.course_folder import CourseFolder

Target = Literal["canvas", "moodle", "csv"]
_CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
_MOODLE = ["Username", "ID number", "First name", "Last name", "Email address"]
_NUMBERED = re.compile(r"\s*\(\d+\)$")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Export:
    """A table of grades.

    Attributes:
        text: The CSV.
        people: How many learners have a grade in it.
        waiting: Learners whose grade is left empty: a part waits for a person.
        strangers: Learners with a grade who are not in the template.
    """

    text: str
    people: int
    waiting: tuple[str, ...]
    strangers: tuple[str, ...] = ()


def export_grades(
    course: "CourseFolder", unit: str, *, to: Target, template: Path | None = None
) -> Export:
    """Return the grades of a unit for an LMS.

    A grade is the score after the late penalty. It is left empty while a part of the
    submission waits for a grade by hand; whoever handed in nothing has no row.

    Args:
        course: The course folder.
        unit: Name or number of the unit.
        to: ``"canvas"``, ``"moodle"``, or ``"csv"`` with every part.
        template: For Canvas, the gradebook it exported; its people and its column for
            this unit are used.

    Returns:
        The table.

    Raises:
        CourseError: If nothing is graded yet.
        DataError: If the template is not what Canvas exports.
    """
    _arguments.choice("to", to, ("canvas", "moodle", "csv"))
    name = course.unit(unit)
    with course.gradebook() as gradebook:
        apply_policy(course, name, gradebook)
        totals = read_totals(gradebook, name)
        marks = read_marks(gradebook, name)
        people = {student.id: _person(student) for student in gradebook.students}
    if totals.empty:
        raise CourseError(
            f"nothing of {name} is graded yet; run `pmlab teach grade {name}` first"
        )
    totals["grade"] = (totals["score"] - totals["penalty"]).clip(lower=0).round(2)
    waiting = tuple(totals.loc[totals["open"], "learner"])
    totals.loc[totals["open"], "grade"] = float("nan")
    rows = totals.to_dict("records")
    title = f"{name} {course.title(name)}" if course.title(name) != name else name
    most = float(totals["max_score"].max())
    strangers: tuple[str, ...] = ()
    if to == "csv":
        text = frame_csv(_everything(totals, marks, people))
    elif to == "moodle":
        text = csv_text([*_MOODLE, title], (_moodle(row, people) for row in rows))
    elif template is None:
        lines = [_points_line(most), *(_canvas(row, people) for row in rows)]
        text = csv_text([*_CANVAS, title], lines)
    else:
        text, strangers = _filled(template, rows, (name, title), most, people)
    return Export(
        text=text,
        people=int(totals["grade"].notna().sum()),
        waiting=waiting,
        strangers=strangers,
    )


def _person(student: Any) -> dict[str, str]:  # noqa: ANN401 - nbgrader has no types
    keys = ("first_name", "last_name", "email", "lms_user_id")
    return {key: getattr(student, key) or "" for key in keys}


def _moodle(row: dict[Any, Any], people: dict[str, dict[str, str]]) -> list[object]:
    who = people[row["learner"]]
    names = [who["lms_user_id"], who["first_name"], who["last_name"], who["email"]]
    return [row["learner"], *names, row["grade"]]


def _canvas(row: dict[Any, Any], people: dict[str, dict[str, str]]) -> list[object]:
    who = people[row["learner"]]
    names = [part for part in (who["last_name"], who["first_name"]) if part]
    shown = ", ".join(names) or row["learner"]
    return [shown, who["lms_user_id"], "", row["learner"], "", row["grade"]]


def _points_line(most: float) -> list[object]:
    return ["    Points Possible", "", "", "", "", most]


def _everything(
    totals: pd.DataFrame, marks: pd.DataFrame, people: dict[str, dict[str, str]]
) -> pd.DataFrame:
    """Return one row for each learner with a column for each part."""
    parts = marks.pivot_table(
        index="learner", columns=["notebook", "cell"], values="score", aggfunc="first"
    )
    several = marks["notebook"].nunique() > 1
    books, cells = (parts.columns.get_level_values(at) for at in (0, 1))
    parts.columns = [
        f"{book}/{cell}" if several else str(cell)
        for book, cell in zip(books, cells, strict=True)
    ]
    names = pd.DataFrame.from_dict(people, orient="index")[
        ["last_name", "first_name", "email"]
    ]
    whole = totals.set_index("learner").join(names)
    order = ["last_name", "first_name", "email", "handed_in", "due", "score"]
    whole = whole[[*order, "penalty", "grade", "max_score", "open"]]
    whole = whole.rename(columns={"open": "waits_for_a_person"})
    return whole.join(parts).reset_index(names="learner")


def _filled(
    template: Path,
    rows: list[dict[Any, Any]],
    names: tuple[str, str],
    most: float,
    people: dict[str, dict[str, str]],
) -> tuple[str, tuple[str, ...]]:
    """Put the grades into the people's lines of Canvas's own export."""
    headings, lines = _read_canvas(template)
    own = [
        at
        for at, text in enumerate(headings)
        if _NUMBERED.sub("", text).strip() in names
    ]
    keys = [headings.index(key) for key in _CANVAS[1:4] if key in headings]
    grades = {row["learner"]: row["grade"] for row in rows}
    numbers = {
        who["lms_user_id"]: id_ for id_, who in people.items() if who["lms_user_id"]
    }
    first = [at for at, text in enumerate(headings) if text in _CANVAS]
    out, found = [], set()
    for line in lines:
        cells = [line[at] for at in first]
        if line[0].strip().startswith("Points Possible"):
            out.append([*cells, line[own[0]] if own else most])
            continue
        ids = {line[at] for at in keys if line[at]}
        ids |= {numbers[id_] for id_ in ids if id_ in numbers}
        learner = next((id_ for id_ in sorted(ids) if id_ in grades), None)
        if learner is not None:
            found.add(learner)
            out.append([*cells, grades[learner]])
    title = headings[own[0]] if own else names[1]
    text = csv_text([*(headings[at] for at in first), title], out)
    return text, tuple(sorted(grades.keys() - found))


def _read_canvas(template: Path) -> tuple[list[str], list[list[str]]]:
    try:
        text = template.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise DataError(f"{template} can't be read ({problem})") from problem
    lines = list(csv.reader(io.StringIO(text)))
    if not lines or lines[0][:1] != ["Student"] or "ID" not in lines[0]:
        raise DataError(
            f"{template} is not a gradebook exported by Canvas: its first line must "
            "start with Student,ID; export it in Canvas under Gradebook > Export"
        )
    width = len(lines[0])
    return lines[0], [line + [""] * (width - len(line)) for line in lines[1:] if line]
