"""How many users are active, and how often they come: DAU, WAU, MAU, stickiness."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.metrics import _tables
from pmlab.results import Result

Average = Literal["mean_of_days", "ratio_of_means"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Stickiness(Result):
    """Users of a short window as a share of users of a long one.

    Attributes:
        rate: The average over days, a fraction.
        short_days: Length of the short window.
        long_days: Length of the long window.
        average: ``mean_of_days`` or ``ratio_of_means``.
        first_day: First day with a whole long window behind it.
        last_day: Last day counted.
        table: A row for each day: ``day``, ``short_users``, ``long_users``, ``rate``.
    """

    rate: float
    short_days: int
    long_days: int
    average: Average
    first_day: date
    last_day: date
    table: pd.DataFrame = field(compare=False)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each day, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return the average and its convention in words."""
        how = (
            "mean of the daily shares"
            if self.average == "mean_of_days"
            else "mean short count over mean long count"
        )
        return (
            f"{formatting.percent(self.rate)} of the users active in {self.long_days} "
            f"days are active in {self.short_days} day(s): {how}, {len(self.table)} "
            f"days from {self.first_day} to {self.last_day}."
        )


def active_users(
    events: Any,  # noqa: ANN401
    *,
    window_days: int = 1,
    observed_until: _tables.Moment | None = None,
    user_column: str = "user_id",
    time_column: str = "time",
) -> pd.DataFrame:
    """Count distinct users in a window of days that ends with each day.

    ``active(d) = distinct users with an event in days d - window + 1 ... d``.

    Days are calendar days in the zone of the time column. Days whose window would
    begin before the data are left out.

    Args:
        events: Value actions, a row each: pandas, Polars, DuckDB relation or PySpark.
        window_days: 1 for DAU, 7 for WAU, 28 for MAU over four whole weeks.
        observed_until: End of the data; a day in progress then is left out. Without
            it, the last day with an event counts as whole.
        user_column: Name of the user column.
        time_column: Name of the time column.

    Returns:
        A row for each day: ``day`` and ``active_users``.

    Raises:
        ValueError: If rows lack a user or time, or the data are shorter than a window.

    Examples:
        >>> import pandas as pd
        >>> events = pd.DataFrame({
        ...     "user_id": ["a", "b", "a"],
        ...     "time": pd.to_datetime(["2025-03-01", "2025-03-01", "2025-03-03"]),
        ... })
        >>> active_users(events)["active_users"].tolist()
        [2, 0, 1]
        >>> active_users(events, window_days=2)["active_users"].tolist()
        [2, 1]
    """
    window = _arguments.whole("window_days", window_days, minimum=1)
    counts = _daily(
        events,
        windows=[window],
        observed_until=observed_until,
        user_column=user_column,
        time_column=time_column,
    )
    return counts.rename(columns={f"users_{window}": "active_users"})


def stickiness(
    events: Any,  # noqa: ANN401
    *,
    short_days: int = 7,
    long_days: int = 28,
    average: Average = "mean_of_days",
    observed_until: _tables.Moment | None = None,
    user_column: str = "user_id",
    time_column: str = "time",
) -> Stickiness:
    """Compute the share of users of a long window who are active in a short one.

    ``stickiness = mean over days of users(short window) / users(long window)``.

    The default, 7 over 28 days, fits a product used weekly; use ``short_days=1`` for a
    daily one. Take out staff and test accounts first. Aggregated in the engine of
    ``events``.

    Args:
        events: Value actions, a row each: pandas, Polars, DuckDB relation or PySpark.
        short_days: Length of the short window.
        long_days: Length of the long window; whole weeks avoid weekday effects.
        average: ``mean_of_days`` averages the daily shares; ``ratio_of_means`` divides
            the mean counts.
        observed_until: End of the data; a day in progress then is left out.
        user_column: Name of the user column.
        time_column: Name of the time column.

    Returns:
        The average share and the daily counts.

    Raises:
        ValueError: If the short window is not the shorter one, the data are shorter
            than the long window, or rows lack a user or time.

    Examples:
        >>> import pandas as pd
        >>> days = pd.date_range("2025-03-01", periods=4)
        >>> events = pd.DataFrame({"user_id": ["a"] * 4 + ["b"],
        ...                        "time": [*days, days[1]]})
        >>> stickiness(events, short_days=1, long_days=2)
        83.3 % of the users active in 2 days are active in 1 day(s): mean of the daily
        shares, 3 days from 2025-03-02 to 2025-03-04.
    """
    short = _arguments.whole("short_days", short_days, minimum=1)
    long = _arguments.whole("long_days", long_days, minimum=1)
    _arguments.choice("average", average, ("mean_of_days", "ratio_of_means"))
    if short >= long:
        raise ValueError(f"short_days == {short}, must be < long_days ({long})")
    counts = _daily(
        events,
        windows=[short, long],
        observed_until=observed_until,
        user_column=user_column,
        time_column=time_column,
    )
    short_users, long_users = counts[f"users_{short}"], counts[f"users_{long}"]
    table = pd.DataFrame(
        {
            "day": counts["day"],
            "short_users": short_users,
            "long_users": long_users,
            "rate": short_users / long_users.where(long_users > 0),
        }
    )
    by_day = average == "mean_of_days"
    rate = table["rate"].mean() if by_day else short_users.mean() / long_users.mean()
    return Stickiness(
        rate=float(rate),
        short_days=short,
        long_days=long,
        average=average,
        first_day=table["day"].iloc[0].date(),
        last_day=table["day"].iloc[-1].date(),
        table=table,
    )


