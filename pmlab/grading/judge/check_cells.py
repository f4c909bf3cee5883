"""Runs one check cell in the judge's own process, and reads credit and reasons."""

import ast
import builtins
import contextlib
import dataclasses
import functools
import io
import linecache
import math
import traceback
import types
import warnings
from typing import Any

from pmlab.checks.verdict import Verdict
from pmlab.grading.judge import faults
from pmlab.grading.judge.names import without_magics
from pmlab.grading.outcome import CheckOutcome
from pmlab.grading.rebuild import Cell
from pmlab.grading.writable import writable

_HIDDEN = "A test that is not shown does not pass."
_STOP_HIDING = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
_NO_TEXT = "a value that can't be shown as text: too long, or its class fails at it"
_MOST_TEXT = 2000


@dataclasses.dataclass(frozen=True)
class Checked:
    """What a check cell gave, and the outputs that stand under it."""

    outcome: CheckOutcome
    outputs: list[dict[str, Any]]


@dataclasses.dataclass
class Ran:
    """How a cell of the instructor's ended in the judge."""

    value: object = None
    error: BaseException | None = None


def run_here(source: str, name: str, space: dict[str, Any]) -> Ran:
    """Run a cell of the instructor's; keep the value of its last expression.

    Args:
        source: Text of the cell.
        name: Its name in tracebacks.
        space: The judge's names.

    Returns:
        The value, or what stopped it.
    """
    file = f"<{name}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[file] = (len(source), None, lines, file)
    ran = Ran()
    quiet = contextlib.redirect_stdout(io.StringIO())
    with quiet, contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body, last = compiled(source, file)
            exec(body, space)  # noqa: S102 - the instructor's own text
            if last is not None:
                ran.value = eval(last, space)  # noqa: S307
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a failing check
            ran.error = error
    return ran


@functools.lru_cache(maxsize=512)
def compiled(source: str, file: str) -> tuple[types.CodeType, types.CodeType | None]:
    """Return the code of a cell, and that of its last expression by itself.

    Args:
        source: Text of the cell.
        file: Name for tracebacks.

    Returns:
        The code to run, and to evaluate; None if the cell ends otherwise.
    """
    try:
        tree = ast.parse(source, file)
    except SyntaxError:
        tree = ast.parse(without_magics(source), file)
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body.pop()
        assert isinstance(last, ast.Expr)  # noqa: S101 - for the type checker
        if not source.rstrip().endswith(";"):
            return (
                compile(tree, file, "exec"),
                compile(ast.Expression(last.value), file, "eval"),
            )
        tree.body.append(last)
    return compile(tree, file, "exec"), None


def judged(cell: Cell, ran: Ran) -> Checked:
    """Read credit and reasons of a check cell that was run; never fails.

    Args:
        cell: The check cell.
        ran: How it ended. The text of a learner's value in it may ask her code.

    Returns:
        The outcome and the cell's outputs.
    """
    try:
        return _read(cell, ran)
    except (Exception, SystemExit):  # noqa: BLE001 - a value of any kind
        return unjudged(cell, "the value of the check's last line can't be read")


def _read(cell: Cell, ran: Ran) -> Checked:
    points = _points(cell)
    if ran.error is not None:
        return _failed(cell, points, ran.error)
    if type(ran.value) is Verdict:
        return _with_verdict(cell, points, ran.value)
    credit = _credit(ran.value, points)
    shown = credit if ran.value is not None else None
    outcome = CheckOutcome(
        exercise=cell.id,
        cell=cell.id,
        points=points,
        credit=credit,
        visible_share=credit / points if points else 1.0,
    )
    return Checked(outcome, [] if shown is None else [_result(f"{credit:g}", None)])


def _points(cell: Cell) -> float:
    points = cell.about.get("points", 0)
    return float(points) if type(points) in (int, float) else 0.0


