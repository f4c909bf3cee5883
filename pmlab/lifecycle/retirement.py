"""Keep, migrate, sell or end: compare only what the decision changes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import money, percent
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame


@dataclass(frozen=True, kw_only=True, repr=False)
class RetirementDecision(Result):
    """What each option is worth, and which is best.

    Attributes:
        best_option: Option with the highest present value.
        best_npv_usd: Its present value.
        lead_usd: How much more it is worth than the second.
        choice_if_all_counted: Option that would seem best if costs that no option
            avoids were counted, too.
        annual_rate: Discount rate a year.
        options: One row per option, best first: option, npv_usd, excluded_usd (present
            value of what was left out), npv_if_counted_usd, rank.
    """

    best_option: str
    best_npv_usd: float
    lead_usd: float
    choice_if_all_counted: str
    annual_rate: float
    options: pd.DataFrame

    def summary(self) -> str:
        """Return the decision in plain words."""
        second = str(self.options["option"].iloc[1])
        text = (
            f"{self.best_option} is worth {money(self.best_npv_usd)} in money of today "
            f"(at {percent(self.annual_rate)} a year), {money(self.lead_usd)} more "
            f"than {second}."
        )
        if self.choice_if_all_counted != self.best_option:
            text += (
                " Counting costs that stay anyway would wrongly point to "
                f"{self.choice_if_all_counted}."
            )
        return text

    def to_frame(self) -> pd.DataFrame:
        """Return the table of options."""
        return self.options.copy()


def retire_or_keep(
    data: "IntoFrame",
    *,
    annual_rate: float,
    option_column: str = "option",
    month_column: str = "month",
    amount_column: str = "amount_usd",
    avoidable_column: str = "avoidable",
) -> RetirementDecision:
    """Compare the options for an old product by avoidable cash flows.

    Formula: value of an option = sum of amount x (1 + r) ** (-month / 12) over the
    rows that depend on the choice.

    Assumptions: month 0 is today; amounts that stay the same whatever is chosen
    (allocated overhead) and money already spent are marked as not avoidable and left
    out. Count penalties, refunds and the customers who do not move along as rows of
    the options that cause them.

    Args:
        data: One row per option, month and kind of cash flow.
        annual_rate: Discount rate a year, a fraction (effective monthly factor).
        option_column: Name of the option, such as keep, migrate or sell.
        month_column: Month from now, a whole number from 0.
        amount_column: Cash flow in US dollars; costs are negative.
        avoidable_column: True if the amount depends on the choice.

    Returns:
        The best option, its lead and the table of all.

    Raises:
        ValueError: If fewer than two options are given, an option has no avoidable
            row, or a value breaks its rule.

    Examples:
        >>> flows = pd.DataFrame(
        ...     {
        ...         "option": ["keep", "keep", "sell"],
        ...         "month": [12, 12, 0],
        ...         "amount_usd": [50_000, -60_000, 30_000],
        ...         "avoidable": [True, False, True],
        ...     }
        ... )
        >>> retire_or_keep(flows, annual_rate=0.25)
        keep is worth $40,000 in money of today (at 25.0 % a year), $10,000 more than
        sell. Counting costs that stay anyway would wrongly point to sell.

    References:
        Horngren, C., Datar, S. and Rajan, M. (2015). Cost Accounting, ch. 11.
    """
    rate = check.rate("annual_rate", annual_rate)
    columns = (option_column, month_column, amount_column, avoidable_column)
    frame = tables.read(data, *columns)
    month = tables.numbers(frame, month_column)
    if month.min() < 0 or (month != np.round(month)).any():
        raise ValueError(
            f"{month_column} runs from {month.min():g} to {month.max():g}, must be "
            "whole months from 0 (today); money spent before today is no choice"
        )
    flows = pd.DataFrame(
        {
            "option": [str(name) for name in tables.labels(frame, option_column)],
            "value": tables.numbers(frame, amount_column) * (1 + rate) ** (-month / 12),
            "counts": tables.flags(frame, avoidable_column),
        }
    )
    options = _options(flows)
    total = options["npv_if_counted_usd"].to_numpy(dtype=float)
    worth = options["npv_usd"].to_numpy(dtype=float)
    names = options["option"].tolist()
    return RetirementDecision(
        best_option=names[0],
        best_npv_usd=float(worth[0]),
        lead_usd=float(worth[0] - worth[1]),
        choice_if_all_counted=names[int(np.argmax(total))],
        annual_rate=rate,
        options=options,
    )


def _options(flows: pd.DataFrame) -> pd.DataFrame:
    names = list(dict.fromkeys(flows["option"]))
    if len(names) < 2:
        raise ValueError(
            f"only the option {names[0]} is given, must be at least two; add the rows "
            "of keeping the product"
        )
    by_kind = flows.pivot_table(
        index="option", columns="counts", values="value", aggfunc="sum"
    ).reindex(index=names, columns=[True, False])
    bare = by_kind.index[by_kind[True].isna()].tolist()
    if bare:
        raise ValueError(
            f"option(s) {', '.join(bare)} have no avoidable cash flow; if nothing "
            "changes, add a row of 0"
        )
    table = pd.DataFrame({"option": names, "npv_usd": by_kind[True].to_numpy()})
    table["excluded_usd"] = by_kind[False].fillna(0.0).to_numpy()
    table["npv_if_counted_usd"] = table["npv_usd"] + table["excluded_usd"]
    table["rank"] = tables.rank(table["npv_usd"].to_numpy(dtype=float))
    return table.sort_values("rank", kind="stable").reset_index(drop=True)
