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


def _chosen(usual: NotebookFile, answered: Sequence[_Candidate]) -> NotebookFile:
    """Return the notebook that counts, with words about the others."""
    best = max(answered, key=_rank)
    # Of two with the same answers the one with the course's name counts.
    named = next((item for item in answered if item.file.path == usual.path), best)
    if named.answers == best.answers:
        best = named
    found, name = best.file, usual.path.name
    findings, notes = list(found.findings), []
    if found.path != usual.path:
        findings = [*usual.findings, *findings]
        holds_answers = named is not best
        notes += [] if holds_answers else [_instead(found.path, usual)]
    for other in answered:
        shown = _shown(other.file.path, usual.path)
        if other is best:
            continue
        if not _differs(other, best):
            if other.answers == best.answers and usual.path not in (
                other.file.path,
                found.path,
            ):
                notes.append(f"{shown} holds the same answers and is left aside")
            continue
        why = (
            "was saved last" if len(other.answers) == len(best.answers) else "has more"
        )
        findings.append(
            f"two notebooks hold answers: {_shown(found.path, usual.path)} with "
            f"{plural(len(best.answers), 'answer')} {why} and is the one that counts, "
            f"{shown} with {len(other.answers)} does not. Copy over what you need, "
            f"then move the other one away and keep the name {name}"
        )
    return dataclasses.replace(found, findings=tuple(findings), notes=tuple(notes))


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
