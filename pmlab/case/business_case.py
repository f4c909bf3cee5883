"""Months 1 to 3: assumptions, the plan of 36 months and its ranges."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pmlab.case.definitions import Column, Table
from pmlab.case.draws import Draws
from pmlab.case.places import launch_trio
from pmlab.case.prices import (
    DISCOUNT_RATE,
    price_usd,
    take_rate,
    variable_cost_usd,
)
from pmlab.case.supply import capacity_hours
from pmlab.case.timeline import LAUNCH_MONTH, day_of

Arrays = dict[str, npt.NDArray[Any]]

REACHABLE_SHARE = 0.20
PLAN_MONTHS = 36


def _sam_middle(variant: str) -> float:
    """Return households of the middle of the SAM interval (half are above median)."""
    with_car = [
        (county.households, 1 - county.households_no_car / county.households)
        for county in launch_trio(variant)
    ]
    return sum(
        count * (max(0.0, 0.5 + b - 1) + min(0.5, b)) / 2 for count, b in with_car
    )


def win_rate(variant: str, *, cleans_per_year: float, hours_per_clean: float) -> float:
    """Return the win rate at which year-1 demand is about what capacity allows.

    The low end of the SAM then asks for less than the cleaners can do and the high end
    for more, so capacity counts.
    """
    hours = capacity_hours(
        variant, first_day=day_of(LAUNCH_MONTH), last_day=day_of(LAUNCH_MONTH + 12)
    )
    reached = _sam_middle(variant) * REACHABLE_SHARE * cleans_per_year
    return round(hours / hours_per_clean / reached, 5)


def _assumptions(variant: str) -> Arrays:
    draws = Draws(variant, "assumptions")
    cleans = float(draws.whole(10, 14, 1)[0])
    hours = float(draws.whole(22, 28, 1)[0]) / 10
    low, middle, high = (
        round(draws.one(*bounds), 3)
        for bounds in ((0.03, 0.05), (0.08, 0.11), (0.15, 0.2))
    )
    won = win_rate(variant, cleans_per_year=cleans, hours_per_clean=hours)
    rows = [
        ("share_buying_under_50k", low, "fraction of households"),
        ("share_buying_50k_to_75k", middle, "fraction of households"),
        ("share_buying_75k_and_more", high, "fraction of households"),
        ("cleans_per_year", cleans, "cleans per buying household and year"),
        ("price_usd", price_usd(variant), "USD per clean"),
        ("take_rate", take_rate(variant), "fraction of the price"),
        ("reachable_share", REACHABLE_SHARE, "fraction of the SAM"),
        ("win_rate", won, "fraction of reached households"),
        ("hours_per_clean", hours, "cleaner hours per clean"),
        ("discount_rate", DISCOUNT_RATE, "fraction per year"),
    ]
    return {
        "name": np.array([row[0] for row in rows]),
        "value": np.array([row[1] for row in rows]),
        "unit": np.array([row[2] for row in rows]),
    }


def _market_reports(variant: str) -> Arrays:
    draws = Draws(variant, "market_reports")
    return {
        "report": np.array(["Home Trades Yearbook", "Hearth & Mop Consulting"]),
        "year": np.array([2015, 2023]),
        "spend": np.array([draws.one(5.0, 8.0), draws.one(30_000, 44_000)]),
        "unit": np.array(["USD billion a year", "USD million a year"]),
        "growth_per_year": np.array([draws.one(0.03, 0.05), draws.one(0.05, 0.07)]),
    }


def _launch_plan(variant: str) -> Arrays:
    draws = Draws(variant, "launch_plan")
    month = np.arange(1, PLAN_MONTHS + 1)
    price, take = price_usd(variant), take_rate(variant)
    variable = variable_cost_usd(variant)
    full = draws.one(3_000, 4_200)
    ramp = 1 / (1 + np.exp(-(month - draws.one(9, 12)) / draws.one(3.5, 4.5)))
    cleans = np.round(full * ramp)
    fixed = 100 * np.round(
        (price * take - variable) * full * draws.one(1.6, 2.2) / 1000
    )
    fixed_cost = fixed + 2_000 * (month > 18)
    flow = cleans * (price * take - variable) - fixed_cost
    worth = float((flow / (1 + DISCOUNT_RATE) ** (month / 12)).sum())
    sign = 1 if draws.chance(0.5, 1)[0] else -1
    outlay = 100 * round(worth * (1 - sign * draws.one(0.2, 0.35)) / 100)
    research = [100 * round(worth * draws.one(0.03, 0.05) / 100) for _ in range(2)]
    none = np.zeros(3)
    return {
        "month": np.concatenate([[-2, -1, 0], month]),
        "row_type": np.array(
            ["research"] * 2 + ["outlay"] + ["operations"] * PLAN_MONTHS
        ),
        "completed_cleans": np.concatenate([none, cleans]).astype(np.int64),
        "price_usd": np.full(PLAN_MONTHS + 3, price),
        "take_rate": np.full(PLAN_MONTHS + 3, take),
        "variable_cost_usd": np.full(PLAN_MONTHS + 3, variable),
        "fixed_cost_usd": np.concatenate([none, fixed_cost]),
        "one_off_usd": np.concatenate([research, [outlay], np.zeros(PLAN_MONTHS)]),
    }


def _plan_ranges(variant: str) -> Arrays:
    draws, plan = Draws(variant, "plan_ranges"), _launch_plan(variant)
    take, variable = plan["take_rate"][0], plan["variable_cost_usd"][0]
    outlay = plan["one_off_usd"][2]
    wide = (round(draws.one(0.55, 0.68), 2), round(draws.one(1.3, 1.45), 2))
    demand, cost = (
        (wide, (0.93, 1.1)) if draws.chance(0.5, 1)[0] else ((0.9, 1.06), wide)
    )
    rows = [
        ("cleans_factor", "times the planned cleans", demand[0], 1.0, demand[1]),
        (
            "take_rate",
            "fraction of the price",
            round(take - 0.006, 4),
            take,
            take + 0.005,
        ),
        (
            "variable_cost_usd",
            "USD per clean",
            variable * cost[0],
            variable,
            variable * cost[1],
        ),
        ("fixed_cost_factor", "times the planned fixed costs", 0.96, 1.0, 1.08),
        ("outlay_usd", "USD", outlay * 0.95, outlay, outlay * 1.15),
    ]
    return {
        "input": np.array([row[0] for row in rows]),
        "unit": np.array([row[1] for row in rows]),
        "low_p10": np.array([row[2] for row in rows]),
        "base": np.array([row[3] for row in rows]),
        "high_p90": np.array([row[4] for row in rows]),
    }


TABLES = (
    Table(
        "assumptions",
        "One row for each number that the business case assumes.",
        (
            Column("name", "text", "", "Name of the assumption."),
            Column("value", "number", "see unit", "Its value."),
            Column("unit", "text", "", "Unit of the value."),
        ),
        _assumptions,
    ),
    Table(
        "market_reports",
        "One row for each outside estimate of what households spend on cleaners.",
        (
            Column("report", "text", "", "Who says so (invented)."),
            Column("year", "whole", "year", "Year of the estimate and its dollars."),
            Column("spend", "number", "see unit", "Spend of all households.", digits=3),
            Column("unit", "text", "", "Unit of the spend."),
            Column(
                "growth_per_year",
                "number",
                "fraction per year",
                "Growth of spend that the report states.",
                digits=4,
            ),
        ),
        _market_reports,
    ),
    Table(
        "launch_plan",
        "One row for each month of the plan, after the research and the outlay.",
        (
            Column("month", "whole", "months", "Months after the outlay."),
            Column(
                "row_type", "text", "", "research (already paid), outlay, operations."
            ),
            Column("completed_cleans", "whole", "cleans", "Cleans done in the month."),
            Column("price_usd", "number", "USD per clean", "Price to the household."),
            Column(
                "take_rate", "number", "fraction", "Part of the price that is ours."
            ),
            Column(
                "variable_cost_usd",
                "number",
                "USD per clean",
                "Our cost of one more clean (fees, support, insurance, refunds).",
            ),
            Column(
                "fixed_cost_usd", "number", "USD a month", "Cost without any clean."
            ),
            Column(
                "one_off_usd", "number", "USD", "Single payment: research or outlay."
            ),
        ),
        _launch_plan,
    ),
    Table(
        "plan_ranges",
        "One row for each uncertain input of the plan.",
        (
            Column("input", "text", "", "Name of the input."),
            Column("unit", "text", "", "Unit of the three values."),
            Column(
                "low_p10", "number", "see unit", "1 in 10 chance to be lower.", digits=4
            ),
            Column("base", "number", "see unit", "Value in the plan.", digits=4),
            Column(
                "high_p90",
                "number",
                "see unit",
                "1 in 10 chance to be higher.",
                digits=4,
            ),
        ),
        _plan_ranges,
    ),
)
