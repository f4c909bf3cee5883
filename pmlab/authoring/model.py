"""What a unit is made of, as its author wrote it."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pmlab.errors import CourseError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of authoring text.

    Attributes:
        path: File it stands in.
        line: Line of its ``# %%`` marker.
        kind: Text or code.
        source: Content without the marker.
        marks: Attributes of the marker, such as ``{"exercise": "tam"}``.
    """

    path: Path
    line: int
    kind: Literal["markdown", "code"]
    source: str
    marks: Mapping[str, object]

    def error(self, problem: str) -> CourseError:
        """Return an error that points at this cell."""
        return CourseError(f"{self.path}:{self.line}: {problem}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class WrongAnswer:
    """A known wrong answer: its code, its message, the share of points it keeps."""

    trap: str
    message: str
    credit: float
    cell: Cell


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exercise:
    """An automatically graded exercise."""

    id: str
    objective: str
    points: int
    prompt: Cell
    solution: Cell
    checks: Cell
    hints: tuple[Cell, ...]
    wrong: tuple[WrongAnswer, ...]
    right: tuple[Cell, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Artefact:
    """A written piece that a person grades with a rubric."""

    id: str
    points: int
    prompt: Cell
    exemplars: tuple[Cell, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Unit:
    """One unit: its lesson and its exercises.

    Attributes:
        slug: Folder name, such as ``03_market_sizing``.
        lesson: Cells of the lesson.
        cells: Cells of the exercise text, in order.
        exercises: The exercises among them.
        artefacts: The written pieces among them.
    """

    slug: str
    lesson: tuple[Cell, ...]
    cells: tuple[Cell, ...]
    exercises: tuple[Exercise, ...]
    artefacts: tuple[Artefact, ...]
