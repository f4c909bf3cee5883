"""The best set of work under a capacity, with proof, and what shortcuts lose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from pmlab import _arguments as check
from pmlab.formatting import number, percent
from pmlab.prioritization._backlog import Backlog, read_backlog
from pmlab.prioritization._solver import explain_infeasible, solve
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Method = Literal["exact", "value_per_effort", "highest_value", "smallest_effort"]
GREEDY: tuple[Method, ...] = ("value_per_effort", "highest_value", "smallest_effort")


@dataclass(frozen=True, kw_only=True, repr=False)
class Plan(Result):
    """A set of items that fits the capacity.

    Attributes:
        method: ``"exact"`` or the rule of thumb that chose.
        items: Names of the chosen items, in the order of the table.
        value: Sum of their values.
        effort: Sum of their effort, per capacity.
        capacity: What was available, per effort column.
        proven_optimal: True if no other plan can have more value.
        unique: For an exact plan, whether it is the only one with its value.
        table: One row per item of the backlog: item, value, effort columns, must,
            chosen.
    """

    method: Method
    items: tuple[str, ...]
    value: float
    effort: Mapping[str, float]
    capacity: Mapping[str, float]
    proven_optimal: bool
    unique: bool | None
    table: pd.DataFrame

    def summary(self) -> str:
        """Return the plan in plain words."""
        used = ", ".join(
            f"{number(self.effort[name])} of {number(limit)} {name}"
            for name, limit in self.capacity.items()
        )
        chosen = ", ".join(self.items) or "nothing"
        proof = (
            "no other plan within the limits has more value"
            if self.proven_optimal
            else "a rule of thumb, there may be a better plan"
        )
        ties = "" if self.unique is not False else " (others have as much)"
        return f"Do {chosen}: value {number(self.value)}, using {used}; {proof}{ties}."

    def to_frame(self) -> pd.DataFrame:
        """Return the backlog with a column that says what is chosen."""
        return self.table.copy()


def best_plan(
    data: "IntoFrame",
    *,
    capacity: float | Mapping[str, float],
    item_column: str = "item",
    value_column: str = "value",
    effort_column: str = "effort",
    must_column: str | None = None,
    requires_column: str | None = None,
    step_column: str | None = None,
) -> Plan:
    """Return the set of items with the greatest value under a capacity.

    Formula: maximize sum of v_i x_i, with x_i 0 or 1, sum of e_i x_i <= capacity,
    x_i = 1 for must-haves, x_i <= x_j if i requires j, and at least one item per step.

    Assumptions: values add up; items can't be done in part; money already spent on an
    item is no reason to choose it. A debt item has the value of the weeks it saves.

    Args:
        data: One row per item.
        capacity: Effort available, in the unit of ``effort_column``; or a mapping from
            effort columns to limits, one for each team or skill.
        item_column: Name of the item, each once.
        value_column: Value of the item in one unit for all; after ``rice`` its
            column ``value``, not the score, which is divided by effort already.
        effort_column: Effort of the item, zero or more; not used with a mapping.
        must_column: True for items that have to be in, such as a legal duty.
        requires_column: Names of items that have to be in, too; several are separated
            by ``;`` and none is an empty text.
        step_column: The step of the job an item serves. Every step in this column has
            to be covered by at least one chosen item; empty for none.

    Returns:
        The plan, proven to be optimal by the solver, and whether it is the only one.

    Raises:
        ValueError: If a value breaks its rule or no plan exists; the message names the
            cause.

    Examples:
        >>> backlog = pd.DataFrame(
        ...     {"item": ["A", "B", "C"], "value": [60, 100, 120]}
        ... ).assign(effort=[10, 20, 30])
        >>> best_plan(backlog, capacity=50)
        Do B, C: value 220, using 50 of 50 effort; no other plan within the limits has
        more value.

    References:
        Dantzig, G. (1957). Discrete-variable extremum problems.
        Huangfu, Q. and Hall, J. (2018). Parallelizing the dual revised simplex method
        (HiGHS, the solver in scipy.optimize.milp).
    """
    backlog = read_backlog(
        data,
        capacity=capacity,
        item_column=item_column,
        value_column=value_column,
        effort_column=effort_column,
        must_column=must_column,
        requires_column=requires_column,
        step_column=step_column,
    )
    chosen = solve(backlog)
    if chosen is None:
        raise ValueError(explain_infeasible(backlog))
    other = solve(backlog, different_from=chosen)
    value = float(backlog.value[chosen].sum())
    tie = other is not None and np.isclose(backlog.value[other].sum(), value, rtol=1e-9)
    return _plan(backlog, chosen, method="exact", unique=not tie)


def _plan(
    backlog: Backlog,
    chosen: np.ndarray,
    *,
    method: Method,
    unique: bool | None = None,
) -> Plan:
    table = pd.DataFrame({"item": backlog.items, "value": backlog.value})
    for name, effort in backlog.effort.items():
        table[name] = effort
    table["must"], table["chosen"] = backlog.must, chosen
    return Plan(
        method=method,
        items=tuple(table.loc[chosen, "item"]),
        value=float(backlog.value[chosen].sum()),
        effort={name: float(e[chosen].sum()) for name, e in backlog.effort.items()},
        capacity=dict(backlog.capacity),
        proven_optimal=method == "exact",
        unique=unique,
        table=table,
    )


def greedy_plan(
    data: "IntoFrame",
    *,
    capacity: float | Mapping[str, float],
    method: Method = "value_per_effort",
    item_column: str = "item",
    value_column: str = "value",
    effort_column: str = "effort",
    must_column: str | None = None,
    requires_column: str | None = None,
) -> Plan:
    """Fill the capacity by a rule of thumb, best item first.

    Method: take must-haves and what they require; then go down the list and take each
    item that still fits and whose required items are in; repeat until nothing fits.

    Assumptions: those of ``best_plan``. The rule never looks back, so it can miss the
    best plan by a lot. With several capacities the effort is the largest share of any.

    Args:
        data: One row per item.
        capacity: Effort available, or a mapping from effort columns to limits.
        method: ``"value_per_effort"``, ``"highest_value"`` or ``"smallest_effort"``.
        item_column: Name of the item, each once.
        value_column: Value of the item in one unit for all.
        effort_column: Effort of the item; not used with a mapping.
        must_column: True for items that have to be in.
        requires_column: Names of items that have to be in, too, separated by ``;``.

    Returns:
        The plan, without a proof.

    Raises:
        ValueError: If a value breaks its rule or the must-haves exceed the capacity.

    Examples:
        >>> backlog = pd.DataFrame(
        ...     {"item": ["A", "B", "C"], "value": [60, 100, 120]}
        ... ).assign(effort=[10, 20, 30])
        >>> greedy_plan(backlog, capacity=50).value
        160.0

    References:
        Dantzig, G. (1957). Discrete-variable extremum problems.
    """
    check.choice("method", method, GREEDY)
    backlog = read_backlog(
        data,
        capacity=capacity,
        item_column=item_column,
        value_column=value_column,
        effort_column=effort_column,
        must_column=must_column,
        requires_column=requires_column,
        step_column=None,
    )
    chosen = backlog.must_closure()
    if not backlog.fits(chosen):
        raise ValueError(explain_infeasible(backlog))
    return _plan(backlog, _fill(backlog, chosen, method), method=method)


def _fill(backlog: Backlog, start: np.ndarray, method: Method) -> np.ndarray:
    chosen = start.copy()
    order = _greedy_order(backlog, method)
    grown = True
    while grown:
        grown = False
        for index in order:
            bigger = chosen.copy()
            bigger[index] = True
            ready = all(chosen[needed] for needed in backlog.requires[index])
            if not chosen[index] and ready and backlog.fits(bigger):
                chosen, grown = bigger, True
                break
    return chosen


def _greedy_order(backlog: Backlog, method: Method) -> list[int]:
    effort = backlog.effort_share()
    if method == "highest_value":
        key = -backlog.value
    elif method == "smallest_effort":
        key = effort
    else:
        key = -backlog.value / np.maximum(effort, 1e-12)
    useful = backlog.value > 0
    return [int(index) for index in np.argsort(key, kind="stable") if useful[index]]


def compare_plans(
    data: "IntoFrame",
    *,
    capacity: float | Mapping[str, float],
    item_column: str = "item",
    value_column: str = "value",
    effort_column: str = "effort",
    must_column: str | None = None,
    requires_column: str | None = None,
) -> pd.DataFrame:
    """Compare the best plan with the rules of thumb on the same backlog.

    Args:
        data: One row per item.
        capacity: Effort available, or a mapping from effort columns to limits.
        item_column: Name of the item, each once.
        value_column: Value of the item in one unit for all.
        effort_column: Effort of the item; not used with a mapping.
        must_column: True for items that have to be in.
        requires_column: Names of items that have to be in, too, separated by ``;``.

    Returns:
        One row per method, best first: method, items (text), value, lost_value (to
        the best) and reading.

    Raises:
        ValueError: If a value breaks its rule or no plan exists.

    Examples:
        >>> backlog = pd.DataFrame(
        ...     {"item": ["A", "B", "C"], "value": [60, 100, 120]}
        ... ).assign(effort=[10, 20, 30])
        >>> compare_plans(backlog, capacity=50)[["method", "value", "lost_value"]]
                     method  value  lost_value
        0             exact  220.0         0.0
        1     highest_value  220.0         0.0
        2  value_per_effort  160.0        60.0
        3   smallest_effort  160.0        60.0

    References:
        Dantzig, G. (1957). Discrete-variable extremum problems.
    """
    columns = {
        "item_column": item_column,
        "value_column": value_column,
        "effort_column": effort_column,
        "must_column": must_column,
        "requires_column": requires_column,
    }
    plans = [best_plan(data, capacity=capacity, **columns)]  # type: ignore[arg-type]
    plans += [
        greedy_plan(data, capacity=capacity, method=method, **columns)  # type: ignore[arg-type]
        for method in GREEDY
    ]
    best = plans[0].value
    table = pd.DataFrame(
        {
            "method": [plan.method for plan in plans],
            "items": [", ".join(plan.items) for plan in plans],
            "value": [plan.value for plan in plans],
            "lost_value": [best - plan.value for plan in plans],
        }
    )
    table["reading"] = [_loss(plan, best) for plan in plans]
    ordered = table.sort_values("value", ascending=False, kind="stable")
    return ordered.reset_index(drop=True)


def _loss(plan: Plan, best: float) -> str:
    if plan.proven_optimal:
        return "proven best"
    if best <= 0 or np.isclose(plan.value, best):
        return "as good as the best here"
    return f"gives up {percent((best - plan.value) / best)} of the value"
