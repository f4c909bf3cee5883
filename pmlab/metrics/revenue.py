"""Recurring revenue: what the customers at the start are worth at the end."""

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import narwhals.stable.v2 as nw

from pmlab import _arguments, formatting
from pmlab.metrics import _tables
from pmlab.results import Result

Method = Literal["account_net", "movements"]

GAINS = ("new", "expansion", "reactivation")
LOSSES = ("contraction", "churn")


@dataclass(frozen=True, kw_only=True, repr=False)
class RevenueRetention(Result):
    """What became of the monthly recurring revenue (MRR) at the start of a period.

    Attributes:
        start: First day of the period.
        end: End of the period, itself not included.
        method: ``account_net`` or ``movements``.
        start_mrr_usd: MRR of the accounts that paid at the start.
        expansion_usd: Gained from those accounts.
        contraction_usd: Lost from those accounts while they stayed.
        churn_usd: Lost from those accounts as they left.
        new_usd: MRR of accounts that paid for the first time in the period, and kept
            at its end (``account_net``) or first paid (``movements``).
        reactivation_usd: MRR of former accounts that came back, in none of the rates.
        grr: Gross revenue retention, (start - contraction - churn) / start.
        nrr: Net revenue retention, with expansion.
        quick_ratio: (new + expansion) / (contraction + churn), or None without losses;
            with ``movements`` over all accounts, also those won in the period.
        logo_churn: Accounts of the cohort that pay nothing at the end, as a fraction.
        start_accounts: Accounts that paid at the start.
    """

    start: date
    end: date
    method: Method
    start_mrr_usd: float
    expansion_usd: float
    contraction_usd: float
    churn_usd: float
    new_usd: float
    reactivation_usd: float
    grr: float
    nrr: float
    quick_ratio: float | None
    logo_churn: float
    start_accounts: int

    def summary(self) -> str:
        """Return the rates and their base in words."""
        quick = "none lost" if self.quick_ratio is None else f"{self.quick_ratio:.2f}"
        return (
            f"Of {formatting.money(self.start_mrr_usd)} MRR from "
            f"{formatting.count(self.start_accounts)} accounts on {self.start}, "
            f"{formatting.percent(self.grr)} was kept (GRR) and "
            f"{formatting.percent(self.nrr)} with expansion (NRR) by {self.end}; logo "
            f"churn {formatting.percent(self.logo_churn)}, quick ratio {quick}. "
            f"Method: {self.method}."
        )


def revenue_retention(
    movements: Any,  # noqa: ANN401
    *,
    start: _tables.Moment,
    end: _tables.Moment,
    method: Method = "account_net",
    account_column: str = "account_id",
    time_column: str = "month",
    kind_column: str = "kind",
    amount_column: str = "change_usd",
) -> RevenueRetention:
    """Compute GRR, NRR, quick ratio and logo churn from MRR movements.

    ``GRR = (S - contraction - churn) / S``, ``NRR = GRR + expansion / S``,
    ``quick ratio = (new + expansion) / (contraction + churn)``.

    S is the MRR of the accounts that pay at ``start``; accounts won later are not in
    GRR and NRR. Aggregated in the engine of ``movements``.

    Args:
        movements: A row for each change of MRR: pandas, Polars, DuckDB or PySpark. The
            kinds are ``new``, ``expansion``, ``contraction``, ``churn`` and
            ``reactivation``; amounts are MRR, losses with or without a minus.
        start: First day of the period; all movements before it make the start.
        end: End of the period, itself not included; usually 12 months later.
        method: ``account_net`` compares each account's MRR at start and end, so GRR
            lies between 0 and 1; ``movements`` sums the movements of the cohort, which
            counts an expansion that is lost again as a loss of the start.
        account_column: Name of the account column.
        time_column: Name of the time column.
        kind_column: Name of the column with the kind of movement.
        amount_column: Name of the column with the amount.

    Returns:
        The rates and the amounts behind them.

    Raises:
        ValueError: If a kind is unknown, a gain is negative, losses have mixed signs,
            nobody pays at the start, or an account loses more than it had.

    Examples:
        >>> import pandas as pd
        >>> movements = pd.DataFrame({
        ...     "account_id": ["a", "b", "a", "b", "c"],
        ...     "month": pd.to_datetime(["2024-01-01", "2024-01-01", "2025-03-01",
        ...                              "2025-04-01", "2025-05-01"]),
        ...     "kind": ["new", "new", "expansion", "churn", "new"],
        ...     "change_usd": [100, 100, 50, -100, 80],
        ... })
        >>> result = revenue_retention(movements, start="2025-01-01", end="2026-01-01")
        >>> result.grr, result.nrr, result.quick_ratio, result.logo_churn
        (0.5, 0.75, 1.3, 0.5)

    References:
        SaaS Metrics Standards Board (2023). Gross and net revenue retention.
    """
    _arguments.choice("method", method, ("account_net", "movements"))
    table = _tables.open_table(
        movements, account_column, time_column, kind_column, amount_column
    )
    zone = _tables.zone_of(table, time_column)
    begin = _tables.moment("start", start, zone=zone)
    until = _tables.moment("end", end, zone=zone)
    if begin >= until:
        raise ValueError(f"start == {start!r}, must lie before end ({end!r})")
    timed = _tables.add_time(table, time_column, unit="instant", name="__pmlab_time")
    log = timed.select(
        user=nw.col(account_column),
        time=nw.col("__pmlab_time"),
        movement=nw.col(kind_column),
        amount=nw.col(amount_column).cast(nw.Float64),
    )
    log, _ = _tables.observed(log, until, what="movements")
    _check_movements(log)
    totals = _totals(log, begin, method)
    return _result(totals, begin, until, method)


