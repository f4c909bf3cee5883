"""Fernbroom for Workplaces: accounts of offices, hosts and clinics, and their MRR."""

import dataclasses
import functools

import numpy as np

from pmlab.case.definitions import Arrays, Coded, Table, day, number, text, whole
from pmlab.case.draws import Draws, Floats, Ints, apart, first_good
from pmlab.case.timeline import MONTHS, dates, day_of

FIRST_MONTH = 12
COHORT_MONTH = 18
"""Paid pilots begin in month 12; the line opens to all in month 18."""
SEGMENTS = ("office", "short-let host", "clinic")
KINDS = ("new", "expansion", "contraction", "churn")
STAGES = ("qualified", "trial", "negotiation", "won", "lost")
_STAGE_RATES = (0.12, 0.35, 0.65, 1.0, 0.0)


@dataclasses.dataclass(frozen=True)
class Movements:
    """Changes of monthly recurring revenue.

    Attributes:
        account: Position of the account.
        month: Month of the company's life.
        kind: Position in ``KINDS``.
        change: Change in USD a month.
    """

    account: Ints
    month: Ints
    kind: Ints
    change: Floats


@dataclasses.dataclass(frozen=True)
class Accounts:
    """Accounts that were won.

    Attributes:
        segment: Position in ``SEGMENTS``.
        started: Month of the first payment.
        seats: Seats bought at the start.
        seat_price: Price of a seat, in USD a month.
    """

    segment: Ints
    started: Ints
    seats: Ints
    seat_price: Floats


@functools.lru_cache(maxsize=8)
def accounts(variant: str) -> Accounts:
    """Make the won accounts, in order of their start."""
    draws = Draws(variant, "accounts")
    pilots, later = (
        105 + int(draws.whole(0, 30, 1)[0]),
        190 + int(draws.whole(0, 50, 1)[0]),
    )
    months = [draws.whole(FIRST_MONTH, 17, pilots), draws.whole(18, MONTHS - 1, later)]
    started = np.sort(np.concatenate(months))
    segment = draws.pick((0.5, 0.35, 0.15), len(started))
    seats = 2 + np.floor(6 * draws.lognormal(0.75, len(started))).astype(np.int64)
    price = np.array([36.0, 42.0, 48.0])[segment]
    return Accounts(segment, started, seats, price)


@functools.lru_cache(maxsize=8)
def movements(variant: str) -> Movements:
    """Simulate MRR: small accounts leave more often, large ones grow."""
    made = accounts(variant)
    return first_good(
        lambda attempt: _movements(made, Draws(variant, f"mrr {attempt}")),
        lambda moves: _tells_apart(moves, len(made.started)),
    )


def _tells_apart(moves: Movements, size: int) -> bool:
    """Return whether revenue and logos, and a year and twelve months, differ."""
    before = moves.month < COHORT_MONTH
    start = np.bincount(moves.account[before], moves.change[before], size)
    lost = ~before & (moves.kind >= 2)
    loss = np.bincount(moves.account[lost], -moves.change[lost], size)
    gone = np.bincount(moves.account[~before & (moves.kind == 3)], minlength=size) > 0
    cohort = start > 0
    kept = 1 - loss[cohort].sum() / start.sum()
    in_month = np.bincount(moves.month, moves.change, MONTHS)
    level = np.cumsum(in_month) - in_month
    monthly = np.bincount(moves.month[lost], -moves.change[lost], MONTHS)[COHORT_MONTH:]
    by_twelve = 1 - 12 * (monthly / level[COHORT_MONTH:]).mean()
    return apart(kept, 1 - gone[cohort].mean(), float(by_twelve), gap=0.025)


def _movements(made: Accounts, draws: Draws) -> Movements:
    start = made.seats * made.seat_price
    mrr, parts = np.zeros(len(start)), []
    growth, loss = draws.one(0.035, 0.055), draws.one(0.8, 1.2)
    for month in range(FIRST_MONTH, MONTHS):
        old = mrr > 0
        level, size = draws.uniform(len(mrr)), draws.uniform(len(mrr))
        leaves = loss * np.where(made.seats < 7, 0.045, 0.007)
        kind = np.select(
            [~old, level < leaves, level < leaves + 0.016 * loss, level > 1 - growth],
            [-1, 3, 2, 1],
            -1,
        )
        kind = np.where(made.started == month, 0, kind)
        seats = np.maximum(np.round(mrr / made.seat_price * (0.12 + 0.3 * size)), 1)
        by_seats = seats * made.seat_price
        by_seats = np.where(
            kind == 2, -np.minimum(by_seats, mrr - made.seat_price), by_seats
        )
        change = np.select(
            [kind == 0, kind == 3, kind >= 1], [start, -mrr, by_seats], 0.0
        )
        moved = np.flatnonzero(change != 0)
        mrr = mrr + change
        parts.append((moved, np.full(len(moved), month), kind[moved], change[moved]))
    account, when, kinds, changes = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    return Movements(account, when, kinds, changes)


