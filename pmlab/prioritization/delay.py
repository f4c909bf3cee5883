"""Rank by what waiting costs: cost of delay, WSJF and the order of work."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import money
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

RollUp = Literal["none", "direct_children", "all_descendants"]
Rule = Literal["cd3", "highest_cost", "shortest", "as_listed"]

RULES: tuple[Rule, ...] = ("cd3", "highest_cost", "shortest", "as_listed")
_RULE_WORDS = {
    "cd3": "cost of delay divided by duration",
    "highest_cost": "highest cost of delay first",
    "shortest": "shortest first",
    "as_listed": "the order of the table",
}


def cost_of_delay(
    data: "IntoFrame",
    *,
    item_column: str = "item",
    cost_column: str = "delay_cost_usd_per_week",
    duration_column: str = "duration_weeks",
    parent_column: str | None = None,
    roll_up: RollUp = "none",
) -> pd.DataFrame:
    """Score and rank items by cost of delay divided by duration (CD3).

    Formula: score = cost of delay / duration.

    Assumptions: cost of delay is money lost per unit of time while the item isn't
    there; duration is calendar time, not effort; both use the same unit of time. With
    poor estimates the order is poor, too: check it with ``rank_stability``.

    Args:
        data: One row per item.
        item_column: Name of the item, each once.
        cost_column: Cost of delay in money per unit of time, zero or more.
        duration_column: Duration in the same unit of time, above zero.
        parent_column: Name of the item that has to come first, empty for none. An
            item that opens the way for others carries their cost of delay, too.
        roll_up: Whose cost an item carries: ``"none"`` (its own),
            ``"direct_children"`` or ``"all_descendants"``.

    Returns:
        Columns item, delay_cost, duration, family_delay_cost (own and carried), score
        (own ratio plus the ratios of the carried items) and rank, best first. Equal
        scores share a rank; the shorter item is listed first.

    Raises:
        ValueError: If a value breaks its rule, a parent is unknown or parents go round
            in a circle.

    Examples:
        >>> jobs = pd.DataFrame(
        ...     {"item": ["A", "B", "C"], "delay_cost_usd_per_week": [3, 7, 9]}
        ... ).assign(duration_weeks=[3, 4, 6])
        >>> cost_of_delay(jobs)[["item", "score", "rank"]]
          item  score  rank
        0    B   1.75     1
        1    C   1.50     2
        2    A   1.00     3

    References:
        Reinertsen, D. (2009). The Principles of Product Development Flow.
    """
    check.choice("roll_up", roll_up, ("none", "direct_children", "all_descendants"))
    if (parent_column is None) != (roll_up == "none"):
        raise ValueError(
            f"parent_column == {parent_column!r} with roll_up == {roll_up!r}: "
            "give both a parent column and whose cost to carry, or neither"
        )
    parents = (parent_column,) if parent_column else ()
    frame = tables.read(data, item_column, cost_column, duration_column, *parents)
    items = tables.names(frame, item_column)
    cost = tables.numbers(frame, cost_column, rule="not_negative")
    duration = tables.numbers(frame, duration_column, rule="positive")
    family = np.eye(len(items))
    if parent_column:
        family = _families(items, frame[parent_column], roll_up)
    result = pd.DataFrame(
        {
            "item": items,
            "delay_cost": cost,
            "duration": duration,
            "family_delay_cost": family @ cost,
            "score": family @ (cost / duration),
        }
    )
    result["rank"] = tables.rank(result["score"].to_numpy(dtype=float))
    order = result.sort_values(["rank", "duration"], kind="stable")
    return order.reset_index(drop=True)


def _families(
    items: list[str], parents: "pd.Series[str]", roll_up: RollUp
) -> npt.NDArray[np.float64]:
    """Return a matrix that is 1 where the row's item carries the column's item."""
    position = {item: index for index, item in enumerate(items)}
    children = np.zeros((len(items), len(items)))
    for index, parent in enumerate(parents):
        if pd.isna(parent) or parent == "":
            continue
        if str(parent) not in position:
            raise ValueError(
                f"parent {parent!r} of {items[index]!r} is not an item of the table; "
                "add it or leave the parent empty"
            )
        children[position[str(parent)], index] = 1
    generations, reach = children.copy(), children
    while reach.any() and np.trace(generations) == 0:
        reach = reach @ children
        generations += reach
    if np.trace(generations) > 0:
        circle = items[int(np.argmax(np.diag(generations)))]
        raise ValueError(f"the parents of {circle!r} go round in a circle; break it")
    carried = children if roll_up == "direct_children" else generations
    return np.eye(len(items)) + carried


def wsjf(
    data: "IntoFrame",
    *,
    item_column: str = "item",
    value_column: str = "business_value",
    time_column: str = "time_criticality",
    risk_column: str = "risk_reduction",
    size_column: str = "job_size",
) -> pd.DataFrame:
    """Score and rank items by weighted shortest job first, as SAFe writes it.

    Formula: score = (business value + time criticality + risk reduction) / job size.

    Assumptions: all four are relative points on one scale (1, 2, 3, 5, 8, 13, 20); the
    sum stands in for money per week and the size for duration. Where money and weeks
    are known, ``cost_of_delay`` is the better question.

    Args:
        data: One row per item.
        item_column: Name of the item, each once.
        value_column: Value for users and business, in points.
        time_column: How fast the value fades, in points.
        risk_column: Risk taken out or opportunity opened, in points.
        size_column: Size of the job, in points above zero.

    Returns:
        Columns item, delay_points, job_size, score and rank, best first.

    Raises:
        ValueError: If points are negative or a size is zero.

    Examples:
        >>> jobs = pd.DataFrame(
        ...     {"item": ["A", "B"], "business_value": [8, 13], "job_size": [2, 8]}
        ... ).assign(time_criticality=[3, 8], risk_reduction=[1, 3])
        >>> wsjf(jobs)
          item  delay_points  job_size  score  rank
        0    A          12.0       2.0    6.0     1
        1    B          24.0       8.0    3.0     2

    References:
        Scaled Agile (2023). SAFe 6.0: Weighted shortest job first.
    """
    parts = (value_column, time_column, risk_column)
    frame = tables.read(data, item_column, *parts, size_column)
    points = np.sum(
        [tables.numbers(frame, part, rule="not_negative") for part in parts], axis=0
    )
    size = tables.numbers(frame, size_column, rule="positive")
    result = pd.DataFrame({"item": tables.names(frame, item_column)})
    result["delay_points"], result["job_size"] = points, size
    result["score"] = points / size
    result["rank"] = tables.rank(points / size)
    order = result.sort_values(["rank", "job_size"], kind="stable")
    return order.reset_index(drop=True)


@dataclass(frozen=True, kw_only=True, repr=False)
class WorkOrder(Result):
    """Work done one item after the other, and what waiting costs.

    Attributes:
        rule: How the order was chosen.
        order: Names of the items, first to last.
        total_delay_cost: Sum of cost of delay x finish time.
        earned: Money earned within the horizon, if one was given.
        horizon: Length of the horizon in units of time, or None.
        schedule: One row per item: item, start, finish, delay_cost, waiting_cost
            and, with a horizon, earned.
    """

    rule: Rule
    order: tuple[str, ...]
    total_delay_cost: float
    earned: float | None
    horizon: float | None
    schedule: pd.DataFrame

    def summary(self) -> str:
        """Return the order and its cost in plain words."""
        text = (
            f"Order by {_RULE_WORDS[self.rule]}: {', '.join(self.order)}. "
            f"Waiting costs {money(self.total_delay_cost)} in total"
        )
        if self.earned is None or self.horizon is None:
            return f"{text}."
        return (
            f"{text}; within {self.horizon:g} periods the items earn "
            f"{money(self.earned)}."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the schedule, one row per item in the order of work."""
        return self.schedule.copy()


