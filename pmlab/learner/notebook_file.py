"""Reads a notebook that a learner may have damaged, renamed or doubled."""

import dataclasses
import json
from pathlib import Path
from typing import Any

Cell = dict[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class NotebookFile:
    """What was found where a notebook should be.

    Attributes:
        path: The file that was read; the expected one if there is none.
        cells: Its cells, those of a readable form; empty if it can't be read.
        readable: Whether it is a notebook.
        findings: What a learner should mend, with the next step; empty if all is well.
        notes: What she should know and need not mend.
    """

    path: Path
    cells: tuple[Cell, ...] = ()
    readable: bool = True
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_notebook(path: Path) -> NotebookFile:
    """Read one notebook file.

    Args:
        path: The file.

    Returns:
        What was found; never an error.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        usable = tuple(_plain(cell) for cell in cells if _has_form(cell))
    except OSError as error:
        return _unreadable(path, f"{path.name} can't be opened ({error.strerror})")
    except (ValueError, KeyError, TypeError, RecursionError):
        return _unreadable(path, f"{path.name} is damaged or half written")
    lost = len(cells) - len(usable)
    findings = (f"{lost} damaged cells of {path.name} are left out",) if lost else ()
    return NotebookFile(path=path, cells=usable, findings=findings)


def grade_id(cell: Cell) -> str:
    """Return the id that nbgrader knows a cell by; empty for other cells."""
    about = cell["metadata"].get("nbgrader")
    return str(about.get("grade_id", "")) if isinstance(about, dict) else ""


def _unreadable(path: Path, what: str) -> NotebookFile:
    copies = sorted((path.parent / ".ipynb_checkpoints").glob(f"{path.stem}-*.ipynb"))
    if copies and read_notebook(copies[-1]).cells:
        mend = (
            "JupyterLab kept an older copy: "
            f"{copies[-1].relative_to(path.parent)}. Keep the damaged file under "
            f"another name, then copy that one to {path.name}"
        )
    else:
        mend = (
            "Keep it under another name, then `pmlab update` brings a fresh one; what "
            "can be read of your text can be copied over by hand"
        )
    return NotebookFile(path=path, readable=False, findings=(f"{what}. {mend}",))


def _has_form(cell: object) -> bool:
    return (
        isinstance(cell, dict)
        and cell.get("cell_type") in ("code", "markdown", "raw")
        and isinstance(cell.get("source"), str | list)
        and isinstance(cell.get("metadata", {}), dict)
    )


def _plain(cell: Cell) -> Cell:
    """Return a cell with its source as one text and a list of outputs."""
    outputs = cell.get("outputs")
    return {
        **cell,
        "source": "".join(map(str, cell["source"])),
        "metadata": cell.get("metadata", {}),
        "outputs": [item for item in outputs if isinstance(item, dict)]
        if isinstance(outputs, list)
        else [],
    }
