"""The integer program behind ``best_plan``, and why it may have no solution."""

from typing import TYPE_CHECKING

import numpy as np

from pmlab.errors import PmlabError
from pmlab.prioritization._backlog import Backlog, Bools, Floats

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint


_SECONDS = 60


def solve(backlog: Backlog, *, different_from: Bools | None = None) -> Bools | None:
    """Return the plan of greatest value, or None if none exists.

    Args:
        backlog: The items and limits.
        different_from: A plan that the answer must not be.

    Returns:
        One flag per item, or None.
    """
    rows = _capacity_rows(backlog) + _logic_rows(backlog)
    if different_from is not None:
        rows.append(
            (np.where(different_from, -1.0, 1.0), 1.0 - different_from.sum(), np.inf)
        )
    return _minimize(-backlog.value, rows, backlog.must)


Row = tuple[Floats, float, float]


def _capacity_rows(backlog: Backlog) -> list[Row]:
    return [
        (effort / backlog.capacity[name], -np.inf, 1.0)
        for name, effort in backlog.effort.items()
    ]


def _logic_rows(backlog: Backlog) -> list[Row]:
    rows: list[Row] = []
    for index, needs in enumerate(backlog.requires):
        for needed in needs:
            row = np.zeros(len(backlog.items))
            row[index], row[needed] = 1.0, -1.0
            rows.append((row, -np.inf, 0.0))
    for members in backlog.steps.values():
        row = np.zeros(len(backlog.items))
        row[members] = 1.0
        rows.append((row, 1.0, np.inf))
    return rows


def _minimize(objective: Floats, rows: list[Row], must: Bools) -> Bools | None:
    from scipy.optimize import Bounds, milp

    result = milp(
        objective / (np.abs(objective).max() or 1.0),
        constraints=_constraint(rows),
        integrality=np.ones(objective.size, dtype=int),
        bounds=Bounds(must.astype(float), np.ones(objective.size)),
        options={"mip_rel_gap": 0.0, "time_limit": _SECONDS},
    )
    if result.status == 2:
        return None
    if result.status != 0 or result.x is None:
        raise PmlabError(
            f"the solver found no proof within {_SECONDS} seconds ({result.message}); "
            "leave out items that are certain or hopeless"
        )
    return np.asarray(result.x > 0.5)


def _constraint(rows: list[Row]) -> "LinearConstraint | tuple[()]":
    from scipy.optimize import LinearConstraint

    if not rows:
        return ()
    matrix, low, high = zip(*rows, strict=True)
    return LinearConstraint(np.vstack(matrix), np.asarray(low), np.asarray(high))


def explain_infeasible(backlog: Backlog) -> str:
    """Return why no plan fits, with numbers and a next step."""
    must = backlog.must_closure()
    names = ", ".join(np.asarray(backlog.items)[must])
    for name, effort in backlog.effort.items():
        limit, needed = backlog.capacity[name], effort[must].sum()
        if needed > limit:
            return (
                f"capacity == {limit:g} {name}, but the must-haves and what they "
                f"require ({names}) take {needed:g}; raise the capacity or drop one"
            )
    for name, effort in backlog.effort.items():
        least = _minimize(effort, _logic_rows(backlog), backlog.must)
        if least is not None and effort[least].sum() > backlog.capacity[name]:
            return (
                f"capacity == {backlog.capacity[name]:g} {name}, but covering every "
                f"step ({', '.join(backlog.steps)}) takes at least "
                f"{effort[least].sum():g}; raise the capacity or find a smaller item"
            )
    return (
        f"capacity == {dict(backlog.capacity)}, each limit can be met alone but not "
        "all together; raise one of them"
    )
