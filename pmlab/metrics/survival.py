"""Survival: how long something lasts when part of it is still going on."""

from dataclasses import dataclass, field
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.metrics import _tables
from pmlab.results import Result

Band = Literal["log-log", "linear"]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True, repr=False)
class SurvivalCurve(Result):
    """A Kaplan-Meier curve with its confidence band.

    Attributes:
        subjects: Number of durations.
        events: Durations that ended; the others are censored.
        median: First time when survival is 0.5 or less, or None if it never is.
        median_low: Lower end of the interval of the median, or None.
        median_high: Upper end, or None if the band never falls that low.
        last_time: Longest duration; the curve says nothing beyond it.
        time_unit: Unit of the durations, for texts.
        band: Kind of confidence band, ``log-log`` or ``linear``.
        confidence_level: Of the band, at each time alone.
        table: A row for each different time, from 0: ``time``, ``at_risk``, ``events``,
            ``censored``, ``survival``, ``standard_error`` (Greenwood), ``low``,
            ``high``. Where survival is 0 the log-log band is not defined and missing.
    """

    subjects: int
    events: int
    median: float | None
    median_low: float | None
    median_high: float | None
    last_time: float
    time_unit: str
    band: Band
    confidence_level: float
    table: pd.DataFrame = field(compare=False)

    def survival_at(self, time: float) -> float:
        """Return the estimated share that lasts longer than a time.

        Args:
            time: A time from 0 to the longest duration.

        Returns:
            S(time), a fraction.

        Raises:
            ValueError: If the time lies beyond the data.
        """
        return float(self.row_at(time)["survival"])

    def row_at(self, time: float) -> "pd.Series[float]":
        """Return the row of the table that holds at a time.

        Args:
            time: A time from 0 to the longest duration.

        Returns:
            The last row at or before ``time``.

        Raises:
            ValueError: If the time lies beyond the data.
        """
        time = _arguments.not_negative("time", time)
        if time > self.last_time:
            raise ValueError(
                f"time == {time:g}, must be <= {self.last_time:g}, the longest "
                "duration; the data say nothing beyond it"
            )
        row: pd.Series[float] = self.table[self.table["time"] <= time].iloc[-1]
        return row

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each time, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return median, interval and censoring in words."""
        counts = (
            f"{formatting.count(self.events)} of {formatting.count(self.subjects)} "
            f"ended, {formatting.count(self.subjects - self.events)} still open "
            "(censored)"
        )
        if self.median is None:
            last = self.table["survival"].iloc[-1]
            return (
                f"Median not reached: {formatting.percent(last)} last longer than "
                f"{self.last_time:g} {self.time_unit}; {counts}."
            )
        high = "unknown" if self.median_high is None else f"{self.median_high:g}"
        low = "unknown" if self.median_low is None else f"{self.median_low:g}"
        level = formatting.percent(self.confidence_level, digits=0)
        return (
            f"Median {self.median:g} {self.time_unit} ({level} interval {low} to "
            f"{high}); {counts}. Kaplan-Meier, {self.band} band."
        )


def kaplan_meier(
    durations: npt.ArrayLike,
    *,
    observed: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
    band: Band = "log-log",
    time_unit: str = "days",
) -> SurvivalCurve:
    """Estimate a survival curve from durations that may be still going on.

    ``S(t) = product over times <= t of (1 - ended / at risk)``; Greenwood error.

    Assumes that censoring has nothing to do with what would have happened next.

    Args:
        durations: How long each lasted until it ended or was last seen; all >= 0.
        observed: True where the end was seen, False where it is still open; without it
            all ends were seen.
        confidence_level: Of the band at each time.
        band: ``log-log`` stays between 0 and 1; ``linear`` is S ± z se, cut at 0 and 1.
        time_unit: Unit of the durations, for texts.

    Returns:
        The curve, its median and bands.

    Raises:
        ValueError: If durations are missing or negative, or no end was seen.

    Examples:
        >>> curve = kaplan_meier([2, 3, 5, 8, 9], observed=[1, 1, 0, 1, 0])
        >>> round(curve.survival_at(4), 3), curve.median
        (0.6, 8.0)

    References:
        Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete
        observations.
        Kalbfleisch, J. D. & Prentice, R. L. (1980). The Statistical Analysis of Failure
        Time Data (log-log band).
    """
    level = _arguments.open_rate("confidence_level", confidence_level)
    _arguments.choice("band", band, ("log-log", "linear"))
    times, ended = checked_durations(durations, observed)
    if not ended.any():
        raise ValueError(
            f"observed holds no end among {len(times)} durations; a survival curve "
            "needs at least one"
        )
    table = _table(times, ended, level=level, band=band)
    return SurvivalCurve(
        subjects=len(times),
        events=int(ended.sum()),
        median=_first_time(table, "survival"),
        median_low=_first_time(table, "low"),
        median_high=_first_time(table, "high"),
        last_time=float(times.max()),
        time_unit=time_unit,
        band=band,
        confidence_level=level,
        table=table,
    )


def checked_durations(
    durations: npt.ArrayLike, observed: npt.ArrayLike | None
) -> tuple[FloatArray, BoolArray]:
    """Check durations and flags of observed ends; for use inside pmlab."""
    times = _arguments.finite_array("durations", durations)
    if (times < 0).any():
        raise ValueError(
            f"durations hold {times.min():g}, must be >= 0; an end lies before its "
            "start"
        )
    if observed is None:
        return times, np.ones(len(times), dtype=bool)
    flags = _arguments.finite_array("observed", observed)
    if len(flags) != len(times) or not np.isin(flags, (0, 1)).all():
        raise ValueError(
            f"observed has {len(flags)} value(s) for {len(times)} durations, must have "
            "one true or false for each"
        )
    return times, flags.astype(bool)


def censored_data(times: FloatArray, ended: BoolArray) -> Any:  # noqa: ANN401
    """Return durations as scipy takes them; for use inside pmlab."""
    from scipy.stats import CensoredData

    return CensoredData.right_censored(times, ~ended)


def _table(
    times: FloatArray, ended: BoolArray, *, level: float, band: Band
) -> pd.DataFrame:
    from scipy.stats import ecdf

    curve = ecdf(censored_data(times, ended)).sf
    at = np.concatenate([[0.0], np.unique(times[times > 0])])
    place = np.searchsorted(curve.quantiles, at, side="right") - 1
    survival = np.where(place < 0, 1.0, curve.probabilities[place])
    deaths = _count_at(times[ended], at)
    censored = _count_at(times[~ended], at)
    at_risk = len(times) - np.searchsorted(np.sort(times), at, side="left")
    low, high = _bounds(curve, level=level, band=band)
    error = _greenwood(at_risk, deaths, survival)
    return pd.DataFrame(
        {
            "time": at,
            "at_risk": at_risk,
            "events": deaths,
            "censored": censored,
            "survival": survival,
            "standard_error": error,
            "low": np.where(place < 0, 1.0, low[place]),
            "high": np.where(place < 0, 1.0, high[place]),
        }
    )


def _count_at(values: FloatArray, at: FloatArray) -> npt.NDArray[np.int64]:
    ordered = np.sort(values)
    right = np.searchsorted(ordered, at, side="right")
    return right - np.searchsorted(ordered, at, side="left")


def _greenwood(
    at_risk: npt.NDArray[np.int64],
    deaths: npt.NDArray[np.int64],
    survival: FloatArray,
) -> FloatArray:
    left = at_risk - deaths
    terms = np.where(left > 0, deaths / (at_risk * np.maximum(left, 1)), 0.0)
    error: FloatArray = survival * np.sqrt(np.cumsum(terms))
    return error


def _bounds(
    curve: Any,  # noqa: ANN401
    *,
    level: float,
    band: Band,
) -> tuple[FloatArray, FloatArray]:
    """Ends of the band; certain (1 to 1) before the first end, undefined at 0."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = curve.confidence_interval(confidence_level=level, method=band)
    untouched = curve.probabilities >= 1 - _ROUNDING
    low = np.where(untouched, 1.0, interval.low.probabilities)
    high = np.where(untouched, 1.0, interval.high.probabilities)
    return low, high


