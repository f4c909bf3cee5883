"""What the event log of app and website holds, with all that spoils such logs."""

import dataclasses

import numpy as np

from pmlab.case.consumer import optional_times
from pmlab.case.definitions import Arrays, Coded, Column, Table
from pmlab.case.demand import demand
from pmlab.case.draws import Draws, Floats, Ints
from pmlab.case.timeline import day_of, times
from pmlab.case.world import (
    CHANNELS,
    DEVICES,
    END,
    signup_days,
    time_of_day,
    to_utc,
)

PAGES = ("home", "pricing", "how it works", "cleaner profile", "search", "account")
AGENTS = (*DEVICES, "UptimeProbe-bot", "PriceSpider-bot")
FIRST_VISITOR_ID = 7_000_001
FIRST_EVENT_ID = 50_000_001
DUPLICATES = 0.03
"""Share of events that a bad connection sent twice."""


@dataclasses.dataclass(frozen=True)
class Sessions:
    """Visits to app or website.

    Attributes:
        at: Start, in UTC days.
        visitor: Number of the visitor; users have the first numbers.
        logged_in: Position of the user, or -1.
        pages: Number of pages seen.
        last: Position in ``PAGES`` of the last page.
        channel: Position in ``CHANNELS``.
        agent: Position in ``AGENTS``.
    """

    at: Floats
    visitor: Ints
    logged_in: Ints
    pages: Ints
    last: Ints
    channel: Ints
    agent: Ints


def sessions(variant: str) -> Sessions:
    """Make the visits of users, strangers, staff and bots, in order of time."""
    draws = Draws(variant, "traffic")
    parts = [
        _before_signup(draws, variant),
        _at_signup(draws, variant),
        _searches(draws, variant),
        _plan_checks(draws, variant),
        _idle(draws, variant),
        _strangers(draws, variant),
        _staff(draws, variant),
        _bots(draws, variant),
    ]
    names = [field.name for field in dataclasses.fields(Sessions)]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in names
    }
    order = np.argsort(joined["at"], kind="stable")
    order = order[joined["at"][order] < END]
    return Sessions(**{name: values[order] for name, values in joined.items()})


def _of_users(
    draws: Draws,
    variant: str,
    user: Ints,
    at: Floats,
    *,
    last: int,
    logged_in: bool = True,
) -> Sessions:
    people, size = demand(variant).users, len(user)
    return Sessions(
        at,
        user,
        user if logged_in else np.full(size, -1),
        1 + draws.pick((0.40, 0.30, 0.20, 0.10), size),
        np.full(size, last),
        people.channel[user],
        people.device[user],
    )


def _before_signup(draws: Draws, variant: str) -> Sessions:
    people = demand(variant).users
    user = np.repeat(np.arange(len(people)), draws.pick((0.4, 0.4, 0.2), len(people)))
    at = people.signed_up[user] - draws.exponential(2.5, len(user)) - 0.02
    return _of_users(draws, variant, user, at, last=1, logged_in=False)


def _at_signup(draws: Draws, variant: str) -> Sessions:
    people = demand(variant).users
    user = np.arange(len(people))
    return _of_users(draws, variant, user, people.signed_up + 0.0005, last=5)


def _searches(draws: Draws, variant: str) -> Sessions:
    made = demand(variant).requests
    # Some searches come from a saved link or the reminder mail, without a visit.
    seen = np.flatnonzero(draws.chance(0.9, len(made.at)))
    at = made.at[seen] - draws.between(0.003, 0.005, len(seen))
    return _of_users(draws, variant, made.user[seen], at, last=4)


def _plan_checks(draws: Draws, variant: str) -> Sessions:
    world = demand(variant)
    mine = np.flatnonzero(
        (world.booking_plan >= 0)
        & draws.chance(draws.one(0.3, 0.5), len(world.booking_at))
    )
    day = np.floor(world.booking_at[mine]) + draws.whole(1, 4, len(mine))
    at = day + 0.2 + time_of_day(draws, len(mine))
    return _of_users(draws, variant, world.booking_user[mine], at, last=5)


def _idle(draws: Draws, variant: str) -> Sessions:
    people = demand(variant).users
    user = np.repeat(
        np.arange(len(people)), draws.pick((0.35, 0.3, 0.2, 0.15), len(people))
    )
    at = people.signed_up[user] + 0.2 + draws.exponential(24.0, len(user))
    return _of_users(draws, variant, user, at, last=3)


def _strangers(draws: Draws, variant: str) -> Sessions:
    size = int(draws.one(0.8, 1.5) * len(demand(variant).users))
    local = signup_days(draws, size) + time_of_day(draws, size)
    zone = draws.whole(0, 23, size)
    return Sessions(
        to_utc(variant, local, zone),
        len(demand(variant).users) + np.arange(size),
        np.full(size, -1),
        1 + draws.pick((0.55, 0.25, 0.15, 0.05), size),
        np.full(size, 1),
        draws.pick((0.3, 0.1, 0.25, 0.28, 0.07), size),
        draws.pick((0.3, 0.3, 0.4), size),
    )


