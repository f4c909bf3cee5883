"""Uncertain inputs through a model: what comes out, and which input moves it most."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab.formatting import count, in_unit, percent, seed_words
from pmlab.market.ranges import Floats, ValueRange
from pmlab.results import Result

Model = Callable[..., npt.ArrayLike]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Simulation(Result):
    """Outcomes of a model whose inputs were drawn at random.

    Attributes:
        mean: Mean outcome.
        p10: Outcome that 10 % of the draws stay below.
        p50: Median outcome.
        p90: Outcome that 90 % of the draws stay below.
        probability_below_zero: Share of the draws with an outcome below 0.
        draws: Number of draws.
        seed: Seed of the draws, or None for a generator of the caller.
        unit: Unit of the outcome, for texts.
        notes: What to be careful about, in words.
        outcomes: All outcomes, in the order drawn.
        inputs: Values drawn for each input.
    """

    mean: float
    p10: float
    p50: float
    p90: float
    probability_below_zero: float
    draws: int
    seed: int | None
    unit: str
    notes: str
    outcomes: Floats = field(repr=False)
    inputs: Mapping[str, Floats] = field(repr=False)

    def summary(self) -> str:
        """Return the spread of the outcomes in plain words."""
        return (
            f"In {count(self.draws)} draws ({seed_words(self.seed)}) the outcome has a "
            f"median of {in_unit(self.p50, self.unit)}; 80 % lie between "
            f"{in_unit(self.p10, self.unit)} and {in_unit(self.p90, self.unit)}; "
            f"{percent(self.probability_below_zero)} are below zero.{self.notes}"
        )

    def probability_below(self, threshold: float) -> float:
        """Return the share of outcomes below a threshold.

        Args:
            threshold: Value in the unit of the outcome.

        Returns:
            Fraction from 0 to 1.
        """
        limit = check.number("threshold", threshold)
        return float((self.outcomes < limit).mean())


def simulate(
    model: Model,
    inputs: Mapping[str, ValueRange | float],
    *,
    draws: int = 10_000,
    rng: int | np.random.Generator = check.DEFAULT_SEED,
    unit: str = "",
) -> Simulation:
    """Draw all inputs at random, many times, and look at the outcomes.

    The inputs are drawn independently of each other. The model is called once, with
    an array of ``draws`` values for each input, so it must work on arrays.

    Args:
        model: Function of the named inputs, such as
            ``lambda units, price: units * price``.
        inputs: Name of each argument, and its range or fixed number.
        draws: Number of draws.
        rng: Seed or generator; seed 0 if you name none.
        unit: Unit of the outcome, for texts; ``"usd"`` shows money.

    Returns:
        Mean, percentiles, the chance of a loss, and all outcomes.

    Raises:
        TypeError: If an input is neither a range nor a number.
        ValueError: If no input is a range, or the model does not return one finite
            number for each draw.

    Examples:
        >>> from pmlab.market import value_range
        >>> result = simulate(
        ...     lambda units, price: units * price,
        ...     {"units": value_range(10, 40), "price": 5.0},
        ...     rng=1,
        ... )
        >>> 90 < result.p50 < 110
        True

    References:
        Metropolis, N. and Ulam, S. (1949). The Monte Carlo Method.
    """
    size = check.whole("draws", draws, minimum=1)
    ranges = _checked_inputs(inputs)
    generator = np.random.default_rng(rng)
    drawn = {
        name: value.sample(size, rng=generator)
        if isinstance(value, ValueRange)
        else np.full(size, value)
        for name, value in ranges.items()
    }
    outcomes = _outcomes(model, drawn, size)
    p10, p50, p90 = (float(q) for q in np.quantile(outcomes, [0.1, 0.5, 0.9]))
    return Simulation(
        mean=float(outcomes.mean()),
        p10=p10,
        p50=p50,
        p90=p90,
        probability_below_zero=float((outcomes < 0).mean()),
        draws=size,
        seed=check.seed(rng),
        unit=unit,
        notes=_share_notes(ranges),
        outcomes=outcomes,
        inputs=drawn,
    )


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Tornado(Result):
    """How far each input alone moves the outcome.

    Attributes:
        base: Outcome with every input at its median.
        largest: Name of the input with the widest swing.
        low_quantile: Lower quantile used for each input.
        high_quantile: Upper quantile used for each input.
        unit: Unit of the outcome, for texts.
        notes: What to be careful about, in words.
        table: One row per uncertain input, widest swing first.
    """

    base: float
    largest: str
    low_quantile: float
    high_quantile: float
    unit: str
    notes: str
    table: pd.DataFrame = field(repr=False)

    def summary(self) -> str:
        """Return which input matters most, in plain words."""
        top = self.table.iloc[0]
        return (
            "With every input at its median the outcome is "
            f"{in_unit(self.base, self.unit)}. {self.largest} moves it most: from "
            f"{in_unit(top['outcome_at_low'], self.unit)} to "
            f"{in_unit(top['outcome_at_high'], self.unit)}.{self.notes}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per uncertain input, widest swing first.

        Returns:
            Columns ``input``, ``low``, ``high`` (values of the input),
            ``outcome_at_low``, ``outcome_at_high`` and ``swing`` (their distance).
        """
        return self.table.copy()


