"""The border to pandas, Polars, DuckDB and PySpark.

Tables come in as they are and stay in their engine. Here a time column becomes a whole
number (microseconds, local days or local months), so that everything after it is plain
arithmetic on numbers, equal in all engines. Only small aggregates come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import narwhals.stable.v2 as nw
import pandas as pd

from pmlab import _arguments

DAY_US = 86_400_000_000
EPOCH = datetime(1970, 1, 1)

TimeKind = Literal["naive", "aware", "date"]
Unit = Literal["instant", "day", "week", "month"]
Moment = str | date | datetime | pd.Timestamp


@dataclass(frozen=True, kw_only=True)
class Zone:
    """What a time column holds: clock times, moments in a zone, or dates."""

    kind: TimeKind
    name: Any = None


def open_table(data: Any, *columns: str) -> nw.LazyFrame[Any]:  # noqa: ANN401
    """Return ``data`` as a lazy table in its own engine, with the columns checked."""
    refused = TypeError(
        f"data is a {type(data).__name__}, must be a table of pandas, Polars, "
        "DuckDB (a relation) or PySpark; convert it first"
    )
    try:
        table: nw.LazyFrame[Any] = nw.from_native(data).lazy()
    except TypeError:
        raise refused from None
    engine = table.implementation
    known = engine.is_pandas() or engine.is_polars() or engine.is_duckdb()
    if not (known or is_spark(table)):
        raise refused
    _arguments.columns(table.collect_schema().names(), *columns)
    return table


def is_spark(table: nw.LazyFrame[Any]) -> bool:
    """Return whether a table lives in PySpark."""
    engine = table.implementation
    return bool(engine.is_pyspark() or engine.is_pyspark_connect())


def fetch(table: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Run the query and bring its (small) answer back as a pandas table."""
    if table.implementation.is_polars():
        return pd.DataFrame(table.collect().to_dict(as_series=False))
    if is_spark(table):
        rows = table.to_native().collect()
        names = table.collect_schema().names()
        return pd.DataFrame([tuple(row) for row in rows], columns=names)
    answer: pd.DataFrame = table.collect(backend="pandas").to_native()
    return answer.reset_index(drop=True)


def whole_part(table: nw.LazyFrame[Any], value: nw.Expr, by: int) -> nw.Expr:
    """Divide whole numbers >= 0 without a rest, the way that is fast in each engine."""
    if table.implementation.is_pandas() or table.implementation.is_polars():
        return value // by
    return ((value - value % by) / by).cast(nw.Int64)


