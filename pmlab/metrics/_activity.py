"""Who started when, and who was active when: the rows behind retention.

Everything stays in the caller's engine; times are whole numbers in the unit that a
question needs (microseconds, local days, weeks or months).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import narwhals.stable.v2 as nw

from pmlab.metrics import _tables
from pmlab.metrics._data_end import end_note

Counting = Literal["elapsed", "calendar"]
Table = nw.LazyFrame[Any]


@dataclass(frozen=True, kw_only=True)
class Source:
    """The caller's tables and what to read from them.

    Attributes:
        events: Activity, a row for each event.
        starts: Starts of the users, or None to take their first event.
        start_event: Only this event starts a user, or None for each event.
        return_event: Only this event is activity, or None for each event.
        user_column: In both tables.
        time_column: In the events.
        event_column: In the events.
        start_column: In the starts.
        observed_until: End of the data, or None for the last event.
    """

    events: Any
    starts: Any
    start_event: str | None
    return_event: str | None
    user_column: str
    time_column: str
    event_column: str
    start_column: str
    observed_until: _tables.Moment | None


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Starts and events in one engine, cut at the end of the data.

    Attributes:
        starts: A row for each user: ``user``, ``start`` and ``cohort``.
        events: A row for each event: ``user`` and ``at``.
        end: End of the data in the unit of ``start`` and ``at``, itself not included.
        until: End of the data as given by the caller, or None.
        end_note: Where the data end, in words.
        same_rows: Whether the starts are the first of just these events.
        one_unit: Whether cohorts are numbered like the times, in calendar units; then
            a user's events in one unit are one.
    """

    starts: Table
    events: Table
    end: int
    until: datetime | None
    end_note: str
    same_rows: bool
    one_unit: bool

    def since_start(self) -> Table:
        """Return the events from the start on: ``user``, ``cohort``, ``start``, ``at``.

        If each user starts with the first of these very events, no join is needed.
        """
        if self.same_rows and self.one_unit:
            rows = _tables.distinct(self.events.select("user", "at"))
            started = _tables.with_first(rows, "at", by="user", name="start")
            return started.with_columns(cohort=nw.col("start"))
        if self.same_rows:
            table = self.events
            for source, name in (("at", "start"), ("cohort", "cohort_of_user")):
                table = _tables.with_first(table, source, by="user", name=name)
            return table.select("user", "at", "start", cohort=nw.col("cohort_of_user"))
        events = self.events.select("user", "at")
        return events.join(self.starts, on="user", how="inner").filter(
            nw.col("at") >= nw.col("start")
        )


def read(source: Source, *, unit: _tables.Unit, cohort: _tables.Unit) -> Activity:
    """Read starts and activity in the given units, check them and cut them."""
    names = [source.user_column, source.time_column]
    if source.start_event is not None or source.return_event is not None:
        names.append(source.event_column)
    table = _tables.open_table(source.events, *names)
    zone = _tables.zone_of(table, source.time_column)
    until = _tables.observed_until(source.observed_until, zone=zone)
    events = _only(table, source.event_column, source.return_event)
    log, end_us = _tables.observed(
        _log(events, source.user_column, source.time_column, unit, cohort),
        until,
        what="events",
    )
    end = _end(log, until, end_us=end_us, unit=unit)
    begun = _begun(source, table, zone=zone, unit=unit, cohort=cohort)
    same_rows = begun is None
    begun = log if begun is None else begun.filter(nw.col("time") < end_us)
    starts = begun.group_by("user").agg(
        nw.col("at").min().alias("start"), nw.col("cohort").min()
    )
    return Activity(
        starts=starts,
        events=log.select("user", "at", "cohort"),
        end=end,
        until=until,
        end_note=end_note(log, until, zone=zone, end_us=end_us),
        same_rows=same_rows,
        one_unit=unit == cohort != "instant",
    )


def _only(table: Table, column: str, event: str | None) -> Table:
    return table if event is None else table.filter(nw.col(column) == event)


def _log(
    table: Table, user: str, time: str, unit: _tables.Unit, cohort: _tables.Unit
) -> Table:
    units: set[_tables.Unit] = {"instant", unit, cohort}
    for each in units:
        table = _tables.add_time(table, time, unit=each, name=f"__pmlab_{each}")
    return table.select(
        user=nw.col(user),
        time=nw.col("__pmlab_instant"),
        at=nw.col(f"__pmlab_{unit}"),
        cohort=nw.col(f"__pmlab_{cohort}"),
    )


def _begun(
    source: Source,
    table: Table,
    *,
    zone: _tables.Zone,
    unit: _tables.Unit,
    cohort: _tables.Unit,
) -> Table | None:
    """Return the rows that start users, or None if they are the activity itself."""
    if source.starts is not None:
        if source.start_event is not None:
            raise ValueError(
                f"start_event == {source.start_event!r} can't be used together with "
                "starts; drop one of the two"
            )
        starts = _tables.open_table(
            source.starts, source.user_column, source.start_column
        )
        _tables.same_zones(
            {
                source.time_column: zone,
                source.start_column: _tables.zone_of(starts, source.start_column),
            }
        )
        log = _log(starts, source.user_column, source.start_column, unit, cohort)
        return _tables.observed(log, None, what="starts")[0]
    if source.start_event is None and source.return_event is None:
        return None
    rows = _only(table, source.event_column, source.start_event)
    log = _log(rows, source.user_column, source.time_column, unit, cohort)
    return _tables.observed(log, None, what=f"events {source.start_event or ''}")[0]


def _end(log: Table, until: datetime | None, *, end_us: int, unit: _tables.Unit) -> int:
    if unit == "instant":
        return end_us
    if until is not None:
        return _tables.moment_unit(until, unit)
    return int(_tables.fetch(log.select(last=nw.col("at").max()))["last"].iloc[0])
