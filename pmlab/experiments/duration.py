"""How long must a test run: users needed, users who come, whole weeks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.results import Result

WEEK_DAYS = 7
LONGEST_DAYS = 365


@dataclass(frozen=True, kw_only=True, repr=False)
class Duration(Result):
    """Days a test has to run.

    Attributes:
        users_needed: Users the test needs, all arms together.
        users_reached: Users it will have seen at the end.
        days: Days to run.
        exact_days: First day on which the users are enough.
        whole_weeks: Whether ``days`` was lifted to whole weeks.
        basis: ``rate`` for a steady stream of new users, ``log`` for a daily log.
    """

    users_needed: int
    users_reached: int
    days: int
    exact_days: int
    whole_weeks: bool
    basis: str

    def summary(self) -> str:
        """Say how many days and why."""
        text = (
            f"{formatting.count(self.users_needed)} users have come after "
            f"{_plural(self.exact_days, 'day')}."
        )
        if self.days > LONGEST_DAYS:
            return (
                f"{text} That is {formatting.number(self.days / 365)} years, too long "
                "to run: look for a larger effect, a more frequent measure or more "
                "traffic."
            )
        if self.whole_weeks:
            weeks = self.days // WEEK_DAYS
            text += (
                f" Run {_plural(weeks, 'whole week')}, {self.days} days, so that each "
                "weekday counts equally; the test then has seen "
                f"{formatting.count(self.users_reached)} users."
            )
        return text


def days_needed(
    users_needed: float,
    *,
    new_users_per_day: float | Sequence[float],
    traffic_share: float = 1.0,
    whole_weeks: bool = True,
) -> Duration:
    """Return the days until enough users have met the test.

    Days = smallest d with traffic share x (new users of days 1 to d) >= users needed,
    then lifted to whole weeks.

    Assumes that each user counts once, on the first day of being eligible: a user who
    returns daily is no new user. With one number, that many come each day.

    Args:
        users_needed: Users needed in all arms together.
        new_users_per_day: Eligible users seen for the first time, per day: one number,
            or a list with one number for each day of a log.
        traffic_share: Share of the eligible users who are put into the test.
        whole_weeks: Lift the days to a multiple of 7.

    Returns:
        Days, users reached and the words for it.

    Raises:
        ValueError: If nobody comes, or if the log ends before the users are reached.

    Examples:
        >>> days_needed(65_208, new_users_per_day=1_500)
        65,208 users have come after 44 days. Run 7 whole weeks, 49 days, so that each
        weekday counts equally; the test then has seen 73,500 users.
        >>> days_needed(500, new_users_per_day=[200, 120, 90, 80, 60, 30, 20]).days
        7

    References:
        Kohavi, Tang, Xu (2020), Trustworthy Online Controlled Experiments, chapter 2.
    """
    needed = math.ceil(check.positive("users_needed", users_needed))
    share = check.rate("traffic_share", traffic_share)
    check.positive("traffic_share", share)
    if isinstance(new_users_per_day, Sequence | np.ndarray):
        reached = share * np.cumsum(_daily_users(new_users_per_day))
        return _from_log(needed, reached=reached, whole_weeks=whole_weeks)
    per_day = share * check.positive("new_users_per_day", new_users_per_day)
    exact_days = math.ceil(round(needed / per_day, 9))
    days = _lift_to_weeks(exact_days) if whole_weeks else exact_days
    return Duration(
        users_needed=needed,
        users_reached=round(per_day * days),
        days=days,
        exact_days=exact_days,
        whole_weeks=whole_weeks,
        basis="rate",
    )


def users_in(new_users_per_day: float | Sequence[float], *, days: object) -> float:
    """Return the users who come in some days, or raise if a log is too short."""
    number = check.whole("days", days, minimum=1)
    if not isinstance(new_users_per_day, Sequence | np.ndarray):
        return number * check.positive("new_users_per_day", new_users_per_day)
    daily = _daily_users(new_users_per_day)
    if number > len(daily):
        raise ValueError(
            f"days == {number}, must be at most the {_plural(len(daily), 'day')} of "
            "the log; or pass one number of users per day"
        )
    return check.positive("users of the log", daily[:number].sum())


def _daily_users(log: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    daily = check.finite_array("new_users_per_day", log)
    if (daily < 0).any():
        raise ValueError(
            f"new_users_per_day holds {daily.min():g}, must be >= 0; "
            "pass first-time users per day, not a difference or a running total"
        )
    return daily


def _from_log(
    needed: int,
    *,
    reached: np.ndarray[tuple[int], np.dtype[np.float64]],
    whole_weeks: bool,
) -> Duration:
    exact_days = int(np.searchsorted(reached, needed - 1e-9)) + 1
    days = _lift_to_weeks(exact_days) if whole_weeks else exact_days
    if days > len(reached):
        raise ValueError(
            f"new_users_per_day covers {_plural(len(reached), 'day')} and reaches "
            f"{reached[-1]:,.0f} users, must reach {needed:,} in "
            f"{'whole weeks' if whole_weeks else 'that time'}; pass a longer log, "
            "or one number for a steady stream"
        )
    return Duration(
        users_needed=needed,
        users_reached=round(float(reached[days - 1])),
        days=days,
        exact_days=exact_days,
        whole_weeks=whole_weeks,
        basis="log",
    )


def _lift_to_weeks(days: int) -> int:
    return math.ceil(days / WEEK_DAYS) * WEEK_DAYS


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
