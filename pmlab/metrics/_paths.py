"""How far each user got through a funnel: one row a user, computed in the engine.

All functions take a table with the columns ``user``, ``event`` and ``time``
(microseconds) and return one with ``user``, ``entry`` (when the attempt starts) and
``after_1`` ... ``after_k``: microseconds from the start of the attempt to each step,
or ``NEVER``. Events at the same moment count as being in the order of the steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from pmlab.metrics._tables import held

NEVER = 2**62
_NOT_YET = -NEVER

Table = nw.LazyFrame[Any]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What counts as a path: the steps, the window, the last start that counts."""

    steps: Sequence[str]
    window_us: int
    last_start_us: int


def first_entries(events: Table, rules: Rules) -> Table:
    """Return when each user did the first step for the first time."""
    first = events.filter(nw.col("event") == rules.steps[0])
    return first.group_by("user").agg(nw.col("time").min().alias("entry"))


def ordered_first(events: Table, rules: Rules) -> Table:
    """Follow each user from the first time at step 1, other events allowed."""
    users = first_entries(events, rules)
    in_memory = users.implementation.is_pandas() or users.implementation.is_polars()
    follow = _staged if in_memory else _in_one_query
    return _elapsed(follow(events, users, rules), [f"at_{k}" for k in _numbers(rules)])


def _staged(events: Table, users: Table, rules: Rules) -> Table:
    """Look up at each step only the users who got there; keep the tables between."""
    users = held(users)
    reached = users.filter(nw.col("entry") <= rules.last_start_us).with_columns(
        at=nw.col("entry")
    )
    for number, step in enumerate(rules.steps[1:], start=2):
        here = events.filter(nw.col("event") == step).select("user", "time")
        reached = held(_next_step(reached, here, rules))
        found = reached.select("user", nw.col("at").alias(f"at_{number}"))
        users = users.join(found, on="user", how="left")
    at = [
        nw.col(f"at_{k}").fill_null(NEVER).cast(nw.Int64) for k in _numbers(rules)[1:]
    ]
    return users.with_columns(*at, at_1=nw.col("entry"))


def _in_one_query(events: Table, users: Table, rules: Rules) -> Table:
    """Widen the table of users by a step at a time, so that each is computed once."""
    for number, step in enumerate(rules.steps[1:], start=2):
        before = "entry" if number == 2 else f"at_{number - 1}"
        in_time = (nw.col("time") >= nw.col(before)) & (
            nw.col("time") - nw.col("entry") <= rules.window_us
        )
        here = events.filter(nw.col("event") == step).select("user", "time")
        known = ["entry", *(f"at_{k}" for k in range(2, number))]
        users = (
            users.join(here, on="user", how="left")
            .with_columns(_when(in_time, "time", NEVER).alias(f"at_{number}"))
            .group_by("user")
            .agg(*(nw.col(name).min() for name in [*known, f"at_{number}"]))
        )
    return users.with_columns(at_1=nw.col("entry"))


def _next_step(reached: Table, here: Table, rules: Rules) -> Table:
    """Return when each user who got this far first did the next step in time."""
    in_time = (nw.col("time") >= nw.col("at")) & (
        nw.col("time") - nw.col("entry") <= rules.window_us
    )
    return (
        here.join(reached, on="user", how="inner")
        .filter(in_time)
        .group_by("user")
        .agg(nw.col("entry").min(), nw.col("time").min().alias("at"))
    )


def ordered_any(events: Table, rules: Rules) -> Table:
    """Follow every start at step 1: the best attempt of a user counts."""
    steps = events.filter(nw.col("event").is_in(rules.steps))
    table = steps.with_columns(rank=_rank(rules))
    start = _is_start(rules)
    table = table.with_columns(from_1=_when(start, "time", _NOT_YET))
    for number, step in enumerate(rules.steps[1:], start=2):
        latest = nw.col(f"from_{number - 1}").cum_max()
        table = table.with_columns(
            latest=latest.over("user", order_by=["time", "rank"])
        )
        table = _reach(table, number, step, rules, time="time")
    return _best_attempt(table, rules, time="time")


def strict_first(events: Table, rules: Rules) -> Table:
    """Follow each user from the first step 1; any other event ends the attempt."""
    table = events.join(first_entries(events, rules), on="user", how="inner")
    table = _numbered_runs(table.filter(nw.col("time") >= nw.col("entry")), rules)
    hits = [
        _when(
            (nw.col("run") == k)
            & (nw.col("event") == step)
            & (nw.col("time") - nw.col("entry") <= rules.window_us),
            "time",
            NEVER,
        ).alias(f"at_{k}")
        for k, step in enumerate(rules.steps, start=1)
    ]
    names = ["entry", *(f"at_{k}" for k in _numbers(rules))]
    users = (
        table.with_columns(*hits)
        .group_by("user")
        .agg(*(nw.col(name).min() for name in names))
    )
    for k in list(_numbers(rules))[1:]:
        lost = nw.col(f"at_{k - 1}") == NEVER
        users = users.with_columns(_when(~lost, f"at_{k}", NEVER).alias(f"at_{k}"))
    return _elapsed(users, names[1:])


