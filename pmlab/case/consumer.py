"""Tables of the consumer app: users, searches, bookings, plans and cleaners' hours."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pmlab.case.definitions import Arrays, Coded, Column, Table
from pmlab.case.demand import KINDS, Demand, demand
from pmlab.case.draws import Bools, Draws, Floats, Ints
from pmlab.case.marketplace import PLAN_DISCOUNT, STATUSES, bookings, cleaner_weeks
from pmlab.case.places import launch_trio
from pmlab.case.prices import price_usd
from pmlab.case.supply import FIRST_CLEANER_ID
from pmlab.case.timeline import dates, times
from pmlab.case.world import CHANNELS, DEVICES, END, ZONES, ZONES_PER_COUNTY

FIRST_BOOKING_ID = 1_000_001
FIRST_REQUEST_ID = 300_001
FIRST_PLAN_ID = 40_001

# Candidate first-week events: chance if the household is still there in week 8, chance
# if it is not. Which of the common events has which role differs by variant.
_WIDE, _NARROW, _WEAK = (0.97, 0.46), (0.26, 0.09), (0.40, 0.27)
_RARE, _EARLY_CHAT = (0.15, 0.012), (0.20, 0.16)
_COMMON_EVENTS = ("home_details_at", "favorite_cleaner_at", "reminder_on_at")
LATE_CHAT = (0.82, 0.08)
"""Chances of a first chat in weeks 2 to 7, with and without activity in week 8."""

_ZONE_NAMES = tuple(
    f"{'ABC'[zone // ZONES_PER_COUNTY]}{zone % ZONES_PER_COUNTY + 1}"
    for zone in range(ZONES)
)
END_REASONS = (
    "different cleaner each time",
    "too expensive",
    "unhappy with quality",
    "moved away",
    "no longer needed",
    "failed payment",
)
REASONS_OF_KIND = (
    (),
    (0.36, 0.12, 0.16, 0.12, 0.10, 0.14),
    (0.08, 0.40, 0.12, 0.13, 0.12, 0.15),
)


def county_texts(variant: str, county: Ints) -> Coded:
    """Return county codes of positions 0, 1, 2 of the launch counties."""
    return Coded(county, [each.fips for each in launch_trio(variant)])


def optional_times(days: Floats) -> npt.NDArray[np.datetime64]:
    """Return times of days; NaN and what lies after the last day become missing."""
    known = np.isfinite(days) & (days < END)
    moments = times(np.where(known, days, 0.0))
    moments[~known] = np.datetime64("NaT")
    return moments


def active_in_week_8(world: Demand) -> Bools:
    """Return which users search or book from day 56 up to day 63."""
    active = np.zeros(len(world.users), dtype=bool)
    for user, at in (
        (world.booking_user, world.booking_at),
        (world.requests.user, world.requests.at),
    ):
        age = at - world.users.signed_up[user]
        active[user[(age >= 56) & (age < 63)]] = True
    return active


def first_week_events(variant: str) -> dict[str, tuple[float, float]]:
    """Return for each candidate event its chances with and without week-8 activity."""
    order = Draws(variant, "event roles").order(3)
    roles = (_WIDE, _NARROW, _WEAK)
    common = {
        name: roles[int(role)] for name, role in zip(_COMMON_EVENTS, order, strict=True)
    }
    return {**common, "invited_friend_at": _RARE, "first_chat_at": _EARLY_CHAT}


def _users(variant: str) -> Arrays:
    world = demand(variant)
    people, draws = world.users, Draws(variant, "first week")
    stays = active_in_week_8(world)
    events: dict[str, Any] = {}
    for name, chances in first_week_events(variant).items():
        does = draws.chance(np.where(stays, *chances), len(people))
        when = people.signed_up + draws.between(0.01, 6.9, len(people))
        if name == "first_chat_at":
            later = draws.chance(np.where(stays, *LATE_CHAT), len(people)) & ~does
            late = people.signed_up + draws.between(8, 55, len(people))
            when, does = np.where(later, late, when), does | later
        events[name] = optional_times(np.where(does, when, np.nan))
    kinds = ["two-earner", "other"]
    return {
        "user_id": people.ids,
        "signed_up_at": times(people.signed_up),
        "county_fips": county_texts(variant, people.zone // ZONES_PER_COUNTY),
        "zone": Coded(people.zone, _ZONE_NAMES),
        "channel": Coded(people.channel, CHANNELS),
        "device": Coded(people.device, DEVICES),
        "household_type": Coded(1 - people.two_earner.astype(np.int64), kinds),
        "is_staff": people.staff,
        **events,
    }


def _search_requests(variant: str) -> Arrays:
    world = demand(variant)
    order = np.argsort(world.requests.at, kind="stable")
    user = world.requests.user[order]
    zone = world.users.zone[user]
    return {
        "request_id": FIRST_REQUEST_ID + np.arange(len(order)),
        "user_id": world.users.ids[user],
        "county_fips": county_texts(variant, zone // ZONES_PER_COUNTY),
        "zone": Coded(zone, _ZONE_NAMES),
        "requested_at": times(world.requests.at[order]),
        "matched_at": optional_times(world.requests.matched[order]),
        "withdrawn_at": optional_times(world.requests.withdrawn[order]),
    }


def _bookings(variant: str) -> Arrays:
    world, made = demand(variant), bookings(variant)
    rank = np.empty(len(world.requests.at) + 1, dtype=np.int64)
    rank[np.argsort(world.requests.at, kind="stable")] = np.arange(len(rank) - 1)
    request, plan = world.booking_request, world.booking_plan
    zone = world.users.zone[world.booking_user]
    return {
        "booking_id": FIRST_BOOKING_ID + np.arange(len(made.price)),
        "user_id": world.users.ids[world.booking_user],
        "cleaner_id": FIRST_CLEANER_ID + made.cleaner,
        "county_fips": county_texts(variant, zone // ZONES_PER_COUNTY),
        "request_id": np.where(request < 0, -1, FIRST_REQUEST_ID + rank[request]),
        "plan_id": np.where(plan < 0, -1, FIRST_PLAN_ID + plan),
        "created_at": times(world.booking_at),
        "scheduled_at": times(made.scheduled),
        "hours": made.hours,
        "price_usd": made.price,
        "promo_usd": made.promo,
        "refund_usd": np.where(made.status == 4, 0.0, made.refund),
        "status": Coded(made.status, STATUSES),
    }


def plan_reasons(variant: str) -> Ints:
    """Return for each plan why it ended or will end, a position in ``END_REASONS``."""
    plans, draws = demand(variant).plans, Draws(variant, "end reasons")
    weekly = draws.pick(REASONS_OF_KIND[1], len(plans.user))
    fortnightly = draws.pick(REASONS_OF_KIND[2], len(plans.user))
    # Which reason plays which part differs by variant; failed payments stay.
    part = np.append(draws.order(len(END_REASONS) - 1), len(END_REASONS) - 1)
    return part[np.where(plans.kind == 1, weekly, fortnightly)]


def _plans(variant: str) -> Arrays:
    world = demand(variant)
    plans = world.plans
    gone = plans.ended < END
    discount = np.array(PLAN_DISCOUNT)[plans.kind]
    return {
        "plan_id": FIRST_PLAN_ID + np.arange(len(plans.user)),
        "user_id": world.users.ids[plans.user],
        "kind": Coded(plans.kind, KINDS),
        "started_at": times(plans.started),
        "ended_at": optional_times(plans.ended),
        "price_usd": np.round(price_usd(variant) * (1 - discount) * 2) / 2,
        "cleans_per_month": np.where(plans.kind == 1, 365 / 12 / 7, 365 / 12 / 14),
        "end_reason": Coded(
            np.where(gone, plan_reasons(variant), len(END_REASONS)), (*END_REASONS, "")
        ),
    }


def _availability(variant: str) -> Arrays:
    from pmlab.case.supply import roster

    made = cleaner_weeks(variant)
    return {
        "cleaner_id": FIRST_CLEANER_ID + made.cleaner,
        "county_fips": county_texts(variant, roster(variant)["county"][made.cleaner]),
        "week_start": dates(7 * made.week),
        "offered_hours": made.offered,
        "booked_hours": made.booked,
    }


_USER_ID = Column("user_id", "whole", "", "Id of the user.")
_COUNTY = Column("county_fips", "text", "", "County code of the Census Bureau.")
_ZONE = Column("zone", "text", "", "Zone; the letter stands for the county.")


def _later(name: str, meaning: str) -> Column:
    return Column(name, "time", "UTC", meaning, optional=True, known_at=name)


TABLES = (
    Table(
        "users",
        "One row for each account of the consumer app, in order of sign-up.",
        (
            _USER_ID,
            Column("signed_up_at", "time", "UTC", "When the account was made."),
            _COUNTY,
            _ZONE,
            Column("channel", "text", "", "Channel that brought the user."),
            Column("device", "text", "", "ios, android or web."),
            Column("household_type", "text", "", "two-earner or other."),
            Column("is_staff", "yes/no", "", "An account of Fernbroom's own people."),
            _later("home_details_at", "First time that home details were saved."),
            _later("favorite_cleaner_at", "First time that a cleaner was marked."),
            _later("reminder_on_at", "First time that reminders were turned on."),
            _later("invited_friend_at", "First time that a friend was invited."),
            _later("first_chat_at", "First message to a cleaner."),
        ),
        _users,
        happens="signed_up_at",
    ),
    Table(
        "search_requests",
        "One row for each search with a date; a search waits for a cleaner to accept.",
        (
            Column("request_id", "whole", "", "Id of the search."),
            _USER_ID,
            _COUNTY,
            _ZONE,
            Column("requested_at", "time", "UTC", "When the user searched."),
            _later("matched_at", "When a cleaner accepted; empty if none did."),
            _later("withdrawn_at", "When the user gave up first; empty if not."),
        ),
        _search_requests,
        happens="requested_at",
    ),
    Table(
        "bookings",
        "One row for each booking of a clean in the consumer app.",
        (
            Column("booking_id", "whole", "", "Id of the booking."),
            _USER_ID,
            Column("cleaner_id", "whole", "", "Cleaner who takes it."),
            _COUNTY,
            Column(
                "request_id",
                "whole",
                "",
                "Search that led to it; empty if a plan made it by itself.",
                optional=True,
            ),
            Column(
                "plan_id",
                "whole",
                "",
                "Plan it belongs to; empty if none.",
                optional=True,
            ),
            Column("created_at", "time", "UTC", "When it was booked."),
            Column("scheduled_at", "time", "UTC", "When the clean starts."),
            Column("hours", "number", "hours", "Length of the clean."),
            Column("price_usd", "number", "USD", "Price, before promotion and refund."),
            Column("promo_usd", "number", "USD", "Promotion that Fernbroom pays."),
            Column(
                "refund_usd",
                "number",
                "USD",
                "Money given back after a complaint.",
                known_at="scheduled_at",
            ),
            Column(
                "status",
                "text",
                "",
                "completed, cancelled by customer, cancelled by cleaner or no-show; "
                "empty before the day.",
                optional=True,
                known_at="scheduled_at",
            ),
        ),
        _bookings,
        happens="created_at",
    ),
    Table(
        "plans",
        "One row for each weekly or fortnightly plan of a household.",
        (
            Column("plan_id", "whole", "", "Id of the plan."),
            _USER_ID,
            Column("kind", "text", "", "weekly or fortnightly."),
            Column("started_at", "time", "UTC", "When the plan began."),
            _later("ended_at", "When it ended; empty while it goes on."),
            Column("price_usd", "number", "USD per clean", "Price of a usual clean."),
            Column(
                "cleans_per_month",
                "number",
                "cleans a month",
                "Cleans that the plan asks for in an average month.",
                digits=4,
            ),
            Column(
                "end_reason",
                "text",
                "",
                "Reason noted by the system; empty while the plan goes on.",
                optional=True,
                known_at="ended_at",
            ),
        ),
        _plans,
        happens="started_at",
    ),
    Table(
        "availability",
        "One row for each cleaner and week in which she works.",
        (
            Column("cleaner_id", "whole", "", "Id of the cleaner."),
            _COUNTY,
            Column("week_start", "date", "local date", "Monday of the week."),
            Column("offered_hours", "number", "hours", "Hours offered in the week."),
            Column(
                "booked_hours", "number", "hours", "Hours booked and not cancelled."
            ),
        ),
        _availability,
        happens="week_start",
    ),
)
