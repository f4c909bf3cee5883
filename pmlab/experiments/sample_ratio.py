"""Do the arms have the sizes that were designed? The first gate of every test."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import (
    chi_square_p,
)
from pmlab.experiments.effect import p_words
from pmlab.results import Result

SRM_THRESHOLD = 0.001


@dataclass(frozen=True, kw_only=True, repr=False)
class SampleRatioCheck(Result):
    """Whether the arms have the sizes that were designed.

    Attributes:
        arms: Name of each arm.
        observed: Units seen in each arm.
        expected: Units that the design would give.
        statistic: Chi-square.
        p_value: Chance of a split this far off if assignment works.
        threshold: Below this p-value the test is blocked.
        trusted: Whether the split fits the design.
    """

    arms: tuple[str, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    statistic: float
    p_value: float
    threshold: float
    trusted: bool

    def summary(self) -> str:
        """Say whether effects may be read."""
        total = sum(self.observed)
        seen, planned = (
            " / ".join(formatting.percent(size / total, digits=2) for size in sizes)
            for sizes in (self.observed, self.expected)
        )
        facts = (
            f"{formatting.count(total)} users split {seen}, designed {planned}: "
            f"{p_words(self.p_value)}."
        )
        if self.trusted:
            return f"{facts} The split fits the design; effects may be read."
        return (
            f"{facts} Sample ratio mismatch (p < {self.threshold:g}): assignment or "
            "logging is broken. Read no effect; find the cause first."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each arm.

        Returns:
            Columns ``arm``, ``observed_users`` and ``expected_users``.
        """
        return pd.DataFrame(
            {
                "arm": self.arms,
                "observed_users": self.observed,
                "expected_users": self.expected,
            }
        )


def srm_check(
    observed_users: Mapping[str, int] | Sequence[int],
    *,
    designed_shares: Mapping[str, float] | Sequence[float] | None = None,
    threshold: float = SRM_THRESHOLD,
) -> SampleRatioCheck:
    """Return whether the sizes of the arms fit the designed split.

    Chi-square = sum (observed - expected)^2 / expected, arms - 1 degrees of freedom;
    p < 0.001 blocks the test.

    Assumes that the units counted are those that were randomized: users, not sessions.

    Args:
        observed_users: Randomized units in each arm, by name or as a list.
        designed_shares: Share of each arm by design, same form; equal if left out.
        threshold: P-value below which the test is blocked.

    Returns:
        The verdict with its p-value.

    Raises:
        ValueError: If there is one arm only, counts are negative or no whole numbers,
            or the shares do not add up to 1 or name other arms.

    Examples:
        >>> srm_check({"control": 50_315, "treatment": 49_122})
        99,437 users split 50.60 % / 49.40 %, designed 50.00 % / 50.00 %: p = 0.00015.
        Sample ratio mismatch (p < 0.001): assignment or logging is broken. Read no
        effect; find the cause first.
        >>> srm_check([9_020, 980], designed_shares=[0.9, 0.1]).trusted
        True

    References:
        Fabijan et al. (2019), Diagnosing Sample Ratio Mismatch in Online Controlled
        Experiments, KDD.
    """
    users = _named(observed_users)
    if len(users) < 2:
        raise ValueError(
            f"observed_users names {len(users)} arm(s) ({', '.join(users) or 'none'}), "
            "must name at least 2; without a comparison there is no test"
        )
    counts = {
        arm: check.whole(f"observed_users[{arm!r}]", number)
        for arm, number in users.items()
    }
    total = sum(counts.values())
    check.positive("sum of observed_users", total)
    shares = _checked_shares(designed_shares, tuple(counts))
    expected = tuple(total * share for share in shares)
    statistic = math.fsum(
        (seen - planned) ** 2 / planned
        for seen, planned in zip(counts.values(), expected, strict=True)
    )
    p_value = chi_square_p(statistic, degrees_of_freedom=len(counts) - 1)
    return SampleRatioCheck(
        arms=tuple(counts),
        observed=tuple(counts.values()),
        expected=expected,
        statistic=statistic,
        p_value=p_value,
        threshold=check.open_rate("threshold", threshold),
        trusted=p_value >= threshold,
    )


def _named(values: Mapping[str, int] | Sequence[int]) -> dict[str, int]:
    if isinstance(values, Mapping):
        return {str(name): number for name, number in values.items()}
    return {f"arm {i}": number for i, number in enumerate(values, start=1)}


def _checked_shares(
    shares: Mapping[str, float] | Sequence[float] | None, arms: tuple[str, ...]
) -> list[float]:
    if shares is None:
        return [1 / len(arms)] * len(arms)
    if isinstance(shares, Mapping):
        named = {str(name): share for name, share in shares.items()}
        if set(named) != set(arms):
            raise ValueError(
                f"designed_shares names {', '.join(named)}, must name the arms that "
                f"exist: {', '.join(arms)}"
            )
        listed = [named[arm] for arm in arms]
    else:
        listed = list(shares)
    if len(listed) != len(arms):
        raise ValueError(
            f"designed_shares has {len(listed)} entries, must have {len(arms)}, one "
            "for each arm"
        )
    checked = [check.open_rate("designed_shares", share) for share in listed]
    if abs(math.fsum(checked) - 1) > 1e-6:
        raise ValueError(
            f"designed_shares add up to {math.fsum(checked):g}, must add up to 1"
        )
    return checked
