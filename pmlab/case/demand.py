"""What users do: search, get matched or not, book, book again, subscribe, leave."""

import dataclasses
import functools

import numpy as np

from pmlab.case.draws import Bools, Draws, Floats, Ints, apart, first_good
from pmlab.case.world import END, START, ZONES, ZONES_PER_COUNTY, Users, users

NONE = -1
FILL_OF_COUNTY = (0.93, 0.87, 0.68)
"""Chance that a request is matched within a day, by county, before the zone's share."""
KINDS = ("one-off", "weekly", "fortnightly")
_ROUNDS = 3
_SCALE_DAYS = (0.0, 300.0, 235.0)
_SHAPE = 0.85


@dataclasses.dataclass(frozen=True)
class Requests:
    """Searches with a date, in no order.

    Attributes:
        user: Position of the user.
        at: Time of the search, in UTC days.
        matched: Time of the match; NaN without one.
        withdrawn: Time at which the customer gave up first; NaN if not.
        booked: Whether a booking followed the match.
    """

    user: Ints
    at: Floats
    matched: Floats
    withdrawn: Floats
    booked: Bools


@dataclasses.dataclass(frozen=True)
class Plans:
    """Weekly and fortnightly plans, by start.

    Attributes:
        user: Position of the user.
        kind: Position in ``KINDS``.
        started: Time of start, in UTC days.
        ended: Time of end; beyond the last day if it goes on.
    """

    user: Ints
    kind: Ints
    started: Floats
    ended: Floats


@dataclasses.dataclass(frozen=True)
class Demand:
    """All that the users do.

    Attributes:
        users: The users.
        requests: Their searches.
        plans: Their plans.
        booking_user: For each booking, the position of the user.
        booking_at: Time of creation.
        booking_request: Position of the request, or -1.
        booking_plan: Position of the plan, or -1.
    """

    users: Users
    requests: Requests
    plans: Plans
    booking_user: Ints
    booking_at: Floats
    booking_request: Ints
    booking_plan: Ints


@functools.lru_cache(maxsize=4)
def demand(variant: str) -> Demand:
    """Simulate the users of a variant from launch to the last day."""
    people = users(variant)
    draws = Draws(variant, "demand")
    fill = zone_fill(variant)
    first = first_good(
        lambda attempt: _first_requests(
            Draws(variant, f"first requests {attempt}"), people, fill
        ),
        lambda made: _newest_look_worse(people, made),
    )
    hit = np.flatnonzero(first.booked)
    start = first.matched[hit] + draws.between(0.002, 0.02, len(hit))
    kind = _kinds(draws, people, first.user[hit])
    again = _repeat_requests(
        draws, people, fill, user=first.user[hit], start=start, kind=kind
    )
    requests = _joined(first, again)
    plans = first_good(
        lambda attempt: _plans(
            Draws(variant, f"plans {attempt}"), people, first.user[hit], start, kind
        ),
        _constant_churn_misleads,
    )
    rounds_at, rounds_plan = _plan_bookings(draws, plans)
    from_request = np.flatnonzero(requests.booked)
    delay = np.concatenate(
        [start - first.matched[hit], np.full(again.booked.sum(), 0.01)]
    )
    at = np.concatenate([requests.matched[from_request] + delay, rounds_at])
    user = np.concatenate([requests.user[from_request], plans.user[rounds_plan]])
    of_request = np.concatenate([from_request, np.full(len(rounds_at), NONE)])
    of_plan = np.concatenate([_first_plan(requests, plans, from_request), rounds_plan])
    known = at < END
    order = np.argsort(at[known], kind="stable")
    return Demand(
        users=people,
        requests=requests,
        plans=plans,
        booking_user=user[known][order],
        booking_at=at[known][order],
        booking_request=of_request[known][order],
        booking_plan=of_plan[known][order],
    )


