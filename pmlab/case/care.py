"""After the clean: tickets, reviews and talks with those who left."""

import numpy as np

from pmlab.case.consumer import (
    END_REASONS,
    FIRST_BOOKING_ID,
    FIRST_PLAN_ID,
    optional_times,
    plan_reasons,
)
from pmlab.case.definitions import (
    Arrays,
    Coded,
    Column,
    Table,
    flag,
    moment,
    text,
    whole,
)
from pmlab.case.demand import demand
from pmlab.case.draws import Draws, Ints, first_good
from pmlab.case.marketplace import bookings
from pmlab.case.supply import FIRST_CLEANER_ID
from pmlab.case.timeline import day_of, times
from pmlab.case.world import END

THEMES = ("cleaner late", "payment", "app error", "damage", "cannot reschedule")
_THEME_SHARES = (0.24, 0.22, 0.20, 0.12, 0.22)
_STAR_TEXTS = (
    "Never again.",
    "Corners left out.",
    "Fine, with small things missing.",
    "Good work.",
    "Spotless, and kind.",
)


def worse_theme(variant: str) -> tuple[str, int, float]:
    """Return the theme that gets worse, from which month on, and by which factor."""
    draws = Draws(variant, "worse theme")
    theme = THEMES[int(draws.whole(0, len(THEMES) - 1, 1)[0])]
    return theme, int(draws.whole(10, 11, 1)[0]), draws.one(2.2, 2.8)


def _complaints(variant: str, attempt: int) -> tuple[Ints, Ints]:
    """Draw which completed bookings lead to a ticket, and of which theme."""
    draws, made = Draws(variant, f"complaints {attempt}"), bookings(variant)
    done = np.flatnonzero(made.status == 0)
    theme_name, month, factor = worse_theme(variant)
    rates = draws.one(0.085, 0.11) * np.tile(_THEME_SHARES, (len(done), 1))
    later = made.scheduled[done] >= day_of(month)
    rates[later, THEMES.index(theme_name)] *= factor
    # At most one ticket a booking: one draw falls into a theme or into none.
    edges = np.cumsum(rates, axis=1)
    theme = (draws.uniform(len(done))[:, None] >= edges).sum(axis=1)
    hit = theme < len(THEMES)
    return done[hit], theme[hit]


def _stands_out(variant: str, complaints: tuple[Ints, Ints]) -> bool:
    """Return whether the worse theme grows most, by month 14 and by the end."""
    booking, theme = complaints
    name, month, _ = worse_theme(variant)
    at = bookings(variant).scheduled[booking]
    before = np.bincount(theme[at < day_of(month)], minlength=len(THEMES))
    for end in (day_of(14), END):
        late = (at >= day_of(month)) & (at < end)
        growth = np.bincount(theme[late], minlength=len(THEMES)) / np.maximum(before, 1)
        ranked = np.sort(growth)
        if growth[THEMES.index(name)] < 1.25 * ranked[-2] or ranked[-1] == ranked[-2]:
            return False
    return True


def _tickets(variant: str) -> Arrays:
    draws, world, made = Draws(variant, "tickets"), demand(variant), bookings(variant)
    booking, theme = first_good(
        lambda attempt: _complaints(variant, attempt),
        lambda complaints: _stands_out(variant, complaints),
    )
    at = made.scheduled[booking] + 0.1 + draws.exponential(0.6, len(booking))
    count = len(booking)
    twice = np.flatnonzero(draws.chance(0.13, count))
    spam = int(0.09 * count)
    spam_at = np.sort(draws.between(at.min(), END - 1, spam))
    created = np.concatenate(
        [at, at[twice] + draws.exponential(0.8, len(twice)), spam_at]
    )
    size = len(created)
    subject = np.concatenate([theme, theme[twice], draws.whole(0, 4, spam)])
    about = np.concatenate([booking, booking[twice], np.full(spam, -1)])
    original = np.concatenate([np.full(count, -1), twice, np.full(spam, -1)])
    request = draws.chance(0.3, size) & (original < 0) & (about >= 0)
    closed = created + draws.exponential(9.0, size)
    shipped = np.where(
        request & draws.chance(0.7, size),
        created + 10 + draws.exponential(70.0, size),
        np.nan,
    )
    told = np.where(
        draws.chance(0.85, size), shipped + draws.exponential(45.0, size), np.nan
    )
    order = np.argsort(created, kind="stable")
    order = order[created[order] < END]
    rank = np.full(size, -1)
    rank[order] = np.arange(len(order))
    user = np.where(about < 0, -1, world.users.ids[world.booking_user[about]])
    first = np.where(original < 0, -1, 20_001 + rank[original])
    return {
        "ticket_id": 20_001 + np.arange(len(order)),
        "user_id": user[order],
        "booking_id": np.where(about < 0, -1, FIRST_BOOKING_ID + about)[order],
        "theme": Coded(subject[order], THEMES),
        "is_spam": (about < 0)[order],
        "duplicate_of": first[order],
        "is_request": request[order],
        "created_at": times(created[order]),
        "closed_at": optional_times(closed[order]),
        "shipped_at": optional_times(shipped[order]),
        "notified_at": optional_times(told[order]),
    }