def sequence(
    data: "IntoFrame",
    *,
    rule: Rule = "cd3",
    item_column: str = "item",
    cost_column: str = "delay_cost_usd_per_week",
    duration_column: str = "duration_weeks",
    horizon: float | None = None,
) -> WorkOrder:
    """Put items in order by a rule and add up what the order costs.

    Formula: total = sum of cost of delay x finish time; within a horizon H an item
    earns its cost of delay x max(H - finish, 0).

    Assumptions: one item at a time, no pauses, no dependencies; an item earns nothing
    before it is finished. Under these the CD3 order has the least total delay cost of
    all orders (Smith's rule); within a short horizon it need not earn most.

    Args:
        data: One row per item.
        rule: ``"cd3"``, ``"highest_cost"``, ``"shortest"`` or ``"as_listed"``. Ties go
            to the shorter item, then to the one listed first.
        item_column: Name of the item, each once.
        cost_column: Cost of delay in money per unit of time.
        duration_column: Duration in the same unit of time.
        horizon: Length of the period to count earnings in; None leaves them out.

    Returns:
        The order, its schedule and total.

    Raises:
        ValueError: If a value breaks its rule or the rule is unknown.

    Examples:
        >>> jobs = pd.DataFrame(
        ...     {"item": ["A", "B", "C"], "delay_cost_usd_per_week": [3, 7, 9]}
        ... ).assign(duration_weeks=[3, 4, 6])
        >>> sequence(jobs, horizon=14)
        Order by cost of delay divided by duration: B, C, A. Waiting costs $157 in
        total; within 14 periods the items earn $109.

    References:
        Smith, W. (1956). Various optimizers for single-stage production.
        Reinertsen, D. (2009). The Principles of Product Development Flow.
    """
    check.choice("rule", rule, RULES)
    limit = None if horizon is None else check.positive("horizon", horizon)
    scored = cost_of_delay(
        data,
        item_column=item_column,
        cost_column=cost_column,
        duration_column=duration_column,
    )
    listed = tables.names(tables.read(data, item_column), item_column)
    scored = scored.set_index("item").loc[listed].reset_index()
    plan = _in_order(scored, rule).reset_index(drop=True)
    finish = plan["duration"].cumsum()
    schedule = pd.DataFrame({"item": plan["item"], "start": finish - plan["duration"]})
    schedule["finish"] = finish
    schedule["delay_cost"] = plan["delay_cost"]
    schedule["waiting_cost"] = plan["delay_cost"] * finish
    if limit is not None:
        schedule["earned"] = plan["delay_cost"] * (limit - finish).clip(lower=0)
    return WorkOrder(
        rule=rule,
        order=tuple(schedule["item"]),
        total_delay_cost=float(schedule["waiting_cost"].sum()),
        earned=None if limit is None else float(schedule["earned"].sum()),
        horizon=limit,
        schedule=schedule,
    )


