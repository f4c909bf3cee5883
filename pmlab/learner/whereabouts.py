"""Finds the notebook that holds a learner's work: also renamed, moved or copied.

A notebook is known by the ids of its cells. Of several the one with most answers
counts; nothing is renamed or deleted, and what was found is said.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pmlab.formatting import plural
from pmlab.learner.notebook_file import Cell, NotebookFile, grade_id, read_notebook

PUT_BESIDE = ("NEW_VERSION", "FRESH")  # words in the names of the course's own copies


@dataclasses.dataclass(frozen=True)
class _Candidate:
    file: NotebookFile
    answers: Mapping[str, str]
    saved: int


def find_notebook(
    path: Path, *, original: Sequence[Cell], folder: Path
) -> NotebookFile:
    """Read the notebook of a unit, whatever its name is now.

    Args:
        path: Where the course put it.
        original: The course's cells; a notebook is known by their ids.
        folder: The learner's folder; searched if nothing is found beside ``path``.

    Returns:
        What was found; never an error.
    """
    beside = [*_candidates(path.parent.glob("*.ipynb"), path, original)]
    usual = next((item.file for item in beside if item.file.path == path), None)
    answered = [item for item in beside if item.answers]
    if usual is not None and (usual.cells or not answered):
        answered = answered or [_Candidate(usual, {}, 0)]
        return _chosen(usual, answered)
    others = answered or _renamed(beside) or _renamed(_anywhere(path, original, folder))
    if others:
        return _chosen(usual or NotebookFile(path=path, readable=False), others)
    gone = f"{path.name} is not there; `pmlab update` brings a fresh one"
    return NotebookFile(path=path, readable=False, findings=(gone,))


def renamed_notebook(
    path: Path, *, original: Sequence[Cell], folder: Path
) -> Path | None:
    """Return the file a missing notebook became; None if there is none.

    Args:
        path: Where the course put it; nothing is there.
        original: The course's cells.
        folder: The learner's folder.

    Returns:
        The file that holds most of its answers.
    """
    if not any(map(_is_answer, original)):
        return None
    found = _renamed(_candidates(path.parent.glob("*.ipynb"), path, original))
    found = found or _renamed(_anywhere(path, original, folder))
    return max(found, key=_rank).file.path if found else None


def copies_beside(path: Path) -> tuple[NotebookFile, ...]:
    """Read the copies that the course put beside a notebook, those of updates first.

    Args:
        path: Where the course put the notebook itself.

    Returns:
        The copies; empty if there are none.
    """
    return tuple(
        read_notebook(place)
        for word in PUT_BESIDE
        for place in sorted(path.parent.glob(f"{path.stem}_{word}*.ipynb"))
    )


def _chosen(usual: NotebookFile, answered: Sequence[_Candidate]) -> NotebookFile:
    """Return the notebook that counts, with words about the others."""
    best = _best(answered, usual.path)
    found = best.file
    others = [item for item in answered if item is not best]
    findings, notes = list(found.findings), []
    if found.path != usual.path:
        findings = [*usual.findings, *findings]
        if usual.path not in [other.file.path for other in others]:
            notes.append(_instead(found.path, usual))
        notes += [
            f"{_shown(other.file.path, usual.path)} holds the same answers and is "
            "left aside"
            for other in others
            if other.answers == best.answers
        ]
    findings += [
        _two(best, other, usual.path) for other in others if _differs(other, best)
    ]
    return dataclasses.replace(found, findings=tuple(findings), notes=tuple(notes))


def _best(answered: Sequence[_Candidate], usual: Path) -> _Candidate:
    """Return the one that counts; of those with the same answers the usual one."""
    best = max(answered, key=_rank)
    same = (item for item in answered if item.answers == best.answers)
    return next((item for item in same if item.file.path == usual), best)


def _two(best: _Candidate, other: _Candidate, usual: Path) -> str:
    """Say which of two notebooks with different answers counts, and what to do."""
    as_many = len(other.answers) == len(best.answers)
    return (
        f"two notebooks hold answers: {_shown(best.file.path, usual)} with "
        f"{plural(len(best.answers), 'answer')} "
        f"{'was saved last' if as_many else 'has more'} and is the one that counts, "
        f"{_shown(other.file.path, usual)} with {len(other.answers)} does not. Copy "
        f"over what you need, then move the other one away and keep the name "
        f"{usual.name}"
    )


def _instead(path: Path, usual: NotebookFile) -> str:
    shown, name = _shown(path, usual.path), usual.path.name
    if not usual.path.is_file():
        return (
            f"{name} is not there; {shown} holds its cells and is used in its place, "
            f"so nothing is lost. You may rename it to {name}"
        )
    state = "holds no answers" if usual.readable else "can't be read"
    return (
        f"there are two notebooks: {name} {state}, {shown} holds your answers and is "
        f"used. Work on in that one"
    )


def _shown(path: Path, usual: Path) -> str:
    """Return a file's name, with its folder if that is another one."""
    same = path.parent == usual.parent
    return path.name if same else f"{path.parent.name}/{path.name}"


def _renamed(found: "Iterator[_Candidate] | Sequence[_Candidate]") -> list[_Candidate]:
    """Leave out copies that the course put there and in which nothing was written."""
    return [item for item in found if item.answers or _hers(item.file.path)]


def _anywhere(
    path: Path, original: Sequence[Cell], folder: Path
) -> Iterator[_Candidate]:
    places = (
        place
        for place in folder.rglob("*.ipynb")
        if place.parent != path.parent
        and not any(
            part.startswith(".") for part in place.relative_to(folder).parent.parts
        )
    )
    return _candidates(places, path, original)


def _candidates(
    places: Iterator[Path], path: Path, original: Sequence[Cell]
) -> Iterator[_Candidate]:
    """Yield the notebooks that hold more than half of a unit's cells."""
    ids = {grade_id(cell) for cell in original} - {""}
    for place in sorted(places):
        found = read_notebook(place)
        if place == path or 2 * len(ids & {*map(grade_id, found.cells)}) > len(ids):
            yield _Candidate(found, _answers(found.cells, original), _saved(place))


def _answers(cells: Sequence[Cell], original: Sequence[Cell]) -> dict[str, str]:
    """Return the answers and memos that differ from the course's stubs."""
    stubs = {grade_id(c): _text(c["source"]) for c in original if _is_answer(c)}
    return {
        id_: cell["source"]
        for cell in cells
        if (id_ := grade_id(cell)) in stubs
        and _text(cell["source"]) not in ("", stubs[id_])
    }


def _text(source: str | list[str]) -> str:
    return "".join(source).strip()


def _is_answer(cell: Cell) -> bool:
    about = cell["metadata"].get("nbgrader")
    return isinstance(about, dict) and bool(about.get("solution"))


def _differs(other: _Candidate, best: _Candidate) -> bool:
    return any(
        best.answers.get(id_, "").strip() != text.strip()
        for id_, text in other.answers.items()
    )


def _hers(path: Path) -> bool:
    return not any(word in path.stem for word in PUT_BESIDE)


def _rank(item: _Candidate) -> tuple[int, bool, int]:
    return len(item.answers), _hers(item.file.path), item.saved


def _saved(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