def _first_time(table: pd.DataFrame, column: str) -> float | None:
    below = table[table[column] <= 0.5 + _ROUNDING]
    return None if below.empty else float(below["time"].iloc[0])


def survival_of_spells(
    spells: Any,  # noqa: ANN401
    *,
    observed_until: _tables.Moment,
    start_column: str = "started_at",
    end_column: str = "ended_at",
    confidence_level: float = 0.95,
    band: Band = "log-log",
) -> SurvivalCurve:
    """Estimate how many days spells last, such as plans, tickets or subscriptions.

    A spell without an end, or with an end at or after ``observed_until``, is still
    open: it is censored there, neither dropped nor taken as ended. Durations are whole
    24-hour days, counted in the engine of ``spells``; a row for each different duration
    comes back.

    Args:
        spells: A row for each: pandas, Polars, DuckDB relation or PySpark.
        observed_until: End of the data; spells that start later are left out.
        start_column: Name of the column with the start.
        end_column: Name of the column with the end, empty while it goes on.
        confidence_level: Of the band at each time.
        band: ``log-log`` or ``linear``, as in `kaplan_meier`.

    Returns:
        The survival curve in days.

    Raises:
        ValueError: If a start is missing, an end lies before its start, or no end was
            seen.

    Examples:
        >>> import pandas as pd
        >>> plans = pd.DataFrame({
        ...     "started_at": pd.to_datetime(["2025-01-01"] * 3),
        ...     "ended_at": pd.to_datetime(["2025-01-31", "2025-03-02", None]),
        ... })
        >>> survival_of_spells(plans, observed_until="2025-06-01").median
        60.0

    References:
        Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete
        observations.
    """
    table = _tables.open_table(spells, start_column, end_column)
    zone = _tables.zone_of(table, start_column)
    ends = {start_column: zone, end_column: _tables.zone_of(table, end_column)}
    _tables.same_zones(ends)
    until = _tables.moment("observed_until", observed_until, zone=zone)
    log, end = _tables.observed(
        _tables.spells(table, start=start_column, end=end_column), until, what="spells"
    )
    seen = nw.col("end") < end
    last = nw.when(seen).then(nw.col("end")).otherwise(nw.lit(end))
    flag = nw.when(seen).then(nw.lit(1)).otherwise(nw.lit(0))
    counts = _tables.fetch(
        log.select(length=last - nw.col("time"), seen=flag)
        .select("seen", days=_floor_days(nw.col("length")))
        .group_by("days", "seen")
        .agg(spells=nw.len())
    ).astype(int)
    times = np.repeat(counts["days"], counts["spells"])
    ended = np.repeat(counts["seen"], counts["spells"])
    return kaplan_meier(
        times, observed=ended, confidence_level=confidence_level, band=band
    )


def _floor_days(length: nw.Expr) -> nw.Expr:
    """Whole days; a negative length becomes -1, so that it is found as an error."""
    return nw.when(length < 0).then(nw.lit(-1)).otherwise(length // _tables.DAY_US)
