"""Flow: how much is open, how long it takes, how long it waits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import count
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Counting = Literal["elapsed", "inclusive"]
_PERCENTILES = (0.5, 0.7, 0.85, 0.95)


@dataclass(frozen=True, kw_only=True, repr=False)
class FlowBalance(Result):
    """Work in progress, throughput and cycle time that belong together.

    Attributes:
        wip_items: Mean number of items that are open.
        throughput_per_week: Mean number of items finished per week.
        cycle_time_weeks: Mean time from start to finish.
        solved_for: Which of the three was computed.
    """

    wip_items: float
    throughput_per_week: float
    cycle_time_weeks: float
    solved_for: str

    def summary(self) -> str:
        """Return the balance in plain words."""
        return (
            f"With {self.wip_items:.3g} items open on average and "
            f"{self.throughput_per_week:.3g} finished per week, an item takes "
            f"{self.cycle_time_weeks:.3g} weeks on average."
        )


def littles_law(
    *,
    wip_items: float | None = None,
    throughput_per_week: float | None = None,
    cycle_time_weeks: float | None = None,
) -> FlowBalance:
    """Compute the third of work in progress, throughput and cycle time.

    Formula: mean work in progress = throughput x mean cycle time.

    Assumptions: long-run means of a system in which as much starts as finishes and
    nothing started is dropped. It says nothing about a single item, and adding work
    does not add throughput.

    Args:
        wip_items: Mean number of open items.
        throughput_per_week: Mean number of finished items per week.
        cycle_time_weeks: Mean weeks from start to finish. Leave exactly one out.

    Returns:
        All three numbers.

    Raises:
        ValueError: If not exactly two are given, or one is not positive.

    Examples:
        >>> littles_law(wip_items=20, throughput_per_week=5).cycle_time_weeks
        4.0

    References:
        Little, J. (1961). A proof for the queuing formula L = lambda W.
    """
    given = {
        "wip_items": wip_items,
        "throughput_per_week": throughput_per_week,
        "cycle_time_weeks": cycle_time_weeks,
    }
    missing = [name for name, value in given.items() if value is None]
    if len(missing) != 1:
        raise ValueError(
            f"{3 - len(missing)} of {', '.join(given)} given, must be exactly two"
        )
    known = {
        name: check.positive(name, value)
        for name, value in given.items()
        if value is not None
    }
    if missing == ["wip_items"]:
        answer = known["throughput_per_week"] * known["cycle_time_weeks"]
    elif missing == ["throughput_per_week"]:
        answer = known["wip_items"] / known["cycle_time_weeks"]
    else:
        answer = known["wip_items"] / known["throughput_per_week"]
    return FlowBalance(**{**known, missing[0]: answer}, solved_for=missing[0])


def kingman_wait(
    utilization_rate: float,
    *,
    service_time: float,
    arrival_variation: float = 1.0,
    service_variation: float = 1.0,
) -> float:
    """Approximate how long work waits before someone starts on it (Kingman).

    Formula: wait = u / (1 - u) x (c_a^2 + c_s^2) / 2 x service time.

    Assumptions: one server, work in order of arrival, steady state; best for high
    utilization. Waiting grows without bound as utilization nears 1.

    Args:
        utilization_rate: Busy share of the server, a fraction below 1.
        service_time: Mean time that the work itself takes.
        arrival_variation: Standard deviation over mean of the times between arrivals.
        service_variation: Standard deviation over mean of the service times.

    Returns:
        Mean waiting time, in the unit of ``service_time``.

    Raises:
        ValueError: If utilization is 1 or more, or another value breaks its rule.

    Examples:
        >>> kingman_wait(
        ...     0.75, service_time=4, arrival_variation=0.5, service_variation=0.5
        ... )
        3.0

    References:
        Kingman, J. (1961). The single server queue in heavy traffic.
    """
    busy = check.rate("utilization_rate", utilization_rate)
    if busy == 1:
        raise ValueError(
            "utilization_rate == 1, must be < 1; a server that is always busy has a "
            "queue that grows for ever"
        )
    time = check.positive("service_time", service_time)
    arrivals = check.not_negative("arrival_variation", arrival_variation)
    service = check.not_negative("service_variation", service_variation)
    return busy / (1 - busy) * (arrivals**2 + service**2) / 2 * time


@dataclass(frozen=True, kw_only=True, repr=False)
class CycleTimes(Result):
    """How long finished items took.

    Attributes:
        finished_items: Number of finished items.
        open_items: Items without an end; they are not in the percentiles.
        mean_days: Mean, pulled up by the long tail.
        p50_days: Half of the items took at most so long.
        p85_days: 85 % of the items took at most so long.
        counting: How days were counted.
        percentiles: One row per percentile: percentile, days.
    """

    finished_items: int
    open_items: int
    mean_days: float
    p50_days: float
    p85_days: float
    counting: Counting
    percentiles: pd.DataFrame

    def summary(self) -> str:
        """Return the cycle times in plain words."""
        still = ""
        if self.open_items:
            still = (
                f" Still open and not counted: {count(self.open_items)}; the true "
                "times are longer."
            )
        return (
            f"Of {count(self.finished_items)} finished items, 85 % took at most "
            f"{self.p85_days:,.4g} days and half at most {self.p50_days:,.4g}; the "
            f"mean is {self.mean_days:,.4g} ({self.counting} days).{still}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the table of percentiles."""
        return self.percentiles.copy()


