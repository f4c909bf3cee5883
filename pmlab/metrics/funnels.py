"""Funnels: how many users get how far, in which order and how fast."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import narwhals.stable.v2 as nw
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.metrics import _paths, _tables
from pmlab.metrics._data_end import end_note
from pmlab.metrics.conversion import wilson_bounds
from pmlab.results import Result

Order = Literal["ordered", "strict", "any"]
Entry = Literal["first", "any"]
Base = Literal["first_step", "all_users"]
Immature = Literal["exclude", "keep"]

_PATHS: dict[tuple[str, str], Callable[[_paths.Table, _paths.Rules], _paths.Table]] = {
    ("ordered", "first"): _paths.ordered_first,
    ("ordered", "any"): _paths.ordered_any,
    ("strict", "first"): _paths.strict_first,
    ("strict", "any"): _paths.strict_any,
    ("any", "first"): _paths.any_order_first,
}
_ORDER_WORDS = {
    "ordered": "steps in order, other events in between allowed",
    "strict": "steps in order, nothing else in between",
    "any": "steps in any order",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class Funnel(Result):
    """How many users reached each step.

    Attributes:
        steps: Names of the steps.
        users: Distinct users who reached each step and all steps before it.
        base: What the rates are a share of: ``first_step`` or ``all_users``.
        base_users: Number of users in the base.
        order: ``ordered``, ``strict`` or ``any``.
        entry: Which starts count: the ``first`` of each user, or ``any``.
        window_days: Days of 24 hours from the start of an attempt, or None.
        observed_until: End of the data that the maturity of entrants is judged by.
        end_note: Where the data end, and a warning if hardly an event lies near it.
        immature_users: Entrants left out as they had less than the whole window.
        excluded_users: Users left out as they did an excluded event on the way.
        confidence_level: Of the Wilson intervals in the table.
    """

    steps: tuple[str, ...]
    users: tuple[int, ...]
    base: Base
    base_users: int
    order: Order
    entry: Entry
    window_days: float | None
    observed_until: datetime | None
    end_note: str
    immature_users: int
    excluded_users: int
    confidence_level: float
    _entrants: Any = field(compare=False)
    _native: Any = field(compare=False)
    _user_column: str = field(compare=False)

    @property
    def conversion_rate(self) -> float:
        """Users at the last step as a fraction of the base."""
        return self.users[-1] / self.base_users

    def users_at(self, step: str | int) -> Any:  # noqa: ANN401
        """List the users who reached a step, in the caller's engine.

        Args:
            step: Name of the step, or its number from 1.

        Returns:
            A table of the caller's kind (pandas, Polars, DuckDB, PySpark) with the user
            column and ``days_to_step`` (24-hour days from the start of the attempt). It
            has as many rows as ``users`` counts.

        Raises:
            ValueError: If there is no such step.
        """
        number = self._step_number(step)
        after = nw.col(f"after_{number}")
        users = _kept(self._entrants).filter(after < _paths.NEVER)
        listed = users.select(
            nw.col("user").alias(self._user_column),
            (after / _tables.DAY_US).alias("days_to_step"),
        )
        return _tables.in_its_engine(listed, self._native)

    def _step_number(self, step: str | int) -> int:
        if isinstance(step, int):
            if 1 <= step <= len(self.steps):
                return step
        elif step in self.steps:
            return self.steps.index(step) + 1
        raise ValueError(
            f"step == {step!r}, must be a number from 1 to {len(self.steps)} "
            f"or one of {', '.join(self.steps)}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each step.

        Returns:
            Columns ``step``, ``users``, ``rate_of_previous`` (missing at the first
            step), ``rate_of_base``, ``low`` and ``high`` (Wilson, of the base).
        """
        bounds = [
            wilson_bounds(n, self.base_users, confidence_level=self.confidence_level)
            for n in self.users
        ]
        pairs = zip(self.users, self.users[1:], strict=False)
        previous = [after / before if before else None for before, after in pairs]
        return pd.DataFrame(
            {
                "step": self.steps,
                "users": self.users,
                "rate_of_previous": pd.Series([None, *previous], dtype=float),
                "rate_of_base": [n / self.base_users for n in self.users],
                "low": [low for low, _ in bounds],
                "high": [high for _, high in bounds],
            }
        )

    def summary(self) -> str:
        """Return the way through the funnel and its conventions in words."""
        base = "users at step 1" if self.base == "first_step" else "all users"
        path = ", ".join(
            f"{step} {formatting.count(n)}"
            for step, n in zip(self.steps, self.users, strict=True)
        )
        window = (
            f"within {self.window_days:g} days"
            if self.window_days
            else "without a limit"
        )
        starts = "the user's first start" if self.entry == "first" else "any start"
        left_out = (
            f" Left out: {formatting.count(self.immature_users)} who entered too late "
            f"to be judged, {formatting.count(self.excluded_users)} by exclusion."
        )
        return (
            f"{formatting.percent(self.conversion_rate)} of {base} reached the last "
            f"step ({path}). Users, {_ORDER_WORDS[self.order]}, {window} from {starts}."
            f" {self.end_note}"
            + (left_out if self.immature_users or self.excluded_users else "")
        )


