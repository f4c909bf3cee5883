"""The block around the comparisons of one exercise: credit, reasons, and calm.

Whatever the learner's code does inside the block (raise, warn, print, return nothing)
ends in a verdict with a reason. The first comparison that keeps no credit ends the
block; later ones would only repeat it.
"""

import contextlib
import contextvars
import dataclasses
import os
import sys
import textwrap
from collections.abc import Hashable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pmlab.checks import broken_cells, faults, messages, plain, quiet, slips, variants
from pmlab.checks import comparison as compare
from pmlab.checks.comparison import Comparison
from pmlab.checks.slips import Tolerance
from pmlab.checks.verdict import Verdict

if TYPE_CHECKING:
    import pandas as pd

_audit = contextvars.ContextVar("pmlab_audit", default=False)


@contextlib.contextmanager
def audit() -> Iterator[None]:
    """Make all comparisons of a check cell, also after a failed one.

    ``pmlab author verify`` uses this to see how far a wrong answer is off everywhere.
    """
    token = _audit.set(True)
    try:
        yield
    finally:
        _audit.reset(token)


class _EndOfBlock(Exception):  # noqa: N818
    """A comparison failed and keeps no credit."""


def exercise(exercise_id: str, *, points: float, read: str = "") -> "Exercise":
    """Open the check of one exercise, for use in a ``with`` statement.

    Args:
        exercise_id: The id in the unit's text; finds the messages.
        points: Most that can be had.
        read: Where a learner finds the idea, such as ``"Lesson 03, section 2"``.

    Returns:
        The check; call its comparisons inside the block and ``verdict()`` after it.

    Examples:
        >>> with exercise("demo", points=5) as check:
        ...     check.number(99.9, 100, what="the price")
        >>> check.verdict().status
        'passes'
    """
    return Exercise(exercise_id, points=points, read=read)


