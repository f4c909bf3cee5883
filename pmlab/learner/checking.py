"""``pmlab check``: what grading will do, with the checks that a learner can see."""

import dataclasses
from collections.abc import Callable
from typing import Any, Literal

from pmlab.learner.headless import Ran, run
from pmlab.learner.verdict_words import verdict_words
from pmlab.learner.work import ExerciseWork, UnitWork, credit_shown

Status = Literal["passes", "partly", "not yet", "unanswered"]
VISIBLE_ONLY = (
    "Only the visible checks ran. Grading adds others: functions run on other data, a "
    "quiz has further questions."
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class CheckedExercise:
    """One exercise after its check.

    Attributes:
        id: Id of the exercise.
        title: Its heading.
        points: Most that can be had.
        credit: Points that its visible check gives now.
        status: How it stands.
        reasons: What the verdict says; empty if it passes.
    """

    id: str
    title: str
    points: float
    credit: float
    status: Status
    reasons: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class CheckedUnit:
    """A unit after its checks.

    Attributes:
        unit: Name of the unit.
        notebook: The notebook that was read.
        exercises: The exercises in the course's order.
        findings: What the learner should know about her notebook.
    """

    unit: str
    notebook: str
    exercises: tuple[CheckedExercise, ...]
    findings: tuple[str, ...]

    @property
    def credit(self) -> float:
        """Points that the visible checks give."""
        return sum(item.credit for item in self.exercises)

    @property
    def points(self) -> float:
        """Most that can be had."""
        return sum(item.points for item in self.exercises)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data, for ``--json``."""
        return {
            **dataclasses.asdict(self),
            "credit": self.credit,
            "points": self.points,
            "note": VISIBLE_ONLY,
        }


def check(
    work: UnitWork, *, on_exercise: Callable[[CheckedExercise], None] = lambda _: None
) -> CheckedUnit:
    """Run a unit's visible checks on the answers as they were saved.

    Args:
        work: The unit as the learner saved it.
        on_exercise: Called with each exercise as soon as its check is done.

    Returns:
        How each exercise stands. A notebook that can't be read has no answers.
    """
    waiting = {f"{item.id}-check": item for item in work.exercises}
    ended: set[str] = set()
    done: dict[str, CheckedExercise] = {}

    def note(ran: Ran) -> None:
        if ran.ended_python:
            ended.add(ran.id)
        if ran.id in waiting:
            item = waiting[ran.id]
            done[item.id] = _checked(item, ran, ended=item.id in ended)
            on_exercise(done[item.id])

    if work.readable:
        run(work, on_cell=note)
    return CheckedUnit(
        unit=work.entry.slug,
        notebook=str(work.path),
        exercises=tuple(
            done.get(item.id) or _checked(item, Ran("", ()), ended=False)
            for item in work.exercises
        ),
        findings=work.remarks,
    )


def _checked(item: ExerciseWork, ran: Ran, *, ended: bool) -> CheckedExercise:
    cell = {"outputs": [dict(output) for output in ran.outputs]}
    credit = credit_shown(cell, item.points) or 0.0
    reasons = tuple(verdict_words(cell)[1:])
    if ended:
        reasons = (
            "Your code ended Python itself, so nothing after it could run. Look for "
            "exit() or a step that needs more memory than there is.",
        )
    elif not item.answered:
        reasons = ("There is no answer yet.",)
    elif credit < item.points and not reasons:
        reasons = ("The check cell did not come to an end; is a loop without an end?",)
    return CheckedExercise(
        id=item.id,
        title=item.title,
        points=item.points,
        credit=credit,
        status=_status(item, credit),
        reasons=reasons if credit < item.points else (),
    )


def _status(item: ExerciseWork, credit: float) -> Status:
    if credit >= item.points:
        return "passes"
    if not item.answered:
        return "unanswered"
    return "partly" if credit > 0 else "not yet"
