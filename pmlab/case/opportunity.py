"""Months 0 and 1: the places and the survey of households."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pmlab.case.definitions import Column, Table
from pmlab.case.draws import Draws, Floats
from pmlab.case.places import launch_trio
from pmlab.case.prices import price_usd
from pmlab.case.timeline import LAUNCH_MONTH, dates, day_of, month_start

Arrays = dict[str, npt.NDArray[Any]]

CELLS = (
    ("two-earner", "under 75k"),
    ("two-earner", "75k and more"),
    ("one-earner", "under 75k"),
    ("one-earner", "75k and more"),
    ("retired", "under 75k"),
    ("retired", "75k and more"),
)
_HOUSEHOLD_SHARES = np.array([0.17, 0.21, 0.21, 0.10, 0.18, 0.13])
_SAMPLE_SHARES = np.array([0.23, 0.40, 0.16, 0.14, 0.055, 0.015])
_PAIN = np.array([0.35, 0.95, -0.10, 0.25, -0.80, -0.75])
_RESPONDENTS = 1_500


def _launch_counties(variant: str) -> Arrays:
    trio = launch_trio(variant)
    return {
        "county_fips": np.array([county.fips for county in trio]),
        "county": np.array([county.name for county in trio]),
        "state": np.array([county.state for county in trio]),
        "time_zone": np.array([county.time_zone for county in trio]),
        "launched_on": np.array([month_start(LAUNCH_MONTH)] * 3),
    }


def cell_households(variant: str) -> npt.NDArray[np.int64]:
    """Return the households of the three counties in each survey cell."""
    shares = _HOUSEHOLD_SHARES * Draws(variant, "cells").between(0.9, 1.1, len(CELLS))
    total = sum(county.households for county in launch_trio(variant))
    households: npt.NDArray[np.int64] = np.round(total * shares / shares.sum()).astype(
        np.int64
    )
    return households


def _population_cells(variant: str) -> Arrays:
    return {
        "cell": np.array([", ".join(cell) for cell in CELLS]),
        "household_type": np.array([cell[0] for cell in CELLS]),
        "income_band": np.array([cell[1] for cell in CELLS]),
        "households": cell_households(variant),
    }


def _survey_screen(variant: str) -> Arrays:
    draws = Draws(variant, "survey_screen")
    counts = np.round(_SAMPLE_SHARES * _RESPONDENTS).astype(np.int64)
    cell = np.repeat(np.arange(len(CELLS)), counts)
    size = len(cell)
    pain = _PAIN[cell] + np.concatenate([_even_normal(draws, n) for n in counts])
    severity = 1 + np.searchsorted(
        [-1.1, -0.3, 0.35, 1.15], pain + 0.45 * draws.normal(size)
    )
    acts = pain + 0.8 * draws.normal(size) > draws.one(-0.15, 0.1)
    rich = np.array([name[1] == "75k and more" for name in CELLS])[cell]
    taste = 0.23 * pain + 0.16 * rich + 0.20 * draws.normal(size)
    wtp = price_usd(variant) * draws.one(0.84, 0.92) * np.exp(taste)
    order = draws.order(size)
    fips = np.array([county.fips for county in launch_trio(variant)])
    weight = cell_households(variant)[cell] / counts[cell]
    return {
        "respondent_id": 1001 + np.arange(size),
        "answered_on": dates(draws.whole(day_of(1), day_of(2) - 1, size)),
        "county_fips": fips[draws.pick((0.4, 0.35, 0.25), size)],
        "cell": np.array([", ".join(name) for name in CELLS])[cell][order],
        "household_type": np.array([name[0] for name in CELLS])[cell][order],
        "income_band": np.array([name[1] for name in CELLS])[cell][order],
        "weight": weight[order],
        "weekly_pain": (pain + 0.5 * draws.normal(size) > 0.3)[order],
        "severity": severity[order],
        "spends_time_or_money_now": acts[order],
        "wtp_usd": (5 * np.round(wtp / 5))[order],
    }


def _even_normal(draws: Draws, size: int) -> Floats:
    from pmlab.case.draws import normal_of

    return normal_of(draws.even(size))


_CELL_COLUMNS = (
    Column("cell", "text", "", "Household type and income band together."),
    Column("household_type", "text", "", "two-earner, one-earner or retired."),
    Column("income_band", "text", "USD a year", "under 75k, or 75k and more."),
)

TABLES = (
    Table(
        "launch_counties",
        "One row for each county in which the app starts (REAL counties).",
        (
            Column("county_fips", "text", "", "County code of the Census Bureau."),
            Column("county", "text", "", "Name of the county."),
            Column("state", "text", "", "Name of the state."),
            Column("time_zone", "text", "", "IANA name of the time zone."),
            Column("launched_on", "date", "local date", "First day of the app."),
        ),
        _launch_counties,
    ),
    Table(
        "population_cells",
        "One row for each survey cell, with its households in the launch counties.",
        (
            *_CELL_COLUMNS,
            Column("households", "whole", "households", "Households in the cell."),
        ),
        _population_cells,
    ),
    Table(
        "survey_screen",
        "One row for each household that answered the screener in month 1.",
        (
            Column("respondent_id", "whole", "", "Id of the respondent."),
            Column("answered_on", "date", "local date", "Day of the answer."),
            Column("county_fips", "text", "", "County of the household."),
            *_CELL_COLUMNS,
            Column(
                "weight",
                "number",
                "households",
                "Households that the respondent stands for (population of the cell / "
                "answers in the cell).",
            ),
            Column("weekly_pain", "yes/no", "", "Arranging the clean hurts each week."),
            Column("severity", "whole", "1-5", "How bad it is; 5 is worst."),
            Column(
                "spends_time_or_money_now",
                "yes/no",
                "",
                "Already spends time or money on it.",
            ),
            Column(
                "wtp_usd",
                "number",
                "USD per clean",
                "Highest price that the household says it would pay.",
            ),
        ),
        _survey_screen,
        happens="answered_on",
    ),
)
