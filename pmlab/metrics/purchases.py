"""Purchase histories: what the repeat-buying models need to know of each customer."""

from typing import Any, Literal

import narwhals.stable.v2 as nw

from pmlab import _arguments
from pmlab.metrics import _tables

TimeUnit = Literal["day", "week"]


def purchase_summary(
    purchases: Any,  # noqa: ANN401
    *,
    last_day: _tables.Moment,
    time_unit: TimeUnit = "day",
    customer_column: str = "customer_id",
    time_column: str = "date",
    amount_column: str | None = None,
) -> Any:  # noqa: ANN401
    """Sum up each customer's purchases as the repeat-buying models need them.

    Purchases of a customer on one day are one purchase. The work is done in the engine
    of ``purchases``.

    Args:
        purchases: A row for each purchase: pandas, Polars, DuckDB or PySpark.
        last_day: Last day of the data, itself included; later rows are left out.
        time_unit: ``day`` or ``week`` (days / 7) for recency and age.
        customer_column: Name of the customer column.
        time_column: Name of the date or time column.
        amount_column: Name of a column with amounts, or None.

    Returns:
        A table of the caller's kind, a row for each customer: the customer column,
        ``frequency`` (purchase days after the first), ``recency`` (time from the first
        to the last purchase), ``age`` (time from the first purchase to the last day)
        and, with amounts, ``mean_repeat_spend`` (mean of the purchase days after the
        first; 0 without any).

    Raises:
        ValueError: If rows lack a customer, time or amount, or lie after ``last_day``.

    Examples:
        >>> import pandas as pd
        >>> purchases = pd.DataFrame({
        ...     "customer_id": [1, 1, 2],
        ...     "date": pd.to_datetime(["2015-02-01", "2015-02-06", "2015-01-01"]),
        ... })
        >>> table = purchase_summary(purchases, last_day="2015-02-07")
        >>> table.sort_values("customer_id")[["frequency", "recency", "age"]].values
        array([[ 1.,  5.,  6.],
               [ 0.,  0., 37.]])

    References:
        Fader, P., Hardie, B. & Lee, K. L. (2005). "Counting your customers" the easy
        way.
    """
    _arguments.choice("time_unit", time_unit, ("day", "week"))
    needed = [customer_column, time_column, amount_column]
    table = _tables.open_table(purchases, *(name for name in needed if name))
    zone = _tables.zone_of(table, time_column)
    last = _tables.moment_unit(_tables.moment("last_day", last_day, zone=zone), "day")
    log = _tables.numbered(
        table, user=customer_column, time=time_column, unit="day", keep=amount_column
    )
    log, _ = _tables.observed(log, None, what="purchases")
    if amount_column is not None:
        _check_amounts(log, amount_column)
    log = log.filter(nw.col("at") <= last)
    unit_days = 7.0 if time_unit == "week" else 1.0
    days = log.group_by("user", "at").agg(nw.col("kept").sum())
    first = nw.col("at").min().over("user")
    repeat = nw.when(nw.col("at") > first).then(nw.col("kept")).otherwise(nw.lit(0.0))
    people = (
        days.with_columns(repeat=repeat)
        .group_by("user")
        .agg(
            frequency=nw.len(),
            first=nw.col("at").min(),
            latest=nw.col("at").max(),
            repeat=nw.col("repeat").sum(),
        )
        .with_columns(frequency=nw.col("frequency").cast(nw.Int64) - 1)
    )
    columns = {
        customer_column: nw.col("user"),
        "frequency": nw.col("frequency"),
        "recency": (nw.col("latest") - nw.col("first")) / unit_days,
        "age": (nw.lit(last) - nw.col("first")) / unit_days,
    }
    if amount_column is not None:
        several = nw.col("frequency") > 0
        mean = nw.col("repeat") / nw.max_horizontal(nw.col("frequency"), nw.lit(1))
        columns["mean_repeat_spend"] = (
            nw.when(several).then(mean).otherwise(nw.lit(0.0))
        )
    return _tables.in_its_engine(people.select(**columns), purchases)


def _check_amounts(log: nw.LazyFrame[Any], column: str) -> None:
    facts = _tables.fetch(
        log.select(
            rows=nw.len(), known=nw.col("kept").count(), low=nw.col("kept").min()
        )
    ).iloc[0]
    lacking = int(facts["rows"] - facts["known"])
    if lacking or facts["low"] < 0:
        raise ValueError(
            f"column {column!r} lacks {lacking} amount(s) and is at least "
            f"{facts['low']:g}, must be >= 0 in each row; take out refunds first"
        )
