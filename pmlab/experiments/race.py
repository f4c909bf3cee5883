"""A test that counts successes only: the first arm that is far enough ahead wins."""

import math
from dataclasses import dataclass

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import Sides
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class SuccessRace(Result):
    """Stopping rule by counts of successes.

    Attributes:
        successes: Give up when both arms together have this many successes.
        lead: Stop with a finding when treatment (or either arm) leads by this many.
        false_positive_rate: Exact chance of that without any effect.
        sides: ``one-sided`` or ``two-sided``.
    """

    successes: int
    lead: int
    false_positive_rate: float
    sides: str

    def summary(self) -> str:
        """Say the rule and its risk."""
        who = "treatment leads control" if self.sides == "one-sided" else "an arm leads"
        return (
            f"Stop with a finding when {who} by {self.lead} successes; give up when "
            f"both together have {formatting.count(self.successes)}. Without any "
            f"effect this finds one in {formatting.percent(self.false_positive_rate)} "
            "of tests, however often you look."
        )


def success_race(successes: int, *, sides: Sides = "one-sided") -> SuccessRace:
    """Return the lead in successes that ends a test early.

    Lead = 2 sqrt(N) one-sided, 2.25 sqrt(N) two-sided, rounded up.

    Assumes equal arms and small rates, so that each success falls to either arm like a
    fair coin if there is no effect.

    Args:
        successes: Successes of both arms at which to give up, N.
        sides: ``one-sided`` (default: treatment better) or ``two-sided``.

    Returns:
        The lead and its exact false positive rate.

    Raises:
        ValueError: If successes are not a whole number of at least 10.

    Examples:
        >>> race = success_race(1_000)
        >>> race.lead, round(race.false_positive_rate, 3)
        (64, 0.043)

    References:
        Miller (2015), Simple Sequential A/B Testing.
    """
    number = check.whole("successes", successes, minimum=10)
    check.choice("sides", sides, ("one-sided", "two-sided"))
    factor = 2.0 if sides == "one-sided" else 2.25
    lead = math.ceil(factor * math.sqrt(number))
    return SuccessRace(
        successes=number,
        lead=lead,
        false_positive_rate=_crossing_rate(number, lead=lead, sides=sides),
        sides=sides,
    )


def _crossing_rate(steps: int, *, lead: int, sides: str) -> float:
    """Return the chance that a fair walk reaches the lead, by reflection."""
    from scipy.stats import binom

    def beyond(level: float) -> float:
        return float(binom.sf(math.ceil((steps + level) / 2) - 1, steps, 0.5))

    def reached(level: float) -> float:
        return beyond(level) + beyond(level + 1)

    if sides == "one-sided":
        return reached(lead)
    terms = range(steps // lead + 1)
    return math.fsum((-1) ** k * 2 * reached((2 * k + 1) * lead) for k in terms)
