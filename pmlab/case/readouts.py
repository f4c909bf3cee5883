"""Results on the table: many metrics watched for many days, and six readouts."""

import numpy as np

from pmlab.case.definitions import Arrays, Table, flag, number, text, whole
from pmlab.case.draws import Draws, Floats

DAYS = 28
PRIMARY = "bookings per user"
SECONDARY = (
    "searches per user",
    "plan starts per user",
    "reviews per user",
    "chats per user",
    "profile views per user",
    "reminders on per user",
    "invitations per user",
    "photos per user",
)
GUARDRAILS = ("cleaner cancellations", "support contacts", "seconds to load")
READOUT_KINDS = (
    "clear win",
    "clear loss",
    "too small a test",
    "guardrail broken",
    "novelty",
    "too good to be true",
)


def final_scores(variant: str) -> dict[str, float]:
    """Return the z score of each metric on the planned last day.

    Of the secondary metrics two pass Holm at 5 %, three more have p < 0.05. The primary
    one fails, after days on which it looked like a success. One guardrail gets worse.
    """
    draws = Draws(variant, "many metrics")
    strong = [draws.one(3.3, 3.9), draws.one(2.95, 3.15)]
    weak = [draws.one(2.35, 2.5), draws.one(2.15, 2.3), draws.one(2.0, 2.12)]
    flat = [draws.one(-1.2, 1.2) for _ in range(3)]
    values = np.array(strong + weak + flat)[draws.order(len(SECONDARY))]
    worse = int(draws.whole(0, len(GUARDRAILS) - 1, 1)[0])
    guards = [draws.one(-0.8, 0.8) for _ in GUARDRAILS]
    guards[worse] = draws.one(2.05, 2.3)
    return {
        PRIMARY: draws.one(0.9, 1.6),
        **dict(zip(SECONDARY, values.tolist(), strict=True)),
        **dict(zip(GUARDRAILS, guards, strict=True)),
    }


def _path(draws: Draws, score: float) -> Floats:
    """Draw daily z scores that end at a given one."""
    step = np.cumsum(draws.normal(DAYS))
    time = np.arange(1, DAYS + 1) / DAYS
    walk = step / np.sqrt(DAYS)
    path: Floats = (walk - time * walk[-1] + time * score) / np.sqrt(time)
    return path


def _tempting(draws: Draws, score: float) -> Floats:
    """Draw a path of the primary metric that looks like a success for some days."""
    path = _path(draws, score)
    for _ in range(500):
        early = np.flatnonzero(path > 1.96)
        if len(early) > 0 and 5 <= early[0] <= 20 and path.min() > -1.9:
            return path
        path = _path(draws, score)
    raise AssertionError("no path is tempting")


def _exp_metrics(variant: str) -> Arrays:
    draws, scores = Draws(variant, "metric paths"), final_scores(variant)
    base = {name: draws.one(0.3, 3.0) for name in scores}
    users = np.arange(1, DAYS + 1) * (180 + int(draws.whole(0, 60, 1)[0]))
    error = [1.6 * base[name] * np.sqrt(2 / users) for name in scores]
    paths = [
        _tempting(draws, score) if name == PRIMARY else _path(draws, score)
        for name, score in scores.items()
    ]
    role = (
        ["primary"] + ["secondary"] * len(SECONDARY) + ["guardrail"] * len(GUARDRAILS)
    )
    return {
        "metric": np.repeat(np.array(list(scores)), DAYS),
        "role": np.repeat(np.array(role), DAYS),
        "day": np.tile(np.arange(1, DAYS + 1), len(scores)),
        "users_per_arm": np.tile(users, len(scores)),
        "control_mean": np.repeat(np.array(list(base.values())), DAYS),
        "difference": np.concatenate(
            [path * each for path, each in zip(paths, error, strict=True)]
        ),
        "standard_error": np.concatenate(error),
        "planned_last_day": np.tile(np.arange(1, DAYS + 1) == DAYS, len(scores)),
    }