class Exercise:
    """A check in progress; made by ``exercise``."""

    def __init__(self, exercise_id: str, *, points: float, read: str) -> None:
        self._id = exercise_id
        self._points = points
        self._read = read
        self._messages = messages.current().of(exercise_id)
        self._share = 1.0
        self._trap: str | None = None
        self._reasons: list[str] = []
        self._told: set[str] = set()
        self._tables: dict[str, pd.DataFrame] = {}
        self._comparisons: list[Comparison] = []
        self._notes: list[str] = []
        self._calm = contextlib.ExitStack()
        self._finished = False

    def __enter__(self) -> Self:
        self._drawn_before = variants.times_drawn()
        self._used = broken_cells.names_used(sys._getframe(1).f_code)
        self._heard = quiet.enter(self._calm)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self._calm.close()
        self._finished = True
        self._note_warnings()
        stays_calm = self._judge_end(error, traceback)
        self._note_broken_cell()
        return stays_calm

    def _judge_end(
        self, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        """Turn what ended the block into credit and a reason; tell if it stops here."""
        if error is None:
            if not self._comparisons:
                self._fail("This check cell compares nothing.", share=0.0)
            return False
        if isinstance(error, _EndOfBlock):
            return True
        if isinstance(error, Exception | SystemExit):
            self._fail(faults.explain(error, traceback), share=0.0)
            return True
        self._fail("The check was interrupted. Run the cell again.", share=0.0)
        return False

    def show(self, name: str, table: "pd.DataFrame") -> None:
        """Let a learner look at a table of the check under a failing verdict.

        Args:
            name: What it is, such as ``"the small table"``.
            table: The table; a copy is kept as it is now.
        """
        self._tables[name] = table.copy()

    @contextlib.contextmanager
    def part(self, what: str, *, keeps: float) -> Iterator[None]:
        """Bound what an error costs: one of two functions may stop, the rest counts.

        Args:
            what: Which part it is, in words.
            keeps: Share of the points that stays if the code of this part stops.
        """
        try:
            yield
        except _EndOfBlock:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - learner's code
            below = error.__traceback__ and error.__traceback__.tb_next
            stopped = Comparison(
                what=what, right=False, yours="", problem=faults.explain(error, below)
            )
            self._judge(stopped, facts=None, idea="", keeps=keeps)

    def number(
        self,
        value: object,
        expected: float,
        *,
        what: str = "your answer",
        unit: str = "",
        tolerance: float = 0.005,
        absolute: float | None = None,
        traps: Mapping[str, float] | None = None,
        facts: Mapping[str, object] | None = None,
        idea: str = "",
        keeps: float = 0.0,
    ) -> None:
        """Compare one number.

        Args:
            value: The learner's number; only exact Python and NumPy numbers count.
            expected: The right number.
            what: What is asked for, in words; stands in the messages.
            unit: Unit, for the messages.
            tolerance: Accepted relative distance from ``expected``.
            absolute: Accepted absolute distance instead; needed if ``expected`` is 0.
            traps: The number each known wrong answer gives here.
            facts: Further values for the messages of traps.
            idea: A sentence for an unknown wrong number; never the answer.
            keeps: Share of the points that stays if only this comparison fails.
        """
        self._judge(
            compare.compare_numbers(
                value,
                {"": expected},
                what=what,
                unit=unit,
                tolerance=Tolerance(tolerance, absolute),
                traps={name: {"": wrong} for name, wrong in (traps or {}).items()},
            ),
            facts=facts,
            idea=idea,
            keeps=keeps,
        )

    def interval(
        self,
        value: object,
        expected: tuple[float, float],
        *,
        what: str = "your interval",
        unit: str = "",
        tolerance: float = 0.005,
        absolute: float | None = None,
        traps: Mapping[str, tuple[float, float]] | None = None,
        facts: Mapping[str, object] | None = None,
        idea: str = "",
        keeps: float = 0.0,
    ) -> None:
        """Compare a low and a high end; arguments as in ``number``."""
        ends = ("low", "high")
        self._judge(
            compare.compare_intervals(
                value,
                dict(zip(ends, expected, strict=True)),
                what=what,
                unit=unit,
                tolerance=Tolerance(tolerance, absolute),
                traps={
                    name: dict(zip(ends, wrong, strict=True))
                    for name, wrong in (traps or {}).items()
                },
            ),
            facts=facts,
            idea=idea,
            keeps=keeps,
        )

    def record(
        self,
        value: object,
        expected: Mapping[str, float],
        *,
        what: str = "your numbers",
        unit: str = "",
        tolerance: float = 0.005,
        absolute: float | None = None,
        traps: Mapping[str, Mapping[str, float]] | None = None,
        facts: Mapping[str, object] | None = None,
        idea: str = "",
        keeps: float = 0.0,
    ) -> None:
        """Compare a dictionary of numbers that has the expected keys.

        Further keys are left alone. A trap may name only the keys in which the wrong
        idea shows. The other arguments are those of ``number``.
        """
        self._judge(
            compare.compare_numbers(
                value,
                expected,
                what=what,
                unit=unit,
                tolerance=Tolerance(tolerance, absolute),
                traps=traps or {},
            ),
            facts=facts,
            idea=idea,
            keeps=keeps,
        )

    def choice(
        self,
        value: object,
        expected: str,
        *,
        options: Sequence[str],
        what: str = "your decision",
        traps: Mapping[str, str] | None = None,
        facts: Mapping[str, object] | None = None,
        idea: str = "",
        keeps: float = 0.0,
    ) -> None:
        """Compare a decision, one of a few words.

        Args:
            value: The learner's text.
            expected: The right option.
            options: All options.
            what: What is decided, in words.
            traps: The option each known wrong idea leads to here.
            facts: Further values for the messages of traps.
            idea: A sentence for a wrong decision without a trap; never the answer.
            keeps: Share of the points that stays if only this comparison fails.
        """
        self._judge(
            compare.compare_labels(
                value,
                {"": expected},
                what=what,
                options=options,
                traps={name: {"": wrong} for name, wrong in (traps or {}).items()},
            ),
            facts=facts,
            idea=idea,
            keeps=keeps,
        )

    def labels(
        self,
        value: object,
        expected: Mapping[str, str],
        *,
        options: Sequence[str],
        what: str = "your labels",
        traps: Mapping[str, Mapping[str, str]] | None = None,
        facts: Mapping[str, object] | None = None,
        idea: str = "",
        keeps: float = 0.0,
    ) -> None:
        """Compare a dictionary of labels; arguments as in ``choice``."""
        self._judge(
            compare.compare_labels(
                value, expected, what=what, options=options, traps=traps or {}
            ),
            facts=facts,
            idea=idea,
            keeps=keeps,
        )

    def ranking(
        self,
        value: object,
        expected: Sequence[Hashable],
        *,
        what: str = "your order",
        traps: Mapping[str, Sequence[Hashable]] | None = None,
        facts: Mapping[str, object] | None = None,
        idea: str = "",
        keeps: float = 0.0,
    ) -> None:
        """Compare an ordered list; arguments as in ``choice``."""
        self._judge(
            compare.compare_ranking(value, expected, what=what, traps=traps or {}),
            facts=facts,
            idea=idea,
            keeps=keeps,
        )

    def fields(
        self, value: object, keys: Sequence[str], *, what: str
    ) -> Mapping[str, object]:
        """Return a dictionary whose values need comparisons of different kinds.

        A missing key or another kind of value ends the block with a sentence that
        says so; further keys are left alone.

        Args:
            value: The learner's answer.
            keys: The keys asked for.
            what: What is asked for, in words; stands in the messages.

        Returns:
            The dictionary.
        """
        try:
            return plain.record(value, keys, what)
        except plain.WrongKindError as error:
            wrong = Comparison(what=what, right=False, yours="", problem=str(error))
            self._judge(wrong, facts=None, idea="", keeps=0.0)
            return dict.fromkeys(keys)

    def table(
        self,
        value: object,
        expected: "pd.DataFrame",
        *,
        what: str = "your table",
        tolerance: float = 0.005,
        absolute: float | None = None,
        traps: "Mapping[str, pd.DataFrame] | None" = None,
        facts: Mapping[str, object] | None = None,
        idea: str = "",
        keeps: float = 0.0,
    ) -> None:
        """Compare a table: columns by name, rows in order.

        The other arguments are those of ``number``.
        """
        self._judge(
            compare.compare_tables(
                value,
                expected,
                what=what,
                tolerance=Tolerance(tolerance, absolute),
                traps=traps or {},
            ),
            facts=facts,
            idea=idea,
            keeps=keeps,
        )

    def verdict(self) -> Verdict:
        """Return credit and reasons; the last line of a check cell."""
        verdict = Verdict(
            exercise=self._id,
            points=self._points,
            share=self._share if self._finished else 0.0,
            graded=variants.times_drawn() > self._drawn_before,
            trap=self._trap,
            reasons=tuple(self._reasons),
            notes=tuple(self._notes),
            read=self._read,
            tables=self._tables,
            comparisons=tuple(self._comparisons),
        )
        if verdict.share < 1 and os.environ.get("NBGRADER_VALIDATING"):
            _tell_validate(verdict)
        return verdict

    def _judge(
        self,
        result: Comparison,
        *,
        facts: Mapping[str, object] | None,
        idea: str,
        keeps: float,
    ) -> None:
        if not 0 <= keeps < 1:
            raise ValueError(f"keeps == {keeps!r}, must be in [0, 1)")
        result = dataclasses.replace(
            result, facts=frozenset(facts or {}), variant=variants.current()
        )
        self._comparisons.append(result)
        if result.right:
            return
        trap = self._messages.traps.get(result.trap or "")
        if trap is not None:
            known = {**(facts or {}), "yours": result.yours, "unit": result.unit}
            message = messages.fill(trap.message, known)
            share = max(trap.credit, keeps)
        else:
            message, share = self._unknown(result, idea), keeps
        told = trap is not None and result.trap in self._told
        self._told.add(result.trap or "")
        if self._trap is None:
            self._trap = result.trap
        self._fail("" if told else message, share=share)
        if share == 0 and not _audit.get():
            raise _EndOfBlock

    def _unknown(self, result: Comparison, idea: str) -> str:
        if result.problem and not result.yours:
            return result.problem
        parts = [f"You have {result.yours} for {result.what}."]
        if result.problem:
            parts.append(result.problem)
            if idea and result.problem == slips.LOOKS_ROUNDED:
                parts.append("If you did not:")
        elif variants.times_drawn() > self._drawn_before and not self._reasons:
            parts.append(
                "On these data, which you have not seen, that is not right, although "
                "the small table works. Is a number typed in that should be computed, "
                "or a rare row treated like the others?"
            )
        else:
            parts.append("That is not right for these data.")
        return " ".join([*parts, idea]).strip()

    def _fail(self, message: str, *, share: float) -> None:
        self._share = min(self._share, share)
        if message and message not in self._reasons:
            self._reasons.append(message)

    def _note_broken_cell(self) -> None:
        """Say that her last version never ran; what was checked is an older one."""
        told = broken_cells.unread(self._used)
        if told and self._share < 1:
            self._reasons = [told]
        elif told:
            self._notes.append(told)

    def _note_warnings(self) -> None:
        texts = self._heard()
        shown = list(dict.fromkeys(text.strip() for text in texts if text.strip()))[:3]
        self._notes += [f"your code warned: {text[:300]}" for text in shown]


def _tell_validate(verdict: Verdict) -> None:
    """Write the reason where nbgrader's Validate button looks for it.

    It shows what a failing cell wrote to stderr, cut at 87 columns.
    """
    for line in verdict.text.splitlines():
        print(textwrap.fill(line, width=80), file=sys.stderr)  # noqa: T201
