"""Fernbroom Classic, the older telephone service, and its fading demand."""

import functools

import numpy as np

from pmlab.case.definitions import (
    Arrays,
    Table,
    day,
    number,
    whole,
)
from pmlab.case.draws import Bools, Draws, first_good
from pmlab.case.supply import FIRST_CLEANER_ID, roster
from pmlab.case.timeline import MONTHS, dates, day_of

_CUSTOMERS = 1_150


@functools.lru_cache(maxsize=4)
def activity(variant: str) -> Bools:
    """Return who is active in which month, customers by months.

    Some skip a month and come back: those are resurrected, not new.
    """
    return first_good(
        lambda attempt: _activity(Draws(variant, f"classic {attempt}")),
        _someone_returns,
    )


def _someone_returns(active: Bools) -> bool:
    """Return whether in each month of the last year someone comes back."""
    known = np.cumsum(active, axis=1) > 0
    back = active[:, 1:] & ~active[:, :-1] & known[:, :-1]
    return bool((back[:, -12:].sum(axis=0) > 0).all())


def _activity(draws: Draws) -> Bools:
    weight = np.concatenate([[22.0], 1 / (1 + 0.14 * np.arange(MONTHS))])
    joined = np.sort(draws.pick(weight.tolist(), _CUSTOMERS)) - 1
    returns, stays_first = draws.one(0.05, 0.08), draws.one(0.93, 0.95)
    active = np.zeros((_CUSTOMERS, MONTHS), dtype=bool)
    now = joined < 0
    gone = np.zeros(_CUSTOMERS, dtype=bool)
    for month in range(MONTHS):
        stays = stays_first - 0.07 * month / MONTHS
        level = draws.uniform(_CUSTOMERS)
        was_there = joined < month
        now = np.where(now, level < stays, was_there & ~gone & (level < returns))
        now |= joined == month
        gone |= was_there & ~now & draws.chance(0.25, _CUSTOMERS)
        active[:, month] = now
    return active


def _classic_bookings(variant: str) -> Arrays:
    draws, active = Draws(variant, "classic bookings"), activity(variant)
    customer, month = np.nonzero(active)
    times_a_month = 1 + draws.pick((0.6, 0.3, 0.1), len(customer))
    row = np.repeat(np.arange(len(customer)), times_a_month)
    starts = np.array([day_of(each) for each in range(MONTHS + 1)])
    length = np.diff(starts)[month[row]]
    on = starts[month[row]] + np.floor(draws.uniform(len(row)) * length).astype(
        np.int64
    )
    order = np.argsort(on, kind="stable")
    team = len(roster(variant)["cleaner_id"])
    return {
        "booking_id": 2_000_001 + np.arange(len(row)),
        "customer_id": 900_001 + customer[row][order],
        "cleaner_id": FIRST_CLEANER_ID + draws.whole(0, team - 1, len(row)),
        "cleaned_on": dates(on[order]),
        "price_usd": 60.0 + 5 * draws.whole(0, 8, len(row)),
    }


TABLES = (
    Table(
        "classic_bookings",
        "One row for each clean of Fernbroom Classic, the telephone service.",
        (
            whole("booking_id", "", "Id of the booking."),
            whole("customer_id", "", "Customer of Classic (no account of the app)."),
            whole("cleaner_id", "", "Cleaner who did it."),
            day("cleaned_on", "Day of the clean."),
            number("price_usd", "USD", "Price paid.", digits=2),
        ),
        _classic_bookings,
        happens="cleaned_on",
    ),
)
