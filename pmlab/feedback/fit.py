"""The fit question: how would you feel if you could no longer use it?"""

from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from pmlab import _arguments, _tables, formatting
from pmlab.metrics.conversion import proportion
from pmlab.results import Result

Verdict = Literal["pass", "fail", "not yet known"]

_WORDS = {
    "pass": "passes: the whole interval lies at or above",
    "fail": "fails: the whole interval lies below",
    "not yet known": "is not yet known: the interval holds",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class FitScore(Result):
    """Share of users who would be very disappointed without the product.

    Attributes:
        rate: Share among qualified respondents, a fraction.
        low: Lower end of the Wilson interval.
        high: Upper end of the Wilson interval.
        very_disappointed: Qualified respondents who say so.
        qualified: Respondents who know the product: used it enough and lately.
        respondents: All respondents.
        threshold: The bar, a fraction.
        verdict: ``pass``, ``fail`` or ``not yet known``.
        confidence_level: Of the interval.
        segments: A row for each segment, if asked for: ``segment``, ``qualified``,
            ``very_disappointed``, ``rate``, ``low``, ``high``, ``verdict``.
    """

    rate: float
    low: float
    high: float
    very_disappointed: int
    qualified: int
    respondents: int
    threshold: float
    verdict: Verdict
    confidence_level: float
    segments: pd.DataFrame | None = field(default=None, compare=False)

    def summary(self) -> str:
        """Return share, interval and verdict in words."""
        level = formatting.percent(self.confidence_level, digits=0)
        text = (
            f"{formatting.percent(self.rate)} of {formatting.count(self.qualified)} "
            f"qualified respondents (of {formatting.count(self.respondents)}) would be "
            f"very disappointed; {level} Wilson interval "
            f"{formatting.percent_interval(self.low, self.high)}. Fit "
            f"{_WORDS[self.verdict]} {formatting.percent(self.threshold, digits=0)}."
        )
        if self.segments is None:
            return text
        parts = [
            f"{name} {formatting.percent(rate)} ({verdict})"
            for name, rate, verdict in zip(
                self.segments["segment"],
                self.segments["rate"],
                self.segments["verdict"],
                strict=True,
            )
        ]
        return f"{text} By segment: {', '.join(parts)}."


def fit_score(
    responses: Any,  # noqa: ANN401
    *,
    threshold: float = 0.40,
    min_uses: int = 2,
    max_days_since_activity: float = 14,
    confidence_level: float = 0.95,
    very_disappointed: str = "very disappointed",
    answer_column: str = "answer",
    uses_column: str = "completed_cleans",
    days_column: str = "days_since_last_activity",
    segment_column: str | None = None,
) -> FitScore:
    """Compute the fit score among users who know the product, with a verdict.

    ``rate = very disappointed / qualified``; pass if the lower end of the Wilson
    interval is at or above the threshold, fail if the upper end is below it.

    Only respondents with enough and recent use qualify: others judge a product they
    don't know. "Somewhat disappointed" does not count.

    Args:
        responses: A row for each respondent: pandas, Polars, DuckDB or PySpark.
        threshold: The bar, a fraction.
        min_uses: Least number of uses to qualify.
        max_days_since_activity: Longest time since the last activity to qualify.
        confidence_level: Of the Wilson interval.
        very_disappointed: The answer that counts.
        answer_column: Name of the column with the answer.
        uses_column: Name of the column with the number of uses.
        days_column: Name of the column with days since the last activity.
        segment_column: Name of a column to report by, or None.

    Returns:
        Share, interval and verdict.

    Raises:
        ValueError: If nobody qualifies, or nobody gave the answer at all (a typing
            mistake?).

    Examples:
        >>> import pandas as pd
        >>> responses = pd.DataFrame({
        ...     "answer": ["very disappointed"] * 30 + ["somewhat disappointed"] * 30,
        ...     "completed_cleans": 3, "days_since_last_activity": 5,
        ... })
        >>> fit_score(responses).verdict
        'not yet known'

    References:
        Ellis, S. (2010). The startup pyramid.
        Vohra, R. (2018). How Superhuman built an engine to find product-market fit.
    """
    bar = _arguments.open_rate("threshold", threshold)
    level = _arguments.open_rate("confidence_level", confidence_level)
    segment = [] if segment_column is None else [segment_column]
    frame = _tables.read(responses, answer_column, uses_column, days_column, *segment)
    _tables.labels(frame, answer_column)
    uses = _tables.numbers(frame, uses_column, rule="not_negative")
    days = _tables.numbers(frame, days_column, rule="not_negative")
    known = (uses >= min_uses) & (days <= max_days_since_activity)
    answers = sorted(map(str, frame[answer_column].unique()))
    if very_disappointed not in answers:
        raise ValueError(
            f"very_disappointed == {very_disappointed!r} is no answer in the table; "
            f"the answers are: {', '.join(answers)}"
        )
    if not known.any():
        raise ValueError(
            f"nobody qualifies with min_uses={min_uses} and max_days_since_activity="
            f"{max_days_since_activity:g}; the verdict needs users who know the product"
        )
    qualified = frame[known]
    yes = qualified[answer_column] == very_disappointed
    segments = None
    if segment_column is not None:
        _tables.labels(frame, segment_column)
        groups = yes.groupby(qualified[segment_column])
        rows = [
            {"segment": name, **_row(group, bar=bar, level=level)}
            for name, group in groups
        ]
        segments = pd.DataFrame(rows)
    return FitScore(
        respondents=len(frame),
        threshold=bar,
        confidence_level=level,
        segments=segments,
        **_row(yes, bar=bar, level=level),
    )


def _row(yes: "pd.Series[bool]", *, bar: float, level: float) -> dict[str, Any]:
    share = proportion(int(yes.sum()), len(yes), confidence_level=level)
    verdict = (
        "pass" if share.low >= bar else "fail" if share.high < bar else "not yet known"
    )
    return {
        "qualified": share.trials,
        "very_disappointed": share.successes,
        "rate": share.rate,
        "low": share.low,
        "high": share.high,
        "verdict": verdict,
    }