def strict_any(events: Table, rules: Rules) -> Table:
    """Follow every start at step 1 through directly following steps."""
    runs = (
        _numbered_runs(events, rules)
        .group_by("user", "run")
        .agg(
            nw.col("event").min(),
            nw.col("time").min().alias("time"),
            nw.col("time").max().alias("last"),
        )
    )
    last_start = nw.min_horizontal(nw.col("last"), nw.lit(rules.last_start_us))
    table = runs.with_columns(last_start=last_start).with_columns(
        from_1=_when(_is_start(rules), "last_start", _NOT_YET)
    )
    for number, step in enumerate(rules.steps[1:], start=2):
        before = nw.col(f"from_{number - 1}").shift(1)
        table = table.with_columns(latest=before.over("user", order_by="run"))
        table = table.with_columns(nw.col("latest").fill_null(_NOT_YET))
        table = _reach(table, number, step, rules, time="time")
    return _best_attempt(table, rules, time="time")


def any_order_first(events: Table, rules: Rules) -> Table:
    """Collect the steps in any order inside a window from the first one done."""
    steps = events.filter(nw.col("event").is_in(rules.steps))
    anchors = steps.group_by("user").agg(nw.col("time").min().alias("entry"))
    table = steps.join(anchors, on="user", how="inner")
    in_time = nw.col("time") - nw.col("entry") <= rules.window_us
    hits = [
        _when((nw.col("event") == step) & in_time, "time", NEVER).alias(f"at_{k}")
        for k, step in enumerate(rules.steps, start=1)
    ]
    names = [f"at_{k}" for k in _numbers(rules)]
    users = (
        table.with_columns(*hits)
        .group_by("user")
        .agg(*(nw.col(name).min() for name in ["entry", *names]))
    )
    for k in range(2, len(names) + 1):
        together = nw.max_horizontal(f"at_{k - 1}", f"at_{k}")
        users = users.with_columns(together.alias(f"at_{k}"))
    return _elapsed(users, names)


def _numbers(rules: Rules) -> range:
    return range(1, len(rules.steps) + 1)


def _when(condition: nw.Expr, column: str, otherwise: int) -> nw.Expr:
    """Take a column of whole numbers where a condition holds, without nulls."""
    chosen = nw.when(condition).then(nw.col(column)).otherwise(nw.lit(otherwise))
    return chosen.cast(nw.Int64)


def _rank(rules: Rules) -> nw.Expr:
    """Number the steps, so that events at one moment have an order."""
    rank = nw.lit(len(rules.steps))
    for number, step in reversed(list(enumerate(rules.steps))):
        rank = nw.when(nw.col("event") == step).then(nw.lit(number)).otherwise(rank)
    return rank


def _is_start(rules: Rules) -> nw.Expr:
    in_time = nw.col("time") <= rules.last_start_us
    return (nw.col("event") == rules.steps[0]) & in_time


def _numbered_runs(events: Table, rules: Rules) -> Table:
    """Number the runs of one and the same event in the order of a user's events."""
    order = ["time", "rank"]
    table = events.with_columns(rank=_rank(rules)).with_columns(
        before=nw.col("event").cast(nw.String).shift(1).over("user", order_by=order)
    )
    repeats = (nw.col("event").cast(nw.String) == nw.col("before")).fill_null(
        value=False
    )
    new_run = nw.when(repeats).then(nw.lit(0)).otherwise(nw.lit(1))
    table = table.with_columns(new_run=new_run)
    run = nw.col("new_run").cum_sum().over("user", order_by=order)
    return table.with_columns(run=run.cast(nw.Int64))


def _reach(table: Table, number: int, step: str, rules: Rules, *, time: str) -> Table:
    """Mark the rows that reach a step with the start of their attempt."""
    reached = (
        (nw.col("event") == step)
        & (nw.col("latest") > _NOT_YET)
        & (nw.col(time) - nw.col("latest") <= rules.window_us)
    )
    return table.with_columns(
        _when(reached, "latest", _NOT_YET).alias(f"from_{number}")
    )


def _best_attempt(table: Table, rules: Rules, *, time: str) -> Table:
    after = []
    for k in _numbers(rules):
        start = nw.col(f"from_{k}")
        passed = nw.when(start > _NOT_YET).then(
            nw.max_horizontal(nw.col(time) - start, nw.lit(0))
        )
        after.append(passed.otherwise(nw.lit(NEVER)).cast(nw.Int64).alias(f"after_{k}"))
    at_first_step = nw.col("event") == rules.steps[0]
    entry = _when(at_first_step, time, NEVER).alias("entry")
    names = ["entry", *(f"after_{k}" for k in _numbers(rules))]
    users = (
        table.with_columns(entry, *after)
        .group_by("user")
        .agg(*(nw.col(name).min() for name in names))
    )
    return users.filter(nw.col("entry") < NEVER)


def _elapsed(users: Table, names: Sequence[str]) -> Table:
    after = [
        nw.when(nw.col(name) < NEVER)
        .then(nw.col(name) - nw.col("entry"))
        .otherwise(nw.lit(NEVER))
        .cast(nw.Int64)
        .alias(f"after_{k}")
        for k, name in enumerate(names, start=1)
    ]
    return users.select("user", "entry", *after)
