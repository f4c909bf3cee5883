"""Rebuilds a submission from the instructor's notebook; repairs nothing.

Taken from the submission: the text of answer cells, by id, and the learner's own
further cells. Submitted metadata, outputs and kernels are ignored, locked cells are the
instructor's.
"""

import dataclasses
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Literal

from pmlab.authoring.learner_version import cut
from pmlab.errors import PmlabError
from pmlab.grading.writable import writable

Kind = Literal["text", "given", "answer", "check", "extra"]
_FLAGS = ("grade", "solution", "locked", "task", "points")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_MOST_CELLS = 2000
_MOST_TEXT = 1_000_000


class MalformedError(PmlabError):
    """A file is no notebook that can be graded."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of the rebuilt notebook.

    Attributes:
        kind: ``"answer"`` and ``"extra"`` are the learner's, the rest the instructor's.
        id: nbgrader's id of the cell; empty for cells without one.
        cell_type: ``"code"``, ``"markdown"`` or ``"raw"``.
        source: Text, for check cells with the hidden tests.
        about: nbgrader's metadata of the instructor's cell.
        instructors: Text in the instructor's version, with the solution.
        released: Text as learners got it.
        attachments: Pictures in the learner's text.
    """

    kind: Kind
    id: str
    cell_type: str
    source: str
    about: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    instructors: str = ""
    released: str = ""
    attachments: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Whether it is code."""
        return self.cell_type == "code"


@dataclasses.dataclass(frozen=True)
class Stubs:
    """What stands in for solutions in the learners' version of a course."""

    code: str = "# YOUR CODE HERE\nraise NotImplementedError()"
    text: str = "YOUR ANSWER HERE"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """A notebook that can be trusted in all but its answers.

    Attributes:
        cells: Its cells in the instructor's order, the learner's further ones between.
        findings: What was changed in the submission that must not be, as sentences.
        readable: Whether the submission is a notebook at all.
    """

    cells: tuple[Cell, ...]
    findings: tuple[str, ...] = ()
    readable: bool = True


def read_notebook(raw: bytes, *, most_bytes: int) -> dict[str, Any]:
    """Read a notebook file that may be hostile.

    Args:
        raw: Content of the file.
        most_bytes: Largest file that is read.

    Returns:
        The notebook; ``cells`` is a list of dictionaries with type and text.

    Raises:
        MalformedError: If it is no notebook; the text says why.
    """
    if len(raw) > most_bytes:
        raise MalformedError(
            f"The file has {len(raw):,} bytes; at most {most_bytes:,} are read. "
            "Clear the outputs and save it again."
        )
    try:
        notebook: Any = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise MalformedError("The file is no text in UTF-8.") from None
    except (ValueError, RecursionError) as problem:
        raise MalformedError(f"The file is no notebook: {str(problem)[:100]}") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise MalformedError("The file is no notebook of format 4: it has no cells.")
    if len(cells) > _MOST_CELLS:
        raise MalformedError(f"The notebook has {len(cells):,} cells.")
    kept = [_plain_cell(cell) for cell in cells]
    return {**notebook, "cells": [cell for cell in kept if cell is not None]}


def rebuild(
    instructors: Mapping[str, Any],
    submission: Mapping[str, Any] | None,
    stubs: Stubs = Stubs(),
) -> Rebuilt:
    """Build the notebook that is graded.

    Args:
        instructors: The instructor's, with solutions and hidden tests, from
            ``read_notebook``, too.
        submission: The learner's, from ``read_notebook``; None if it can't be read.

        stubs: What stands in for solutions in the learners' version.

    Returns:
        The notebook to run, and what was found.
    """
    own = [
        {**cell, "released": _released(cell, stubs)} for cell in instructors["cells"]
    ]
    if submission is None:
        return Rebuilt(cells=tuple(map(_untouched, own)), readable=False)
    matches, extras, findings = _matched(own, submission["cells"])
    cells = [_extra(cell) for cell in extras[-1]]
    for position, cell in enumerate(own):
        cells.append(_rebuilt(cell, matches.get(position)))
        cells += [_extra(extra) for extra in extras[position]]
    findings += _changed(own, matches)
    return Rebuilt(cells=tuple(cells), findings=tuple(findings))


def _plain_cell(cell: object) -> dict[str, Any] | None:
    """Return type, text, ids and flags of a cell; None if it is no cell."""
    if not isinstance(cell, dict):
        return None
    source, kind = cell.get("source", ""), cell.get("cell_type")
    if isinstance(source, list) and all(isinstance(part, str) for part in source):
        source = "".join(source)
    if not isinstance(source, str) or kind not in ("code", "markdown", "raw"):
        return None
    source = writable(source[:_MOST_TEXT])
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    about = about if isinstance(about, dict) else {}
    id_ = about.get("grade_id")
    return {
        "cell_type": kind,
        "source": source,
        "about": about,
        "grade_id": id_ if isinstance(id_, str) else "",
        "id": cell.get("id") if isinstance(cell.get("id"), str) else "",
        "attachments": _pictures(cell.get("attachments")),
    }


