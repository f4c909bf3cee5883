"""Proves a unit: solutions pass, stubs earn nothing, wrong answers are named.

All code runs in this process, over many variants. A cell runs as it would in a
notebook; the check cell's last value is its verdict.
"""

import ast
import contextlib
import io
import re
import string
import types
import warnings
from collections.abc import Callable, Iterator

import pandas as pd

from pmlab import case, checks
from pmlab.authoring import lint, notebooks, parse
from pmlab.authoring.learner_version import CODE_STUB, cut
from pmlab.authoring.model import Cell, Exercise, Unit, WrongAnswer
from pmlab.authoring.report import Report
from pmlab.checks.comparison import Comparison
from pmlab.checks.exercise import audit
from pmlab.checks.plain import readable
from pmlab.checks.verdict import Verdict
from pmlab.errors import CourseError

VARIANTS = 5  # while writing; before a unit goes out, 50
_APART = 3
_EMPTY_BODIES = ("raise ValueError()", "return None", "return 0.0", "return {}")


def verify(unit: Unit, *, variants: int = VARIANTS) -> Report:
    """Check every rule of a unit.

    Args:
        unit: The unit.
        variants: Number of variants of the case data to try.

    Returns:
        The report; ``failures`` is empty if the unit holds.

    Raises:
        CourseError: If ``variants`` is below 1.
    """
    if variants < 1:
        raise CourseError(
            f"variants == {variants}, must be 1 or more; on none nothing is proved"
        )
    trial = _Trial(unit)
    for number in range(variants):
        code = f"verify-{number}"
        with case.use_variant(code), checks.use_root(code, count=1):
            trial.run(trial.solution)
    # The visible part of a check is the same for everyone, so one run of an answer
    # through all hidden variants shows what it earns on each.
    with case.use_variant("verify-0"), checks.use_root("verify", count=variants):
        trial.run(trial.answers)
    total_wrong = sum(len(exercise.wrong) for exercise in unit.exercises)
    total_right = sum(len(exercise.right) for exercise in unit.exercises)
    return Report(
        unit=unit.slug,
        exercises=len(unit.exercises),
        auto_points=sum(exercise.points for exercise in unit.exercises),
        artefact_points=sum(artefact.points for artefact in unit.artefacts),
        wrong=total_wrong - len(trial.failed_wrong),
        right=total_right - len(trial.failed_right),
        hints=sum(len(exercise.hints) for exercise in unit.exercises),
        variants=variants,
        failures=[*lint.lint(unit), *trial.failures],
    )