def held(table: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Keep a small table (a row for each user) that a query needs several times.

    Polars would compute it again for each use; the others share it on their own.
    """
    return table.collect().lazy() if table.implementation.is_polars() else table


def with_first(
    table: nw.LazyFrame[Any], column: str, *, by: str, name: str
) -> nw.LazyFrame[Any]:
    """Add the least value of each group, the way that is fast in each engine."""
    if table.implementation.is_pandas() or table.implementation.is_polars():
        return table.with_columns(nw.col(column).min().over(by).alias(name))
    first = table.group_by(by).agg(nw.col(column).min().alias(name))
    return table.join(first, on=by, how="inner")


def distinct(table: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Drop repeated rows, the way that is fast in each engine."""
    if table.implementation.is_pandas() or table.implementation.is_polars():
        return table.unique()
    columns = table.collect_schema().names()
    return table.group_by(*columns).agg(__pmlab_rows=nw.len()).select(*columns)


def in_its_engine(table: nw.LazyFrame[Any], like: object) -> Any:  # noqa: ANN401
    """Return the native table, eager if the caller's own table is eager."""
    import sys

    polars = sys.modules.get("polars")
    if table.implementation.is_pandas() or (
        polars is not None and isinstance(like, polars.DataFrame)
    ):
        return table.collect().to_native()
    return table.to_native()


def zone_of(table: nw.LazyFrame[Any], column: str) -> Zone:
    """Return the kind and time zone of a time column, or raise if it is no time."""
    if table.implementation.is_pandas():
        return _pandas_zone(table.to_native()[column], column)
    dtype = table.collect_schema()[column]
    if dtype == nw.Date:
        return Zone(kind="date")
    if isinstance(dtype, nw.Datetime):
        if dtype.time_zone is None:
            return Zone(kind="naive")
        return Zone(kind="aware", name=dtype.time_zone)
    raise TypeError(
        f"column {column!r} holds {dtype}, must hold dates or times; convert it first"
    )


def _pandas_zone(series: Any, column: str) -> Zone:  # noqa: ANN401
    if str(series.dtype).startswith("date32"):
        return Zone(kind="date")
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        zone = series.dt.tz
        return Zone(kind="naive") if zone is None else Zone(kind="aware", name=zone)
    raise TypeError(
        f"column {column!r} holds {series.dtype}, must hold times of one kind, all "
        "with or all without a time zone; convert it with pandas.to_datetime(...) and "
        "say format= for texts, unit= for numbers (and utc=True only for times with "
        "different offsets; observed_until then needs a zone, too)"
    )


def same_zones(zones: Mapping[str, Zone]) -> None:
    """Raise unless all times have a time zone or none has."""
    aware = [name for name, zone in zones.items() if zone.kind == "aware"]
    naive = [name for name, zone in zones.items() if zone.kind != "aware"]
    if aware and naive:
        raise ValueError(
            f"time zones are mixed: {', '.join(aware)} with a zone, "
            f"{', '.join(naive)} without; give all times a zone, or none: a text such "
            "as '2025-03-01' gets one as pandas.Timestamp('2025-03-01', tz='UTC')"
        )


def moment(name: str, value: Moment, *, zone: Zone) -> datetime:
    """Return a moment given by the caller, in the zone of a column."""
    try:
        stamp = pd.Timestamp(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} == {value!r}, must be a date or time, such as '2025-03-01'"
        ) from None
    if pd.isna(stamp):
        raise ValueError(f"{name} == {value!r}, must be a date or time, not missing")
    own = Zone(kind="naive" if stamp.tz is None else "aware")
    same_zones({name: own, "the time column": zone})
    if zone.kind == "aware":
        stamp = stamp.tz_convert(zone.name)
    return stamp.to_pydatetime(warn=False)


def observed_until(value: Moment | None, *, zone: Zone) -> datetime | None:
    """Return the end of the data as given by the caller, checked, or None."""
    return None if value is None else moment("observed_until", value, zone=zone)


def moment_us(value: datetime) -> int:
    """Return a moment in microseconds since 1970 (UTC, or by its own clock)."""
    epoch = EPOCH if value.tzinfo is None else EPOCH.replace(tzinfo=UTC)
    return (value - epoch) // timedelta(microseconds=1)


def moment_unit(value: datetime, unit: Unit) -> int:
    """Return the number of the local day, week or month a moment lies in."""
    if unit == "instant":
        return moment_us(value)
    if unit == "month":
        return value.year * 12 + value.month - 1
    day = (value.date() - EPOCH.date()).days
    return (day + 3) // 7 if unit == "week" else day


