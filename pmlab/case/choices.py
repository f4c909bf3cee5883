"""Lists to choose from: features, backlog, jobs, quarter plans."""

import numpy as np
import numpy.typing as npt

from pmlab.case.definitions import Arrays, Column, Table, number, text, whole
from pmlab.case.draws import Bools, Draws, Floats, Ints, apart, first_good

MVP_CAPACITY_WEEKS = 12.0
QUARTER_CAPACITY_WEEKS = 20.0
STEPS = ("find", "book", "prepare", "clean", "pay")
MVP = (
    # feature, job step (5 is none), depends on (-1 is nothing)
    ("list of cleaners", 0, -1),
    ("ranking by distance", 0, 0),
    ("book a date", 1, -1),
    ("book by chat", 1, 2),
    ("home details form", 2, -1),
    ("key handover notes", 2, 4),
    ("cleaner's task list", 3, 4),
    ("arrival notice", 3, 2),
    ("card payment", 4, -1),
    ("tips", 4, 8),
    ("background art", 5, -1),
    ("smart broom teaser", 5, -1),
)
QUARTER = (
    # item, kind, depends on
    ("tax receipts", "legal must-do", -1),
    ("untangle the calendar code", "debt", -1),
    ("office accounts", "feature", -1),
    ("office invoices", "feature", 2),
    ("pause the plan", "feature", -1),
    ("same cleaner promise", "feature", -1),
    ("photo after the clean", "feature", -1),
    ("chat rewrite", "feature", -1),
    ("map of zones", "feature", 7),
    ("smart broom pilot", "feature", -1),
)
_BACKLOG = (
    "same cleaner promise",
    "pause the plan",
    "office seats",
    "instant match",
    "tax receipts",
    "photo after the clean",
    "dark mode",
    "smart broom pilot",
    "chat with cleaner",
    "key box partners",
    "gift cards",
    "faster start page",
)
_PERIODS = ("month", "quarter", "year")
_PER_QUARTER = np.array([3.0, 1.0, 0.25])


def subsets(count: int) -> Bools:
    """Return all subsets of so many items, one a row."""
    bits: Bools = (np.arange(2**count)[:, None] >> np.arange(count)) % 2 == 1
    return bits


def respects(chosen: Bools, depends: Ints) -> Bools:
    """Return which subsets hold, for each item, also what it depends on."""
    needs = depends >= 0
    held = ~chosen[:, needs] | chosen[:, depends[needs]]
    return np.asarray(held.all(axis=1), dtype=bool)


def covers_steps(chosen: Bools, steps: Ints) -> Bools:
    """Return which subsets hold a feature for each of the five job steps."""
    served = [chosen[:, steps == step].any(axis=1) for step in range(5)]
    return np.asarray(np.all(served, axis=0), dtype=bool)


def _best(chosen: Bools, allowed: Bools, value: Floats) -> tuple[int, bool]:
    """Return the row of the best allowed subset, and whether it is so by itself."""
    worth = np.where(allowed, chosen @ value, -np.inf)
    best = int(np.argmax(worth))
    second = np.delete(worth, best).max()
    return best, bool(worth[best] > 1.02 * second)


def mvp_plan(variant: str) -> tuple[Floats, Floats, Bools]:
    """Return value and effort of the MVP's features, and the best set."""
    steps, depends = (np.array([row[place] for row in MVP]) for place in (1, 2))
    chosen = subsets(len(MVP))
    allowed = respects(chosen, depends)
    covered = covers_steps(chosen, steps)

    def make(attempt: int) -> tuple[Floats, Floats]:
        draws = Draws(variant, f"mvp {attempt}")
        value = draws.whole(8, 60, len(MVP)).astype(np.float64)
        value[10:] = draws.whole(55, 75, 2)
        effort = draws.whole(2, 8, len(MVP)) / 2
        return value, effort

    def good(made: tuple[Floats, Floats]) -> bool:
        fits = chosen @ made[1] <= MVP_CAPACITY_WEEKS
        best, alone = _best(chosen, fits & allowed & covered, made[0])
        if not (fits & allowed & covered).any() or not alone:
            return False
        wrong = (fits & allowed, fits & covered, fits)
        return all(_best(chosen, each, made[0])[0] != best for each in wrong)

    value, effort = first_good(make, good, tries=600)
    fits = chosen @ effort <= MVP_CAPACITY_WEEKS
    return value, effort, chosen[_best(chosen, fits & allowed & covered, value)[0]]


def _names(items: tuple[tuple[str, object, int], ...]) -> npt.NDArray[np.str_]:
    """Return for each item the name of what it depends on, or an empty text."""
    return np.array(["" if row[2] < 0 else items[row[2]][0] for row in items])


