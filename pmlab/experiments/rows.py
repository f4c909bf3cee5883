"""From rows to totals, in the engine that holds the rows.

Works on pandas and Polars frames, DuckDB relations and PySpark frames through
narwhals. Two passes: one checks and finds the means, one sums deviations from them,
which keeps the digits that sums of raw squares lose. A few numbers come back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pmlab import _arguments as check
from pmlab.experiments._engines import collected, lazy_frame
from pmlab.experiments._repeats import refuse_repeated_users
from pmlab.experiments.totals import Totals

if TYPE_CHECKING:
    from pmlab.experiments._engines import Frame

_USERS = "_pmlab_users"


@dataclass(frozen=True, kw_only=True)
class _Columns:
    arm: str
    values: tuple[str, ...]
    covariates: tuple[str, ...]

    @property
    def measured(self) -> tuple[str, ...]:
        return (*self.values, *self.covariates)


def arm_totals(
    data: object,
    *,
    value_columns: Sequence[str],
    covariate_columns: Sequence[str] = (),
    arm_column: str = "variant",
    unit_column: str | None = None,
) -> dict[str, Totals]:
    """Return users, means and covariances for each arm of a table of users.

    Assumes one row for each randomized user; with ``unit_column``, rows are first
    summed for each unit, for example events to users or users to zones.

    Args:
        data: pandas or Polars frame, DuckDB relation or PySpark frame.
        value_columns: Columns with numbers or booleans, without gaps.
        covariate_columns: Columns from before the test; gaps (users without history)
            are filled with the mean of all known users.
        arm_column: Column that names the arm.
        unit_column: Column of the randomized unit, if rows are finer than that.

    Returns:
        Totals by the name of the arm, sorted.

    Raises:
        ColumnsMissingError: If a column does not exist.
        ValueError: If the table is empty, holds gaps, a unit is in two arms, or users
            repeat (by a column such as ``user_id``) without ``unit_column``.

    Examples:
        >>> import pandas as pd
        >>> users = pd.DataFrame(
        ...     {"variant": ["A", "A", "B", "B"], "orders": [1, 2, 3, 5]})
        >>> arm_totals(users, value_columns=["orders"])["B"]
        2 users; means per user: orders 4.

    References:
        Chan, Golub, LeVeque (1983), Algorithms for computing the sample variance, The
        American Statistician 37.
    """
    names = tuple(dict.fromkeys(value_columns))
    covariates = tuple(n for n in dict.fromkeys(covariate_columns) if n not in names)
    columns = _Columns(arm=arm_column, values=names, covariates=covariates)
    table = lazy_frame(data)
    frame = _checked_frame(table, columns, unit_column=unit_column)
    if unit_column is None:
        refuse_repeated_users(table)
    if unit_column is not None:
        facts = _facts(frame, columns)
        _refuse_gaps(facts, columns, columns.measured)
        frame = _units(frame, columns, unit_column=unit_column)
    facts = _facts(frame, columns)
    _refuse_gaps(facts, columns, columns.values)
    means = {name: float(facts[f"mean_{name}"]) for name in columns.measured}
    return _totals(frame, columns, means)


def _checked_frame(
    frame: "Frame", columns: _Columns, *, unit_column: str | None
) -> "Frame":
    import narwhals.stable.v2 as nw

    schema = frame.collect_schema()
    units = () if unit_column is None else (unit_column,)
    check.columns(schema.names(), columns.arm, *columns.measured, *units)
    for name in columns.measured:
        if not (schema[name].is_numeric() or schema[name] == nw.Boolean):
            raise ValueError(
                f"column {name!r} is of type {schema[name]}, must hold numbers or "
                "booleans; convert it first"
            )
    casts = [nw.col(name).cast(nw.Float64) for name in columns.measured]
    return frame.select(*units, columns.arm, *casts)


def _facts(frame: "Frame", columns: _Columns) -> dict[str, Any]:
    import narwhals.stable.v2 as nw

    asked = [
        nw.len().alias(_USERS),
        nw.col(columns.arm).is_null().cast(nw.Int64).sum().alias("no_arm"),
    ]
    for name in columns.measured:
        known = ~nw.col(name).is_null() & nw.col(name).is_finite()
        asked.append((~known).cast(nw.Int64).sum().alias(f"gaps_{name}"))
        asked.append(nw.when(known).then(nw.col(name)).mean().alias(f"mean_{name}"))
    table = collected(frame.select(*asked))
    return {str(name): table[name].iloc[0] for name in table}


def _refuse_gaps(
    facts: dict[str, Any], columns: _Columns, strict: Sequence[str]
) -> None:
    users = int(facts[_USERS])
    if users == 0:
        raise ValueError("data is empty, must have one row for each user")
    if facts["no_arm"]:
        raise ValueError(
            f"arm_column {columns.arm!r} is empty in {int(facts['no_arm'])} row(s), "
            "must name the arm of each user; drop users who were not assigned"
        )
    for name in strict:
        if facts[f"gaps_{name}"]:
            raise ValueError(
                f"column {name!r} holds {int(facts[f'gaps_{name}'])} missing or "
                "infinite value(s), must have a number for each user; a user who did "
                "nothing has 0"
            )
    for name in columns.covariates:
        if int(facts[f"gaps_{name}"]) == users:
            raise ValueError(
                f"covariate column {name!r} is empty for all users, must be known for "
                "some; leave the covariate out"
            )


def _units(frame: "Frame", columns: _Columns, *, unit_column: str) -> "Frame":
    import narwhals.stable.v2 as nw

    per_arm = frame.group_by(unit_column, columns.arm).agg(
        *[nw.col(name).sum() for name in columns.measured]
    )
    counts = collected(
        per_arm.select(
            nw.len().alias("pairs"), nw.col(unit_column).n_unique().alias("units")
        )
    ).iloc[0]
    crossed = int(counts["pairs"] - counts["units"])
    if crossed:
        raise ValueError(
            f"unit_column {unit_column!r} has {crossed} unit(s) in more than one arm, "
            "must have each unit in one arm; find out how they crossed over"
        )
    return per_arm


def _totals(
    frame: "Frame", columns: _Columns, means: dict[str, float]
) -> dict[str, Totals]:
    import narwhals.stable.v2 as nw

    names = columns.measured
    centered, filled = [], []
    for name in names:
        value = nw.col(name)
        if name in columns.covariates:
            known = ~value.is_null() & value.is_finite()
            value = nw.when(known).then(value).otherwise(nw.lit(means[name]))
            filled.append((~known).cast(nw.Int64).alias(f"filled_{name}"))
        centered.append((value - means[name]).alias(name))
    pairs = [(i, j) for i in range(len(names)) for j in range(i, len(names))]
    products = [
        (nw.col(names[i]) * nw.col(names[j])).alias(f"product_{i}_{j}")
        for i, j in pairs
    ]
    sums = [nw.col(name).sum().alias(f"sum_{i}") for i, name in enumerate(names)]
    squares = [nw.col(f"product_{i}_{j}").sum() for i, j in pairs]
    grouped = (
        frame.with_columns(*centered, *filled)
        .with_columns(*products)
        .group_by(columns.arm)
        .agg(
            nw.len().alias(_USERS),
            *sums,
            *squares,
            *[nw.col(f"filled_{name}").sum() for name in columns.covariates],
        )
    )
    table = collected(grouped)
    arms: dict[str, Totals] = {}
    for row in table.to_dict("records"):
        arm = str(row[columns.arm])
        if arm in arms:
            raise ValueError(
                f"arm_column {columns.arm!r} names {arm!r} in two ways, as text and as "
                "a number, must name each arm in one way"
            )
        arms[arm] = _one_arm(row, names, means)
    return dict(sorted(arms.items()))


def _one_arm(
    row: dict[Any, Any], names: tuple[str, ...], means: dict[str, float]
) -> Totals:
    users = int(row[_USERS])
    if users < 2:
        raise ValueError(
            f"an arm has {users} user(s), must have at least 2; "
            "check the column that names the arm"
        )
    shift = np.array([row[f"sum_{i}"] for i in range(len(names))]) / users
    table = np.empty((len(names), len(names)))
    for i in range(len(names)):
        for j in range(i, len(names)):
            centered = row[f"product_{i}_{j}"] - users * shift[i] * shift[j]
            table[i, j] = table[j, i] = centered / (users - 1)
    level = shift + np.array([means[name] for name in names])
    filled = tuple(int(row.get(f"filled_{name}", 0)) for name in names)
    return Totals.of(users, names, level, table, filled_users=filled)
