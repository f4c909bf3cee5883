"""Retention: the share of users who come back, on users old enough to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import narwhals.stable.v2 as nw
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.metrics import _activity, _tables
from pmlab.metrics.conversion import Proportion, proportion
from pmlab.results import Result

Kind = Literal["bracket", "classic", "unbounded"]
Counting = _activity.Counting

_DAY_WORDS = {
    "elapsed": "24-hour days from the user's start",
    "calendar": "calendar days",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class RetentionCurve(Result):
    """Retention of users on some days after their start.

    Attributes:
        kind: ``bracket``, ``classic`` or ``unbounded``.
        bracket_days: Length of the bracket, in days.
        counting: ``elapsed`` 24-hour days, or ``calendar`` days.
        observed_until: End of the data as given, or None for the last event.
        end_note: Where the data end, and a warning if hardly an event lies near it.
        users: All users who started before the end of the data.
        table: A row for each day: ``day``, ``eligible_users``, ``retained_users``,
            ``rate``, ``low``, ``high`` (Wilson). Rates are missing where no user is old
            enough.
    """

    kind: Kind
    bracket_days: int
    counting: Counting
    observed_until: datetime | None
    end_note: str
    users: int
    table: pd.DataFrame = field(compare=False)

    def on_day(self, day: int) -> Proportion:
        """Return the retention of one day with its base and interval.

        Args:
            day: One of the days asked for.

        Returns:
            Retained users as a share of eligible users.

        Raises:
            ValueError: If the day was not asked for, or no user is old enough.
        """
        rows = self.table[self.table["day"] == day]
        if rows.empty:
            days = ", ".join(map(str, self.table["day"]))
            raise ValueError(f"day == {day!r}, must be one of the days {days}")
        row = rows.iloc[0]
        if not row["eligible_users"]:
            raise ValueError(f"day == {day!r}: no user is old enough yet to be counted")
        return proportion(int(row["retained_users"]), int(row["eligible_users"]))

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each day, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return rate, base and convention of each day in words."""
        parts = []
        columns = (self.table[name] for name in ("day", "eligible_users", "rate"))
        for day, eligible, rate in zip(*columns, strict=True):
            known = f"{formatting.percent(rate)} {self._span(day)} (of "
            base = f"{formatting.count(eligible)} old enough)"
            unknown = f"not yet known {self._span(day)}"
            parts.append(known + base if eligible else unknown)
        return (
            f"Came back: {'; '.join(parts)}. {self.kind.capitalize()} retention in "
            f"{_DAY_WORDS[self.counting]}; {formatting.count(self.users)} users "
            f"started. {self.end_note}"
        )

    def _span(self, day: int) -> str:
        if self.kind == "unbounded":
            return f"on day {day} or later"
        if self.bracket_days == 1:
            return f"on day {day}"
        return f"in days {day} to {day + self.bracket_days - 1}"