def _mvp_features(variant: str) -> Arrays:
    value, effort, _ = mvp_plan(variant)
    return {
        "feature": np.array([row[0] for row in MVP]),
        "job_step": np.array([(*STEPS, "")[row[1]] for row in MVP]),
        "depends_on": _names(MVP),
        "value_points": value.astype(np.int64),
        "effort_team_weeks": effort,
    }


def quarter_plan(variant: str) -> tuple[dict[str, Floats], Bools]:
    """Return the numbers of the quarter's items, and the best set."""
    depends = np.array([row[2] for row in QUARTER])
    chosen = subsets(len(QUARTER))
    allowed = respects(chosen, depends)
    must = chosen[:, 0]

    def make(attempt: int) -> dict[str, Floats]:
        draws = Draws(variant, f"quarter {attempt}")
        size = len(QUARTER)
        value = 1000.0 * draws.whole(4, 40, size)
        value[:2] = 0.0
        saved = np.where(np.arange(size) == 1, draws.one(6, 11) // 1, 0.0)
        spent = np.where(np.arange(size) == 7, draws.one(6, 10) // 1, 0.0)
        return {
            "value_usd": value,
            "person_weeks": draws.whole(2, 7, size).astype(np.float64),
            "weeks_saved": saved,
            "usd_per_week_saved": np.where(
                saved > 0, 100.0 * draws.whole(24, 36, 1)[0], 0
            ),
            "weeks_already_spent": spent,
        }

    def worth(made: dict[str, Floats]) -> Floats:
        return made["value_usd"] + made["weeks_saved"] * made["usd_per_week_saved"]

    def good(made: dict[str, Floats]) -> bool:
        value, fits = (
            worth(made),
            chosen @ made["person_weeks"] <= QUARTER_CAPACITY_WEEKS,
        )
        best, alone = _best(chosen, fits & allowed & must, value)
        bonus = value + 2_500 * made["weeks_already_spent"]
        wrong = (
            _best(chosen, fits & allowed, value),
            _best(chosen, fits & must, value),
            _best(chosen, fits & allowed & must, made["value_usd"]),
            _best(chosen, fits & allowed & must, bonus),
        )
        return alone and all(row != best for row, _ in wrong)

    made = first_good(make, good, tries=2000)
    fits = chosen @ made["person_weeks"] <= QUARTER_CAPACITY_WEEKS
    return made, chosen[_best(chosen, fits & allowed & must, worth(made))[0]]


def _quarter_items(variant: str) -> Arrays:
    made, _ = quarter_plan(variant)
    return {
        "item": np.array([row[0] for row in QUARTER]),
        "kind": np.array([row[1] for row in QUARTER]),
        "depends_on": _names(QUARTER),
        **made,
    }


def _make_backlog(draws: Draws) -> dict[str, npt.NDArray[np.float64]]:
    size = len(_BACKLOG)
    period = draws.pick((0.4, 0.35, 0.25), size)
    reach = 10 * draws.whole(20, 120, size) / _PER_QUARTER[period]
    return {
        "reach": np.round(reach / 10) * 10,
        "period": period.astype(np.float64),
        "impact": np.array([3, 2, 1, 0.5, 0.25])[
            draws.pick((0.1, 0.25, 0.3, 0.2, 0.15), size)
        ],
        "confidence": np.array([1.0, 0.8, 0.5])[draws.pick((0.3, 0.4, 0.3), size)],
        "person_months": draws.whole(1, 12, size) / 2,
    }


def rice_scores(made: dict[str, Floats]) -> Floats:
    """Return the RICE scores of a backlog, with reach by quarter."""
    reach = made["reach"] * _PER_QUARTER[made["period"].astype(np.int64)]
    scores: Floats = reach * made["impact"] * made["confidence"] / made["person_months"]
    return scores


def backlog(variant: str) -> dict[str, Floats]:
    """Return the backlog; its first places are clear and depend on the time base."""

    def good(made: dict[str, Floats]) -> bool:
        score = rice_scores(made)
        ranked = np.sort(score)[::-1]
        clear = all(apart(ranked[place], ranked[place + 1]) for place in range(11))
        raw = score / _PER_QUARTER[made["period"].astype(np.int64)]
        times = score * made["person_months"] ** 2
        top = set(np.argsort(-score)[:3].tolist())
        return clear and all(
            set(np.argsort(-x)[:3].tolist()) != top for x in (raw, times)
        )

    return first_good(
        lambda attempt: _make_backlog(Draws(variant, f"backlog {attempt}")), good
    )


def _backlog(variant: str) -> Arrays:
    made, draws = backlog(variant), Draws(variant, "backlog ranges")
    size = len(_BACKLOG)
    # Half of the estimates are shaky: they may be far too low or too high.
    shaky = draws.chance(0.5, size)
    low, high = np.where(shaky, 0.4, 0.85), np.where(shaky, 1.7, 1.15)
    return {
        "item": np.array(_BACKLOG),
        "reach": made["reach"].astype(np.int64),
        "reach_period": np.array(_PERIODS)[made["period"].astype(np.int64)],
        "impact": made["impact"],
        "confidence": made["confidence"],
        "person_months": made["person_months"],
        "reach_low": np.round(made["reach"] * low),
        "reach_high": np.round(made["reach"] * high),
        "person_months_low": np.round(
            made["person_months"] * np.where(shaky, 0.7, 0.9), 2
        ),
        "person_months_high": np.round(
            made["person_months"] * np.where(shaky, 2.2, 1.2), 2
        ),
    }


def delay_cost(order: Ints, cost: Floats, weeks: Floats) -> float:
    """Return the cost of delay of jobs done one after another."""
    return float((cost[order] * np.cumsum(weeks[order])).sum())


def _jobs(variant: str) -> Arrays:
    def make(attempt: int) -> tuple[Floats, Floats, Floats]:
        draws = Draws(variant, f"jobs {attempt}")
        cost = 100 * draws.whole(10, 90, 6).astype(np.float64)
        weeks, points = 1 + draws.order(9)[:6], draws.whole(1, 13, 6)
        return cost, weeks.astype(np.float64), points.astype(np.float64)

    def good(made: tuple[Floats, Floats, Floats]) -> bool:
        cost, weeks, points = made
        ranked = np.sort(cost / weeks)[::-1]
        clear = all(apart(ranked[place], ranked[place + 1]) for place in range(5))
        totals = [
            delay_cost(np.argsort(-key, kind="stable"), cost, weeks)
            for key in (cost / weeks, cost, 1 / weeks, cost / points)
        ]
        # Ties would leave a rule's order, and its total, open.
        tied = any(len(set(key.tolist())) < 6 for key in (cost, cost / points))
        return clear and not tied and apart(*totals)

    cost, weeks, points = first_good(make, good)
    return {
        "job": np.array(list("ABCDEF")),
        "cost_of_delay_usd_per_week": cost,
        "weeks": weeks.astype(np.int64),
        "story_points": points.astype(np.int64),
    }


def _depends(name: str = "depends_on") -> Column:
    return Column(
        name, "text", "", "Must be done before; empty if none.", optional=True
    )


TABLES = (
    Table(
        "mvp_features",
        "One row for each feature that the MVP could have; 12 team-weeks are there.",
        (
            text("feature", "Name of the feature."),
            Column(
                "job_step", "text", "", "Step it serves; empty if none.", optional=True
            ),
            _depends(),
            whole("value_points", "points", "Value to households."),
            number("effort_team_weeks", "team-weeks", "Effort."),
        ),
        _mvp_features,
    ),
    Table(
        "quarter_items",
        "One row for each item of the next quarter; 20 person-weeks are there.",
        (
            text("item", "Name of the item."),
            text("kind", "feature, debt or legal must-do."),
            _depends(),
            number("value_usd", "USD", "Contribution in the next year."),
            number("person_weeks", "person-weeks", "Effort that is left."),
            number("weeks_saved", "person-weeks", "Weeks it saves in the next year."),
            number(
                "usd_per_week_saved", "USD per person-week", "Worth of a saved week."
            ),
            number("weeks_already_spent", "person-weeks", "Effort spent so far."),
        ),
        _quarter_items,
    ),
    Table(
        "backlog",
        "One row for each idea in the backlog, with estimates and their ranges.",
        (
            text("item", "Name of the idea."),
            whole("reach", "users per period", "Users it touches in the period."),
            text("reach_period", "Period of the reach: month, quarter or year."),
            number("impact", "3, 2, 1, 0.5, 0.25", "Effect on each of them."),
            number("confidence", "fraction", "1, 0.8 or 0.5."),
            number("person_months", "person-months", "Effort."),
            number("reach_low", "users per period", "Lowest reach thinkable."),
            number("reach_high", "users per period", "Highest reach thinkable."),
            number("person_months_low", "person-months", "Lowest effort thinkable."),
            number("person_months_high", "person-months", "Highest effort thinkable."),
        ),
        _backlog,
    ),
    Table(
        "jobs",
        "One row for each of six jobs that one team does one after another.",
        (
            text("job", "Name of the job."),
            number("cost_of_delay_usd_per_week", "USD a week", "Lost while it waits."),
            whole("weeks", "weeks", "Time it takes."),
            whole("story_points", "points", "Size as the team guessed it."),
        ),
        _jobs,
    ),
)
