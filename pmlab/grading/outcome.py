"""What grading found for one submission; read back from the graded notebook."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

Status = Literal["graded", "partial", "timeout", "crashed", "tampered", "malformed"]
STATUSES: tuple[Status, ...] = (
    "graded",
    "partial",
    "timeout",
    "crashed",
    "tampered",
    "malformed",
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class CheckOutcome:
    """What one check cell gave.

    Attributes:
        exercise: Id of the exercise; the id of the cell in other courses.
        cell: Id of the check cell.
        points: Most that can be had.
        credit: Points earned.
        trap: Id of the known wrong answer, if one was recognized.
        reasons: Paragraphs for the learner; nothing of a hidden test is in them.
        hidden: Whether it is a hidden test that was not passed.
        visible_share: Share of the points that the visible part alone would give.
        notes: Remarks that cost nothing.
    """

    exercise: str
    cell: str
    points: float
    credit: float
    trap: str | None = None
    reasons: tuple[str, ...] = ()
    hidden: bool = False
    visible_share: float = 0.0
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """What grading found for one submission.

    Attributes:
        status: ``"graded"``: everything ran. ``"partial"``: something was cut short.
            ``"timeout"`` and ``"crashed"``: some of the learner's code did not end, or
            ended the program; the rest is graded. ``"tampered"``: locked parts were
            changed; graded on the instructor's. ``"malformed"``: no readable notebook.
        findings: What the instructor should know, as sentences.
        tier: The kind of sandbox.
        variant: The variant of the case; empty for the default one.
        seconds: Wall time.
        key: Hash of submission, instructor's version and environment.
        checks: The check cells in order.
    """

    status: Status
    findings: tuple[str, ...] = ()
    tier: str = ""
    variant: str = ""
    seconds: float = 0.0
    key: str = ""
    checks: tuple[CheckOutcome, ...] = ()

    @property
    def credit(self) -> float:
        """Points of all check cells together."""
        return round(sum(check.credit for check in self.checks), 2)

    @property
    def points(self) -> float:
        """Most points that the check cells give."""
        return sum(check.points for check in self.checks)

    def to_metadata(self) -> dict[str, Any]:
        """Return what the notebook keeps, without the check cells."""
        kept = dataclasses.asdict(self)
        del kept["checks"]
        return {**kept, "findings": list(self.findings)}


def check_metadata(check: CheckOutcome) -> dict[str, Any]:
    """Return what a check cell's output keeps."""
    kept = dataclasses.asdict(check)
    return {"pmlab": {**kept, "reasons": list(check.reasons)}}


def read_outcome(notebook: Mapping[str, Any]) -> Outcome | None:
    """Read the outcome back from a graded notebook.

    Args:
        notebook: A notebook of ``autograded/`` as read from JSON.

    Returns:
        The outcome; None if pmlab did not grade it.
    """
    kept = notebook.get("metadata", {}).get("pmlab", {}).get("grading")
    if not isinstance(kept, dict):
        return None
    found = [
        output["metadata"]["pmlab"]
        for cell in notebook.get("cells", [])
        for output in cell.get("outputs", [])
        if "exercise" in output.get("metadata", {}).get("pmlab", {})
    ]
    names = {field.name for field in dataclasses.fields(CheckOutcome)}
    checks = [
        CheckOutcome(**_tuples({k: v for k, v in item.items() if k in names}))
        for item in found
    ]
    names = {field.name for field in dataclasses.fields(Outcome)} - {"checks"}
    about = _tuples({key: value for key, value in kept.items() if key in names})
    return Outcome(**about, checks=tuple(checks))


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in fields.items()
    }
