"""The launch of month 20: ready or not, step by step, and whether it worked."""

import numpy as np

from pmlab.case.definitions import Arrays, Coded, Table, day, flag, number, text, whole
from pmlab.case.draws import Draws, Floats, Ints, apart, first_good
from pmlab.case.places import company_counties
from pmlab.case.timeline import dates, day_of
from pmlab.case.world import CHANNELS, WIDE_LAUNCH_MONTH

WEEKS_BEFORE, WEEKS_AFTER = 20, 12
STAGES = (0.01, 0.10, 0.50, 1.00)
_CHECKS = (
    # check, area, kind of launch that needs it
    ("refund path tested", "support", "both"),
    ("talking points for sales", "sales", "product"),
    ("load test", "engineering", "both"),
    ("privacy review", "legal", "product"),
    ("cleaner capacity in each county", "operations", "product"),
    ("price page approved", "marketing", "product"),
    ("help texts", "support", "both"),
    ("roll-back rehearsed", "engineering", "both"),
    ("tracking plan checked", "product", "both"),
    ("old screens removed", "engineering", "feature"),
    ("change log entry", "product", "feature"),
    ("terms of service updated", "legal", "product"),
)


def is_ready(variant: str) -> bool:
    """Return whether the product launch has no open blocker."""
    return bool(Draws(variant, "ready").chance(0.5, 1)[0])


def _launch_log(variant: str) -> Arrays:
    draws, size = Draws(variant, "launch log"), len(_CHECKS)
    needed = np.array([row[2] != "feature" for row in _CHECKS])
    blocker = np.array([1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1], dtype=bool)
    is_open = np.zeros(size, dtype=bool)
    # A feature's blocker is open in every variant: it does not stop a product launch.
    is_open[9] = True
    is_open[[1, 6]] = draws.chance(0.5, 2)
    if not is_ready(variant):
        candidates = np.flatnonzero(blocker & needed)
        is_open[candidates[int(draws.whole(0, len(candidates) - 1, 1)[0])]] = True
    return {
        "check": np.array([row[0] for row in _CHECKS]),
        "area": np.array([row[1] for row in _CHECKS]),
        "needed_for": np.array([row[2] for row in _CHECKS]),
        "is_blocker": blocker,
        "status": np.where(is_open, "open", "done"),
        "readiness": np.where(is_open, draws.between(0.6, 0.9, size), 1.0),
    }


def rollout_days(variant: str) -> tuple[int, int]:
    """Return the stage at which a guardrail breaks, or 4, and days at each stage."""
    draws = Draws(variant, "rollout")
    return int(draws.whole(1, 4, 1)[0]), int(draws.whole(2, 3, 1)[0])


def _rollout(variant: str) -> Arrays:
    draws, (broken, length) = Draws(variant, "rollout days"), rollout_days(variant)
    last = min(broken, len(STAGES) - 1)
    stage = np.repeat(np.arange(last + 1), length)
    hours = np.where(
        np.arange(len(stage)) % length == 0, draws.whole(8, 20, len(stage)), 24
    )
    cancels = draws.between(0.050, 0.066, len(stage))
    errors = draws.between(0.002, 0.008, len(stage))
    bad = (stage == broken) & (np.arange(len(stage)) % length == length - 1)
    cancels = np.where(bad, draws.one(0.085, 0.11), cancels)
    return {
        "seen_on": dates(day_of(WIDE_LAUNCH_MONTH) + np.arange(len(stage))),
        "share_of_users": np.array(STAGES)[stage],
        "hours_observed": hours,
        "cancellation_rate": cancels,
        "cancellation_limit": np.full(len(stage), 0.07),
        "error_rate": errors,
        "error_limit": np.full(len(stage), 0.01),
    }


def launch_effect(variant: str) -> float:
    """Return the true effect of the launch, in completed cleans a week and county."""
    return Draws(variant, "launch effect").one(11.0, 19.0)


def _panel(variant: str, attempt: int) -> tuple[Floats, Ints, Ints]:
    """Draw cleans by county and week; the larger counties were launched."""
    draws, counties = Draws(variant, f"panel {attempt}"), 24
    launched = np.arange(counties) % 2 == 0
    base = draws.between(45, 80, counties) + np.where(launched, 26, 0)
    weeks = np.arange(-WEEKS_BEFORE, WEEKS_AFTER + 1)
    trend = 0.5 * weeks + 9 * np.sin(2 * np.pi * (weeks + draws.one(0, 10)) / 52)
    trend = trend + np.where(weeks >= 0, 7.0, 0.0)
    # Neighbors of weeks resemble each other within a county.
    shock = 4 * draws.normal(counties * len(weeks)).reshape(counties, -1)
    drift = 5 * draws.normal(counties)[:, None] * (weeks >= -4)
    cleans = base[:, None] + trend[None, :] + shock + drift
    gain = launch_effect(variant) * (1 + 0.1 * draws.normal(counties))
    cleans += np.where(launched[:, None] & (weeks > 0), gain[:, None], 0)
    cleans += np.where(launched[:, None] & (weeks == 0), 3.0 * gain[:, None], 0)
    order = draws.order(counties)
    return np.round(np.maximum(cleans, 0)), launched.astype(np.int64), order