def tornado(
    model: Model,
    inputs: Mapping[str, ValueRange | float],
    *,
    low_quantile: float = 0.1,
    high_quantile: float = 0.9,
    unit: str = "",
) -> Tornado:
    """Move one input at a time over its own range, and rank the swings.

    Formula: swing = |model(input at P90) - model(input at P10)|, the others at P50.

    Each input moves over its own uncertainty, not by the same percentage. Inputs that
    only matter together do not show; :func:`simulate` has them.

    Args:
        model: Function of the named inputs that works on arrays, as for
            :func:`simulate`.
        inputs: Name of each argument, and its range or fixed number.
        low_quantile: Lower quantile of each input, strictly between 0 and 1.
        high_quantile: Upper quantile, above ``low_quantile``.
        unit: Unit of the outcome, for texts; ``"usd"`` shows money.

    Returns:
        The base outcome and the ranked swings.

    Raises:
        TypeError: If an input is neither a range nor a number.
        ValueError: If no input is a range, the quantiles are in the wrong order, or
            the model does not return one finite number for each row.

    Examples:
        >>> from pmlab.market import value_range
        >>> tornado(
        ...     lambda units, price: units * price,
        ...     {"units": value_range(10, 1000), "price": value_range(4, 9)},
        ... ).largest
        'units'

    References:
        Howard, R. A. (1988). Decision Analysis: Practice and Promise.
    """
    low_end = check.open_rate("low_quantile", low_quantile)
    high_end = check.open_rate("high_quantile", high_quantile)
    if low_end >= high_end:
        raise ValueError(
            f"low_quantile == {low_quantile!r} is not below "
            f"high_quantile == {high_quantile!r}; swap them"
        )
    ranges = _checked_inputs(inputs)
    uncertain = {n: v for n, v in ranges.items() if isinstance(v, ValueRange)}
    table = pd.DataFrame(
        {
            "input": list(uncertain),
            "low": [value.quantile(low_end) for value in uncertain.values()],
            "high": [value.quantile(high_end) for value in uncertain.values()],
        }
    )
    outcomes = _outcomes(model, _one_at_a_time(ranges, table), 2 * len(table) + 1)
    table["outcome_at_low"] = outcomes[1::2]
    table["outcome_at_high"] = outcomes[2::2]
    table["swing"] = np.abs(table["outcome_at_high"] - table["outcome_at_low"])
    table = table.sort_values(
        "swing", ascending=False, ignore_index=True, kind="stable"
    )
    return Tornado(
        base=float(outcomes[0]),
        largest=str(table["input"].iloc[0]),
        low_quantile=low_end,
        high_quantile=high_end,
        unit=unit,
        notes=_share_notes(ranges),
        table=table,
    )


def _one_at_a_time(
    ranges: Mapping[str, ValueRange | float], table: pd.DataFrame
) -> dict[str, Floats]:
    """Return rows: the base, then low and high of each uncertain input in turn."""
    rows = 2 * len(table) + 1
    values = {
        name: np.full(rows, v.quantile(0.5) if isinstance(v, ValueRange) else v)
        for name, v in ranges.items()
    }
    for position, row in enumerate(table.itertuples(index=False)):
        values[str(row.input)][2 * position + 1 : 2 * position + 3] = row.low, row.high
    return values


def _checked_inputs(
    inputs: Mapping[str, ValueRange | float],
) -> dict[str, ValueRange | float]:
    for name, value in inputs.items():
        if isinstance(value, tuple | list):
            ends = ", ".join(map(str, value))
            raise TypeError(
                f"inputs[{name!r}] == {value!r}, must be a number or a range; "
                f"say pm.market.value_range({ends})"
            )
    if not any(isinstance(value, ValueRange) for value in inputs.values()):
        raise ValueError(
            f"inputs has no range among {', '.join(inputs) or 'its 0 entries'}; "
            "give at least one with pm.market.value_range(low, high)"
        )
    return {
        name: value
        if isinstance(value, ValueRange)
        else check.number(f"inputs[{name!r}]", value)
        for name, value in inputs.items()
    }


def _share_notes(inputs: Mapping[str, ValueRange | float]) -> str:
    return "".join(
        value.share_note(name)
        for name, value in inputs.items()
        if isinstance(value, ValueRange)
    )


def _outcomes(model: Model, values: Mapping[str, Floats], size: int) -> Floats:
    outcomes = np.asarray(model(**values), dtype=float)
    if outcomes.shape != (size,):
        raise ValueError(
            f"the model returned shape {outcomes.shape}, must return one number for "
            f"each of the {size} rows; write it with arrays (np.minimum, not min)"
        )
    return check.finite_array("the result of the model", outcomes)
