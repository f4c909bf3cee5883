"""What people say against what they were seen to do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import count, percent
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class SayDoGap(Result):
    """Median difference between stated and observed amounts.

    Attributes:
        median_gap: Median of stated - observed, in the unit of the columns.
        low: Lower end of the interval.
        high: Upper end of the interval.
        confidence: Confidence of the interval.
        median_stated: Median of the stated amounts.
        median_observed: Median of the observed amounts.
        people: Number of people.
        pairs: Number of pairs used.
        unanswered: Rows left out because a value is missing.
        draws: Number of bootstrap samples.
    """

    median_gap: float
    low: float
    high: float
    confidence: float
    median_stated: float
    median_observed: float
    people: int
    pairs: int
    unanswered: int
    draws: int

    def summary(self) -> str:
        """Return the gap in plain words."""
        direction = "more" if self.median_gap >= 0 else "less"
        missing = ""
        if self.unanswered:
            missing = f" {count(self.unanswered)} unanswered row(s) are left out."
        return (
            f"People state {abs(self.median_gap):.3g} {direction} than was observed "
            f"(median of {count(self.pairs)} pairs from {count(self.people)} people; "
            f"{percent(self.confidence, digits=0)} bootstrap interval {self.low:.3g} "
            f"to {self.high:.3g}).{missing}"
        )


def say_do_gap(
    data: "IntoFrame",
    *,
    person_column: str = "participant_id",
    stated_column: str = "stated_minutes",
    observed_column: str = "observed_minutes",
    confidence: float = 0.95,
    draws: int = 2_000,
    rng: int | np.random.Generator,
) -> SayDoGap:
    """Estimate how far statements are from observed behavior.

    Formula: median over pairs of stated - observed, with the percentile interval of a
    bootstrap that draws people with all their pairs.

    Assumptions: both values of a row are of the same person and task; people are
    independent of each other, their pairs need not be. "I don't know" is a missing
    value, not zero.

    Args:
        data: One row per person and task.
        person_column: Who it was.
        stated_column: What the person said.
        observed_column: What was seen.
        confidence: Confidence of the interval.
        draws: Number of bootstrap samples.
        rng: Seed or generator.

    Returns:
        The median gap with its interval. Rows with a missing value are left out and
        counted.

    Raises:
        ValueError: If fewer than two people have a pair or a value is negative.

    Examples:
        >>> log = pd.DataFrame({"participant_id": list("abcde")})
        >>> log["stated_minutes"] = [10, 20, 15, 30, 5]
        >>> log["observed_minutes"] = [22, 25, 35, 33, 19]
        >>> say_do_gap(log, rng=1).median_gap
        -12.0

    References:
        Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap.
    """
    level = check.open_rate("confidence", confidence)
    number = check.whole("draws", draws, minimum=100)
    frame = tables.read(data, person_column, stated_column, observed_column)
    tables.labels(frame, person_column)
    pairs = frame.dropna().reset_index(drop=True)
    if pairs[person_column].nunique() < 2:
        raise ValueError(
            f"{pairs[person_column].nunique()} people have a pair, must be at least 2"
        )
    stated, observed = (
        tables.numbers(pairs, column, rule="not_negative")
        for column in (stated_column, observed_column)
    )
    gap = stated - observed
    person, _ = pd.factorize(pairs[person_column])
    medians = _bootstrap_medians(gap, person, number, np.random.default_rng(rng))
    low, high = np.quantile(medians, [0.5 - level / 2, 0.5 + level / 2])
    return SayDoGap(
        median_gap=float(np.median(gap)),
        low=float(low),
        high=float(high),
        confidence=level,
        median_stated=float(np.median(stated)),
        median_observed=float(np.median(observed)),
        people=int(person.max()) + 1,
        pairs=gap.size,
        unanswered=len(frame) - len(pairs),
        draws=number,
    )


def _bootstrap_medians(
    gap: Floats,
    person: npt.NDArray[np.int64],
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Return medians of samples of people, each person with all rows."""
    people = int(person.max()) + 1
    times_drawn = rng.multinomial(people, np.full(people, 1 / people), size=draws)
    order = np.argsort(gap)
    running = times_drawn[:, person[order]].cumsum(axis=1)
    total = running[:, -1:]
    below = (running <= (total - 1) // 2).sum(axis=1)
    above = (running <= total // 2).sum(axis=1)
    medians: Floats = (gap[order][below] + gap[order][above]) / 2
    return medians