def _check_movements(log: nw.LazyFrame[Any]) -> None:
    """Check kinds, signs and missing amounts on one row for each kind."""
    amount = nw.col("amount")
    facts = _tables.fetch(
        log.group_by("movement").agg(
            rows=nw.len(),
            amounts=amount.count(),
            low=amount.min(),
            high=amount.max(),
        )
    )
    for kind, rows, amounts, low in facts.drop(columns="high").itertuples(
        index=False, name=None
    ):
        if kind not in GAINS + LOSSES:
            raise ValueError(
                f"movement == {kind!r}, must be one of {', '.join(GAINS + LOSSES)}"
            )
        if amounts < rows or math.isnan(low):
            raise ValueError(
                f"{kind} movements lack amounts in {rows - amounts or 'some'} row(s); "
                "drop or fill them first"
            )
        if kind in GAINS and low < 0:
            raise ValueError(f"a {kind} movement is {low:g}, must be >= 0")
    losses = facts[facts["movement"].isin(LOSSES)]
    if len(losses) and losses["low"].min() < 0 < losses["high"].max():
        raise ValueError(
            f"losses lie between {losses['low'].min():g} and "
            f"{losses['high'].max():g}, must all have the same sign"
        )


def _totals(log: nw.LazyFrame[Any], begin: datetime, method: Method) -> dict[str, Any]:
    """Sum over accounts what each had at the start and what changed after."""
    later = nw.col("time") >= _tables.moment_us(begin)
    size = nw.max_horizontal(nw.col("amount"), -nw.col("amount"))
    gain = nw.col("movement").is_in(list(GAINS))
    signed = nw.when(gain).then(size).otherwise(-size)
    wanted = {
        "start": _pick(~later, signed),
        "change": _pick(later, signed),
        "known": _pick(~later, nw.lit(1.0)),
    }
    for kind in (*GAINS, *LOSSES):
        wanted[kind] = _pick(later & (nw.col("movement") == kind), size)
    accounts = (
        log.select("user", **wanted)
        .group_by("user")
        .agg(*(nw.col(name).sum() for name in wanted))
    )
    _refuse_overdrawn(accounts)
    rows = accounts.select(**_account_columns(method))
    sums = _tables.fetch(rows.select(nw.all().sum())).iloc[0]
    return {str(name): float(value or 0) for name, value in sums.items()}


def _refuse_overdrawn(accounts: Any) -> None:  # noqa: ANN401
    start = nw.col("start")
    lowest = _tables.fetch(
        accounts.select(low=nw.min_horizontal(start, start + nw.col("change")).min())
    )["low"].iloc[0]
    if lowest < -_CENT:
        raise ValueError(
            f"the movements of an account add up to {lowest:,.2f}, must be >= 0; it "
            "loses more than it had: movements are missing, doubled or start too late"
        )


_CENT = 0.005


def _account_columns(method: Method) -> dict[str, nw.Expr]:
    inside, start = nw.col("start") > _CENT, nw.col("start")
    end = start + nw.col("change")
    gone = inside & (end <= _CENT)
    first = ~inside & (nw.col("known") == 0)
    back = ~inside & (nw.col("known") > 0)
    columns = {
        "start": _pick(inside, start),
        "accounts": _pick(inside, nw.lit(1.0)),
        "gone": _pick(gone, nw.lit(1.0)),
    }
    if method == "movements":
        returned = nw.col("reactivation")
        return columns | {
            "expansion": _pick(inside, nw.col("expansion") + returned),
            "contraction": _pick(inside, nw.col("contraction")),
            "churn": _pick(inside, nw.col("churn")),
            "new": nw.col("new"),
            "returned": _pick(~inside, returned),
            "gained": nw.col("new") + nw.col("expansion"),
            "lost": nw.col("contraction") + nw.col("churn"),
        }
    zero = nw.lit(0.0)
    kept = nw.max_horizontal(end, zero)
    return columns | {
        "expansion": _pick(inside & (end > start), nw.col("change")),
        "contraction": _pick(inside & ~gone & (end < start), -nw.col("change")),
        "churn": _pick(gone, start),
        "new": _pick(first, kept),
        "returned": _pick(back, kept),
        "gained": _pick(first, kept) + _pick(inside & (end > start), nw.col("change")),
        "lost": _pick(inside & (end < start), start - nw.max_horizontal(end, zero)),
    }


def _pick(condition: nw.Expr, value: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(value).otherwise(nw.lit(0.0))


def _result(
    totals: dict[str, Any], begin: datetime, until: datetime, method: Method
) -> RevenueRetention:
    start = totals["start"]
    if start <= 0:
        raise ValueError(
            f"no account pays at start ({begin.date()}); movements must reach back "
            "before it, or take a later start"
        )
    lost = totals["contraction"] + totals["churn"]
    return RevenueRetention(
        start=begin.date(),
        end=until.date(),
        method=method,
        start_mrr_usd=start,
        expansion_usd=totals["expansion"],
        contraction_usd=totals["contraction"],
        churn_usd=totals["churn"],
        new_usd=totals["new"],
        reactivation_usd=totals["returned"],
        grr=(start - lost) / start,
        nrr=(start - lost + totals["expansion"]) / start,
        quick_ratio=totals["gained"] / totals["lost"] if totals["lost"] else None,
        logo_churn=totals["gone"] / totals["accounts"],
        start_accounts=int(totals["accounts"]),
    )
