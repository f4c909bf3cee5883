"""A backlog read from a table: arrays, limits and what requires what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Items, what they are worth and what limits them.

    Attributes:
        items: Names.
        value: Value per item.
        effort: Effort per item, for each capacity.
        capacity: The limits.
        must: True for items that have to be in.
        requires: For each item the positions of the items it requires.
        steps: For each step that has to be covered, the positions that cover it.
    """

    items: list[str]
    value: Floats
    effort: Mapping[str, Floats]
    capacity: Mapping[str, float]
    must: Bools
    requires: list[list[int]]
    steps: Mapping[str, list[int]]

    def fits(self, chosen: Bools) -> bool:
        """Return whether a set stays within all capacities."""
        return all(
            effort[chosen].sum() <= self.capacity[name] * (1 + 1e-9)
            for name, effort in self.effort.items()
        )

    def must_closure(self) -> Bools:
        """Return the must-haves and all that they require."""
        chosen = self.must.copy()
        waiting = [int(index) for index in np.flatnonzero(chosen)]
        while waiting:
            for needed in self.requires[waiting.pop()]:
                if not chosen[needed]:
                    chosen[needed] = True
                    waiting.append(needed)
        return chosen

    def effort_share(self) -> Floats:
        """Return each item's largest share of any capacity."""
        shares = [effort / self.capacity[name] for name, effort in self.effort.items()]
        largest: Floats = np.max(shares, axis=0)
        return largest


def read_backlog(
    data: "IntoFrame",
    *,
    capacity: float | Mapping[str, float],
    item_column: str,
    value_column: str,
    effort_column: str,
    must_column: str | None,
    requires_column: str | None,
    step_column: str | None,
) -> Backlog:
    """Read and check a backlog."""
    if value_column == "score":
        raise ValueError(
            "value_column == 'score': scores such as RICE are divided by effort "
            "already and don't add up; take what the item is worth, with rice(...) "
            "the column 'value', or rename your own column"
        )
    limits = capacity if isinstance(capacity, Mapping) else {effort_column: capacity}
    if not limits:
        raise ValueError("capacity is empty, must name at least one effort column")
    limits = {
        name: check.positive(
            f"capacity[{name!r}]" if len(limits) > 1 else "capacity", x
        )
        for name, x in limits.items()
    }
    extra = [name for name in (must_column, requires_column, step_column) if name]
    frame = tables.read(data, item_column, value_column, *limits, *extra)
    items = tables.names(frame, item_column)
    return Backlog(
        items=items,
        value=tables.numbers(frame, value_column),
        effort={
            name: tables.numbers(frame, name, rule="not_negative") for name in limits
        },
        capacity=limits,
        must=(
            tables.flags(frame, must_column)
            if must_column
            else np.zeros(len(items), dtype=bool)
        ),
        requires=_requires(items, frame[requires_column] if requires_column else None),
        steps=_steps(frame[step_column] if step_column else None),
    )


def _requires(items: list[str], column: "pd.Series[str] | None") -> list[list[int]]:
    if column is None:
        return [[] for _ in items]
    position = {item: index for index, item in enumerate(items)}
    requires = []
    texts = ["" if pd.isna(text) else str(text) for text in column.tolist()]
    for item, text in zip(items, texts, strict=True):
        needed = [name.strip() for name in text.split(";") if name.strip()]
        unknown = [name for name in needed if name not in position]
        if unknown:
            raise ValueError(
                f"{item!r} requires {unknown[0]!r}, which is not in the table; "
                "add it or correct the name"
            )
        requires.append([position[name] for name in needed])
    _no_circle(items, requires)
    return requires


def _no_circle(items: list[str], requires: list[list[int]]) -> None:
    """Take away items whose needs are met until none is left, or raise."""
    left = set(range(len(items)))
    while left:
        free = {index for index in left if not left.intersection(requires[index])}
        if not free:
            names = ", ".join(items[index] for index in sorted(left))
            raise ValueError(
                f"requirements go round in a circle among or below {names}; break it"
            )
        left -= free


def _steps(column: "pd.Series[str] | None") -> dict[str, list[int]]:
    if column is None:
        return {}
    steps: dict[str, list[int]] = {}
    for index, step in enumerate(column):
        if not pd.isna(step) and str(step):
            steps.setdefault(str(step), []).append(index)
    return steps
