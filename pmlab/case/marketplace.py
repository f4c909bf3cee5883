"""The two sides meet: who cleans for whom, when, for how much, and how it ends."""

import dataclasses
import functools
import itertools

import numpy as np

from pmlab.case.demand import Demand, demand
from pmlab.case.draws import Bools, Draws, Floats, Ints, choose
from pmlab.case.prices import price_usd
from pmlab.case.supply import roster
from pmlab.case.world import END, START, ZONES_PER_COUNTY

STATUSES = ("completed", "cancelled by customer", "cancelled by cleaner", "no-show", "")
UTILIZATION_OF_COUNTY = (0.56, 0.76, 0.86)
PLAN_DISCOUNT = (0.0, 0.12, 0.06)
_HOURS = (2.0, 2.5, 3.0, 4.0)
_WEEK_ZERO = START // 7


@dataclasses.dataclass(frozen=True)
class Bookings:
    """What becomes of each booking, in the order of ``Demand``.

    Attributes:
        cleaner: Position of the cleaner.
        scheduled: Start of the clean, in UTC days.
        hours: Length of the clean.
        price: Price before promotion, in USD.
        promo: Promotion, in USD.
        refund: Refund, in USD.
        status: Position in ``STATUSES``.
    """

    cleaner: Ints
    scheduled: Floats
    hours: Floats
    price: Floats
    promo: Floats
    refund: Floats
    status: Ints


@functools.lru_cache(maxsize=4)
def bookings(variant: str) -> Bookings:
    """Fill in the bookings of a variant."""
    world, draws = demand(variant), Draws(variant, "bookings")
    count = len(world.booking_at)
    hours = np.array(_HOURS)[draws.pick((0.27, 0.38, 0.23, 0.12), count)]
    scheduled = _scheduled(draws, world)
    kind = np.where(world.booking_plan < 0, 0, world.plans.kind[world.booking_plan])
    price = price_usd(variant) * hours / 2.5 * (1 - np.array(PLAN_DISCOUNT)[kind])
    price = np.round(price * 2) / 2
    first = _first_of_user(world.booking_user)
    promo = np.where(first & draws.chance(0.42, count), 20.0, 0.0)
    county = world.users.zone[world.booking_user] // ZONES_PER_COUNTY
    status = _status(draws, county, scheduled)
    complained = draws.chance(0.035, count) & (status == 0)
    refund = np.where(complained, np.round(price * draws.between(0.4, 1.0, count)), 0.0)
    cleaner = _cleaners(draws, variant, county, scheduled, hours)
    return Bookings(cleaner, scheduled, hours, price, promo, refund, status)


def _scheduled(draws: Draws, world: Demand) -> Floats:
    lead = np.where(
        world.booking_plan >= 0,
        5.0,
        1 + np.floor(4 * draws.uniform(len(world.booking_at))),
    )
    # 13:00 to 21:00 in UTC is working time in all of the company's time zones.
    hour = (13 + np.floor(17 * draws.uniform(len(lead))) / 2) / 24
    return np.floor(world.booking_at) + lead + hour


def _first_of_user(user: Ints) -> Bools:
    first = np.zeros(len(user), dtype=bool)
    first[np.unique(user, return_index=True)[1]] = True
    return first


def _status(draws: Draws, county: Ints, scheduled: Floats) -> Ints:
    """Draw how bookings end; cleaners cancel more as they get busier."""
    busy = np.clip((scheduled - START) / (END - START), 0, 1)
    by_cleaner = 0.012 + busy * np.array([0.025, 0.05, 0.12])[county]
    level = draws.uniform(len(scheduled))
    status = np.where(level < 0.055, 1, np.where(level < 0.055 + by_cleaner, 2, 0))
    status = np.where(level > 0.986, 3, status)
    return np.where(scheduled + 0.2 >= END, 4, status)


def _cleaners(
    draws: Draws, variant: str, county: Ints, scheduled: Floats, hours: Floats
) -> Ints:
    """Give each clean to a cleaner of the county who works in that week."""
    team = roster(variant)
    week = np.floor(scheduled / 7).astype(np.int64)
    group = county * 1000 + week
    order = np.lexsort((draws.uniform(len(group)), group))
    edges = np.flatnonzero(np.diff(group[order], prepend=-1, append=-1))
    level, chosen = draws.uniform(len(group)), np.empty(len(group), dtype=np.int64)
    for begin, end in itertools.pairwise(edges):
        rows = order[begin:end]
        there = team["county"] == county[rows[0]]
        works = there & (team["starts"] <= 7 * week[rows[0]] + 1)
        works &= team["left"] > 7 * week[rows[0]]
        staff = np.flatnonzero(works if works.any() else there)
        spread = (np.cumsum(hours[rows]) - hours[rows] * level[rows]) / hours[
            rows
        ].sum()
        chosen[rows] = staff[choose(team["weekly_hours"][staff].tolist(), spread)]
    return chosen


@dataclasses.dataclass(frozen=True)
class CleanerWeeks:
    """Hours of each cleaner in each week in which she works.

    Attributes:
        cleaner: Position of the cleaner.
        week: Week, counted from the start of month 0, a Monday.
        offered: Hours offered.
        booked: Hours booked and not cancelled.
    """

    cleaner: Ints
    week: Ints
    offered: Floats
    booked: Floats


def cleaner_weeks(variant: str) -> CleanerWeeks:
    """Return offered and booked hours by cleaner and week.

    Offered hours follow the plan of the cleaner and how busy the county is: the first
    county has hours to spare, the third one lacks them.
    """
    team, made, draws = roster(variant), bookings(variant), Draws(variant, "weeks")
    weeks = np.arange(_WEEK_ZERO, END // 7)
    size = (len(team["cleaner_id"]), len(weeks))
    kept = np.isin(made.status, (0, 3)) & (made.scheduled < END // 7 * 7)
    cell = made.cleaner[kept] * size[1] + (
        np.floor(made.scheduled[kept] / 7).astype(np.int64) - _WEEK_ZERO
    )
    booked = np.bincount(cell, made.hours[kept], size[0] * size[1]).astype(np.float64)
    booked = booked.reshape(size)
    works = (team["starts"][:, None] <= 7 * weeks + 1) & (
        team["left"][:, None] > 7 * weeks
    )
    works |= booked > 0
    planned = works.astype(np.float64) * team["weekly_hours"][:, None]
    offered = np.zeros(size)
    for county, target in enumerate(UTILIZATION_OF_COUNTY):
        mine = team["county"] == county
        wish = booked[mine].sum(axis=0) / target * draws.between(0.96, 1.04, size[1])
        factor = np.clip(wish / np.maximum(planned[mine].sum(axis=0), 1), 0.25, 2.5)
        offered[mine] = np.maximum(
            np.round(planned[mine] * factor * 2) / 2, booked[mine]
        )
    cleaner, column = np.nonzero(works)
    return CleanerWeeks(
        cleaner, weeks[column], offered[cleaner, column], booked[cleaner, column]
    )
