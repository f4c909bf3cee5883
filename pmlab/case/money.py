"""What channels cost and bring, and what a clean costs and earns."""

import numpy as np

from pmlab.case.definitions import Arrays, Coded, Table, day, number, text, whole
from pmlab.case.demand import demand
from pmlab.case.draws import Draws, Floats, Ints
from pmlab.case.marketplace import bookings
from pmlab.case.timeline import LAUNCH_MONTH, MONTHS, dates, day_of, months_of
from pmlab.case.world import CHANNELS

CAC_USD = (7.0, 21.0, 58.0, 47.0, 36.0)
"""Cost of a new customer by channel at the start, without salaries."""
SOCIAL_DECAY = 1.5
"""Social ads cost this much more per new customer at the end than at the start."""
APP_LINES = (
    ("payment fees", "per clean"),
    ("support", "per clean"),
    ("insurance", "per clean"),
    ("refunds", "per clean"),
    ("promotions", "per clean"),
    ("salaries", "fixed"),
    ("software", "fixed"),
)


def _months() -> Ints:
    return np.arange(LAUNCH_MONTH, MONTHS)


def _per_channel_month(user_channel: Ints, at: Floats) -> Ints:
    """Count things by month (rows) and channel (columns)."""
    size = (len(_months()), len(CHANNELS))
    cell = (months_of(at) - LAUNCH_MONTH) * size[1] + user_channel
    return np.bincount(cell, minlength=size[0] * size[1]).reshape(size)


def _channels(variant: str) -> Arrays:
    world, draws = demand(variant), Draws(variant, "channels")
    first = np.unique(world.booking_user, return_index=True)[1]
    new_users = _per_channel_month(world.users.channel, world.users.signed_up)
    customers = _per_channel_month(
        world.users.channel[world.booking_user[first]], world.booking_at[first]
    )
    weekly = world.plans.kind == 1
    plans = _per_channel_month(
        world.users.channel[world.plans.user[weekly]], world.plans.started[weekly]
    )
    progress = (_months() - LAUNCH_MONTH)[:, None] / (MONTHS - LAUNCH_MONTH)
    price = np.array(CAC_USD) * draws.between(0.85, 1.2, len(CHANNELS))
    price = price * np.where(
        np.arange(len(CHANNELS)) == 3, 1 + SOCIAL_DECAY * progress, 1
    )
    noise = draws.between(0.93, 1.07, customers.size).reshape(customers.shape)
    spend = np.round(price * noise * (customers + 1))
    salaries = np.array([900.0, 300.0, 1500.0, 1800.0, 700.0]) * (0.4 + 0.9 * progress)
    month = np.repeat(_months(), len(CHANNELS))
    return {
        "month": dates(np.array([day_of(int(each)) for each in month])),
        "channel": Coded(np.tile(np.arange(len(CHANNELS)), len(_months())), CHANNELS),
        "spend_usd": spend.ravel(),
        "salaries_usd": np.round(salaries * draws.one(0.9, 1.1)).ravel(),
        "new_users": new_users.ravel(),
        "new_customers": customers.ravel(),
        "new_weekly_plans": plans.ravel(),
    }


def _costs(variant: str) -> Arrays:
    world, made, draws = demand(variant), bookings(variant), Draws(variant, "costs")
    done = made.status == 0
    month = months_of(made.scheduled[done]) - LAUNCH_MONTH
    size = len(_months())

    def total(values: Floats) -> Floats:
        return np.bincount(month, values[done], size).astype(np.float64)[:size]

    cleans = np.bincount(month, minlength=size)[:size]
    support, insurance = draws.one(1.7, 2.6), draws.one(1.2, 1.9)
    step = np.arange(size)
    fixed = 21_000 + 2_600 * np.floor(step / 2)
    amounts = [
        0.029 * total(made.price) + 0.30 * cleans,
        support * cleans * draws.between(0.95, 1.05, size),
        insurance * cleans,
        total(made.refund),
        total(made.promo),
        fixed * draws.one(0.9, 1.1),
        900 + 55.0 * step + 0.02 * np.bincount(_signup_months(world.users.signed_up)),
    ]
    lines = len(APP_LINES)
    return {
        "month": dates(np.repeat([day_of(int(each)) for each in _months()], lines)),
        "line": Coded(np.tile(np.arange(lines), size), [line[0] for line in APP_LINES]),
        "behavior": Coded(
            np.tile([int(line[1] == "fixed") for line in APP_LINES], size),
            ("per clean", "fixed"),
        ),
        "amount_usd": np.round(np.column_stack(amounts), 2).ravel(),
    }


def _signup_months(signed_up: Floats) -> Ints:
    return months_of(signed_up) - LAUNCH_MONTH


TABLES = (
    Table(
        "channels",
        "One row for each month and channel of the consumer app.",
        (
            day("month", "First day of the month."),
            text("channel", "Channel that brought the users."),
            number("spend_usd", "USD", "Media, credits and fees paid for the channel."),
            number("salaries_usd", "USD", "Salaries of those who run the channel."),
            whole("new_users", "users", "Accounts made in the month."),
            whole(
                "new_customers", "customers", "Users with their first booking in it."
            ),
            whole("new_weekly_plans", "plans", "Weekly plans begun in the month."),
        ),
        _channels,
        happens="month",
    ),
    Table(
        "costs",
        "One row for each month and cost line of the consumer app.",
        (
            day("month", "First day of the month."),
            text("line", "What the money was for."),
            text("behavior", "per clean (grows with cleans) or fixed."),
            number("amount_usd", "USD", "Amount of the month."),
        ),
        _costs,
        happens="month",
    ),
)
