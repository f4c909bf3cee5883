"""Growth accounting: where this period's active users come from."""

from dataclasses import dataclass, field
from typing import Any, Literal

import narwhals.stable.v2 as nw
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.metrics import _tables
from pmlab.results import Result

Period = Literal["day", "week", "month"]


@dataclass(frozen=True, kw_only=True, repr=False)
class GrowthAccounting(Result):
    """Active users by period, split by where they come from.

    Attributes:
        period: ``day``, ``week`` (from Monday) or ``month``.
        table: A row for each period: ``period`` (its first date), ``active``, ``new``,
            ``retained``, ``resurrected``, ``churned``, ``quick_ratio`` (missing where
            nobody churned).
    """

    period: Period
    table: pd.DataFrame = field(compare=False)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each period, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return the account of the last period in words."""
        last = self.table.iloc[-1]
        ratio = last["quick_ratio"]
        quick = (
            "nobody churned, so there is no quick ratio"
            if pd.isna(ratio)
            else f"quick ratio {ratio:.2f}"
        )
        parts = ", ".join(
            f"{formatting.count(last[kind])} {kind}"
            for kind in ("retained", "new", "resurrected")
        )
        return (
            f"In the {self.period} from {last['period'].date()}: "
            f"{formatting.count(last['active'])} active = {parts}; "
            f"{formatting.count(last['churned'])} churned; {quick}. The first "
            f"{self.period} of the data calls everybody new."
        )


def growth_accounting(
    events: Any,  # noqa: ANN401
    *,
    period: Period = "month",
    observed_until: _tables.Moment | None = None,
    user_column: str = "user_id",
    time_column: str = "time",
) -> GrowthAccounting:
    """Split active users into new, retained and resurrected, and count the churned.

    ``active(t) = new + retained + resurrected``,
    ``churned(t) = active(t - 1) - retained(t)``,
    ``quick ratio = (new + resurrected) / churned``.

    New users were never active before, resurrected ones were, but not in the period
    just before. Periods are calendar periods in the zone of the time column, counted in
    the engine of ``events``.

    Args:
        events: Value actions, a row each: pandas, Polars, DuckDB relation or PySpark.
        period: ``day``, ``week`` or ``month``.
        observed_until: End of the data; a period in progress then is left out. Without
            it, the period of the last event counts as whole.
        user_column: Name of the user column.
        time_column: Name of the time column.

    Returns:
        A row for each period from the first to the last, quiet ones included.

    Raises:
        ValueError: If rows lack a user or time, or no period is whole.

    Examples:
        >>> import pandas as pd
        >>> events = pd.DataFrame({
        ...     "user_id": ["a", "b", "a", "c"],
        ...     "time": pd.to_datetime(["2025-01-03", "2025-01-09", "2025-02-01",
        ...                             "2025-02-20"]),
        ... })
        >>> growth_accounting(events)
        In the month from 2025-02-01: 2 active = 1 retained, 1 new, 0 resurrected; 1
        churned; quick ratio 1.00. The first month of the data calls everybody new.

    References:
        Hsu, J. (2015). Diligence at Social Capital: accounting for user growth.
    """
    _arguments.choice("period", period, ("day", "week", "month"))
    table = _tables.open_table(events, user_column, time_column)
    until = _tables.observed_until(
        observed_until, zone=_tables.zone_of(table, time_column)
    )
    log, _ = _tables.observed(
        _tables.numbered(table, user=user_column, time=time_column, unit=period), until
    )
    if until is not None:
        log = log.filter(nw.col("at") < _tables.moment_unit(until, period))
    counts = _counts(log)
    if counts.empty:
        raise ValueError(
            f"observed_until == {until}, must leave at least one whole {period}"
        )
    return GrowthAccounting(period=period, table=_accounts(counts, period))


def _counts(log: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Active, new and retained users of each period that has any."""
    active = _tables.distinct(log.select("user", "at"))
    before = nw.col("at").shift(1).over("user", order_by="at")
    active = active.with_columns(gap=nw.col("at") - before).with_columns(
        is_new=_flag(nw.col("gap").is_null()),
        is_retained=_flag(nw.col("gap") == 1),
    )
    return _tables.fetch(
        active.group_by("at").agg(
            active=nw.len(),
            new=nw.col("is_new").sum(),
            retained=nw.col("is_retained").sum(),
        )
    ).astype(int)


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _accounts(counts: pd.DataFrame, period: Period) -> pd.DataFrame:
    counts = counts.set_index("at").sort_index()
    whole = range(int(counts.index[0]), int(counts.index[-1]) + 1)
    counts = counts.reindex(whole, fill_value=0)
    resurrected = counts["active"] - counts["new"] - counts["retained"]
    churned = counts["active"].shift(1, fill_value=0) - counts["retained"]
    dates = [_tables.unit_start(number, period) for number in counts.index]
    return pd.DataFrame(
        {
            "period": pd.to_datetime(dates),
            "active": counts["active"].to_numpy(),
            "new": counts["new"].to_numpy(),
            "retained": counts["retained"].to_numpy(),
            "resurrected": resurrected.to_numpy(),
            "churned": churned.to_numpy(),
            "quick_ratio": (
                (counts["new"] + resurrected) / churned.where(churned > 0)
            ).to_numpy(),
        }
    )