class _Trial:
    """Runs a unit on one variant after the other and gathers what fails."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._messages = notebooks.messages(unit)
        self._code: dict[tuple[int, str], list[types.CodeType]] = {}
        self._exercises = {exercise.id: exercise for exercise in unit.exercises}
        self.failures: list[str] = []
        self.failed_wrong: set[int] = set()
        self.failed_right: set[int] = set()

    def run(self, examine: Callable[[Exercise, dict[str, object]], None]) -> None:
        """Run all cells in order on the variant in force; examine each exercise."""
        space = _namespace()
        for cell in self._unit.cells:
            exercise = self._exercises.get(str(cell.marks.get("solution")))
            if exercise is not None:
                examine(exercise, space)
                self._execute(cell, cell.source, space)
            elif cell.kind == "code" and parse.role(cell) is None:
                problem = self._execute(cell, cell.source, space)
                if problem:
                    self._fail(cell, problem)

    def answers(self, exercise: Exercise, space: dict[str, object]) -> None:
        """Try the stub, the wrong and the other right answers."""
        self._learners_part(exercise, space)
        for wrong in exercise.wrong:
            problem = self._wrong_answer(exercise, wrong, space)
            if problem:
                self.failed_wrong.add(wrong.cell.line)
                self._fail(wrong.cell, f'wrong answer "{wrong.trap}" {problem}')
        for right in exercise.right:
            verdict = self._verdict(exercise, right, right.source, space)
            if verdict.share < 1:
                self.failed_right.add(right.line)
                self._fail(right, f"another right answer fails: {verdict.text}")

    def solution(self, exercise: Exercise, space: dict[str, object]) -> None:
        """Try the solution, and look at what the check says of itself."""
        cell = exercise.solution
        full = self._verdict(exercise, cell, cell.source, space)
        if full.share < 1:
            self._fail(cell, f"the solution does not pass: {full.text}")
        elif not full.graded:
            self._fail(exercise.checks, "the hidden tests draw no checks.variants()")
        if (full.exercise, full.points) != (exercise.id, exercise.points):
            self._fail(
                exercise.checks,
                f'the check is of exercise "{full.exercise}" and {full.points:g} '
                f'points, its marker says "{exercise.id}" and {exercise.points}',
            )
        named = {wrong.trap for wrong in exercise.wrong}
        for comparison in full.comparisons:
            if comparison.traps - named:
                self._fail(
                    exercise.checks,
                    f"no wrong cell for {', '.join(sorted(comparison.traps - named))}",
                )
        for comparison in full.comparisons:
            if comparison.blurred:
                self._fail(
                    exercise.checks,
                    f"{comparison.what}: too close to tell apart: "
                    f"{', '.join(comparison.blurred)}",
                )

    def _learners_part(self, exercise: Exercise, space: dict[str, object]) -> None:
        """Look once at what a learner starts from: visible part and stub."""
        cell = exercise.solution
        stub = cut(cell.source, "SOLUTION", CODE_STUB)
        for hidden in (True, False):
            verdict = self._verdict(exercise, cell, stub, space, hidden=hidden)
            if verdict.share > 0:
                self._fail(cell, f"the stub alone earns {verdict.credit:g} points")
        for body in _EMPTY_BODIES:
            verdict = self._verdict(exercise, cell, _emptied(cell.source, body), space)
            if verdict.share > 0:
                self._fail(
                    cell,
                    f'functions that only "{body}" earn {verdict.credit:g} points',
                )

    def _wrong_answer(
        self, exercise: Exercise, wrong: WrongAnswer, space: dict[str, object]
    ) -> str:
        """Return what is amiss with a wrong answer, empty if all is well."""
        cell = wrong.cell
        with audit():
            verdict = self._verdict(exercise, cell, cell.source, space)
        problem = _recognition_problem(verdict, wrong)
        if problem:
            return problem
        distances: dict[str, float] = {}
        for item in verdict.comparisons:
            known = distances.get(item.variant, 0.0)
            distances[item.variant] = max(known, item.distance)
        if verdict.graded and len(distances) == 1:
            return f"stops the hidden part: {verdict.reasons[-1]}"
        for variant, distance in distances.items():
            if distance <= _APART:
                place = f"hidden part, variant {variant}" if variant else "visible part"
                return (
                    f"lies only {distance:.1f} tolerances from the right answer in the "
                    f"{place}"
                )
        return ""

    def _verdict(
        self,
        exercise: Exercise,
        cell: Cell,
        answer: str,
        space: dict[str, object],
        *,
        hidden: bool = True,
    ) -> Verdict:
        """Run an answer and the check cell in a copy of the notebook so far."""
        own = _copied(space)
        problem = self._execute(cell, answer, own)
        check = exercise.checks.source
        if not hidden:
            check = cut(check, "HIDDEN TESTS")
        with checks.use_messages(self._messages):
            problem = self._execute(exercise.checks, check, own) or problem
        verdict = own.get("_")
        if isinstance(verdict, Verdict):
            return verdict
        reason = problem or "the check cell does not end in check.verdict()"
        return Verdict(
            exercise=exercise.id, points=exercise.points, share=0.0, reasons=(reason,)
        )

    def _execute(self, cell: Cell, source: str, space: dict[str, object]) -> str:
        """Run a cell; its last value becomes ``_``. Return what stopped it."""
        space["_"] = None
        try:
            with _quiet():
                for code in self._compiled(cell, source):
                    exec(code, space)  # noqa: S102 - the author's own text
        except (Exception, SystemExit) as error:  # noqa: BLE001 - may raise anything
            return f"stopped with {type(error).__name__}: {error}"
        return ""

    def _compiled(self, cell: Cell, source: str) -> list[types.CodeType]:
        key = (cell.line, source)
        if key not in self._code:
            tree = ast.parse(source)
            last = tree.body[-1] if tree.body else None
            if isinstance(last, ast.Expr):
                target = ast.Name("_", ast.Store())
                tree.body[-1] = ast.Assign([target], last.value)
                ast.fix_missing_locations(tree)
            self._code[key] = [compile(tree, f"{cell.path.name}:{cell.line}", "exec")]
        return self._code[key]

    def _fail(self, cell: Cell, problem: str) -> None:
        text = f"{cell.path.name}:{cell.line}: {' '.join(problem.split())[:600]}"
        if not any(known.startswith(text[:60]) for known in self.failures):
            self.failures.append(text)


def _recognition_problem(verdict: Verdict, wrong: WrongAnswer) -> str:
    """Return what is amiss with the verdict on a wrong answer, empty if nothing.

    The verdict comes from an audit; what a learner sees of it is the first failure.
    """
    failed = [item for item in verdict.comparisons if not item.right]
    shown = verdict.reasons[0] if verdict.reasons else "it is accepted"
    if not failed or failed[0].trap != wrong.trap:
        return f"is taken for {failed[0].trap if failed else None}: {shown}"
    if failed[0].variant:
        return "is noticed by the hidden part only; the visible part accepts it"
    if verdict.share != wrong.credit:
        return (
            f"keeps {verdict.share:g} of the points, not {wrong.credit:g}; a trap that "
            "keeps credit must be named in the hidden part, too"
        )
    missing = _fields(wrong.message) - {"yours", "unit"} - failed[0].facts
    if missing:
        return f"has no fact for {', '.join(sorted(missing))} in its message"
    if _gives_away(shown, failed[0]):
        return f"prints the answer in its message: {shown}"
    return ""


def _emptied(source: str, body: str) -> str:
    """Return the functions of an answer, each with this line as its body."""
    names = [
        item.name
        for item in ast.parse(source).body
        if isinstance(item, ast.FunctionDef)
    ]
    return "\n".join(f"def {name}(*_, **__):\n    {body}\n" for name in names)


def _copied(space: dict[str, object]) -> dict[str, object]:
    """Copy a namespace with its tables, so that an answer can't change another's."""
    return {
        name: value.copy() if isinstance(value, pd.DataFrame | pd.Series) else value
        for name, value in space.items()
    }


def _namespace() -> dict[str, object]:
    return {"__name__": "__main__", "display": lambda *_: None}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with (
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error")
        yield


def _fields(message: str) -> set[str]:
    return {
        name.split(".")[0].split("[")[0]
        for _, name, _, _ in string.Formatter().parse(message)
        if name
    }


def _gives_away(text: str, failed: Comparison) -> bool:
    """Tell whether a message holds the expected value of the failed comparison."""
    text = text.replace(failed.yours, "")
    return any(
        re.search(rf"(?<![\d.,]){re.escape(form)}(?![\d.,]*\d)", text)
        for value in failed.expected
        for form in _forms(value)
    )


def _forms(value: float) -> list[str]:
    """Return how a message could print a value; small whole numbers say nothing."""
    if value == int(value):
        return [readable(value)] if abs(value) > 12 else []
    percent = [f"{readable(100 * value)}{space}%" for space in (" ", "")]
    return [readable(value), *(percent if abs(value) < 1 else [])]
