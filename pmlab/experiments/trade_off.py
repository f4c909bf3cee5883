"""What a smaller or a larger effect costs: users and weeks side by side."""

from dataclasses import dataclass

import pandas as pd

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments.design import sample_size
from pmlab.experiments.duration import WEEK_DAYS
from pmlab.experiments.plan import SamplePlan
from pmlab.results import Result

STEPS = (0.5, 0.75, 1.0, 1.5, 2.0)
LONGEST_WEEKS = 52


@dataclass(frozen=True, kw_only=True, repr=False)
class SizeTradeOff(Result):
    """Users and weeks for several effects around the planned one.

    Attributes:
        plan: The plan for the effect that was asked for.
        relative_lifts: Effects as shares of the baseline, from small to large.
        users_per_arm: Users in each arm, for each effect.
        weeks: Whole weeks to run, for each effect.
    """

    plan: SamplePlan
    relative_lifts: tuple[float, ...]
    users_per_arm: tuple[int, ...]
    weeks: tuple[int, ...]

    def summary(self) -> str:
        """Say the plan, and what half or twice the effect would take."""
        lift = self.plan.relative_lift or 0.0
        baseline, target = self.plan.baseline or 0.0, self.plan.target or 0.0
        weeks = dict(zip(STEPS, self.weeks, strict=False))
        power = formatting.percent(self.plan.power, digits=0)
        text = (
            f"To see {formatting.percent(baseline, digits=2)} become "
            f"{formatting.percent(target, digits=2)} ({100 * lift:+.3g} % relative) "
            f"with {power} power, each arm needs "
            f"{formatting.count(self.plan.users_per_arm)} users: {_weeks(weeks[1.0])}. "
            f"Half the effect would take {_weeks(weeks[0.5])}"
        )
        if 2.0 in weeks:
            text += f", twice the effect {_weeks(weeks[2.0])}"
        if weeks[1.0] > LONGEST_WEEKS:
            text += (
                ". More than a year is too long to run: look for a larger effect, a "
                "more frequent measure or more traffic"
            )
        return f"{text}."

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each effect.

        Returns:
            Columns ``relative_lift`` (a share), ``users_per_arm`` and ``weeks``.
        """
        return pd.DataFrame(
            {
                "relative_lift": self.relative_lifts,
                "users_per_arm": self.users_per_arm,
                "weeks": self.weeks,
            }
        )


def size_trade_off(
    baseline_rate: float,
    *,
    relative_lift: float,
    new_users_per_day: float,
    alpha: float = 0.05,
    power: float = 0.8,
    traffic_share: float = 1.0,
) -> SizeTradeOff:
    """Return users and weeks for an effect, and for half to twice that effect.

    Each row is a ``sample_size`` with its whole weeks: users grow about with the
    inverse square of the effect, so half the effect takes four times the users.

    Assumes a steady stream of new users and the assumptions of ``sample_size``.

    Args:
        baseline_rate: Rate without the change, a fraction.
        relative_lift: Smallest lift worth seeing as a share of the baseline.
        new_users_per_day: Eligible users seen for the first time, per day.
        alpha: Accepted risk of a false alarm, two-sided.
        power: Wanted chance to see the effect if it is there.
        traffic_share: Share of the eligible users who are put into the test.

    Returns:
        Effects with users per arm and weeks; effects beyond 100 % are left out.

    Raises:
        ValueError: If a value is out of range.

    Examples:
        >>> size_trade_off(0.048, relative_lift=0.10, new_users_per_day=1_500)
        To see 4.80 % become 5.28 % (+10 % relative) with 80 % power, each arm needs
        32,605 users: 7 weeks. Half the effect would take 25 weeks, twice the effect
        2 weeks.

    References:
        Kohavi, Longbotham, Sommerfield, Henne (2009), Controlled experiments on the
        web, Data Mining and Knowledge Discovery 18.
    """
    check.positive("new_users_per_day", new_users_per_day)
    check.number("relative_lift", relative_lift)
    lifts = [
        factor * relative_lift
        for factor in STEPS
        if factor <= 1 or 0 < baseline_rate * (1 + factor * relative_lift) < 1
    ]
    plans = [
        sample_size(
            baseline_rate,
            relative_lift=lift,
            new_users_per_day=new_users_per_day,
            alpha=alpha,
            power=power,
            traffic_share=traffic_share,
        )
        for lift in lifts
    ]
    return SizeTradeOff(
        plan=plans[STEPS.index(1.0)],
        relative_lifts=tuple(lifts),
        users_per_arm=tuple(plan.users_per_arm for plan in plans),
        weeks=tuple((plan.days or 0) // WEEK_DAYS for plan in plans),
    )


def _weeks(number: int) -> str:
    return "1 week" if number == 1 else f"{number:,} weeks"