def zone_fill(variant: str) -> Floats:
    """Return the chance of a match within a day, by zone."""
    county = np.repeat(np.array(FILL_OF_COUNTY), ZONES_PER_COUNTY)
    return np.clip(county + 0.05 * Draws(variant, "fill").normal(ZONES), 0.4, 0.98)


def _first_requests(draws: Draws, people: Users, fill: Floats) -> Requests:
    """Draw each user's first search and up to two further tries after a failure."""
    progress = (people.signed_up - START) / (END - START)
    decay = np.where(people.channel == 3, 1 - 0.5 * progress, 1.0)
    eager = draws.one(0.80, 0.96)
    searches = draws.chance((eager - 0.20 * progress) * decay, len(people))
    user = np.flatnonzero(searches)
    wait = np.where(
        draws.chance(0.30, len(user)), 0.008, draws.exponential(3.0, len(user))
    )
    at = people.signed_up[user] + wait + draws.between(0.001, 0.01, len(user))
    parts = []
    for _ in range(_ROUNDS):
        part = _outcomes(draws, people, fill, user, at)
        parts.append(part)
        again = ~part.booked & draws.chance(0.5, len(user))
        user, at = (
            user[again],
            at[again] + 1.1 + draws.exponential(3.5, int(again.sum())),
        )
    return _until_end(_joined(*parts))


def _outcomes(
    draws: Draws, people: Users, fill: Floats, user: Ints, at: Floats
) -> Requests:
    """Draw what becomes of searches: matched, matched late, withdrawn or nothing."""
    size = len(user)
    rate, level = fill[people.zone[user]], draws.uniform(size)
    patience = draws.exponential(1.6, size)
    wait = np.where(
        level < rate,
        np.minimum(draws.exponential(0.16, size), 0.98),
        np.where(
            level < rate + (1 - rate) * 0.35, draws.between(1.05, 2.6, size), np.nan
        ),
    )
    gives_up = draws.chance(0.16, size) & ~(wait <= patience)
    withdrawn = np.where(gives_up, at + patience, np.nan)
    matched = np.where(gives_up, np.nan, at + wait)
    late = wait > 1
    books = draws.chance(np.where(late, 0.35, 0.72), size) & np.isfinite(matched)
    return Requests(user, at, matched, withdrawn, books)


def _newest_look_worse(people: Users, made: Requests) -> bool:
    """Return whether users of the last week, not yet done, lower the last fortnight."""
    age = END - people.signed_up
    booked = np.zeros(len(people), dtype=bool)
    booked[made.user[made.booked]] = True
    late = booked[age < 14].mean()
    ready = booked[(age >= 7) & (age < 14)].mean()
    return bool(late < 0.93 * ready)


def _until_end(made: Requests) -> Requests:
    """Leave out what would happen after the last day."""
    known = made.at < END
    matched = np.where(made.matched < END, made.matched, np.nan)
    withdrawn = np.where(made.withdrawn < END, made.withdrawn, np.nan)
    booked = made.booked & np.isfinite(matched)
    return Requests(
        made.user[known],
        made.at[known],
        matched[known],
        withdrawn[known],
        booked[known],
    )


def _joined(*parts: Requests) -> Requests:
    return Requests(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in dataclasses.fields(Requests)
        )
    )


def _kinds(draws: Draws, people: Users, user: Ints) -> Ints:
    """Draw who subscribes: two-earner and loyal households more often."""
    lean = draws.one(0.19, 0.28) + 0.08 * people.two_earner[user]
    lean = lean + 0.05 * people.loyalty[user]
    # The first users are neighbors and friends; later ones are harder to keep.
    lean = lean * (1.2 - 0.5 * (people.signed_up[user] - START) / (END - START))
    level = draws.uniform(len(user))
    return np.where(level < lean, 1, np.where(level < 1.75 * lean, 2, 0))