def _daily(
    events: Any,  # noqa: ANN401
    *,
    windows: Sequence[int],
    observed_until: _tables.Moment | None,
    user_column: str,
    time_column: str,
) -> pd.DataFrame:
    """Count users by day for windows of several lengths, from one query.

    A user active on a day belongs to the windows that end on it and on the days after
    it, until the window is over or the user is active again. So it is enough to know
    for each active day how many days pass to the next one.
    """
    active, last_day = _active_days(
        events,
        observed_until=observed_until,
        user_column=user_column,
        time_column=time_column,
    )
    longest = max(windows)
    gap = nw.col("day").shift(-1).over("user", order_by="day") - nw.col("day")
    stays = active.with_columns(gap=gap.fill_null(longest))
    stays = stays.with_columns(gap=nw.min_horizontal(nw.col("gap"), nw.lit(longest)))
    table = _tables.fetch(stays.group_by("day", "gap").agg(users=nw.len())).astype(int)
    first_day = int(table["day"].min())
    length = last_day - first_day + 1
    if length < longest:
        raise ValueError(
            f"the data cover {length} day(s), must cover the window of {longest}; "
            "take a shorter window"
        )
    counts = {
        f"users_{window}": _filled(table, first_day, length, window)[longest - 1 :]
        for window in windows
    }
    start = _tables.unit_start(first_day + longest - 1, "day")
    days = pd.date_range(start, periods=length - longest + 1)
    return pd.DataFrame({"day": days, **counts})


def _active_days(
    events: Any,  # noqa: ANN401
    *,
    observed_until: _tables.Moment | None,
    user_column: str,
    time_column: str,
) -> tuple[nw.LazyFrame[Any], int]:
    """Return distinct users by local day, and the last whole day."""
    table = _tables.open_table(events, user_column, time_column)
    until = _tables.observed_until(
        observed_until, zone=_tables.zone_of(table, time_column)
    )
    log, _ = _tables.observed(
        _tables.numbered(table, user=user_column, time=time_column, unit="day"), until
    )
    active = log.select("user", day=nw.col("at"))
    if until is None:
        last = int(_tables.fetch(active.select(nw.col("day").max()))["day"].iloc[0])
        return _tables.distinct(active), last
    last = _tables.moment_unit(until, "day") - 1
    return _tables.distinct(active.filter(nw.col("day") <= last)), last


def _filled(
    table: pd.DataFrame, first_day: int, length: int, window: int
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Users in a window of days for each day: up when they come, down when it ends."""
    start = table["day"].to_numpy() - first_day
    end = np.minimum(start + np.minimum(table["gap"].to_numpy(), window), length)
    change = np.zeros(length + 1, dtype=np.int64)
    np.add.at(change, start, table["users"].to_numpy())
    np.subtract.at(change, end, table["users"].to_numpy())
    return np.cumsum(change)[:length]