def funnel(
    events: Any,  # noqa: ANN401
    steps: Sequence[str],
    *,
    window_days: float | None = None,
    order: Order = "ordered",
    entry: Entry = "first",
    base: Base = "first_step",
    exclusions: Sequence[str] = (),
    observed_until: _tables.Moment | None = None,
    immature: Immature = "exclude",
    confidence_level: float = 0.95,
    user_column: str = "user_id",
    event_column: str = "event",
    time_column: str = "time",
) -> Funnel:
    """Count the users who went through steps in order, each user once.

    ``conversion = distinct users at step k / distinct users of the base``, pooled.

    A user is at step k if steps 1 ... k happened in order, all within the window that
    starts with step 1. Events at the same moment count as in order. The work is done in
    the engine of ``events``; one row comes back.

    Args:
        events: A row for each event: pandas, Polars, DuckDB relation or PySpark.
        steps: Two or more different event names.
        window_days: Days of 24 hours from the start of an attempt to its last step;
            None for no limit.
        order: ``ordered`` allows other events in between; ``strict`` allows only
            repeats of the same step; ``any`` takes the steps in any order, counted
            from the first of them.
        entry: ``first`` follows each user from the first time at step 1; ``any`` tries
            each start and takes the best.
        base: What rates are a share of: users at step 1, or all users in the events.
        exclusions: Events that take a user out of all steps if done between the start
            and the last step (or the end of the window). Needs ``entry="first"``.
        observed_until: End of the data; without it, the time of the last event.
        immature: ``exclude`` leaves out entrants with less than the whole window
            before the end of the data; ``keep`` keeps them, which biases rates down.
        confidence_level: Of the Wilson intervals in the table.
        user_column: Name of the user column.
        event_column: Name of the event column.
        time_column: Name of the time column.

    Returns:
        The counts and rates, the users who were left out, and ``users_at(step)``.

    Raises:
        ValueError: If steps are fewer than two or repeated, a step never occurs, rows
            lack a user, event or time, nobody enters, or time zones are mixed.

    Examples:
        >>> import pandas as pd
        >>> events = pd.DataFrame({
        ...     "user_id": [1, 1, 2, 2, 3],
        ...     "event": ["visit", "book", "visit", "book", "visit"],
        ...     "time": pd.to_datetime(["2025-03-01", "2025-03-02", "2025-03-01",
        ...                             "2025-03-20", "2025-03-02"]),
        ... })
        >>> funnel(events, ["visit", "book"], window_days=7)
        33.3 % of users at step 1 reached the last step (visit 3, book 1). Users,
        steps in order, other events in between allowed, within 7 days from the user's
        first start. Data end on 2025-03-20 (last event).

    References:
        Kohavi, R., Tang, D. & Xu, Y. (2020). Trustworthy Online Controlled Experiments
        (metrics per user, pooled).
    """
    _check_choices(order=order, entry=entry, base=base, immature=immature)
    if exclusions and entry != "first":
        raise ValueError("exclusions need entry='first', so that each user has one way")
    level = _arguments.open_rate("confidence_level", confidence_level)
    table = _tables.open_table(events, user_column, event_column, time_column)
    log = _tables.event_log(
        table, user=user_column, time=time_column, event=event_column
    )
    zone = _tables.zone_of(table, time_column)
    until = _tables.observed_until(observed_until, zone=zone)
    log, end_us = _tables.observed(log, until)
    rules = _rules(steps, window_days, end_us=end_us, immature=immature)
    entrants = _flagged(_PATHS[order, entry](log, rules), log, rules, exclusions)
    counts = _count(entrants, log, rules, base=base)
    return Funnel(
        steps=tuple(rules.steps),
        users=tuple(counts[f"users_{k}"] for k in range(1, len(rules.steps) + 1)),
        base=base,
        base_users=counts["base"],
        order=order,
        entry=entry,
        window_days=window_days,
        observed_until=until,
        end_note=end_note(log, until, zone=zone, end_us=end_us),
        immature_users=counts["immature"],
        excluded_users=counts["excluded"],
        confidence_level=level,
        _entrants=entrants,
        _native=events,
        _user_column=user_column,
    )