def unit_start(number: int, unit: Unit) -> date:
    """Return the first date of a local day, week (Monday) or month by its number."""
    if unit == "month":
        return date(number // 12, number % 12 + 1, 1)
    return EPOCH.date() + timedelta(days=number * 7 - 3 if unit == "week" else number)


def add_time(
    table: nw.LazyFrame[Any], column: str, *, unit: Unit, name: str
) -> nw.LazyFrame[Any]:
    """Add a time column as whole numbers.

    Args:
        table: The table.
        column: Its time column.
        unit: ``instant`` for microseconds since 1970, else the number of the local
            day, week (from Monday) or month. Local means the zone of the column; DuckDB
            and PySpark keep one zone for the whole session.
        name: Name of the new column.

    Returns:
        The table with one column of whole numbers more.
    """
    kind = zone_of(table, column).kind
    if unit == "instant":
        return _add_instant(table, column, kind=kind, name=name)
    if table.implementation.is_duckdb():
        return _duckdb_local(table, column, unit=unit, name=name)
    local = _local(table, column, kind=kind, name=name)
    time = nw.col(name)
    if unit == "month":
        year = time.dt.year().cast(nw.Int64)
        return local.with_columns((year * 12 + time.dt.month() - 1).alias(name))
    day = _day_number(local, name, kind=kind)
    return local.with_columns(((day + 3) // 7 if unit == "week" else day).alias(name))


def _add_instant(
    table: nw.LazyFrame[Any], column: str, *, kind: TimeKind, name: str
) -> nw.LazyFrame[Any]:
    implementation = table.implementation
    native = table.to_native()
    if implementation.is_duckdb():
        return _wrap(native.select("*", _duckdb_instant(column).alias(name)))
    if is_spark(table):
        if kind == "aware":
            from pyspark.sql import functions

            return _wrap(native.withColumn(name, functions.unix_micros(column)))
        return table.with_columns(_wall_clock_us(column, kind=kind).alias(name))
    if implementation.is_pandas() and kind == "aware":
        naive = native[column].dt.tz_convert("UTC").dt.tz_localize(None)
        table = _wrap(native.assign(**{name: naive}))
        return table.with_columns(nw.col(name).dt.timestamp("us"))
    time = nw.col(column).cast(nw.Datetime("us")) if kind == "date" else nw.col(column)
    return table.with_columns(time.dt.timestamp("us").alias(name))


def _duckdb_instant(column: str) -> Any:  # noqa: ANN401
    import duckdb

    return duckdb.FunctionExpression("epoch_us", duckdb.ColumnExpression(column))


def _duckdb_local(
    table: nw.LazyFrame[Any], column: str, *, unit: Unit, name: str
) -> nw.LazyFrame[Any]:
    """Count local days, weeks or months with DuckDB's own dates, which are faster."""
    import duckdb

    time = duckdb.ColumnExpression(column)
    if unit == "month":
        year, month = (
            duckdb.FunctionExpression(part, time) for part in ("year", "month")
        )
        number = year * duckdb.ConstantExpression(12) + month
        number = number - duckdb.ConstantExpression(1)
    else:
        number = time.cast("DATE") - duckdb.ConstantExpression(EPOCH.date())
    if unit == "week":
        weeks = duckdb.FunctionExpression(
            "floor",
            (number + duckdb.ConstantExpression(3)) / duckdb.ConstantExpression(7),
        )
        number = weeks
    return _wrap(table.to_native().select("*", number.cast("BIGINT").alias(name)))


def _wrap(native: Any) -> nw.LazyFrame[Any]:  # noqa: ANN401
    table: nw.LazyFrame[Any] = nw.from_native(native).lazy()
    return table


def _local(
    table: nw.LazyFrame[Any], column: str, *, kind: TimeKind, name: str
) -> nw.LazyFrame[Any]:
    """Add the local clock time of a column where the engine can tell it apart."""
    if kind == "aware" and table.implementation.is_pandas():
        native = table.to_native()
        return _wrap(native.assign(**{name: native[column].dt.tz_localize(None)}))
    if kind == "aware" and table.implementation.is_polars():
        return table.with_columns(nw.col(column).dt.replace_time_zone(None).alias(name))
    return table.with_columns(nw.col(column).alias(name))


def _day_number(table: nw.LazyFrame[Any], column: str, *, kind: TimeKind) -> nw.Expr:
    if table.implementation.is_pandas() or table.implementation.is_polars():
        time = nw.col(column)
        time = time.cast(nw.Datetime("us")) if kind == "date" else time
        return time.dt.timestamp("us") // DAY_US
    return _civil_day(column)


def _civil_day(column: str) -> nw.Expr:
    """Days since 1970 from year and day of the year, for engines without more."""
    year = nw.col(column).dt.year().cast(nw.Int64)
    leap_days = (year - 1969) // 4 - (year - 1901) // 100 + (year - 1601) // 400
    return (year - 1970) * 365 + leap_days + nw.col(column).dt.ordinal_day() - 1


def _wall_clock_us(column: str, *, kind: TimeKind) -> nw.Expr:
    day = _civil_day(column) * DAY_US
    if kind == "date":
        return day
    time = nw.col(column).dt
    seconds = (time.hour().cast(nw.Int64) * 60 + time.minute()) * 60 + time.second()
    return day + seconds * 1_000_000 + time.microsecond()


def event_log(
    table: nw.LazyFrame[Any], *, user: str, time: str, event: str | None = None
) -> nw.LazyFrame[Any]:
    """Reduce a table of events to ``user``, ``time`` (microseconds) and ``event``."""
    timed = add_time(table, time, unit="instant", name="__pmlab_time")
    columns = {"user": nw.col(user), "time": nw.col("__pmlab_time")}
    if event is not None:
        columns["event"] = nw.col(event)
    return timed.select(**columns)


def numbered(
    table: nw.LazyFrame[Any],
    *,
    user: str,
    time: str,
    unit: Unit,
    keep: str | None = None,
) -> nw.LazyFrame[Any]:
    """Reduce a table to ``user``, ``time`` (microseconds), ``at`` and ``kept``.

    ``at`` is the time in a unit, ``kept`` a column of numbers to carry along.
    """
    timed = add_time(table, time, unit="instant", name="__pmlab_time")
    timed = add_time(timed, time, unit=unit, name="__pmlab_at")
    kept = nw.lit(0.0) if keep is None else nw.col(keep).cast(nw.Float64)
    return timed.select(
        user=nw.col(user),
        time=nw.col("__pmlab_time"),
        at=nw.col("__pmlab_at"),
        kept=kept,
    )


def spells(table: nw.LazyFrame[Any], *, start: str, end: str) -> nw.LazyFrame[Any]:
    """Reduce a table to ``user`` (a mark), ``time`` of the start and ``end``."""
    timed = add_time(table, start, unit="instant", name="__pmlab_time")
    timed = add_time(timed, end, unit="instant", name="__pmlab_end")
    return timed.select(
        user=nw.lit(1), time=nw.col("__pmlab_time"), end=nw.col("__pmlab_end")
    )


def observed(
    log: nw.LazyFrame[Any], until: datetime | None, *, what: str = "events"
) -> tuple[nw.LazyFrame[Any], int]:
    """Check a log and cut it at the end of the data.

    Args:
        log: Columns ``user`` and ``time``, and ``event`` if it has to be full, too.
        until: End of the data, itself not included; None for the last event.
        what: Name of the rows, for messages.

    Returns:
        The events before the end, and the end in microseconds.

    Raises:
        ValueError: If the log is empty or rows lack a user, a time or an event.
    """
    columns = log.collect_schema().names()
    needed = [name for name in ("user", "time", "event") if name in columns]
    facts = fetch(
        log.select(
            *(nw.col(name).count() for name in needed),
            rows=nw.len(),
            first=nw.col("time").min(),
            last=nw.col("time").max(),
        )
    ).iloc[0]
    if not facts["rows"]:
        raise ValueError(f"{what} hold no rows; check the filter before this call")
    for column in needed:
        lacking = int(facts["rows"] - facts[column])
        if lacking:
            raise ValueError(
                f"{lacking} row(s) of {what} have no {column}; "
                "drop them, or give them one, before this call"
            )
    if until is None:
        return log, int(facts["last"]) + 1
    end = moment_us(until)
    if end <= facts["first"]:
        raise ValueError(
            f"observed_until == {until}, must lie after the first of the {what}"
        )
    if end > facts["last"]:
        return log, end
    return log.filter(nw.col("time") < end), end