def _repeat_requests(
    draws: Draws, people: Users, fill: Floats, *, user: Ints, start: Floats, kind: Ints
) -> Requests:
    """Draw the later searches of users without a plan.

    Some come with the reminder mail, at 9:00 on the 28th day by the calendar; whoever
    signed up later in the day has then not yet been there for 28 times 24 hours.
    """
    single = np.flatnonzero(kind == 0)
    pull = people.pull[user[single]]
    mean = draws.one(1.5, 2.4) * np.exp(0.55 * people.loyalty[user[single]]) * pull
    count = draws.poisson(mean)
    owner = np.repeat(single, count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    gap = 6 + draws.exponential(26.0, len(owner))
    at = start[owner] + (step + 1) * gap
    mailed = single[draws.chance(0.13 * pull, len(single))]
    signed = people.signed_up[user[mailed]]
    # 0.62 UTC days is 8 to 11 o'clock local, whatever the county.
    mail = np.floor(signed - 0.25) + 28 + 0.62 + draws.between(0, 0.05, len(mailed))
    mailed, mail = mailed[mail > start[mailed]], mail[mail > start[mailed]]
    owner, at = np.concatenate([owner, mailed]), np.concatenate([at, mail])
    known = at < END
    return _until_end(_outcomes(draws, people, fill, user[owner[known]], at[known]))


def _plans(draws: Draws, people: Users, user: Ints, start: Floats, kind: Ints) -> Plans:
    """Draw how long plans last: many leave early, the loyal stay."""
    chosen = np.flatnonzero((kind > 0) & (start < END))
    chosen = chosen[np.argsort(start[chosen], kind="stable")]
    pull = people.pull[user[chosen]] * np.exp(0.35 * people.loyalty[user[chosen]])
    scale = draws.one(0.85, 1.2) * np.array(_SCALE_DAYS)[kind[chosen]] * pull
    lasts = scale * (-np.log(draws.uniform(len(chosen)))) ** (1 / _SHAPE)
    return Plans(user[chosen], kind[chosen], start[chosen], start[chosen] + 2 + lasts)


def _constant_churn_misleads(plans: Plans) -> bool:
    """Return whether margin over churn misses the discounted value of 24 months."""
    weekly = plans.kind == 1
    days = np.minimum(plans.ended, END)[weekly] - plans.started[weekly]
    ended = plans.ended[weekly] < END
    order = np.argsort(days, kind="stable")
    curve = np.cumprod(1 - ended[order] / np.arange(len(days), 0, -1))
    month = np.arange(24)
    place = np.searchsorted(days[order], 30.42 * month, side="right")
    survival = np.concatenate([[1.0], curve])[place]
    worth = float((survival * 1.12 ** (-month / 12)).sum())
    forever = float(days.sum() / 30.42 / ended.sum())
    return apart(worth, forever, gap=0.03)


def _plan_bookings(draws: Draws, plans: Plans) -> tuple[Floats, Ints]:
    """Draw the bookings that plans make by themselves after the first one."""
    step_days = np.where(plans.kind == 1, 7, 14)
    until = np.minimum(plans.ended, END)
    count = np.maximum(np.floor((until - plans.started) / step_days), 0).astype(
        np.int64
    )
    plan = np.repeat(np.arange(len(count)), count)
    step = 1 + np.arange(len(plan)) - np.repeat(np.cumsum(count) - count, count)
    at = (
        plans.started[plan]
        + step * step_days[plan]
        + draws.between(-0.1, 0.1, len(plan))
    )
    made = ~draws.chance(0.05, len(plan)) & (at < until[plan])
    return at[made], plan[made]


def _first_plan(requests: Requests, plans: Plans, positions: Ints) -> Ints:
    """Return the plan that a request's booking opened, or -1."""
    plan_of_user = np.full(int(requests.user.max(initial=0)) + 1, NONE)
    plan_of_user[plans.user] = np.arange(len(plans.user))
    return plan_of_user[requests.user[positions]]
