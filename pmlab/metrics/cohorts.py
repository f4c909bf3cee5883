"""The cohort triangle: retention of users by when they started."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.metrics import _activity, _tables
from pmlab.metrics.conversion import Proportion, proportion
from pmlab.results import Result

Cohort = Literal["day", "week", "month"]
_PERIOD_DAYS = {"day": 1, "week": 7, "month": 30}
_MOSTLY = 0.5


@dataclass(frozen=True, kw_only=True, repr=False)
class CohortTriangle(Result):
    """Retention by cohort and period since the start.

    Attributes:
        cohort: ``day``, ``week`` (from Monday) or ``month`` of the start.
        period_days: Length of a period in 24-hour days, or None for calendar periods.
        counting: ``elapsed`` or ``calendar``.
        observed_until: End of the data as given, or None for the last event.
        end_note: Where the data end, and a warning if hardly an event lies near it.
        table: A row for each cohort and period: ``cohort`` (its first date),
            ``period``, ``users``, ``retained_users``, ``rate``. The last two are
            missing where the cohort is immature.
    """

    cohort: Cohort
    period_days: int | None
    counting: _activity.Counting
    observed_until: datetime | None
    end_note: str
    table: pd.DataFrame = field(compare=False)

    def rates(self) -> pd.DataFrame:
        """Return the triangle: a row a cohort, a column a period, immature empty."""
        return self.table.pivot_table(
            index="cohort", columns="period", values="rate", dropna=False
        )

    def pooled(self) -> pd.DataFrame:
        """Return retention over all mature cohorts by period.

        ``rate = sum of retained users / sum of users``, which a mean of the cohorts'
        rates is not.

        Returns:
            Columns ``period``, ``cohorts``, ``users``, ``retained_users``, ``rate``.
        """
        mature = self.table.dropna(subset=["rate"])
        sums = mature.groupby("period", as_index=False).agg(
            cohorts=("cohort", "nunique"),
            users=("users", "sum"),
            retained_users=("retained_users", "sum"),
        )
        sums["retained_users"] = sums["retained_users"].astype(int)
        return sums.assign(rate=sums["retained_users"] / sums["users"])

    def pooled_rate(self, period: int) -> Proportion:
        """Return the pooled retention of one period with its interval.

        Args:
            period: Periods since the start, from 0.

        Returns:
            Retained users as a share of the users of all mature cohorts.

        Raises:
            ValueError: If no cohort is mature in that period.
        """
        pooled = self.pooled()
        rows = pooled[pooled["period"] == period]
        if rows.empty:
            raise ValueError(
                f"period == {period!r}: no cohort is mature there; known periods are "
                f"{', '.join(map(str, pooled['period']))}"
            )
        row = rows.iloc[0]
        return proportion(int(row["retained_users"]), int(row["users"]))

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each cohort and period, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return size and pooled rates in words."""
        pooled = self.pooled()
        later = pooled[pooled["period"] > 0].head(3)
        rates = ", ".join(
            f"period {period} {formatting.percent(rate)}"
            for period, rate in zip(later["period"], later["rate"], strict=True)
        )
        sizes = self.table[self.table["period"] == 0]["users"]
        length = (
            f"calendar {self.cohort}s"
            if self.period_days is None
            else f"periods of {self.period_days} days of 24 hours"
        )
        return (
            f"{len(sizes)} cohorts by {self.cohort}, {formatting.count(sizes.sum())} "
            f"users. Pooled retention of mature cohorts: {rates or 'not yet known'}. "
            f"Counted in {length}; immature cells are empty. {self.end_note}"
            f"{self._advice()}"
        )

    def _advice(self) -> str:
        """Offer shorter cohorts or calendar periods if most cells are empty."""
        later = self.table[self.table["period"] > 0]
        if self.cohort != "month" or self.period_days is None or later.empty:
            return ""
        empty = float(later["rate"].isna().mean())
        if empty <= _MOSTLY:
            return ""
        return (
            f" {formatting.percent(empty, digits=0)} of the cells after period 0 are "
            "immature: cohort='week' or counting='calendar' shows more."
        )


