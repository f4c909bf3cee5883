"""Experiments of months 10 to 13: who got which arm, and what they did afterwards."""

import dataclasses
import functools

import numpy as np

from pmlab.case.definitions import (
    Arrays,
    Coded,
    Column,
    Table,
    day,
    number,
    text,
    whole,
)
from pmlab.case.draws import Bools, Draws, Ints, apart, first_good
from pmlab.case.prices import price_usd
from pmlab.case.timeline import dates, day_of
from pmlab.case.world import DEVICES, ZONES

WEEKS = 4
FIRST_USER_ID = 8_000_001
_ZONE_NAMES = tuple(f"{'ABC'[zone // 8]}{zone % 8 + 1}" for zone in range(ZONES))


@dataclasses.dataclass(frozen=True)
class Trial:
    """What is set up for one experiment.

    Attributes:
        name: Name of the experiment.
        users: Users that were meant to take part.
        share: Designed share of the treatment.
        by_zone: Whether zones were randomized instead of users.
        month: Month in which it started.
    """

    name: str
    users: int
    share: float
    by_zone: bool
    month: int


TRIALS = (
    Trial("clear-prices", 7_000, 0.5, by_zone=False, month=10),
    Trial("fast-checkout", 9_000, 0.5, by_zone=False, month=10),
    Trial("fresh-look", 6_000, 0.5, by_zone=False, month=11),
    Trial("careful-rollout", 6_000, 0.1, by_zone=False, month=11),
    Trial("instant-match", 5_000, 0.5, by_zone=False, month=12),
    Trial("instant-match-zones", 5_000, 0.5, by_zone=True, month=13),
)


@dataclasses.dataclass(frozen=True)
class Effects:
    """True relative effects on bookings, by week: treatment, control, new users.

    Attributes:
        treated: Effect on treated users in each week.
        control: Effect that leaks to the control group in each week.
        new_factor: What the effect is multiplied with for users without history.
        lost_web: Share of treated web users that never reach the log.
    """

    treated: tuple[float, ...]
    control: float = 0.0
    new_factor: float = 1.0
    lost_web: float = 0.0


def effects(variant: str, name: str) -> Effects:
    """Return the true effects of an experiment."""
    draws = Draws(variant, f"effect {name}")
    size = draws.one(0.15, 0.24)
    if name == "clear-prices":
        return Effects((size,) * WEEKS, new_factor=0.3)
    if name == "fast-checkout":
        return Effects((0.0,) * WEEKS, lost_web=draws.one(0.34, 0.42))
    if name == "fresh-look":
        return Effects(tuple(round(size * part, 4) for part in (2.4, 1.1, 0.35, 0.0)))
    if name == "instant-match":
        return Effects((size,) * WEEKS, control=-0.8 * size)
    if name == "instant-match-zones":
        return Effects((0.1 * size,) * WEEKS)
    return Effects((0.0,) * WEEKS)


@dataclasses.dataclass(frozen=True)
class Sample:
    """One experiment's users and what they did, users by weeks.

    Attributes:
        treated: Whether the user got the treatment.
        zone: Zone of the user.
        device: Position in ``DEVICES``.
        pre: Bookings in the 28 days before; -1 for new users.
        day: Day of assignment, counted from the first.
        sessions: Sessions in each week.
        bookings: Bookings in each week.
    """

    treated: Bools
    zone: Ints
    device: Ints
    pre: Ints
    day: Ints
    sessions: Ints
    bookings: Ints


@functools.lru_cache(maxsize=16)
def sample(variant: str, name: str) -> Sample:
    """Simulate one experiment; balanced ones show no mismatch by chance."""
    trial = next(each for each in TRIALS if each.name == name)

    def good(made: Sample) -> bool:
        return _balanced(made, trial, variant) and _shows(made, name)

    return first_good(lambda attempt: _sample(variant, trial, attempt), good)


def _balanced(made: Sample, trial: Trial, variant: str) -> bool:
    """Return whether arms are off where users get lost, and fine elsewhere."""
    if trial.by_zone:
        return True
    size = len(made.treated)
    spread = np.sqrt(size * trial.share * (1 - trial.share))
    score = abs(made.treated.sum() - size * trial.share) / spread
    # p < 0.001 is |z| > 3.29; stay away from that line on both sides.
    return bool(score > 3.8 if effects(variant, trial.name).lost_web else score < 2.3)


def _lift(made: Sample, rows: Bools, weeks: slice = slice(None)) -> float:
    """Return the relative difference of bookings among some rows and weeks."""
    total = made.bookings[:, weeks].sum(axis=1)
    treated, control = total[made.treated & rows], total[~made.treated & rows]
    return float(treated.mean() / control.mean() - 1)


def _shows(made: Sample, name: str) -> bool:
    """Return whether the sample shows what the experiment is there to teach."""
    everyone = np.ones(len(made.treated), dtype=bool)
    if name == "clear-prices":
        lift = _lift(made, everyone)
        return lift > 0.09 and apart(lift, _lift(made, made.pre >= 0), gap=0.05)
    if name == "fresh-look":
        last = _lift(made, everyone, slice(WEEKS - 1, WEEKS))
        return _lift(made, everyone, slice(0, 1)) > 0.25 and abs(last) < 0.06
    return True


