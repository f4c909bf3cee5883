"""Net Promoter Score: the score, its error, and whether a change is real."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import narwhals.stable.v2 as nw

from pmlab import _arguments, formatting
from pmlab.metrics import _tables
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class NetPromoterScore(Result):
    """A Net Promoter Score with its error, in points from -100 to 100.

    Attributes:
        score: Percent of promoters minus percent of detractors.
        standard_error: In points.
        low: Lower end of the interval.
        high: Upper end of the interval.
        promoters: Customers who answered 9 or 10.
        passives: Customers who answered 7 or 8.
        detractors: Customers who answered 0 to 6.
        confidence_level: Of the interval.
    """

    score: float
    standard_error: float
    low: float
    high: float
    promoters: int
    passives: int
    detractors: int
    confidence_level: float

    @property
    def customers(self) -> int:
        """Customers who answered."""
        return self.promoters + self.passives + self.detractors

    def summary(self) -> str:
        """Return score, interval and base in words."""
        level = formatting.percent(self.confidence_level, digits=0)
        return (
            f"NPS {self.score:+.1f} points ({level} interval {self.low:+.1f} to "
            f"{self.high:+.1f}) from {formatting.count(self.customers)} customers: "
            f"{formatting.count(self.promoters)} promoters, "
            f"{formatting.count(self.passives)} passives, "
            f"{formatting.count(self.detractors)} detractors."
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class ScoreChange(Result):
    """The change between two Net Promoter Scores.

    Attributes:
        change: After minus before, in points.
        standard_error: In points.
        low: Lower end of the interval.
        high: Upper end of the interval.
        p_value: Two-sided.
        verdict: ``rose``, ``fell`` or ``not shown``.
        confidence_level: Of the interval and the verdict.
    """

    change: float
    standard_error: float
    low: float
    high: float
    p_value: float
    verdict: str
    confidence_level: float

    def summary(self) -> str:
        """Return the change and the verdict in words."""
        words = {
            "rose": "the score rose",
            "fell": "the score fell",
            "not shown": "a change is not shown, zero lies in the interval",
        }
        level = formatting.percent(self.confidence_level, digits=0)
        return (
            f"{self.change:+.1f} points ({level} interval {self.low:+.1f} to "
            f"{self.high:+.1f}, p = {self._p_words()}): {words[self.verdict]}."
        )

    def _p_words(self) -> str:
        return "below 0.0001" if self.p_value < 0.0001 else f"{self.p_value:.2g}"


def net_promoter_score(
    *, promoters: int, passives: int, detractors: int, confidence_level: float = 0.95
) -> NetPromoterScore:
    """Compute the Net Promoter Score and its error from counts.

    ``NPS = 100 (p - d)``, ``se = 100 sqrt((p + d - (p - d)²) / n)`` with p and d the
    shares of promoters and detractors.

    Where all answer alike the error is 0, which says nothing of those not asked; the
    interval then allows for as many others as could have been missed by chance.

    Assumes one answer per customer, and customers who answer like those who don't.

    Args:
        promoters: Customers who answered 9 or 10.
        passives: Customers who answered 7 or 8.
        detractors: Customers who answered 0 to 6.
        confidence_level: Of the interval, a fraction.

    Returns:
        Score, error and interval in points.

    Raises:
        ValueError: If a count is negative, or nobody answered.

    Examples:
        >>> net_promoter_score(promoters=162, passives=108, detractors=54)
        NPS +33.3 points (95 % interval +25.2 to +41.4) from 324 customers: 162
        promoters, 108 passives, 54 detractors.

    References:
        Reichheld, F. (2003). The one number you need to grow.
    """
    up = _arguments.whole("promoters", promoters)
    middle = _arguments.whole("passives", passives)
    down = _arguments.whole("detractors", detractors)
    level = _arguments.open_rate("confidence_level", confidence_level)
    people = up + middle + down
    if people == 0:
        raise ValueError("promoters + passives + detractors == 0, must be >= 1 answer")
    net = (up - down) / people
    variance = (up + down) / people - net**2
    error = 100 * math.sqrt(max(variance, 0.0) / people)
    low, high = _interval(100 * net, error, people, level)
    return NetPromoterScore(
        score=100 * net,
        standard_error=error,
        low=low,
        high=high,
        promoters=up,
        passives=middle,
        detractors=down,
        confidence_level=level,
    )


def _interval(
    score: float, error: float, people: int, level: float
) -> tuple[float, float]:
    if error > 0:
        reach = NormalDist().inv_cdf((1 + level) / 2) * error
        return max(score - reach, -100.0), min(score + reach, 100.0)
    # Clopper and Pearson: the largest share of others that n equal answers allow.
    others = 1 - ((1 - level) / 2) ** (1 / people)
    low = score - others * (score + 100)
    return low, score + others * (100 - score)


def net_promoter_score_of(
    responses: Any,  # noqa: ANN401
    *,
    confidence_level: float = 0.95,
    user_column: str = "user_id",
    time_column: str = "answered_at",
    score_column: str = "score",
) -> NetPromoterScore:
    """Compute the Net Promoter Score of a survey, the latest answer of each customer.

    Aggregated in the engine of ``responses``. Of two answers of one customer at the
    same moment the lower counts.

    Args:
        responses: A row for each answer: pandas, Polars, DuckDB relation or PySpark.
        confidence_level: Of the interval, a fraction.
        user_column: Name of the customer column.
        time_column: Name of the column with the time of the answer.
        score_column: Name of the column with the answer, whole numbers 0 to 10.

    Returns:
        Score, error and interval in points.

    Raises:
        ValueError: If scores are missing or no whole numbers from 0 to 10.

    Examples:
        >>> import pandas as pd
        >>> responses = pd.DataFrame({
        ...     "user_id": [1, 1, 2, 3],
        ...     "answered_at": pd.to_datetime(["2025-01-01", "2025-04-01",
        ...                                    "2025-04-02", "2025-04-03"]),
        ...     "score": [3, 9, 10, 6],
        ... })
        >>> net_promoter_score_of(responses).promoters
        2

    References:
        Reichheld, F. (2003). The one number you need to grow.
    """
    table = _tables.open_table(responses, user_column, time_column, score_column)
    _tables.zone_of(table, time_column)
    log = _tables.numbered(
        table, user=user_column, time=time_column, unit="instant", keep=score_column
    )
    log, _ = _tables.observed(log, None, what="responses")
    latest = (
        log.filter(nw.col("time") == nw.col("time").max().over("user"))
        .group_by("user")
        .agg(nw.col("kept").min())
    )
    counts = _tables.fetch(
        latest.select("kept").group_by("kept").agg(customers=nw.len())
    )
    all_scores = _tables.fetch(log.select("kept").unique())["kept"].tolist()
    for score in all_scores:
        if score not in range(11):
            raise ValueError(
                f"column {score_column!r} holds {score!r}, must hold whole numbers "
                "from 0 to 10"
            )
    scores, customers = counts["kept"], counts["customers"]
    return net_promoter_score(
        promoters=int(customers[scores >= 9].sum()),
        passives=int(customers[(scores >= 7) & (scores <= 8)].sum()),
        detractors=int(customers[scores <= 6].sum()),
        confidence_level=confidence_level,
    )


def score_change(before: NetPromoterScore, after: NetPromoterScore) -> ScoreChange:
    """Tell whether a Net Promoter Score changed, or only its sample.

    ``se = sqrt(se_before² + se_after²)``.

    Assumes different customers in both surveys; customers who answer twice make the
    true error smaller.

    Args:
        before: The earlier score.
        after: The later score, at the same confidence level.

    Returns:
        Change, interval and verdict.

    Raises:
        TypeError: If a score comes as a bare number, without its counts.
        ValueError: If the levels differ, or neither score has any spread.

    Examples:
        >>> before = net_promoter_score(promoters=40, passives=30, detractors=30)
        >>> after = net_promoter_score(promoters=42, passives=30, detractors=28)
        >>> score_change(before, after)
        +4.0 points (95 % interval -18.9 to +26.9, p = 0.73): a change is not shown,
        zero lies in the interval.

    References:
        Reichheld, F. (2003). The one number you need to grow.
    """
    for name, score in (("before", before), ("after", after)):
        if not isinstance(score, NetPromoterScore):
            raise TypeError(
                f"{name} == {score!r}, must be the result of net_promoter_score(...); "
                "a score without its counts has no error, so no change can be told"
            )
    if before.confidence_level != after.confidence_level:
        raise ValueError(
            f"after.confidence_level == {after.confidence_level}, must be that of "
            f"before ({before.confidence_level})"
        )
    error = math.hypot(before.standard_error, after.standard_error)
    if error == 0:
        raise ValueError(
            "both scores have a standard error of 0, must vary; everybody answered "
            "alike, ask more customers"
        )
    change = after.score - before.score
    normal = NormalDist()
    half = normal.inv_cdf((1 + before.confidence_level) / 2) * error
    low, high = change - half, change + half
    return ScoreChange(
        change=change,
        standard_error=error,
        low=low,
        high=high,
        p_value=math.erfc(abs(change) / error / math.sqrt(2)),
        verdict="rose" if low > 0 else "fell" if high < 0 else "not shown",
        confidence_level=before.confidence_level,
    )