def _reviews(variant: str) -> Arrays:
    draws, world, made = Draws(variant, "reviews"), demand(variant), bookings(variant)
    done = np.flatnonzero(made.status == 0)
    # The very happy and the angry write more often than those in between.
    stars = 1 + draws.pick((0.03, 0.05, 0.12, 0.33, 0.47), len(done))
    writes = np.array([0.45, 0.22, 0.10, 0.14, 0.27])[stars - 1]
    chosen = draws.chance(writes, len(done))
    booking, stars = done[chosen], stars[chosen]
    at = made.scheduled[booking] + 0.2 + draws.exponential(1.2, len(booking))
    order = np.argsort(at, kind="stable")
    order = order[at[order] < END]
    booking, stars = booking[order], stars[order]
    return {
        "review_id": 1 + np.arange(len(order)),
        "booking_id": FIRST_BOOKING_ID + booking,
        "user_id": world.users.ids[world.booking_user[booking]],
        "cleaner_id": FIRST_CLEANER_ID + made.cleaner[booking],
        "stars": stars,
        "text": Coded(stars - 1, _STAR_TEXTS),
        "written_at": times(at[order]),
    }


def _exit_interviews(variant: str) -> Arrays:
    draws, plans = Draws(variant, "exit interviews"), demand(variant).plans
    reason = plan_reasons(variant)
    gone = np.flatnonzero(plans.ended < END - 1)
    asked = plans.ended[gone] + 0.5
    # Who left for the price answers less often than who was unhappy.
    chance = np.array([0.62, 0.38, 0.70, 0.50, 0.45, 0.25])[reason[gone]]
    answers = draws.chance(chance, len(gone))
    none = len(END_REASONS)
    second = draws.pick((0.25, 0.25, 0.2, 0.1, 0.2), len(gone))
    has_second = answers & draws.chance(0.45, len(gone)) & (second != reason[gone])
    order = np.argsort(asked, kind="stable")
    names = (*END_REASONS, "")
    return {
        "plan_id": (FIRST_PLAN_ID + gone)[order],
        "asked_at": times(asked[order]),
        "answered": answers[order],
        "voluntary": (reason[gone] != none - 1)[order],
        "primary_reason": Coded(np.where(answers, reason[gone], none)[order], names),
        "second_reason": Coded(np.where(has_second, second, none)[order], names),
    }


def _optional_id(name: str, meaning: str) -> Column:
    return Column(name, "whole", "", meaning, optional=True)


def _optional_text(name: str, meaning: str) -> Column:
    return Column(name, "text", "", meaning, optional=True)


TABLES = (
    Table(
        "tickets",
        "One row for each message to support, in order of time.",
        (
            whole("ticket_id", "", "Id of the ticket."),
            _optional_id("user_id", "User who wrote; empty for spam."),
            _optional_id("booking_id", "Booking it is about; empty for spam."),
            text("theme", "Theme of the ticket."),
            flag("is_spam", "Spam."),
            _optional_id("duplicate_of", "Ticket that it repeats; empty if none."),
            flag("is_request", "Asks for a change of the product."),
            moment("created_at", "When it came in."),
            moment("closed_at", "When support closed it.", later=True),
            moment(
                "shipped_at", "When the change was shipped; empty if not.", later=True
            ),
            moment(
                "notified_at", "When the customer was told; empty if not.", later=True
            ),
        ),
        _tickets,
        happens="created_at",
    ),
    Table(
        "reviews",
        "One row for each review of a completed clean.",
        (
            whole("review_id", "", "Id of the review."),
            whole("booking_id", "", "Booking that was reviewed."),
            whole("user_id", "", "User who wrote."),
            whole("cleaner_id", "", "Cleaner who did it."),
            whole("stars", "stars, 1-5", "Stars; 5 is best."),
            text("text", "What was written."),
            moment("written_at", "When it was written."),
        ),
        _reviews,
        happens="written_at",
    ),
    Table(
        "exit_interviews",
        "One row for each plan that ended, half a day later, answered or not.",
        (
            whole("plan_id", "", "Plan that ended."),
            moment("asked_at", "When the household was asked."),
            flag("answered", "Whether it answered."),
            flag("voluntary", "It chose to leave; false if a payment failed."),
            _optional_text("primary_reason", "Main reason; empty without an answer."),
            _optional_text("second_reason", "Further reason; empty if none."),
        ),
        _exit_interviews,
        happens="asked_at",
    ),
)