def cycle_times(
    data: "IntoFrame",
    *,
    start_column: str = "started_on",
    end_column: str = "finished_on",
    counting: Counting = "elapsed",
) -> CycleTimes:
    """Compute percentiles of the time from start to finish.

    Formula: the p-percentile is the shortest time that at least a share p of the
    finished items did not pass.

    Assumptions: items that are still open are left out and counted; with many of them
    use a survival curve, as the slow ones are missing here.

    Args:
        data: One row per item.
        start_column: Day or time at which work began.
        end_column: Day or time at which it was finished; empty while open.
        counting: ``"elapsed"`` is end - start; ``"inclusive"`` counts both days, so an
            item finished on the day it began took one day.

    Returns:
        The percentiles 50, 70, 85 and 95, and how many items are open.

    Raises:
        ValueError: If an item ends before it starts, a start is missing, or nothing is
            finished.

    Examples:
        >>> work = pd.DataFrame({"started_on": ["2026-01-01"] * 4})
        >>> work["finished_on"] = ["2026-01-03", "2026-01-05", "2026-01-21", None]
        >>> cycle_times(work)
        Of 3 finished items, 85 % took at most 20 days and half at most 4; the mean is
        8.667 (elapsed days). Still open and not counted: 1; the true times are longer.

    References:
        Vacanti, D. (2015). Actionable Agile Metrics for Predictability.
    """
    check.choice("counting", counting, ("elapsed", "inclusive"))
    frame = tables.read(data, start_column, end_column)
    tables.labels(frame, start_column)
    start, end = (_times(frame, column) for column in (start_column, end_column))
    days = _days(start, end, counting)
    took = np.sort(days[np.isfinite(days)])
    if took.size == 0:
        raise ValueError(f"{end_column} is empty in all {len(frame)} rows")
    if took[0] < (1 if counting == "inclusive" else 0):
        row = int(np.flatnonzero(days == took[0])[0])
        raise ValueError(
            f"row {row} ends before it starts ({end.iloc[row]} < {start.iloc[row]}); "
            "correct the dates"
        )
    points = np.quantile(took, _PERCENTILES, method="inverted_cdf")
    table = pd.DataFrame({"percentile": _PERCENTILES, "days": points})
    return CycleTimes(
        finished_items=took.size,
        open_items=len(frame) - took.size,
        mean_days=float(took.mean()),
        p50_days=float(points[0]),
        p85_days=float(points[2]),
        counting=counting,
        percentiles=table,
    )


def _times(frame: pd.DataFrame, column: str) -> "pd.Series[pd.Timestamp]":
    if pd.api.types.is_numeric_dtype(frame[column]) and frame[column].notna().any():
        raise ValueError(f"{column} holds numbers, must be dates")
    try:
        return pd.to_datetime(frame[column], format="ISO8601")
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{column} can't be read as dates ({error}); write them as 2026-01-31, all "
            "in one time zone"
        ) from error


def _days(
    start: "pd.Series[pd.Timestamp]",
    end: "pd.Series[pd.Timestamp]",
    counting: Counting,
) -> npt.NDArray[np.float64]:
    if (start.dt.tz is None) != (end.dt.tz is None):
        raise ValueError(
            "one of start and end has a time zone and the other has not; "
            "give both the same"
        )
    if counting == "inclusive":
        start, end = start.dt.normalize(), end.dt.normalize()
    days = (end - start) / pd.Timedelta(days=1)
    extra = 1 if counting == "inclusive" else 0
    return np.asarray(days, dtype=float) + extra