def _check_choices(*, order: str, entry: str, base: str, immature: str) -> None:
    _arguments.choice("order", order, ("ordered", "strict", "any"))
    _arguments.choice("entry", entry, ("first", "any"))
    _arguments.choice("base", base, ("first_step", "all_users"))
    _arguments.choice("immature", immature, ("exclude", "keep"))
    if (order, entry) not in _PATHS:
        raise ValueError(
            "entry == 'any' with order='any' is not offered; use entry='first', the "
            "window then starts with the first of the steps that a user does"
        )


def _rules(
    steps: Sequence[str], window_days: float | None, *, end_us: int, immature: Immature
) -> _paths.Rules:
    if isinstance(steps, str) or len(steps) < 2 or len(set(steps)) < len(steps):
        raise ValueError(
            f"steps == {steps!r}, must be two or more different event names; to count "
            "a repeat as a step, give it a name of its own in the data"
        )
    if window_days is None:
        return _paths.Rules(
            steps=tuple(steps), window_us=_paths.NEVER // 2, last_start_us=end_us
        )
    window_us = round(_arguments.positive("window_days", window_days) * _tables.DAY_US)
    last_start_us = end_us - (window_us if immature == "exclude" else 0)
    return _paths.Rules(
        steps=tuple(steps), window_us=window_us, last_start_us=last_start_us
    )


def _flagged(
    entrants: _paths.Table,
    log: _paths.Table,
    rules: _paths.Rules,
    exclusions: Sequence[str],
) -> _paths.Table:
    """Mark the users who are left out: entered too late, or did an excluded event."""
    too_late = nw.col("entry") > rules.last_start_us
    flag = nw.when(too_late).then(nw.lit(1)).otherwise(nw.lit(0))
    entrants = entrants.with_columns(immature=flag)
    if not exclusions:
        return entrants.with_columns(excluded=nw.lit(0))
    names = [name for name in entrants.collect_schema().names() if name != "user"]
    events = log.filter(nw.col("event").is_in(list(exclusions)))
    gone = nw.col("time") - nw.col("entry")
    length = nw.min_horizontal(
        nw.col(f"after_{len(rules.steps)}"), nw.lit(rules.window_us)
    )
    on_the_way = (gone >= 0) & (gone <= length) & (nw.col("immature") == 0)
    flag = nw.when(on_the_way).then(nw.lit(1)).otherwise(nw.lit(0))
    return (
        entrants.join(events.select("user", "time"), on="user", how="left")
        .with_columns(excluded=flag)
        .group_by("user")
        .agg(*(nw.col(name).min() for name in names), nw.col("excluded").max())
    )


def _kept(entrants: _paths.Table) -> _paths.Table:
    return entrants.filter((nw.col("immature") == 0) & (nw.col("excluded") == 0))


def _count(
    entrants: _paths.Table, log: _paths.Table, rules: _paths.Rules, *, base: Base
) -> dict[str, int]:
    numbers = range(1, len(rules.steps) + 1)
    one, zero = nw.lit(1), nw.lit(0)
    inside = (nw.col("immature") == 0) & (nw.col("excluded") == 0)
    reached = [
        nw.when(inside & (nw.col(f"after_{k}") < _paths.NEVER))
        .then(one)
        .otherwise(zero)
        .alias(f"users_{k}")
        for k in numbers
    ]
    flags = entrants.select("immature", "excluded", *reached)
    sums = flags.select(nw.all().sum(), entrants=nw.len())
    row = _tables.fetch(sums).fillna(0).iloc[0]
    counts = {str(name): int(value) for name, value in row.items()}
    if min(counts[f"users_{k}"] for k in numbers) == 0:
        _check_steps_exist(log, rules)
    counts["base"] = counts["users_1"]
    if base == "all_users":
        left_out = counts["immature"] + counts["excluded"]
        users = log.select(users=nw.col("user").n_unique())
        counts["base"] = int(_tables.fetch(users)["users"].iloc[0]) - left_out
    if counts["base"] == 0:
        raise ValueError(
            f"nobody is left at step {rules.steps[0]!r}: {counts['immature']} entered "
            f"too late for the window, {counts['excluded']} were excluded; take a "
            "shorter window_days, or immature='keep' and say so"
        )
    return counts


def _check_steps_exist(log: _paths.Table, rules: _paths.Rules) -> None:
    found = _tables.fetch(log.select("event").unique())["event"].astype(str).tolist()
    missing = [step for step in rules.steps if step not in found]
    if missing:
        raise ValueError(
            f"steps never seen in the events: {', '.join(map(repr, missing))}; "
            f"the events are: {', '.join(sorted(found)[:20])}"
        )
