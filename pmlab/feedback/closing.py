"""Closing the loop: how long until customers are told what became of their request."""

from dataclasses import dataclass, field
from typing import Any

from pmlab import formatting
from pmlab.metrics import _tables
from pmlab.metrics.survival import SurvivalCurve, survival_of_spells
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class TimeToTold(Result):
    """How long customers wait for an answer, open cases included.

    Attributes:
        median_days: Kaplan-Meier median, or None if fewer than half were told.
        median_low_days: Lower end of its interval, or None.
        median_high_days: Upper end, or None if unknown.
        told: Cases whose customer was told before the end of the data.
        cases: All cases opened before the end of the data.
        share_told: told / cases, a fraction.
        curve: The survival curve of waiting.
    """

    median_days: float | None
    median_low_days: float | None
    median_high_days: float | None
    told: int
    cases: int
    share_told: float
    curve: SurvivalCurve = field(compare=False)

    def summary(self) -> str:
        """Return median, interval and share told in words."""
        told = (
            f"{formatting.count(self.told)} of {formatting.count(self.cases)} "
            f"customers ({formatting.percent(self.share_told)}) were told"
        )
        if self.median_days is None:
            return f"{told}; fewer than half, so the median is not known."
        high = (
            "unknown" if self.median_high_days is None else f"{self.median_high_days:g}"
        )
        low = "unknown" if self.median_low_days is None else f"{self.median_low_days:g}"
        return (
            f"Half of the customers are told within {self.median_days:g} days (95 % "
            f"interval {low} to {high}); {told}, open cases count as still waiting."
        )


def time_to_told(
    cases: Any,  # noqa: ANN401
    *,
    observed_until: _tables.Moment,
    opened_column: str = "created_at",
    told_column: str = "notified_at",
) -> TimeToTold:
    """Estimate the days until a customer is told, with open cases censored.

    Dropping open cases, or taking them as closed today, makes the wait look short.
    Told means that the customer heard, not that the change was shipped. Whole 24-hour
    days, counted in the engine of ``cases``.

    Args:
        cases: A row for each case: pandas, Polars, DuckDB relation or PySpark.
        observed_until: End of the data.
        opened_column: When the case came in.
        told_column: When the customer was told, empty while open.

    Returns:
        Median wait, its interval and the share told.

    Raises:
        ValueError: If nobody was told, or times are missing or in the wrong order.

    Examples:
        >>> import pandas as pd
        >>> cases = pd.DataFrame({
        ...     "created_at": pd.to_datetime(["2025-03-01"] * 4),
        ...     "notified_at": pd.to_datetime(["2025-03-03", "2025-03-11", None, None]),
        ... })
        >>> time_to_told(cases, observed_until="2025-04-01").median_days
        10.0

    References:
        Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete
        observations.
    """
    curve = survival_of_spells(
        cases,
        observed_until=observed_until,
        start_column=opened_column,
        end_column=told_column,
    )
    return TimeToTold(
        median_days=curve.median,
        median_low_days=curve.median_low,
        median_high_days=curve.median_high,
        told=curve.events,
        cases=curve.subjects,
        share_told=curve.events / curve.subjects,
        curve=curve,
    )