def difference_in_differences(cleans: Floats, launched: Ints, *, skip: int) -> float:
    """Return the launch effect, leaving out so many weeks from the launch on."""
    before = cleans[:, :WEEKS_BEFORE].mean(axis=1)
    change = cleans[:, WEEKS_BEFORE + skip :].mean(axis=1) - before
    return float(change[launched == 1].mean() - change[launched == 0].mean())


def _launch_weeks(variant: str) -> Arrays:
    def good(made: tuple[Floats, Ints, Ints]) -> bool:
        cleans, launched, _ = made
        right = difference_in_differences(cleans, launched, skip=1)
        with_week = difference_in_differences(cleans, launched, skip=0)
        near = abs(right - launch_effect(variant)) < 0.25 * launch_effect(variant)
        return near and apart(right, with_week, gap=0.04)

    cleans, launched, order = first_good(lambda attempt: _panel(variant, attempt), good)
    weeks = np.arange(-WEEKS_BEFORE, WEEKS_AFTER + 1)
    fips = np.array([county.fips for county in company_counties(variant)])[order]
    first = day_of(WIDE_LAUNCH_MONTH) // 7 * 7
    count = len(fips)
    return {
        "county_fips": np.repeat(fips, len(weeks)),
        "launched": np.repeat(launched == 1, len(weeks)),
        "week_start": dates(first + 7 * np.tile(weeks, count)),
        "weeks_since_launch": np.tile(weeks, count),
        "completed_cleans": cleans.ravel().astype(np.int64),
    }


def _make_mix(draws: Draws) -> tuple[Ints, Ints]:
    """Draw visitors and buyers by week and channel."""
    shares = np.array([[0.34, 0.20, 0.24, 0.14, 0.08], [0.24, 0.14, 0.19, 0.36, 0.07]])
    rates = np.array([0.071, 0.096, 0.058, 0.022, 0.049]) * draws.between(0.9, 1.1, 5)
    better = 1 + draws.between(0.04, 0.09, 5)
    total = np.array([draws.one(15_000, 18_000), draws.one(19_000, 23_000)])
    visitors = np.round(total[:, None] * shares * draws.between(0.95, 1.05, 5))
    buyers = np.round(visitors * np.vstack([rates, rates * better]))
    part = np.round(visitors[1] * draws.one(0.4, 0.5))
    partly = np.round(part * rates * better * draws.between(0.6, 0.75, 5))
    return (
        np.vstack([visitors, part]).astype(np.int64),
        np.vstack([buyers, partly]).astype(np.int64),
    )


def _weekly_funnel(variant: str) -> Arrays:
    def good(made: tuple[Ints, Ints]) -> bool:
        visitors, buyers = made
        rate = buyers / visitors
        overall = buyers.sum(axis=1) / visitors.sum(axis=1)
        return bool((rate[1] > rate[0]).all() and overall[1] < 0.97 * overall[0])

    visitors, buyers = first_good(
        lambda attempt: _make_mix(Draws(variant, f"mix {attempt}")), good
    )
    start = day_of(8) // 7 * 7
    return {
        "week_start": dates(np.repeat(start + np.array([0, 7, 14]), len(CHANNELS))),
        "channel": Coded(np.tile(np.arange(len(CHANNELS)), 3), CHANNELS),
        "days": np.repeat([7, 7, 3], len(CHANNELS)),
        "visitors": visitors.ravel(),
        "buyers": buyers.ravel(),
    }


TABLES = (
    Table(
        "launch_log",
        "One row for each check before the launch of month 20, a product launch.",
        (
            text("check", "What must be ready."),
            text("area", "Who looks after it."),
            text("needed_for", "product launches, feature launches, or both."),
            flag("is_blocker", "Without it, no launch."),
            text("status", "open or done."),
            number("readiness", "fraction", "How far the owner says it is."),
        ),
        _launch_log,
    ),
    Table(
        "rollout",
        "One row for each day of the step-by-step launch.",
        (
            day("seen_on", "Day."),
            number("share_of_users", "fraction", "Users who have it."),
            whole("hours_observed", "hours", "Hours at this share on that day."),
            number("cancellation_rate", "fraction", "Cleans that cleaners cancelled."),
            number("cancellation_limit", "fraction", "Guardrail: not above."),
            number("error_rate", "fraction", "Page views with an error."),
            number("error_limit", "fraction", "Guardrail: not above."),
        ),
        _rollout,
    ),
    Table(
        "launch_weeks",
        "One row for each county (REAL) and week around the launch; numbers invented.",
        (
            text("county_fips", "County code of the Census Bureau."),
            flag("launched", "The county was part of the launch."),
            day("week_start", "Monday of the week."),
            whole("weeks_since_launch", "weeks", "0 is the week of the launch."),
            whole(
                "completed_cleans", "cleans", "Cleans of app and Classic in the week."
            ),
        ),
        _launch_weeks,
    ),
    Table(
        "weekly_funnel",
        "One row for each week and channel of the website, from the ad tool.",
        (
            day("week_start", "Monday of the week."),
            text("channel", "Channel that brought the visitors."),
            whole("days", "days", "Days of the week with data."),
            whole("visitors", "visitors", "Distinct visitors."),
            whole("buyers", "visitors", "Visitors who booked."),
        ),
        _weekly_funnel,
    ),
)