def _credit(value: object, points: float) -> float:
    """Read partial credit as nbgrader does: a number as the last line."""
    if value is None or isinstance(value, bool):
        return points
    text = str(value)
    try:
        number = float(text)
    except ValueError:
        return points
    if math.isnan(number) or number < 0:
        return points
    return min(number, points)


def _with_verdict(cell: Cell, points: float, verdict: Verdict) -> Checked:
    credit = min(max(verdict.credit, 0.0), points)
    failed = [item for item in verdict.comparisons if not item.right]
    visible_failed = any(not item.variant for item in failed)
    passes_visible = bool(verdict.comparisons) and not visible_failed
    hidden_drawn = any(item.variant for item in verdict.comparisons)
    in_hidden = credit < points and passes_visible and verdict.graded
    share = 1.0 if passes_visible and (hidden_drawn or credit == points) else 0.0
    if not passes_visible:
        share = verdict.share
    outcome = CheckOutcome(
        exercise=verdict.exercise,
        cell=cell.id,
        points=points,
        credit=credit,
        trap=verdict.trap,
        reasons=verdict.reasons,
        hidden=in_hidden,
        visible_share=share,
        notes=verdict.notes,
    )
    page = verdict._repr_html_()
    return Checked(outcome, [_result(f"{credit:g}", page)])


def _failed(cell: Cell, points: float, error: BaseException) -> Checked:
    """Give no credit; say why, unless a hidden test would show."""
    line, text, hidden = _place(cell, error)
    name, message = type(error).__name__, _message(error)
    said = f"{name}: {message}"[:600].rstrip(": ")
    shown = f"The check stops at `{text}`: {said}" if text else said
    outcome = CheckOutcome(
        exercise=cell.id,
        cell=cell.id,
        points=points,
        credit=0.0,
        reasons=(_HIDDEN if hidden else shown,),
        hidden=hidden,
        visible_share=1.0 if hidden else 0.0,
    )
    output = {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": [f"line {line}: {text}", said],
    }
    return Checked(outcome, [_clean(output)])


def _message(error: BaseException) -> str:
    """Return the text of an error; the value in it may have none."""
    try:
        return str(error)[:_MOST_TEXT]
    except (Exception, SystemExit):  # noqa: BLE001 - the learner's code may make it
        return _NO_TEXT


def _place(cell: Cell, error: BaseException) -> tuple[int, str, bool]:
    """Return the check cell's line that stopped: number, text and whether it is hidden.

    A visible helper that a hidden test calls counts as the hidden test.
    """
    ran = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == f"<{cell.id}>"
    ]
    hidden = _hidden_lines(cell)
    inside = [line for line in ran if line in hidden]
    number = (inside or ran or [0])[-1]
    lines = cell.source.splitlines()
    text = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return number, text, bool(inside)


def _hidden_lines(cell: Cell) -> set[int]:
    inside, found = False, set()
    for position, line in enumerate(cell.source.splitlines(), start=1):
        if _STOP_HIDING[0] in line:
            inside = True
        elif _STOP_HIDING[1] in line:
            inside = False
        if inside:
            found.add(position)
    return found


def _result(text: str, page: str | None) -> dict[str, Any]:
    data = {"text/plain": text}
    if page is not None:
        data["text/html"] = page
    return _clean(
        {
            "output_type": "execute_result",
            "execution_count": None,
            "data": data,
            "metadata": {},
        }
    )


def _clean(output: dict[str, Any]) -> dict[str, Any]:
    return {
        key: writable(value) if isinstance(value, str) else value
        for key, value in output.items()
    }


def unjudged(cell: Cell, reason: str) -> Checked:
    """Return the outcome of a check cell that could not be run.

    Args:
        cell: The check cell.
        reason: Why.

    Returns:
        No credit, with the reason.
    """
    return _failed(cell, _points(cell), faults.StoppedError(reason))


def new_space() -> dict[str, Any]:
    """Return the judge's names before the first cell."""
    return {
        "__name__": "__main__",
        "__builtins__": builtins,
        "display": lambda *_, **__: None,
    }
