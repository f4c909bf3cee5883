"""The page that the test of month 10 will change: who sees it, and what is planned."""

import functools

import numpy as np

from pmlab.case.definitions import Arrays, Table, day, flag, number, text, whole
from pmlab.case.draws import Bools, Draws, Floats, Ints, apart, first_good
from pmlab.case.timeline import dates, day_of

FIRST_VISITOR_ID = 8_900_001


@functools.lru_cache(maxsize=8)
def _exposures(variant: str) -> tuple[Ints, Ints, Bools]:
    """Draw visits of six weeks: day, visitor, and whether each visitor is eligible."""
    draws = Draws(variant, "exposures")
    size = 6_800 + int(draws.whole(0, 1_500, 1)[0])
    per_day = np.tile([1.1, 1.05, 1.0, 1.0, 0.95, 0.8, 0.9], 6) * (
        1 - np.arange(42) / 90
    )
    first = np.sort(draws.pick(per_day.tolist(), size))
    more = draws.poisson(np.full(size, 2.4))
    visitor = np.repeat(np.arange(size), more)
    later = first[visitor] + 1 + np.floor(draws.exponential(6.0, len(visitor)))
    day_seen = np.concatenate([first, later.astype(np.int64)])
    who = np.concatenate([np.arange(size), visitor])
    kept = day_seen < 42
    pairs = np.unique(np.column_stack([day_seen[kept], who[kept]]), axis=0)
    return pairs[:, 0], pairs[:, 1], draws.chance(draws.one(0.6, 0.75), size)


def _exposure_log(variant: str) -> Arrays:
    seen, visitor, eligible = _exposures(variant)
    return {
        "seen_on": dates(day_of(10) + seen),
        "visitor_id": FIRST_VISITOR_ID + visitor,
        "eligible": eligible[visitor],
    }


def needed_per_arm(baseline: float, relative_mde: float) -> float:
    """Return users per arm for 5 % two-sided and 80 % power, unpooled variance."""
    other = baseline * (1 + relative_mde)
    noise = baseline * (1 - baseline) + other * (1 - other)
    return (1.959964 + 0.841621) ** 2 * noise / (other - baseline) ** 2


def _mde_for(baseline: float, users_per_arm: float) -> float:
    """Return the relative effect for which a test needs so many users."""
    low, high = 0.05, 3.0
    for _ in range(40):
        middle = (low + high) / 2
        too_many = needed_per_arm(baseline, middle) > users_per_arm
        low, high = (middle, high) if too_many else (low, middle)
    return round(low, 3)


def _exp_plan(variant: str) -> Arrays:
    seen, visitor, eligible = _exposures(variant)

    def weekly(values: Ints) -> Floats:
        return np.array([float(np.sum(values < 7 * week)) for week in range(1, 7)])

    first = seen[np.unique(visitor, return_index=True)[1]]
    mine = eligible[np.unique(visitor)]
    reach, everyone = weekly(first[mine]), weekly(first)
    shown = weekly(seen[eligible[visitor]])

    def make(attempt: int) -> dict[str, float]:
        draws = Draws(variant, f"plan {attempt}")
        week = int(draws.whole(2, 5, 1)[0])
        need = reach[week - 1] + draws.one(0.2, 0.8) * (reach[week] - reach[week - 1])
        share, baseline = round(draws.one(0.5, 0.9), 1), round(draws.one(0.09, 0.15), 3)
        return {
            "baseline_rate": baseline,
            "relative_mde": _mde_for(baseline, need * share / 2),
            "allocated_share": share,
            "alpha": 0.05,
            "power": 0.8,
            "signup_baseline_rate": round(draws.one(0.04, 0.06), 3),
            "signup_relative_mde": round(draws.one(0.08, 0.14), 2),
            "zone_icc": round(draws.one(0.004, 0.02), 4),
        }

    def good(plan: dict[str, float]) -> bool:
        need = 2 * needed_per_arm(plan["baseline_rate"], plan["relative_mde"])
        need /= plan["allocated_share"]
        weeks = [1 + int(np.sum(level < need)) for level in (reach, everyone, shown)]
        linear = int(np.ceil(need / reach[0]))
        # No week's end may be within 2 % of the need, so that rounding decides nothing.
        return apart(need, *reach.tolist()) and weeks[0] > max(*weeks[1:], linear)

    plan = first_good(make, good)
    units = {"allocated_share": "fraction of eligible visitors, both arms together"}
    return {
        "name": np.array(list(plan)),
        "value": np.array(list(plan.values())),
        "unit": np.array([units.get(name, "fraction") for name in plan]),
    }


TABLES = (
    Table(
        "exposure_log",
        "One row for each visitor and day on the page that a test would change.",
        (
            day("seen_on", "Day of the visit."),
            whole("visitor_id", "", "Id of the visitor; the same on later days."),
            flag("eligible", "Could take part (new, in a served zone)."),
        ),
        _exposure_log,
        happens="seen_on",
    ),
    Table(
        "exp_plan",
        "One row for each number that the planned test of month 10 needs.",
        (
            text("name", "Name of the number."),
            number("value", "see unit", "Its value."),
            text("unit", "Unit of the value."),
        ),
        _exp_plan,
    ),
)
