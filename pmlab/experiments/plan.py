"""The plan of a test as the sample size functions return it: users, days, words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments.duration import Duration, days_needed
from pmlab.experiments.power import VARIANCE_WORDS
from pmlab.results import Result

Rounding = Literal["up", "nearest"]


@dataclass(frozen=True, kw_only=True, repr=False)
class SamplePlan(Result):
    """Users and days that a test needs.

    Attributes:
        metric: ``rate`` or ``mean``.
        baseline: Value without the change; None if only a difference was given.
        target: Value with the effect that the test must be able to see.
        absolute_lift: Target minus baseline (rates: fraction, not percent).
        relative_lift: The same as a share of the baseline; None without a baseline.
        control_users: Users in the control arm, rounded.
        treatment_users: Users in the treatment arm, rounded.
        exact_control_users: Users in the control arm before rounding.
        total_users: Both arms together.
        treatment_share: Share of the users who get the change.
        alpha: Accepted risk of a false alarm.
        power: Chance to see the effect if it is there.
        sides: ``two-sided`` or ``one-sided``.
        convention: Name of the variance (rates) or distribution (means).
        rounding: ``up`` or ``nearest``.
        design_effect: Factor for randomizing clusters, 1 for users.
        duration: Days to run; None if the users per day were not given.
        note: What to check, such as a lift that looks like percent; or empty.
    """

    metric: str
    baseline: float | None
    target: float | None
    absolute_lift: float
    relative_lift: float | None
    control_users: int
    treatment_users: int
    exact_control_users: float
    total_users: int
    treatment_share: float
    alpha: float
    power: float
    sides: str
    convention: str
    rounding: str
    design_effect: float
    duration: Duration | None
    note: str = ""

    @property
    def users_per_arm(self) -> int:
        """Users in each arm; in the smaller arm if the split is unequal."""
        return min(self.control_users, self.treatment_users)

    @property
    def days(self) -> int | None:
        """Days to run, None if the users per day were not given."""
        return None if self.duration is None else self.duration.days

    def summary(self) -> str:
        """Say users, days and conventions in words."""
        power = formatting.percent(self.power, digits=_digits(self.power))
        alpha = formatting.percent(self.alpha, digits=_digits(self.alpha))
        parts = [self.note] if self.note else []
        parts.append(
            f"To see {self._effect_words()} with {power} power at a {self.sides} "
            f"{alpha} level, the test needs {self._users_words()}."
        )
        if self.duration is not None:
            parts.append(self.duration.summary())
        if self.design_effect > 1:
            factor = f"{self.design_effect:.2f}"
            parts.append(f"Randomizing clusters multiplies the users by {factor}.")
        words = VARIANCE_WORDS.get(self.convention, f"{self.convention} distribution")
        ending = ", rounded to the nearest user" if self.rounding == "nearest" else ""
        parts.append(f"Convention: {words}{ending}.")
        return " ".join(parts)

    def to_frame(self) -> pd.DataFrame:
        """Return the plan as a table.

        Returns:
            One row with all fields and the days to run.
        """
        return pd.DataFrame([{**self._plain_fields(), "days": self.days}])

    def _users_words(self) -> str:
        total = f"{formatting.count(self.total_users)} in total"
        if self.control_users == self.treatment_users:
            return f"{formatting.count(self.control_users)} users per arm, {total}"
        return (
            f"{formatting.count(self.control_users)} control and "
            f"{formatting.count(self.treatment_users)} treatment users, {total}"
        )

    def _effect_words(self) -> str:
        if self.baseline is None or self.target is None:
            return f"a difference of {self.absolute_lift:g}"
        if self.metric == "rate":
            change = (
                f"{formatting.percent(self.baseline, digits=2)} become "
                f"{formatting.percent(self.target, digits=2)}"
            )
            points = f"{100 * self.absolute_lift:+.2f} percentage points"
        else:
            change = f"{self.baseline:g} become {self.target:g}"
            points = f"{self.absolute_lift:+g}"
        if self.relative_lift is None:
            return f"{change} ({points})"
        return f"{change} ({100 * self.relative_lift:+.1f} % relative, {points})"


def make_plan(
    *,
    metric: str,
    baseline: float | None,
    target: float | None,
    absolute_lift: float,
    users: float,
    alpha: float,
    power: float,
    sides: str,
    convention: str,
    treatment_share: float,
    rounding: str,
    factor: float,
    new_users_per_day: float | Sequence[float] | None,
    traffic_share: float,
    note: str = "",
) -> SamplePlan:
    """Round the users, add the days and return the plan."""
    check.choice("rounding", rounding, ("up", "nearest"))
    exact = users * factor
    control = _rounded(exact, rounding)
    treatment = _rounded(exact * arm_ratio(treatment_share), rounding)
    total = control + treatment
    duration = None
    if new_users_per_day is not None:
        duration = days_needed(
            total, new_users_per_day=new_users_per_day, traffic_share=traffic_share
        )
    return SamplePlan(
        metric=metric,
        baseline=baseline,
        target=target,
        absolute_lift=absolute_lift,
        relative_lift=absolute_lift / abs(baseline) if baseline else None,
        control_users=control,
        treatment_users=treatment,
        exact_control_users=exact,
        total_users=total,
        treatment_share=treatment_share,
        alpha=alpha,
        power=power,
        sides=sides,
        convention=convention,
        rounding=rounding,
        design_effect=factor,
        duration=duration,
        note=note,
    )


def arm_ratio(treatment_share: float) -> float:
    """Return treated users per control user."""
    share = check.open_rate("treatment_share", treatment_share)
    return share / (1 - share)


def _rounded(users: float, rounding: str) -> int:
    # A hair's breadth of rounding error must not cost a user.
    return math.ceil(round(users, 6)) if rounding == "up" else max(round(users), 1)


def _digits(fraction: float) -> int:
    return 0 if round(100 * fraction, 6) == round(100 * fraction) else 1