def _sample(variant: str, trial: Trial, attempt: int) -> Sample:
    draws, truth = (
        Draws(variant, f"{trial.name} {attempt}"),
        effects(variant, trial.name),
    )
    size = trial.users
    zone = draws.pick([1.9, 1.7, 1.5, 1.3, 1.1, 1.0, 0.8, 0.7] * 3, size)
    treated = draws.chance(trial.share, size)
    if trial.by_zone:
        treated = (np.argsort(draws.order(ZONES)) < ZONES // 2)[zone]
    activity = draws.lognormal(0.7, size)
    rate = 0.20 * draws.lognormal(0.75, size) * activity**-0.35
    rate = np.minimum(rate * (1 + 0.12 * draws.normal(ZONES)[zone]), 0.9)
    seen_before = draws.chance(0.72, size)
    # New users have searched little so far, and look around first.
    rate = np.where(seen_before, rate, 0.7 * rate)
    pre = draws.poisson(4 * 1.7 * activity * rate)
    lift = (
        np.array(truth.treated)[None, :]
        * np.where(seen_before, 1, truth.new_factor)[:, None]
    )
    lift = np.where(treated[:, None], lift, truth.control)
    sessions = draws.poisson(np.repeat(1.7 * activity, WEEKS)).reshape(size, WEEKS)
    expected = sessions * rate[:, None] * (1 + lift)
    bookings = np.minimum(
        draws.poisson(expected.ravel()).reshape(size, WEEKS), sessions
    )
    device = draws.pick((0.38, 0.34, 0.28), size)
    lost = treated & (device == 2) & draws.chance(truth.lost_web, size)
    kept = ~lost
    return Sample(
        treated[kept],
        zone[kept],
        device[kept],
        np.where(seen_before, pre, -1)[kept],
        np.sort(draws.whole(0, 6, size))[kept],
        sessions[kept],
        bookings[kept],
    )


def _ids(position: int, count: int) -> Ints:
    return FIRST_USER_ID + 100_000 * position + np.arange(count)


def _experiments(_variant: str) -> Arrays:
    return {
        "experiment": np.array([trial.name for trial in TRIALS]),
        "randomized_unit": np.array(["zone" if t.by_zone else "user" for t in TRIALS]),
        "treatment_share": np.array([trial.share for trial in TRIALS]),
        "started_on": dates(np.array([day_of(trial.month) for trial in TRIALS])),
        "planned_days": np.full(len(TRIALS), 7 * WEEKS),
        "primary_metric": np.full(len(TRIALS), "bookings per user in 4 weeks"),
    }


def _exp_assign(variant: str) -> Arrays:
    made = [sample(variant, trial.name) for trial in TRIALS]
    counts = [len(each.treated) for each in made]
    which = np.repeat(np.arange(len(TRIALS)), counts)
    start = np.array([day_of(trial.month) for trial in TRIALS])[which]
    ids = [_ids(position, count) for position, count in enumerate(counts)]
    treated = np.concatenate([each.treated for each in made])
    return {
        "experiment": Coded(which, [trial.name for trial in TRIALS]),
        "user_id": np.concatenate(ids),
        "arm": Coded(treated.astype(np.int64), ("control", "treatment")),
        "assigned_on": dates(start + np.concatenate([each.day for each in made])),
        "zone": Coded(np.concatenate([each.zone for each in made]), _ZONE_NAMES),
        "device": Coded(np.concatenate([each.device for each in made]), DEVICES),
        "pre_bookings": np.concatenate([each.pre for each in made]),
    }


def _exp_outcomes(variant: str) -> Arrays:
    made = [sample(variant, trial.name) for trial in TRIALS]
    counts = [len(each.treated) for each in made]
    users = [_ids(position, count) for position, count in enumerate(counts)]
    bookings = np.concatenate([each.bookings.ravel() for each in made])
    draws = Draws(variant, "revenue")
    worth = price_usd(variant) * draws.between(0.8, 1.25, len(bookings))
    return {
        "experiment": Coded(
            np.repeat(np.arange(len(TRIALS)), np.array(counts) * WEEKS),
            [trial.name for trial in TRIALS],
        ),
        "user_id": np.repeat(np.concatenate(users), WEEKS),
        "week": np.tile(np.arange(1, WEEKS + 1), sum(counts)),
        "sessions": np.concatenate([each.sessions.ravel() for each in made]),
        "bookings": bookings,
        "revenue_usd": np.round(bookings * worth, 2),
    }


TABLES = (
    Table(
        "experiments",
        "One row for each experiment, as it was designed.",
        (
            text("experiment", "Name of the experiment."),
            text("randomized_unit", "user or zone."),
            number("treatment_share", "fraction", "Designed share of the treatment."),
            day("started_on", "First day of assignment."),
            whole("planned_days", "days", "Days that each user is observed."),
            text("primary_metric", "Metric declared before the start."),
        ),
        _experiments,
    ),
    Table(
        "exp_assign",
        "One row for each user in an experiment (ids of the experiment tool).",
        (
            text("experiment", "Name of the experiment."),
            whole("user_id", "", "Id of the user in the experiment tool."),
            text("arm", "control or treatment."),
            day("assigned_on", "Day of assignment."),
            text("zone", "Zone; its users share cleaners."),
            text("device", "ios, android or web."),
            Column(
                "pre_bookings",
                "whole",
                "bookings",
                "Bookings in the 28 days before assignment; empty for new users.",
                optional=True,
            ),
        ),
        _exp_assign,
        happens="assigned_on",
    ),
    Table(
        "exp_outcomes",
        "One row for each user and week after assignment, also for weeks of zeros.",
        (
            text("experiment", "Name of the experiment."),
            whole("user_id", "", "Id of the user in the experiment tool."),
            whole("week", "weeks", "Week after assignment, 1 to 4."),
            whole("sessions", "sessions", "Visits in the week."),
            whole("bookings", "bookings", "Bookings in the week."),
            number("revenue_usd", "USD", "Price of these bookings.", digits=2),
        ),
        _exp_outcomes,
    ),
)