def cohort_triangle(
    events: Any,  # noqa: ANN401
    *,
    cohort: Cohort = "month",
    counting: _activity.Counting = "elapsed",
    period_days: int | None = None,
    periods: int | None = None,
    starts: Any = None,  # noqa: ANN401
    start_event: str | None = None,
    return_event: str | None = None,
    observed_until: _tables.Moment | None = None,
    user_column: str = "user_id",
    time_column: str = "time",
    event_column: str = "event",
    start_column: str = "started_at",
) -> CohortTriangle:
    """Compute retention by cohort and by period since each user's start.

    ``rate(c, k) = users of cohort c active in period k / users of cohort c``.

    A cell is mature when period k is over for every user of the cohort; other cells
    stay empty, they are no zeros. Aggregated in the engine of ``events``; what comes
    back has a row for each cell.

    Args:
        events: A row for each event: pandas, Polars, DuckDB relation or PySpark.
        cohort: Users are grouped by calendar ``day``, ``week`` or ``month`` of start.
        counting: ``elapsed`` periods of 24-hour days from each user's start, or
            ``calendar`` periods of the same unit as the cohort.
        period_days: Length of an elapsed period; by default 1, 7 or 30 by cohort.
        periods: Last period shown; by default the last mature one.
        starts: Table of starts, a row for each user; without it, the first event.
        start_event: Only this event starts a user.
        return_event: Only this event counts as being active.
        observed_until: End of the data; without it, the time of the last event.
        user_column: Name of the user column, in both tables.
        time_column: Name of the time column of the events.
        event_column: Name of the event column, needed for the two event filters.
        start_column: Name of the time column of ``starts``.

    Returns:
        The triangle, with pooled rates over mature cohorts.

    Raises:
        ValueError: If rows lack a user or time, or time zones are mixed.

    Examples:
        >>> import pandas as pd
        >>> events = pd.DataFrame({
        ...     "user_id": ["a", "a", "b", "c"],
        ...     "time": pd.to_datetime(["2025-01-05", "2025-02-10", "2025-01-20",
        ...                             "2025-03-30"]),
        ... })
        >>> triangle = cohort_triangle(events)
        >>> triangle.pooled_rate(1)
        50.0 % (1 of 2); 95 % Wilson interval 9.5 % to 90.5 %.

    References:
        Fader, P. & Hardie, B. (2007). How to project customer retention.
    """
    _arguments.choice("cohort", cohort, tuple(_PERIOD_DAYS))
    _arguments.choice("counting", counting, ("elapsed", "calendar"))
    length = _length(counting, cohort, period_days)
    activity = _activity.read(
        _activity.Source(
            events=events,
            starts=starts,
            start_event=start_event,
            return_event=return_event,
            user_column=user_column,
            time_column=time_column,
            event_column=event_column,
            start_column=start_column,
            observed_until=observed_until,
        ),
        unit="instant" if counting == "elapsed" else cohort,
        cohort=cohort,
    )
    step = 1 if length is None else length * _tables.DAY_US
    cells = _cells(activity, step)
    sizes = _sizes(activity, cells)
    return CohortTriangle(
        cohort=cohort,
        period_days=length,
        counting=counting,
        observed_until=activity.until,
        end_note=activity.end_note,
        table=_table(
            sizes, cells, end=activity.end, step=step, periods=periods, cohort=cohort
        ),
    )


def _length(counting: str, cohort: Cohort, period_days: int | None) -> int | None:
    if counting == "calendar":
        if period_days is not None:
            raise ValueError(
                f"period_days == {period_days!r} needs counting='elapsed'; calendar "
                "periods are as long as the cohort's unit"
            )
        return None
    default = _PERIOD_DAYS[cohort] if period_days is None else period_days
    return _arguments.whole("period_days", default, minimum=1)


def _sizes(activity: _activity.Activity, cells: pd.DataFrame) -> pd.DataFrame:
    """Users and the latest start of each cohort.

    Where the first event is the start, all users of a cohort are in its period 0.
    """
    if activity.same_rows:
        first = cells[cells["period"] == 0]
        return first[["cohort", "retained", "last_start"]].rename(
            columns={"retained": "users"}
        )
    groups = activity.starts.group_by("cohort")
    return _tables.fetch(groups.agg(users=nw.len(), last_start=nw.col("start").max()))


def _cells(activity: _activity.Activity, step: int) -> pd.DataFrame:
    """Active users of each cohort and period."""
    events = activity.since_start()
    since = nw.col("at") - nw.col("start")
    period = since if step == 1 else _tables.whole_part(events, since, step)
    active = events.select("user", "cohort", "start", period=period)
    if not (activity.same_rows and activity.one_unit):
        active = _tables.distinct(active)
    return _tables.fetch(
        active.group_by("cohort", "period").agg(
            retained=nw.len(), last_start=nw.col("start").max()
        )
    )


def _table(
    sizes: pd.DataFrame,
    cells: pd.DataFrame,
    *,
    end: int,
    step: int,
    periods: int | None,
    cohort: Cohort,
) -> pd.DataFrame:
    sizes = sizes.astype(int).sort_values("cohort", ignore_index=True)
    over = (end - sizes["last_start"]) // step
    last = int(max(over.max() - 1, 0)) if periods is None else periods
    last = _arguments.whole("periods", last)
    grid = sizes.assign(over=over).merge(
        pd.DataFrame({"period": range(last + 1)}), how="cross"
    )
    counts = cells[["cohort", "period", "retained"]].astype(int)
    table = grid.merge(counts, on=["cohort", "period"], how="left")
    retained = table["retained"].fillna(0).astype(float)
    retained = retained.where(table["period"] < table["over"], np.nan)
    dates = [_tables.unit_start(number, cohort) for number in table["cohort"]]
    return pd.DataFrame(
        {
            "cohort": pd.to_datetime(dates),
            "period": table["period"],
            "users": table["users"],
            "retained_users": retained,
            "rate": retained / table["users"],
        }
    )
