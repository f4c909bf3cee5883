"""The course's secret, and the variant codes that follow from it for a roster."""

import csv
import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pmlab.case import variant_code
from pmlab.errors import CourseError, DataError

SECRET_VARIABLE = "PMLAB_COURSE_SECRET"  # noqa: S105 - its name, not the secret
SECRET_FILE = Path(".pmlab") / "secret"
"""Where a course folder may keep its secret; never hand this file out."""


def course_secret(
    *,
    file: Path | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> str | None:
    """Find the course's secret.

    The first of these that is set: ``file``, the environment variable
    ``PMLAB_COURSE_SECRET``, the file ``.pmlab/secret`` in the course folder.

    Args:
        file: A file with nothing but the secret in it.
        folder: The course folder; None asks for no file in it.
        environment: Variables to look in.

    Returns:
        The secret without spaces at its ends, or None if there is none.

    Raises:
        DataError: If the file can't be read.
        CourseError: If the secret is too short.
    """
    secret = environment.get(SECRET_VARIABLE, "").strip() or None
    source = f"the environment variable {SECRET_VARIABLE}"
    path = file
    if path is None and secret is None and folder is not None:
        path = folder / SECRET_FILE if (folder / SECRET_FILE).exists() else None
    if path is not None:
        secret, source = _text(path, "secret").strip(), str(path)
    if secret is None:
        return None
    try:
        variant_code(secret, "anyone")
    except ValueError as problem:
        raise CourseError(f"{source}: {problem}") from problem
    return secret


def read_roster(path: Path) -> list[str]:
    """Read the learners' ids from a roster.

    Args:
        path: A CSV file with a column ``id``, such as nbgrader's ``students.csv``, or a
            plain list with one id a line.

    Returns:
        The ids, in the order of the file.

    Raises:
        DataError: If the file can't be read, has several columns but none called
            ``id``, or an id is empty or there twice; names the line.
    """
    lines = csv.reader(_text(path, "roster").splitlines())
    rows = [
        (lines.line_num, [cell.strip() for cell in cells]) for cells in lines if cells
    ]
    if not rows:
        raise DataError(f"{path} is empty; write one id a line, or a column id")
    header = rows[0][1]
    if "id" in header:
        place, rows = header.index("id"), rows[1:]
    elif all(len(cells) == 1 for _, cells in rows):
        place = 0
    else:
        raise DataError(
            f"{path} has the columns {', '.join(header)}; name the one with the ids of "
            "the gradebook id, or write one id a line"
        )
    return _checked(path, [(line, cells[place : place + 1]) for line, cells in rows])


def roster_variants(roster: Path, secret: str) -> pd.DataFrame:
    """Make the variant code of each learner in a roster.

    Args:
        roster: The file, see ``read_roster``.
        secret: The course's secret, at least 16 bytes.

    Returns:
        Columns ``id`` and ``variant``, in the order of the roster.

    Raises:
        DataError: If the roster can't be read or an id has a form that can't be.
        ValueError: If the secret is too short.
    """
    learners = read_roster(roster)
    codes = [variant_code(secret, learner) for learner in learners]
    return pd.DataFrame({"id": learners, "variant": codes}, dtype="str")


def _checked(path: Path, cells: list[tuple[int, list[str]]]) -> list[str]:
    seen: dict[str, int] = {}
    for line, found in cells:
        learner = found[0] if found else ""
        if not learner:
            raise DataError(
                f"{path}, line {line}: the id is empty; "
                "give the learner's id in the gradebook, or delete the line"
            )
        if learner in seen:
            raise DataError(
                f"{path}, line {line}: {learner!r} is there already in line "
                f"{seen[learner]}; keep one of them"
            )
        if len(learner) > 128 or not learner.isprintable():
            raise DataError(
                f"{path}, line {line}: {learner!r} must be at most 128 printable "
                "characters; use the id of the gradebook"
            )
        seen[learner] = line
    return list(seen)


def _text(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as problem:
        raise DataError(
            f"no file {path}; give the path of the {what}, from {Path.cwd()} on"
        ) from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise DataError(
            f"{path} can't be read ({problem}); save the {what} as a text in UTF-8"
        ) from problem