def _pictures(attachments: object) -> dict[str, Any]:
    if not isinstance(attachments, dict):
        return {}
    return {
        str(name)[:200]: {
            kind: text
            for kind, text in bundle.items()
            if kind in _PICTURES and isinstance(text, str)
        }
        for name, bundle in attachments.items()
        if isinstance(bundle, dict)
    }


def _kind(cell: Mapping[str, Any]) -> Kind:
    about = cell["about"]
    if about.get("solution"):
        return "answer"
    if about.get("grade"):
        return "check"
    return "given" if cell["cell_type"] == "code" else "text"


def _released(cell: Mapping[str, Any], stubs: Stubs) -> str:
    """Return the text of a cell as learners got it."""
    kind, source = _kind(cell), str(cell["source"])
    if kind == "answer":
        stub = stubs.code if cell["cell_type"] == "code" else stubs.text
        # Without a marked solution nbgrader replaces the whole cell.
        marked = "BEGIN SOLUTION" in source
        return cut(source, "SOLUTION", stub) if marked else stub
    return cut(source, "HIDDEN TESTS") if kind == "check" else source


def _untouched(cell: Mapping[str, Any]) -> Cell:
    return _rebuilt(cell, None)


def _rebuilt(cell: Mapping[str, Any], learners: Mapping[str, Any] | None) -> Cell:
    kind = _kind(cell)
    source, attachments = str(cell["source"]), cell["attachments"]
    if kind == "answer":
        source = cell["released"] if learners is None else learners["source"]
        attachments = {} if learners is None else learners["attachments"]
    return Cell(
        kind=kind,
        id=cell["grade_id"],
        cell_type=cell["cell_type"],
        source=source,
        about=cell["about"],
        instructors=cell["source"],
        released=cell["released"],
        attachments=attachments,
    )


def _extra(cell: Mapping[str, Any]) -> Cell:
    return Cell(
        kind="extra",
        id="",
        cell_type=cell["cell_type"],
        source=cell["source"],
        attachments=cell["attachments"],
    )


def _matched(
    own: list[dict[str, Any]], submitted: list[dict[str, Any]]
) -> tuple[dict[int, dict[str, Any]], dict[int, list[dict[str, Any]]], list[str]]:
    """Find each of the instructor's cells in the submission; the rest are extras."""
    by_id = {cell["grade_id"]: n for n, cell in enumerate(own) if cell["grade_id"]}
    by_place = {cell["id"]: n for n, cell in enumerate(own) if cell["id"]}
    texts = {
        (cell["cell_type"], cell["source"].strip()): n
        for n, cell in reversed(list(enumerate(own)))
        if not cell["grade_id"]
    }
    places = []
    for cell in submitted:
        place = by_id.get(cell["grade_id"], by_place.get(cell["id"]))
        if place is None:
            place = texts.get((cell["cell_type"], cell["source"].strip()))
        places.append(place)
    final = {place: number for number, place in enumerate(places)}
    matches: dict[int, dict[str, Any]] = {}
    extras: dict[int, list[dict[str, Any]]] = defaultdict(list)
    order, last, twice = [], -1, []
    for number, (cell, place) in enumerate(zip(submitted, places, strict=True)):
        if place is None or final[place] != number:
            if place is not None and own[place]["grade_id"]:
                twice.append(own[place]["grade_id"])
            if cell["source"].strip():
                extras[last].append(cell)
            continue
        last = place
        matches[place] = cell
        order.append(place)
        edited = own[place]["source"].strip() != cell["source"].strip()
        if edited and not own[place]["grade_id"]:
            extras[place].append(cell)  # nobody locked it: hers after the original
    findings = [
        f"The cell “{name}” is there {count + 1} times; the last one counts."
        for name, count in Counter(twice).items()
    ]
    if order != sorted(order):
        findings.append("Cells were moved; they stand in their own order again.")
    return matches, extras, findings


def _changed(
    own: list[dict[str, Any]], matches: Mapping[int, dict[str, Any]]
) -> list[str]:
    """Say which locked cells, ids and flags differ from what was handed out."""
    findings = []
    for place, cell in enumerate(own):
        name = cell["grade_id"]
        if not name:
            continue
        theirs = matches.get(place)
        if theirs is None:
            findings.append(f"The cell “{name}” is missing.")
            continue
        if _kind(cell) != "answer" and not _same(cell, theirs):
            findings.append(
                f"The locked cell “{name}” was changed; the instructor's was used."
            )
        flags = [flag for flag in _FLAGS if _flag(cell, flag) != _flag(theirs, flag)]
        if flags or theirs["cell_type"] != cell["cell_type"]:
            findings.append(f"nbgrader's marks of the cell “{name}” were changed.")
    if findings:
        findings.append(
            "If nobody changed the notebook by hand, it comes from another version of "
            "the unit than the one graded here."
        )
    return findings


def _same(cell: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    texts = {cell["source"].strip(), cell["released"].strip()}
    return str(theirs["source"]).strip() in texts


def _flag(cell: Mapping[str, Any], flag: str) -> object:
    value = cell["about"].get(flag)
    if flag == "points":
        # As it is: a whole number may be too large for a float.
        return value if type(value) in (int, float) else 0
    return bool(value)