def _staff(draws: Draws, variant: str) -> Sessions:
    people = demand(variant).users
    staff = np.flatnonzero(people.staff)
    day = np.arange(day_of(4), END)
    user, when = np.repeat(staff, len(day)), np.tile(day, len(staff)).astype(np.float64)
    works = (when % 7 < 5) & draws.chance(0.45, len(when))
    works &= when > people.signed_up[user]
    at = when[works] + 0.6 + draws.between(0.0, 0.35, int(works.sum()))
    return _of_users(draws, variant, user[works], at, last=3)


def _bots(draws: Draws, variant: str) -> Sessions:
    day = np.arange(day_of(4), END)
    visits = draws.whole(6, 10 + int(draws.whole(0, 8, 1)[0]), len(day))
    at = np.repeat(day, visits) + draws.uniform(int(visits.sum()))
    kind = draws.pick((0.6, 0.4), len(at))
    people = len(demand(variant).users)
    # A few crawlers with always the same ids, far above those of people.
    visitor = 10 * people + kind * 100 + draws.whole(0, 11, len(at))
    size = len(at)
    pages, channel = 1 + draws.whole(0, 1, size), np.zeros(size, dtype=np.int64)
    nobody = np.full(size, -1)
    return Sessions(at, visitor, nobody, pages, np.full(size, 1), channel, 3 + kind)


def _visits(variant: str) -> Arrays:
    made, draws = sessions(variant), Draws(variant, "pages")
    session = np.repeat(np.arange(len(made.at)), made.pages)
    first = np.cumsum(made.pages) - made.pages
    step = np.arange(len(session)) - first[session]
    page = np.where(step == 0, 0, draws.whole(0, 3, len(session)))
    page = np.where(step == made.pages[session] - 1, made.last[session], page)
    at = made.at[session] + step * draws.between(20, 50, len(session)) / 86_400
    order = np.argsort(at, kind="stable")
    twice = draws.chance(DUPLICATES, len(order))
    row = np.repeat(order, 1 + twice)
    event = np.repeat(np.arange(len(order)), 1 + twice)
    chosen = session[row]
    user = made.logged_in[chosen]
    return {
        "event_id": FIRST_EVENT_ID + event,
        "visitor_id": FIRST_VISITOR_ID + made.visitor[chosen],
        "user_id": np.where(user < 0, -1, demand(variant).users.ids[user]),
        "session_id": chosen + 1,
        "page": Coded(page[row], PAGES),
        "at": times(at[row]),
        "channel": Coded(made.channel[chosen], CHANNELS),
        "agent": Coded(made.agent[chosen], AGENTS),
    }


def _fake_door(variant: str) -> Arrays:
    draws = Draws(variant, "fake door")
    size = 420
    message = np.arange(size) % 2
    staff = draws.chance(0.06, size)
    appeal = np.where(message == 0, 0.085, 0.115 + 0.05 * draws.one(0, 1))
    clicks = (draws.even(size) < appeal) | (staff & draws.chance(0.75, size))
    shown = 1 + draws.pick((0.6, 0.25, 0.15), size) + staff
    taps = np.where(clicks, 1 + draws.pick((0.6, 0.3, 0.1), size) + staff, 0)
    rows = np.repeat(np.arange(size), np.maximum(shown, taps))
    step = np.arange(len(rows)) - np.searchsorted(rows, rows)
    start = day_of(3) + draws.between(0.6, 27.0, size)
    at = start[rows] + step * draws.between(0.01, 0.9, len(rows))
    tap = np.where(step < taps[rows], at + 0.0003, np.nan)
    order = np.argsort(at, kind="stable")
    return {
        "exposure_id": 1 + np.arange(len(rows)),
        "visitor_id": 6_000_001 + rows[order],
        "message": Coded(message[rows][order], ("trusted cleaner", "free Saturday")),
        "is_staff": staff[rows][order],
        "shown_at": times(at[order]),
        "clicked_at": optional_times(tap[order]),
    }


TABLES = (
    Table(
        "visits",
        "One row for each page view that app or website sent to the event log, raw.",
        (
            Column("event_id", "whole", "", "Id of the event; sent twice, it repeats."),
            Column("visitor_id", "whole", "", "Device or browser."),
            Column(
                "user_id", "whole", "", "User; empty when logged out.", optional=True
            ),
            Column("session_id", "whole", "", "Visit; 30 quiet minutes end it."),
            Column("page", "text", "", "Page that was seen."),
            Column("at", "time", "UTC", "When it was seen."),
            Column("channel", "text", "", "Channel that brought the visitor."),
            Column("agent", "text", "", "ios, android, web, or the name of a bot."),
        ),
        _visits,
        happens="at",
    ),
    Table(
        "fake_door",
        "One row for each time that the page of month 3 showed one of two messages.",
        (
            Column("exposure_id", "whole", "", "Id of the row."),
            Column("visitor_id", "whole", "", "Visitor; may see the page again."),
            Column("message", "text", "", "Message that the visitor always gets."),
            Column("is_staff", "yes/no", "", "One of Fernbroom's own people."),
            Column("shown_at", "time", "UTC", "When the message was shown."),
            Column(
                "clicked_at",
                "time",
                "UTC",
                "When the button was clicked; empty if not.",
                optional=True,
                known_at="clicked_at",
            ),
        ),
        _fake_door,
        happens="shown_at",
    ),
)