def _in_order(scored: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    keys = {
        "cd3": (["rank", "duration"], [True, True]),
        "highest_cost": (["delay_cost", "duration"], [False, True]),
        "shortest": (["duration"], [True]),
        "as_listed": ([], []),
    }
    columns, ascending = keys[rule]
    if not columns:
        return scored
    position = scored.assign(listed=range(len(scored)))
    return position.sort_values([*columns, "listed"], ascending=[*ascending, True])


def compare_sequences(
    data: "IntoFrame",
    *,
    item_column: str = "item",
    cost_column: str = "delay_cost_usd_per_week",
    duration_column: str = "duration_weeks",
    horizon: float | None = None,
) -> pd.DataFrame:
    """Compare the rules of ``sequence`` on the same items.

    Args:
        data: One row per item.
        item_column: Name of the item, each once.
        cost_column: Cost of delay in money per unit of time.
        duration_column: Duration in the same unit of time.
        horizon: Length of the period to count earnings in; None leaves them out.

    Returns:
        One row per rule, cheapest first: rule, order (text), total_delay_cost,
        extra_cost (over the cheapest) and, with a horizon, earned.

    Raises:
        ValueError: If a value breaks its rule.

    Examples:
        >>> jobs = pd.DataFrame(
        ...     {"item": ["A", "B", "C"], "delay_cost_usd_per_week": [3, 7, 9]}
        ... ).assign(duration_weeks=[3, 4, 6])
        >>> compare_sequences(jobs, horizon=14)
                   rule    order  total_delay_cost  extra_cost  earned
        0           cd3  B, C, A             157.0         0.0   109.0
        1  highest_cost  C, B, A             163.0         6.0   103.0
        2      shortest  A, B, C             175.0        18.0    91.0
        3     as_listed  A, B, C             175.0        18.0    91.0

    References:
        Reinertsen, D. (2009). The Principles of Product Development Flow.
    """
    results = [
        sequence(
            data,
            rule=rule,
            item_column=item_column,
            cost_column=cost_column,
            duration_column=duration_column,
            horizon=horizon,
        )
        for rule in RULES
    ]
    table = pd.DataFrame(
        {
            "rule": [result.rule for result in results],
            "order": [", ".join(result.order) for result in results],
            "total_delay_cost": [result.total_delay_cost for result in results],
        }
    )
    table["extra_cost"] = table["total_delay_cost"] - table["total_delay_cost"].min()
    if horizon is not None:
        table["earned"] = [result.earned for result in results]
    ordered = table.sort_values("total_delay_cost", kind="stable")
    return ordered.reset_index(drop=True)