def _month_dates(months: Ints) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    return dates(np.array([day_of(int(month)) for month in months]))


def _mrr_movements(variant: str) -> Arrays:
    made = movements(variant)
    return {
        "account_id": 5001 + made.account,
        "month": _month_dates(made.month),
        "kind": Coded(made.kind, KINDS),
        "change_usd": made.change,
    }


def _b2b_accounts(variant: str) -> Arrays:
    won, draws = accounts(variant), Draws(variant, "pipeline")
    open_now = 70 + int(draws.whole(0, 30, 1)[0])
    size = len(won.started) + open_now
    stage = np.concatenate(
        [
            np.full(len(won.started), 3),
            draws.pick((0.45, 0.25, 0.14, 0.0, 0.16), open_now),
        ]
    )
    segment = np.concatenate([won.segment, draws.pick((0.5, 0.35, 0.15), open_now)])
    seats = np.concatenate(
        [won.seats, 2 + np.floor(7 * draws.lognormal(0.7, open_now))]
    )
    price = np.array([36.0, 42.0, 48.0])[segment]
    started = np.concatenate([won.started, np.full(open_now, MONTHS - 1)])
    begun = np.array([day_of(int(month)) for month in started])
    begun = begun - draws.whole(20, 110, size) + 20 * (stage != 3)
    first = _month_dates(started)
    first[stage != 3] = np.datetime64("NaT")
    return {
        "account_id": 5001 + np.arange(size),
        "segment": Coded(segment, SEGMENTS),
        "first_contact_on": dates(begun),
        "stage": Coded(stage, STAGES),
        "stage_win_rate": np.array(_STAGE_RATES)[stage],
        "started_on": first,
        "seats": seats.astype(np.int64),
        "people_on_site": np.floor(seats * draws.between(1.6, 4.0, size)).astype(
            np.int64
        ),
        "seat_price_usd": price,
        "setup_fee_usd": 50.0 * draws.whole(2, 8, size) * (stage == 3),
        "buyer": Coded(
            np.where(draws.chance(0.15, size), 2, np.minimum(segment, 1)),
            ("office manager", "owner", "finance"),
        ),
        "user": Coded(np.minimum(segment, 2), ("staff", "guests", "nurses")),
    }


def _b2b_costs(variant: str) -> Arrays:
    draws, won = Draws(variant, "b2b costs"), accounts(variant)
    months = np.arange(FIRST_MONTH, MONTHS)
    new = np.bincount(won.started - FIRST_MONTH, minlength=len(months))
    people = np.where(months < 18, 0.5, 1 + (months >= 23))
    return {
        "month": _month_dates(months),
        "sales_salaries_usd": np.round(people * draws.one(5_600, 7_000)),
        "commissions_usd": np.round(new * draws.one(60, 95)),
        "tools_and_travel_usd": np.round(
            350 + 260 * people * draws.between(0.8, 1.2, len(months))
        ),
        "new_accounts": new,
        "variable_cost_share": np.full(len(months), round(draws.one(0.62, 0.7), 3)),
    }


TABLES = (
    Table(
        "b2b_accounts",
        "One row for each business that became a lead of Fernbroom for Workplaces.",
        (
            whole("account_id", "", "Id of the account."),
            text("segment", "office, short-let host or clinic."),
            day("first_contact_on", "Day of the first contact."),
            text("stage", "Stage now: qualified, trial, negotiation, won or lost."),
            number("stage_win_rate", "fraction", "Share of this stage that is won."),
            day(
                "started_on",
                "Month of the first payment; empty if not won.",
                later=True,
            ),
            whole("seats", "seats", "Seats bought, or asked for."),
            whole("people_on_site", "people", "People who use the cleaned rooms."),
            number("seat_price_usd", "USD a month", "Price of a seat."),
            number("setup_fee_usd", "USD", "Single fee at the start, not recurring."),
            text("buyer", "Who decides and pays."),
            text("user", "Who lives with the result."),
        ),
        _b2b_accounts,
        happens="first_contact_on",
    ),
    Table(
        "mrr_movements",
        "One row for each change of an account's monthly recurring revenue.",
        (
            whole("account_id", "", "Id of the account."),
            day("month", "First day of the month from which it counts."),
            text("kind", "new, expansion, contraction or churn."),
            number("change_usd", "USD a month", "Change of MRR; negative for losses."),
        ),
        _mrr_movements,
        happens="month",
    ),
    Table(
        "b2b_costs",
        "One row for each month of selling Fernbroom for Workplaces.",
        (
            day("month", "First day of the month."),
            number("sales_salaries_usd", "USD", "Salaries of those who sell."),
            number("commissions_usd", "USD", "Commissions on won accounts."),
            number("tools_and_travel_usd", "USD", "Tools and travel of sales."),
            whole("new_accounts", "accounts", "Accounts won in the month."),
            number(
                "variable_cost_share", "fraction of MRR", "Cost that grows with MRR."
            ),
        ),
        _b2b_costs,
        happens="month",
    ),
)