def readout_order(variant: str) -> list[str]:
    """Return which kind of story each of the six readouts tells."""
    order = Draws(variant, "readouts").order(len(READOUT_KINDS))
    return [READOUT_KINDS[int(position)] for position in order]


def _one_readout(draws: Draws, kind: str) -> tuple[float, ...]:
    line, power = 0.02, draws.one(0.78, 0.9)
    effect, half = draws.one(0.055, 0.08), draws.one(0.018, 0.03)
    first, last, srm = effect * draws.one(0.9, 1.1), effect * draws.one(0.9, 1.1), 0.0
    guard, weeks = draws.one(-0.006, -0.001), 2.0 + float(draws.whole(0, 2, 1)[0])
    if kind == "clear loss":
        effect, half = draws.one(-0.02, -0.005), draws.one(0.012, 0.02)
    elif kind == "too small a test":
        effect, half, power = draws.one(0.015, 0.03), draws.one(0.05, 0.07), 0.25
    elif kind == "guardrail broken":
        guard = draws.one(-0.045, -0.03)
    elif kind == "novelty":
        first, last = effect * draws.one(2.0, 2.4), effect * draws.one(0.0, 0.15)
    elif kind == "too good to be true":
        effect, half = draws.one(0.5, 0.7), draws.one(0.03, 0.05)
        srm = draws.one(0.00001, 0.0002)
    if kind in {"clear loss", "too small a test", "too good to be true"}:
        first, last = effect * 1.05, effect * 0.95
    srm = srm or draws.one(0.08, 0.9)
    return (
        srm,
        effect,
        effect - half,
        effect + half,
        line,
        guard,
        weeks,
        first,
        last,
        power,
    )


def _readouts(variant: str) -> Arrays:
    draws, kinds = Draws(variant, "readout numbers"), readout_order(variant)
    rows = np.array([_one_readout(draws, kind) for kind in kinds])
    names = ["srm_p_value", "effect", "effect_low", "effect_high", "practical_line"]
    names += [
        "guardrail_low",
        "full_weeks",
        "effect_week_1",
        "effect_last_week",
        "power",
    ]
    return {
        "readout": np.array([f"R{number}" for number in range(1, len(kinds) + 1)]),
        "guardrail_margin": np.full(len(kinds), -0.02),
        "success_share": np.full(len(kinds), round(draws.one(0.1, 0.25), 2)),
        **{name: rows[:, column] for column, name in enumerate(names)},
    }


TABLES = (
    Table(
        "exp_metrics",
        "One row for each metric and day of the test of month 12: results so far.",
        (
            text("metric", "Name of the metric."),
            text("role", "primary, secondary or guardrail, as declared."),
            whole("day", "days", "Day of the test, 1 to 28."),
            whole("users_per_arm", "users", "Users in each arm so far."),
            number("control_mean", "units of the metric", "Mean of the control group."),
            number(
                "difference",
                "units of the metric",
                "Treatment minus control; for guardrails more is worse.",
                digits=8,
            ),
            number("standard_error", "units of the metric", "Its error.", digits=8),
            flag("planned_last_day", "The day on which the plan says to look."),
        ),
        _exp_metrics,
    ),
    Table(
        "readouts",
        "One row for each of six finished tests that wait for a decision.",
        (
            text("readout", "Name of the readout."),
            number("srm_p_value", "probability", "Mismatch test on users.", digits=6),
            number("effect", "fraction", "Relative effect on the primary metric."),
            number("effect_low", "fraction", "Lower end of the 95 % interval."),
            number("effect_high", "fraction", "Upper end of the 95 % interval."),
            number("practical_line", "fraction", "Smallest effect worth shipping."),
            number("guardrail_low", "fraction", "Lower end of the guardrail's effect."),
            number("guardrail_margin", "fraction", "Largest harm that is accepted."),
            number("full_weeks", "weeks", "Full weeks of data."),
            number("effect_week_1", "fraction", "Relative effect in week 1."),
            number("effect_last_week", "fraction", "Relative effect in the last week."),
            number("power", "probability", "Power for the practical line."),
            number("success_share", "fraction", "Share of past tests that worked."),
        ),
        _readouts,
    ),
)
