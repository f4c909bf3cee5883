"""The cleaners: who they are, where they work and how many hours they offer."""

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from pmlab.case.definitions import Column, Table
from pmlab.case.draws import Draws, Floats
from pmlab.case.places import launch_trio
from pmlab.case.timeline import LAUNCH_MONTH, dates, day_of, times

NEVER = 1e6
"""Days after which something happens that never happens."""
FIRST_CLEANER_ID = 501


@functools.lru_cache(maxsize=8)
def roster(variant: str) -> dict[str, npt.NDArray[Any]]:
    """Make the cleaners with numeric columns; days count from the start of month 0.

    Those who applied before the launch start during the app's first year and stay for
    all of it, so that the capacity of year 1 can be planned in month 3.
    """
    draws = Draws(variant, "cleaners")
    early, late = 46 + int(draws.whole(0, 8, 1)[0]), 130
    count = early + late
    launch = day_of(LAUNCH_MONTH)
    applied = np.concatenate(
        [draws.between(day_of(1), day_of(3) - 1, early), draws.between(430, 820, late)]
    )
    ramp = np.maximum(0.0, draws.even(early) * 330 - 60)
    ramp[:6] = 0.0
    starts = np.concatenate(
        [launch + ramp, applied[early:] + draws.between(60, 75, late)]
    )
    starts[early:] = np.maximum(starts[early:], day_of(LAUNCH_MONTH + 12) + 1)
    stays = draws.exponential(520.0, count)
    stays[:early] += day_of(LAUNCH_MONTH + 13) - np.floor(starts[:early])
    return {
        "cleaner_id": FIRST_CLEANER_ID + np.arange(count),
        "county": _counties(draws, count),
        "applied": applied,
        "starts": np.floor(starts).astype(np.int64),
        "left": np.floor(starts + stays),
        "weekly_hours": np.where(
            np.arange(count) < early,
            draws.whole(3, 11, count),
            draws.whole(5, 15, count),
        )
        * 2,
        "rating": np.clip(4.55 + 0.3 * draws.normal(count), 3.2, 5.0),
    }


def _counties(draws: Draws, count: int) -> npt.NDArray[np.int64]:
    # The third county has the fewest cleaners for its demand.
    # Two cleaners are there in each county from the first day.
    county = draws.pick((0.44, 0.36, 0.20), count)
    county[:6] = [0, 1, 2, 0, 1, 2]
    return county


def capacity_hours(variant: str, *, first_day: int, last_day: int) -> float:
    """Return the hours that all cleaners offer from one day up to another."""
    cleaners = roster(variant)
    begin = np.maximum(cleaners["starts"], first_day)
    end = np.minimum(cleaners["left"], last_day)
    weeks: Floats = np.maximum(end - begin, 0) / 7
    return float((weeks * cleaners["weekly_hours"]).sum())


def _cleaners(variant: str) -> dict[str, npt.NDArray[Any]]:
    cleaners, trio = roster(variant), launch_trio(variant)
    left = dates(np.minimum(cleaners["left"], 3000).astype(np.int64))
    left[cleaners["left"] >= day_of(30)] = np.datetime64("NaT")
    return {
        "cleaner_id": cleaners["cleaner_id"],
        "county_fips": np.array([county.fips for county in trio])[cleaners["county"]],
        "applied_at": times(cleaners["applied"]),
        "starts_on": dates(cleaners["starts"]),
        "left_on": left,
        "weekly_hours": cleaners["weekly_hours"],
        "rating": cleaners["rating"],
    }


TABLES = (
    Table(
        "cleaners",
        "One row for each vetted, independent cleaner who applied.",
        (
            Column("cleaner_id", "whole", "", "Id of the cleaner."),
            Column("county_fips", "text", "", "County in which she works."),
            Column("applied_at", "time", "UTC", "When she applied."),
            Column("starts_on", "date", "local date", "First day of offered hours."),
            Column(
                "left_on",
                "date",
                "local date",
                "First day without offered hours; empty while she stays.",
                optional=True,
                known_at="left_on",
            ),
            Column("weekly_hours", "whole", "hours a week", "Hours offered each week."),
            Column("rating", "number", "stars, 1-5", "Rating at vetting.", digits=2),
        ),
        _cleaners,
        happens="applied_at",
    ),
)
