"""Deadlines, late work, extensions and attempts: one table of settings for a course.

The table ``[grading]`` stands in ``course.toml``, or in a file ``grading.toml`` of any
other nbgrader course::

    [grading]
    late_loss_per_day = 0.1     # share of the score lost for each day begun
    late_loss_at_most = 0.5     # never more than this
    grace_minutes = 15          # this late costs nothing
    closed_after_days = 14      # later work earns nothing
    attempts = 3                # later hand-ins are kept, not graded

    [grading.due]
    03_market_sizing = 2026-11-20T23:59:00+01:00

    [grading.extension_days.03_market_sizing]
    ada = 3

Every key may be left out. Without a table nbgrader's own settings hold.
"""

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pmlab.errors import CourseError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, SubmittedAssignment

    from pmlab.grading.course_folder import CourseFolder

_DAY = 86_400.0
_KEYS = {
    "late_loss_per_day",
    "late_loss_at_most",
    "grace_minutes",
    "closed_after_days",
    "attempts",
    "due",
    "extension_days",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Policy:
    """What holds for one unit.

    Attributes:
        due: The deadline, with its time zone; None leaves the gradebook's.
        late_loss_per_day: Share of the score that each begun day late costs.
        late_loss_at_most: The most that lateness costs, before the unit closes.
        grace_seconds: Lateness that costs nothing.
        closed_after_days: Days late after which work earns nothing; None for never.
        attempts: How many hand-ins count; None for any number.
        extension_days: Days more for single learners.
    """

    due: dt.datetime | None = None
    late_loss_per_day: float = 0.0
    late_loss_at_most: float = 1.0
    grace_seconds: float = 0.0
    closed_after_days: float | None = None
    attempts: int | None = None
    extension_days: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def share_lost(self, seconds_late: float) -> float:
        """Return the share of the score that lateness costs.

        Args:
            seconds_late: Seconds after the learner's own deadline.

        Returns:
            From 0 to 1.

        Examples:
            >>> policy = Policy(late_loss_per_day=0.1, late_loss_at_most=0.5)
            >>> policy.share_lost(3600), policy.share_lost(90000)
            (0.1, 0.2)
        """
        if seconds_late <= self.grace_seconds:
            return 0.0
        days = seconds_late / _DAY
        if self.closed_after_days is not None and days > self.closed_after_days:
            return 1.0
        return min(self.late_loss_at_most, self.late_loss_per_day * math.ceil(days))


def read_policy(course: "CourseFolder", unit: str) -> Policy | None:
    """Read what a course says about deadlines and late work of a unit.

    Args:
        course: The course folder.
        unit: Full name of the unit.

    Returns:
        The policy, or None if the course has no table ``[grading]``.

    Raises:
        CourseError: If the table breaks a rule; names the key.
    """
    table = course.toml.get("grading")
    if table is None:
        return None
    place = f"{course.toml_path}, [grading]"
    if not isinstance(table, dict):
        raise CourseError(f"{place} must be a table of settings")
    unknown = sorted(table.keys() - _KEYS)
    if unknown:
        raise CourseError(
            f"{place} has unknown {', '.join(unknown)}; "
            f"it takes {', '.join(sorted(_KEYS))}"
        )
    closed = table.get("closed_after_days")
    attempts = table.get("attempts")
    if attempts is not None and (type(attempts) is not int or attempts < 1):
        raise CourseError(f"{place}: attempts == {attempts!r}, must be 1, 2, 3 or more")
    return Policy(
        due=_due(place, table, unit),
        late_loss_per_day=_amount(place, table, "late_loss_per_day", 0.0, most=1.0),
        late_loss_at_most=_amount(place, table, "late_loss_at_most", 1.0, most=1.0),
        grace_seconds=60 * _amount(place, table, "grace_minutes", 0.0),
        closed_after_days=None
        if closed is None
        else _amount(place, table, "closed_after_days", 0.0),
        attempts=attempts,
        extension_days=_extensions(place, table, unit),
    )


def apply_policy(
    course: "CourseFolder", unit: str, gradebook: "Gradebook"
) -> dict[str, float]:
    """Write deadline, extensions and late penalties of a unit into the gradebook.

    Penalties follow the score as it is now, with grades given by hand. Doing it again
    changes nothing.

    Args:
        course: The course folder.
        unit: Full name of the unit.
        gradebook: The open gradebook.

    Returns:
        The points lost, for each learner who loses some.
    """
    from nbgrader.api import MissingEntry

    policy = read_policy(course, unit)
    try:
        assignment = gradebook.find_assignment(unit)
    except MissingEntry:
        return {}
    if policy is None:
        return _kept_penalties(assignment.submissions)
    if policy.due is not None:
        assignment.duedate = _as_stored(policy.due)
    lost: dict[str, float] = {}
    for submission in assignment.submissions:
        learner = submission.student.id
        if learner in policy.extension_days:
            submission.extension = dt.timedelta(days=policy.extension_days[learner])
        share = policy.share_lost(submission.total_seconds_late)
        for notebook in submission.notebooks:
            points = round(share * notebook.score, 2)
            notebook.late_submission_penalty = points or None
            if points:
                lost[learner] = lost.get(learner, 0.0) + points
    gradebook.db.commit()
    return lost


def _kept_penalties(submissions: "list[SubmittedAssignment]") -> dict[str, float]:
    penalties = {
        submission.student.id: sum(
            notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks
        )
        for submission in submissions
    }
    return {learner: lost for learner, lost in penalties.items() if lost}


def _as_stored(moment: dt.datetime) -> dt.datetime:
    """Return a moment as nbgrader's database keeps it: UTC without a zone."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _amount(
    place: str,
    table: dict[str, Any],
    key: str,
    default: float,
    *,
    most: float = math.inf,
) -> float:
    value = table.get(key, default)
    if type(value) not in (int, float) or not 0 <= value <= most:
        limit = "0 or more" if most == math.inf else f"from 0 to {most:g}"
        raise CourseError(f"{place}: {key} == {value!r}, must be a number, {limit}")
    return float(value)


def _due(place: str, table: dict[str, Any], unit: str) -> dt.datetime | None:
    value = _subtable(place, table, "due").get(unit)
    if value is None:
        return None
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise CourseError(
            f"{place}: due of {unit} == {value}, must be a time with its zone, such as "
            "2026-11-20T23:59:00+01:00 (or …T22:59:00Z)"
        )
    return value


def _extensions(place: str, table: dict[str, Any], unit: str) -> dict[str, float]:
    found = _subtable(place, table, "extension_days").get(unit, {})
    if not isinstance(found, dict):
        raise CourseError(
            f"{place}: extension_days of {unit} must be a table, learner = days"
        )
    return {
        learner: _amount(f"{place}, extension_days of {unit}", found, learner, 0.0)
        for learner in found
    }


def _subtable(place: str, table: dict[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key, {})
    if not isinstance(found, dict):
        raise CourseError(f"{place}: {key} must be a table, [grading.{key}]")
    return found
