"""How many winners are no winners: the risk behind a significant result."""

from typing import Literal

from pmlab import _arguments as check
from pmlab.experiments._distributions import checked_alpha


def false_positive_risk(
    success_rate: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    winners: Literal["one_direction", "both_directions"] = "one_direction",
) -> float:
    """Return the share of significant winners that have no effect at all.

    Risk = a (1 - s) / (a (1 - s) + power s), with s the success rate and a = alpha / 2,
    since of the false alarms of a two-sided test half look like winners;
    ``both_directions`` counts all of them, a = alpha.

    Assumes ideas either work, with the planned power, or do nothing.

    Args:
        success_rate: Share of tested ideas that truly work, a fraction.
        alpha: Two-sided level of the tests.
        power: Chance to see an idea that works.
        winners: ``one_direction`` (default) or ``both_directions``.

    Returns:
        The risk, a fraction.

    Raises:
        ValueError: If a rate is no fraction, or power is 0.

    Examples:
        >>> round(false_positive_risk(0.10), 2)
        0.22
        >>> round(false_positive_risk(0.10, winners="both_directions"), 2)
        0.36

    References:
        Kohavi, Deng, Vermeer (2022), A/B Testing Intuition Busters, KDD.
    """
    success = check.rate("success_rate", success_rate)
    power = check.positive("power", check.rate("power", power))
    check.choice("winners", winners, ("one_direction", "both_directions"))
    level = checked_alpha(alpha) / (2 if winners == "one_direction" else 1)
    false_alarms = level * (1 - success)
    return false_alarms / (false_alarms + power * success)
