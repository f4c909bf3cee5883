"""Contact rates: how often customers need help, per booking they completed."""

from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments
from pmlab.metrics import _tables
from pmlab.results import Result

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class ContactRates(Result):
    """Contacts per completed booking by theme and month.

    Attributes:
        per_bookings: Bookings the rates are stated per.
        spam: Tickets left out as spam.
        duplicates: Tickets left out as repeats of another one.
        confidence_level: Of the intervals in the table.
        table: A row for each month and theme: ``month`` (its first date), ``theme``,
            ``contacts``, ``completed_bookings``, ``rate``, ``low``, ``high`` (exact
            Poisson interval).
    """

    per_bookings: int
    spam: int
    duplicates: int
    confidence_level: float
    table: pd.DataFrame = field(compare=False)

    def changes(self) -> pd.DataFrame:
        """Compare each theme's rate of the last month with the month before.

        Returns:
            Columns ``theme``, ``rate_before``, ``rate_after`` and ``change``, the
            greatest rise first.
        """
        wide = self.table.pivot_table(index="theme", columns="month", values="rate")
        if wide.shape[1] < 2:
            raise ValueError("the table has one month, needs two for a change")
        last = wide.iloc[:, -2:].set_axis(["rate_before", "rate_after"], axis=1)
        change = last["rate_after"] - last["rate_before"]
        ranked = last.assign(change=change).sort_values("change", ascending=False)
        return ranked.reset_index().rename_axis(columns=None)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each month and theme, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return the theme that got worse most, and what was left out, in words."""
        left_out = f"{self.spam} spam and {self.duplicates} repeated tickets left out."
        if self.table["month"].nunique() < 2:
            top = self.table.sort_values("rate").iloc[-1]
            return (
                f"Most contacts: {top['theme']}, {top['rate']:.1f} per "
                f"{self.per_bookings:,} completed bookings. {left_out}"
            )
        worst = self.changes().iloc[0]
        rose = worst["change"] > 0
        verb = "Worsened most" if rose else "No theme worsened; closest"
        return (
            f"{verb}: {worst['theme']}, from {worst['rate_before']:.1f} to "
            f"{worst['rate_after']:.1f} contacts per {self.per_bookings:,} completed "
            f"bookings in the last month. {left_out}"
        )


def contact_rates(
    tickets: Any,  # noqa: ANN401
    bookings: Any,  # noqa: ANN401
    *,
    per_bookings: int = 1000,
    confidence_level: float = 0.95,
    theme_column: str = "theme",
    ticket_time_column: str = "created_at",
    spam_column: str | None = "is_spam",
    duplicate_column: str | None = "duplicate_of",
    booking_time_column: str = "scheduled_at",
    status_column: str | None = "status",
    completed_status: str = "completed",
) -> ContactRates:
    """Count contacts per 1,000 completed bookings by theme and month.

    ``rate = distinct contacts of the month / completed bookings of the month * 1,000``.

    Counts alone rise with the business; rates tell whether it got worse. Tickets count
    in the month they came in. Both tables are aggregated in their engine.

    Args:
        tickets: A row for each ticket: pandas, Polars, DuckDB relation or PySpark.
        bookings: A row for each booking.
        per_bookings: Bookings the rate is stated per.
        confidence_level: Of the exact Poisson intervals.
        theme_column: Name of the column with the theme of a ticket.
        ticket_time_column: When the ticket came in.
        spam_column: True for spam, or None if the table has none.
        duplicate_column: Filled for repeats of another ticket, or None.
        booking_time_column: When the booking takes place.
        status_column: Status of the booking, or None if all are completed.
        completed_status: Status of a completed booking.

    Returns:
        Rates with intervals by month and theme; a theme without contacts has rate 0.

    Raises:
        ValueError: If a month with contacts has no completed booking, or times are
            missing or of mixed kind.

    Examples:
        >>> import pandas as pd
        >>> tickets = pd.DataFrame({
        ...     "theme": ["late", "late", "price"],
        ...     "created_at": pd.date_range("2025-03-02", periods=3),
        ...     "is_spam": False, "duplicate_of": [None, None, None],
        ... })
        >>> bookings = pd.DataFrame({
        ...     "scheduled_at": pd.to_datetime(["2025-03-01"] * 100),
        ...     "status": "completed",
        ... })
        >>> contact_rates(tickets, bookings)
        Most contacts: late, 20.0 per 1,000 completed bookings. 0 spam and 0 repeated
        tickets left out.

    References:
        Garwood, F. (1936). Fiducial limits for the Poisson distribution.
    """
    per = _arguments.whole("per_bookings", per_bookings, minimum=1)
    level = _arguments.open_rate("confidence_level", confidence_level)
    optional = [name for name in (spam_column, duplicate_column) if name]
    table = _tables.open_table(tickets, theme_column, ticket_time_column, *optional)
    booked = _tables.open_table(
        bookings, booking_time_column, *([status_column] if status_column else [])
    )
    _tables.same_zones(
        {
            ticket_time_column: _tables.zone_of(table, ticket_time_column),
            booking_time_column: _tables.zone_of(booked, booking_time_column),
        }
    )
    if status_column is not None:
        booked = booked.filter(nw.col(status_column) == completed_status)
    completed = _monthly(booked, booking_time_column)
    spam = _mark(spam_column, nw.col(spam_column or "").fill_null(value=False))
    repeat = _mark(duplicate_column, ~nw.col(duplicate_column or "").is_null())
    contacts = _contacts(table, theme_column, ticket_time_column, spam, repeat)
    kept = contacts[(contacts["spam"] == 0) & (contacts["repeat"] == 0)]
    return ContactRates(
        per_bookings=per,
        spam=int(contacts.loc[contacts["spam"] == 1, "contacts"].sum()),
        duplicates=int(
            contacts.loc[
                (contacts["repeat"] == 1) & (contacts["spam"] == 0), "contacts"
            ].sum()
        ),
        confidence_level=level,
        table=_table(kept, completed, per=per, level=level),
    )


def _mark(column: str | None, condition: nw.Expr) -> nw.Expr:
    if column is None:
        return nw.lit(0)
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _monthly(table: nw.LazyFrame[Any], time: str) -> pd.DataFrame:
    log = _tables.event_log(table, user=time, time=time)
    _tables.observed(log, None, what="completed bookings")
    months = _tables.add_time(table, time, unit="month", name="__pmlab_month")
    return _tables.fetch(
        months.select(month=nw.col("__pmlab_month"))
        .group_by("month")
        .agg(completed=nw.len())
    ).astype(int)


def _contacts(
    table: nw.LazyFrame[Any], theme: str, time: str, spam: nw.Expr, repeat: nw.Expr
) -> pd.DataFrame:
    _tables.observed(
        _tables.event_log(table, user=theme, time=time), None, what="tickets"
    )
    months = _tables.add_time(table, time, unit="month", name="__pmlab_month")
    return _tables.fetch(
        months.select(
            month=nw.col("__pmlab_month"),
            theme=nw.col(theme),
            spam=spam,
            repeat=repeat,
        )
        .group_by("month", "theme", "spam", "repeat")
        .agg(contacts=nw.len())
    )


def _table(
    kept: pd.DataFrame, completed: pd.DataFrame, *, per: int, level: float
) -> pd.DataFrame:
    if kept.empty:
        raise ValueError("no ticket is left without spam and repeats; check the flags")
    themes = pd.DataFrame({"theme": sorted(kept["theme"].unique())})
    counts = kept.groupby(["month", "theme"], as_index=False)["contacts"].sum()
    missing = sorted(set(counts["month"]) - set(completed["month"]))
    if missing:
        months = ", ".join(str(_tables.unit_start(m, "month"))[:7] for m in missing)
        raise ValueError(
            f"no completed booking in {months}, where there are contacts; a rate needs "
            "both, cut the tables to the same months"
        )
    grid = completed.sort_values("month").merge(themes, how="cross")
    table = grid.merge(counts, on=["month", "theme"], how="left")
    contacts = table["contacts"].fillna(0).to_numpy(dtype=float)
    scale = per / table["completed"].to_numpy(dtype=float)
    dates = [_tables.unit_start(month, "month") for month in table["month"]]
    return pd.DataFrame(
        {
            "month": pd.to_datetime(dates),
            "theme": table["theme"],
            "contacts": contacts.astype(int),
            "completed_bookings": table["completed"],
            "rate": contacts * scale,
            "low": _poisson_low(contacts, level) * scale,
            "high": _poisson_high(contacts, level) * scale,
        }
    )


def _poisson_low(counts: FloatArray, level: float) -> FloatArray:
    from scipy.stats import chi2

    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * np.maximum(counts, 1)) / 2
    result: FloatArray = np.where(counts > 0, low, 0.0)
    return result


def _poisson_high(counts: FloatArray, level: float) -> FloatArray:
    from scipy.stats import chi2

    return np.asarray(chi2.ppf((1 + level) / 2, 2 * (counts + 1)) / 2, dtype=float)
