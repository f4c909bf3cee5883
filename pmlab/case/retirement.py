"""The end of Fernbroom Classic: what the options are worth and what is owed."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pmlab.case.classic import activity
from pmlab.case.definitions import Arrays, Coded, Table, day, flag, number, text, whole
from pmlab.case.draws import Bools, Draws, Floats, Ints, first_good
from pmlab.case.prices import DISCOUNT_RATE
from pmlab.case.timeline import MONTHS, dates, day_of

OUTLOOK_MONTHS = 24
NOTICE_DAY = day_of(MONTHS)
"""Customers of Classic get notice on July 1, 2026, the day on which the data end."""


def classic_outlook(variant: str) -> dict[str, npt.NDArray[Any]]:
    """Return what the next 24 months of Classic would bring, by month."""
    draws = Draws(variant, "classic outlook")
    month = np.arange(1, OUTLOOK_MONTHS + 1)
    start = float(activity(variant)[:, -3:].sum(axis=0).mean())
    customers = np.round(start * draws.one(0.96, 0.975) ** month)
    revenue = np.round(customers * draws.one(21.0, 24.0))
    avoidable = draws.one(0.35, 0.45) * revenue + draws.one(0.12, 0.18) * revenue[0]
    overhead = np.round(draws.one(0.30, 0.5) * revenue[0])
    return {
        "month": month,
        "customers": customers.astype(np.int64),
        "revenue_usd": revenue,
        "avoidable_cost_usd": np.round(avoidable),
        "allocated_overhead_usd": np.full(len(month), overhead),
    }


def _classic_outlook(variant: str) -> Arrays:
    return classic_outlook(variant)


def _npv(flow: Floats) -> float:
    month = np.arange(1, len(flow) + 1)
    return float((flow / (1 + DISCOUNT_RATE) ** (month / 12)).sum())


def option_values_usd(facts: dict[str, float], margin: Floats) -> tuple[float, ...]:
    """Return the worth today of keeping, migrating and selling Classic, in USD."""
    month = np.arange(1, len(margin) + 1)
    leave = facts["contract_penalty_usd"] + facts["prepaid_refunds_usd"]
    movers = facts["customers_today"] * facts["migration_rate"]
    moved = movers * facts["contribution_per_migrated_usd"]
    stays: Floats = facts["migrated_stay_rate"] ** month.astype(np.float64)
    migrate = _npv(moved * stays)
    migrate -= facts["migration_cost_usd"] + leave
    return _npv(margin), migrate, facts["partner_price_usd"] - leave


def retirement_facts(variant: str) -> dict[str, float]:
    """Return the facts by name; each option is the best one in a third of variants."""
    outlook = classic_outlook(variant)
    margin = outlook["revenue_usd"] - outlook["avoidable_cost_usd"]
    best = int(Draws(variant, "retirement").whole(0, 2, 1)[0])

    def good(facts: dict[str, float]) -> bool:
        worth = option_values_usd(facts, margin)
        others = [value for option, value in enumerate(worth) if option != best]
        return worth[best] > 1.15 * max(others) and min(map(abs, worth)) > 1_500

    return first_good(
        lambda attempt: _facts(
            Draws(variant, f"retirement {attempt}"),
            outlook["customers"][0],
            margin.sum(),
        ),
        good,
    )


def _facts(draws: Draws, customers: int, scale: float) -> dict[str, float]:
    def share(low: float, high: float) -> float:
        return 100.0 * round(scale * draws.one(low, high) / 100)

    return {
        "discount_rate": DISCOUNT_RATE,
        "customers_today": float(customers),
        "migration_rate": round(draws.one(0.35, 0.6), 3),
        "contribution_per_migrated_usd": round(draws.one(8.0, 30.0), 2),
        "migrated_stay_rate": round(draws.one(0.955, 0.975), 4),
        "migration_cost_usd": share(0.08, 0.14),
        "partner_price_usd": share(0.5, 1.6),
        "contract_penalty_usd": share(0.10, 0.16),
        "prepaid_refunds_usd": share(0.05, 0.09),
        "phone_system_paid_usd": share(0.3, 0.5),
    }


def _retirement_facts(variant: str) -> Arrays:
    facts = retirement_facts(variant)
    units = {
        "discount_rate": "fraction per year",
        "customers_today": "customers",
        "migration_rate": "fraction of customers",
        "contribution_per_migrated_usd": "USD a month",
        "migrated_stay_rate": "fraction per month",
    }
    return {
        "name": np.array(list(facts)),
        "value": np.array(list(facts.values())),
        "unit": np.array([units.get(name, "USD") for name in facts]),
    }


def _contracts(variant: str) -> Arrays:
    draws = Draws(variant, "contracts")
    size = 60 + int(draws.whole(0, 25, 1)[0])
    term = np.array([6, 12, 12, 24])[draws.pick((0.2, 0.3, 0.3, 0.2), size)]
    elapsed = draws.uniform(size)
    days = np.round(term * 365 / 12).astype(np.int64)
    started = NOTICE_DAY - 1 - np.floor(elapsed * (days - 2)).astype(np.int64)
    ends = started + days
    notice = np.array([14, 30, 60, 90])[draws.pick((0.25, 0.4, 0.25, 0.1), size)]
    early = draws.chance(0.45, size) | (term == 24)
    # One contract renews because its notice period has begun: it decides the date.
    notice[0], early[0], term[0] = 90, False, 12
    ends[0] = NOTICE_DAY + 60 + int(draws.whole(0, 29, 1)[0])
    started[0] = ends[0] - 365
    renews = draws.chance(0.6, size)
    renews[0] = True
    export = np.array([30, 60])[draws.pick((0.7, 0.3), size)]
    export[0] = 60
    order = draws.order(size)
    return {
        "contract_id": 801 + np.arange(size),
        "customer_kind": Coded(
            draws.pick((0.6, 0.3, 0.1), size), ("office", "host", "clinic")
        ),
        "term_starts_on": dates(started[order]),
        "term_months": term[order],
        "term_ends_on": dates(ends[order]),
        "auto_renews": renews[order],
        "notice_days": notice[order],
        "may_end_early": early[order],
        "prepaid_usd": (np.round(term * draws.between(55, 140, size) / 5) * 5)[order],
        "export_days": export[order],
    }


TABLES = (
    Table(
        "classic_outlook",
        "One row for each of 24 months in which Classic could go on, as it is.",
        (
            whole("month", "months", "Months after month 30."),
            whole("customers", "customers", "Active customers expected."),
            number(
                "revenue_usd", "USD a month", "What Fernbroom keeps of their payments."
            ),
            number("avoidable_cost_usd", "USD a month", "Cost that ends with Classic."),
            number(
                "allocated_overhead_usd",
                "USD a month",
                "Share of head office, which stays when Classic ends.",
            ),
        ),
        _classic_outlook,
    ),
    Table(
        "retirement_facts",
        "One row for each number that the options for Classic need.",
        (
            text("name", "Name of the fact."),
            number("value", "see unit", "Its value."),
            text("unit", "Unit of the value."),
        ),
        _retirement_facts,
    ),
    Table(
        "contracts",
        "One row for each running contract of Classic; notice goes out on 2026-07-01.",
        (
            whole("contract_id", "", "Id of the contract."),
            text("customer_kind", "office, host or clinic."),
            day("term_starts_on", "First day of the running term."),
            whole("term_months", "months", "Length of a term."),
            day("term_ends_on", "Day after the last day of the running term."),
            flag(
                "auto_renews",
                "Renews for another term unless notice is given notice_days before.",
            ),
            whole("notice_days", "days", "Notice that the contract asks for."),
            flag(
                "may_end_early",
                "Fernbroom may end it after the notice and refunds the unused days.",
            ),
            number("prepaid_usd", "USD", "Paid in advance for the running term."),
            whole("export_days", "days", "Days after the end to fetch one's data."),
        ),
        _contracts,
    ),
)


def renewed_end(ends: Ints, days: Ints, notice: Ints, *, renews: Bools) -> Ints:
    """Return the day on which each contract ends if notice goes out on the last day."""
    too_late = renews & (NOTICE_DAY + notice > ends)
    return np.where(too_late, ends + days, ends)
