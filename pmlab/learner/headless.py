"""Runs a learner's answers with the course's own cells, in a kernel of their own.

As a grader does, it starts from the course's notebook and takes from hers the answers
(by id) and the cells that she added. Only the visible checks are there.
"""

import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pmlab.inside_a_check import INSIDE_A_CHECK
from pmlab.learner.notebook_file import Cell, grade_id
from pmlab.learner.work import UnitWork, chosen_cells

SECONDS_PER_CELL = 60


@dataclasses.dataclass(frozen=True)
class Ran:
    """A cell that ran: its id (empty for the learner's own) and its outputs."""

    id: str
    outputs: tuple[dict[str, Any], ...]
    ended_python: bool = False


def rebuilt(work: UnitWork) -> Iterator[tuple[str, str]]:
    """Yield id and text of each code cell to run: the course's, with her answers.

    Args:
        work: The unit as the learner saved it.

    Yields:
        Id and text; her own cells have no id and follow the cell they follow in hers.
    """
    hers = chosen_cells(work.cells)
    extra = _extra_cells(work)
    yield from (("", text) for text in extra.get("", ()))
    for cell in work.original:
        id_ = grade_id(cell)
        if cell["cell_type"] == "code":
            is_answer = cell["metadata"].get("nbgrader", {}).get("solution")
            taken = hers[id_]["source"] if is_answer and id_ in hers else cell["source"]
            yield id_, taken
        yield from (("", text) for text in extra.get(_key(cell), ()))


def _extra_cells(work: UnitWork) -> dict[str, list[str]]:
    """Return the code cells that the learner added, by the cell they follow."""
    known = {_key(cell) for cell in work.original}
    after = ""
    found: dict[str, list[str]] = {}
    for cell in work.cells:
        if _key(cell) in known:
            after = _key(cell)
        elif cell["cell_type"] == "code" and not grade_id(cell):
            found.setdefault(after, []).append(cell["source"])
    return found


def _key(cell: Cell) -> str:
    return grade_id(cell) or str(cell.get("id", ""))


def run(work: UnitWork, *, on_cell: Callable[[Ran], None]) -> None:
    """Run the rebuilt notebook where the learner's notebook stands.

    A cell that ends Python itself is left out, and the rest runs again without it.

    Args:
        work: The unit as the learner saved it.
        on_cell: Called with each cell that ran, once.
    """
    cells = list(rebuilt(work))
    left_out: set[int] = set()
    done = 0
    while done < len(cells):
        for number, ran in _run_once(work.path.parent, cells, left_out):
            if ran.ended_python:
                left_out.add(number)
            if number >= done:
                done = number + 1
                on_cell(ran)


def _run_once(
    folder: Path, cells: list[tuple[str, str]], left_out: set[int]
) -> Iterator[tuple[int, Ran]]:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[
            nbformat.v4.new_code_cell("" if number in left_out else text)  # type: ignore[no-untyped-call]
            for number, (_, text) in enumerate(cells)
        ]
    )
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=SECONDS_PER_CELL,
        interrupt_on_timeout=True,
        allow_errors=True,
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--log-level=ERROR"],  # a learner needs no talk of TCP
        resources={"metadata": {"path": str(folder)}},
    )
    with client.setup_kernel(env=_environment(folder)):
        for number, (id_, _) in enumerate(cells):
            try:
                client.execute_cell(notebook.cells[number], number)
            except DeadKernelError:
                yield number, Ran(id_, (), ended_python=True)
                return
            yield number, Ran(id_, tuple(notebook.cells[number].get("outputs", ())))


def _environment(folder: Path) -> dict[str, str]:
    # A check finds its messages beside the notebook; this names the place again.
    session = str(folder / "notebook.ipynb")
    return {**os.environ, "JPY_SESSION_NAME": session, INSIDE_A_CHECK: "1"}
