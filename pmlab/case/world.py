"""The households that sign up: when, where, through which channel, on what device.

Times are in days since the start of month 0. People live in local time,
tables hold UTC.
"""

import dataclasses
import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from pmlab.case.draws import Bools, Draws, Floats, Ints, choose
from pmlab.case.places import launch_trio
from pmlab.case.timeline import LAUNCH_MONTH, MONTHS, day_of

CHANNELS = ("organic", "referral", "search ads", "social ads", "partner flyers")
DEVICES = ("ios", "android", "web")
COUNTY_SHARES = (0.42, 0.36, 0.22)
ZONES_PER_COUNTY = 8
ZONES = 3 * ZONES_PER_COUNTY
WIDE_LAUNCH_MONTH = 20
END = day_of(MONTHS)
START = day_of(LAUNCH_MONTH)
FIRST_USER_ID = 100_001

_WEEKDAYS = np.array([1.16, 1.10, 1.05, 1.00, 0.90, 0.74, 0.95])
_HOURS = np.array(
    [1, 2, 4, 5, 6, 6, 7, 6, 5, 5, 5, 6, 8, 10, 9, 6, 3], dtype=np.float64
)
_FIRST_HOUR = 6
_OFFSET_HOURS = {
    "America/New_York": 5,
    "America/Chicago": 6,
    "America/Denver": 7,
    "America/Los_Angeles": 8,
}
# Days on which U.S. daylight saving time starts and ends: 2024, 2025, 2026.
_DAYLIGHT = ((69, 307), (433, 671), (797, 1035))


@dataclasses.dataclass(frozen=True)
class Users:
    """One entry for each user, in order of sign-up.

    Attributes:
        signed_up: Time of sign-up, in UTC days.
        zone: Zone, 0 to 23; eight zones make a county.
        channel: Position in ``CHANNELS``.
        device: Position in ``DEVICES``.
        loyalty: Latent pull to come back, standard normal.
        two_earner: Whether the household has two earners.
        staff: Whether the account belongs to Fernbroom's staff.
        pull: What the wish to come back is multiplied with; low after a bad release.
    """

    signed_up: Floats
    zone: Ints
    channel: Ints
    device: Ints
    loyalty: Floats
    two_earner: Bools
    staff: Bools
    pull: Floats

    def __len__(self) -> int:
        return len(self.signed_up)

    @property
    def ids(self) -> Ints:
        """Return the user ids."""
        return FIRST_USER_ID + np.arange(len(self))


@dataclasses.dataclass(frozen=True)
class BrokenRelease:
    """The app release after which new users of one device come back less.

    Attributes:
        month: Month of the company's life in which they sign up.
        device: Position in ``DEVICES``.
        factor: What their chance to come back is multiplied with.
    """

    month: int
    device: int
    factor: float


def broken_release(variant: str) -> BrokenRelease:
    """Return which release is the broken one."""
    draws = Draws(variant, "release")
    month, device = int(draws.whole(14, 17, 1)[0]), int(draws.whole(0, 2, 1)[0])
    return BrokenRelease(month, device, draws.one(0.1, 0.2))


def growth() -> Floats:
    """Return how strongly each day from launch to the end draws sign-ups."""
    day = np.arange(START, END, dtype=np.float64)
    ramp = 0.10 + 1 / (1 + np.exp(-(day - 440) / 72))
    wide = day_of(WIDE_LAUNCH_MONTH)
    after = np.where(day >= wide, 1.06 + 0.3 * np.exp(-(day - wide) / 12), 1.0)
    fade = 1 - 0.25 * np.clip((day - day_of(23)) / (END - day_of(23)), 0, 1)
    season = 1 + 0.10 * np.sin(2 * np.pi * (day % 365.25 - 60) / 365.25)
    strength: Floats = ramp * after * fade * season
    of_week: Floats = strength * _WEEKDAYS[day.astype(np.int64) % 7]
    return of_week


def time_of_day(draws: Draws, size: int) -> Floats:
    """Draw local times of day, as fractions of a day, between 6:00 and 23:00."""
    hour = choose(_HOURS.tolist(), draws.uniform(size))
    return (_FIRST_HOUR + hour + draws.uniform(size)) / 24


def to_utc(variant: str, local: Floats, zone: Ints) -> Floats:
    """Turn local days into UTC days, with daylight saving time."""
    hours = np.array(
        [_OFFSET_HOURS[county.time_zone] for county in launch_trio(variant)]
    )
    summer = np.zeros(local.shape, dtype=bool)
    for first, last in _DAYLIGHT:
        summer |= (local >= first + 2 / 24) & (local < last + 2 / 24)
    return local + (hours[zone // ZONES_PER_COUNTY] - summer) / 24


def signup_days(draws: Draws, size: int) -> Ints:
    """Draw days of sign-up that follow growth, weekday and season, in order."""
    edges = np.cumsum(growth())
    level = np.sort(draws.even(size))
    return START + np.searchsorted(edges / edges[-1], level, side="right")


@functools.lru_cache(maxsize=4)
def users(variant: str) -> Users:
    """Make the users of a variant, in order of sign-up."""
    draws = Draws(variant, "users")
    count = 7_400 + int(draws.whole(0, 900, 1)[0])
    day = np.minimum(signup_days(draws, count), END - 1)
    zone = _zones(draws, count)
    local = day + time_of_day(draws, count)
    local = local[np.argsort(local, kind="stable")]
    progress = (day - START) / (END - START)
    channel, device = _channels(draws, progress), draws.pick((0.38, 0.34, 0.28), count)
    release = broken_release(variant)
    in_month = (local >= day_of(release.month)) & (local < day_of(release.month + 1))
    signed_up = to_utc(variant, local, zone)
    order = np.argsort(signed_up, kind="stable")
    order = order[signed_up[order] < END]
    fields: dict[str, npt.NDArray[Any]] = {
        "signed_up": signed_up,
        "zone": zone,
        "channel": channel,
        "device": device,
        "loyalty": draws.normal(count),
        "two_earner": draws.chance(0.46, count),
        "staff": draws.chance(0.006, count),
        "pull": np.where(in_month & (device == release.device), release.factor, 1.0),
    }
    return Users(**{name: values[order] for name, values in fields.items()})


def _zones(draws: Draws, size: int) -> Ints:
    county = draws.pick(COUNTY_SHARES, size)
    within = draws.pick((0.19, 0.17, 0.15, 0.13, 0.11, 0.10, 0.08, 0.07), size)
    return county * ZONES_PER_COUNTY + within


def _channels(draws: Draws, progress: Floats) -> Ints:
    # Social ads grow from a tenth of the sign-ups to a third.
    level, social = draws.uniform(progress.size), 0.10 + 0.24 * progress
    others = choose((0.36, 0.22, 0.28, 0.0, 0.14), draws.uniform(progress.size))
    return np.where(level < social, 3, others)