def retention_curve(
    events: Any,  # noqa: ANN401
    *,
    days: Sequence[int] = (1, 7, 28),
    kind: Kind = "bracket",
    bracket_days: int = 7,
    counting: Counting = "elapsed",
    starts: Any = None,  # noqa: ANN401
    start_event: str | None = None,
    return_event: str | None = None,
    observed_until: _tables.Moment | None = None,
    user_column: str = "user_id",
    time_column: str = "time",
    event_column: str = "event",
    start_column: str = "started_at",
) -> RetentionCurve:
    """Compute the share of users who were active again some days after their start.

    ``rate(N) = users active in [N, N + bracket) / users whose bracket is over``.

    Only users old enough count: their whole bracket lies before the end of the data.
    Aggregated in the engine of ``events``; two rows come back.

    Args:
        events: A row for each event: pandas, Polars, DuckDB relation or PySpark.
        days: Days N, whole numbers from 0.
        kind: ``bracket`` asks for activity in days N to N + bracket_days - 1;
            ``classic`` on day N alone; ``unbounded`` on day N or any later day, a rate
            that rises as the data grow.
        bracket_days: Length of the bracket; classic and unbounded use one day.
        counting: ``elapsed`` days of 24 hours from each user's start; ``calendar``
            days by the clock of the time column's zone.
        starts: Table of starts, a row for each user; users without events then count
            as not retained. Without it, a user starts with the first event.
        start_event: Only this event starts a user.
        return_event: Only this event counts as being active.
        observed_until: End of the data; without it, the time of the last event. A
            calendar day in progress at the end is not over.
        user_column: Name of the user column, in both tables.
        time_column: Name of the time column of the events.
        event_column: Name of the event column, needed for the two event filters.
        start_column: Name of the time column of ``starts``.

    Returns:
        Eligible and retained users, rates and Wilson intervals by day.

    Raises:
        ValueError: If a day is negative, rows lack a user or time, or zones are mixed.

    Examples:
        >>> import pandas as pd
        >>> events = pd.DataFrame({
        ...     "user_id": ["a", "a", "b", "c"],
        ...     "time": pd.to_datetime(["2025-03-01", "2025-03-09", "2025-03-01",
        ...                             "2025-03-20"]),
        ... })
        >>> retention_curve(events, days=[7])
        Came back: 50.0 % in days 7 to 13 (of 2 old enough). Bracket retention in
        24-hour days from the user's start; 3 users started. Data end on 2025-03-20
        (last event).

    References:
        Amplitude (2024). How retention is computed (documentation of the three kinds).
    """
    _arguments.choice("kind", kind, ("bracket", "classic", "unbounded"))
    _arguments.choice("counting", counting, ("elapsed", "calendar"))
    wanted = [_arguments.whole("days", day) for day in days]
    if not wanted:
        raise ValueError("days == [], must name at least one day, such as [28]")
    length = _arguments.whole("bracket_days", bracket_days, minimum=1)
    length = length if kind == "bracket" else 1
    unit: _tables.Unit = "instant" if counting == "elapsed" else "day"
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
        unit=unit,
        cohort=unit,
    )
    per_day = _tables.DAY_US if counting == "elapsed" else 1
    spans = [_Span.of(day, length, kind=kind, per_day=per_day) for day in wanted]
    return RetentionCurve(
        kind=kind,
        bracket_days=length,
        counting=counting,
        observed_until=activity.until,
        end_note=activity.end_note,
        users=int(_tables.fetch(activity.starts.select(n=nw.len()))["n"].iloc[0]),
        table=_curve(activity, spans),
    )


@dataclass(frozen=True, kw_only=True)
class _Span:
    """One bracket in the unit of the rows."""

    day: int
    low: int
    high: int | None
    age: int

    @classmethod
    def of(cls, day: int, length: int, *, kind: Kind, per_day: int) -> "_Span":
        high = (day + length) * per_day
        return cls(
            day=day,
            low=day * per_day,
            high=None if kind == "unbounded" else high,
            age=high,
        )

    def eligible(self, end: int) -> nw.Expr:
        """Whether the whole bracket of a user lies before the end of the data."""
        return nw.col("start") <= end - self.age

    def hit(self, end: int) -> nw.Expr:
        """Whether an event of an eligible user lies in the bracket."""
        since = nw.col("at") - nw.col("start")
        inside = (since >= self.low) & self.eligible(end)
        return inside if self.high is None else inside & (since < self.high)


def _curve(activity: _activity.Activity, spans: Sequence[_Span]) -> pd.DataFrame:
    names = [f"day_{span.day}" for span in spans]
    eligible = _tables.fetch(
        activity.starts.select(
            *(
                _flag(span.eligible(activity.end)).alias(name)
                for span, name in zip(spans, names, strict=True)
            )
        ).select(nw.all().sum())
    )
    hits = [
        _flag(span.hit(activity.end)).alias(name)
        for span, name in zip(spans, names, strict=True)
    ]
    by_user = (
        activity.since_start()
        .select("user", *hits)
        .group_by("user")
        .agg(*(nw.col(name).max() for name in names))
    )
    retained = _tables.fetch(by_user.select(nw.col(*names).sum())).fillna(0)
    rows = [
        _rate_row(span.day, int(eligible[name].iloc[0]), int(retained[name].iloc[0]))
        for span, name in zip(spans, names, strict=True)
    ]
    return pd.DataFrame(rows)


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _rate_row(day: int, eligible: int, retained: int) -> dict[str, float]:
    share = proportion(retained, eligible) if eligible else None
    missing = float("nan")
    return {
        "day": day,
        "eligible_users": eligible,
        "retained_users": retained,
        "rate": share.rate if share else missing,
        "low": share.low if share else missing,
        "high": share.high if share else missing,
    }
