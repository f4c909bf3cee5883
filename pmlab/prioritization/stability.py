"""Does a rank survive rough estimates?"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import count, percent, seed_words
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Draws = npt.NDArray[np.float64]
Score = Callable[[Mapping[str, Draws]], Draws]
ScoreName = Literal["rice", "ice", "cd3"]

# The rules are those of rice, ice and cost_of_delay.
_INPUTS: dict[str, dict[str, tables.Rule]] = {
    "rice": {
        "reach": "not_negative",
        "impact": "positive",
        "confidence": "rate",
        "effort": "positive",
    },
    "ice": dict.fromkeys(("impact", "confidence", "ease"), "positive"),
    "cd3": {"delay_cost_usd_per_week": "not_negative", "duration_weeks": "positive"},
}
_FORMULAS: dict[str, Score] = {
    "rice": lambda x: x["reach"] * x["impact"] * x["confidence"] / x["effort"],
    "ice": lambda x: x["impact"] * x["confidence"] * x["ease"],
    "cd3": lambda x: x["delay_cost_usd_per_week"] / x["duration_weeks"],
}
_ENDS = ("low", "likely", "high")


@dataclass(frozen=True, kw_only=True, repr=False)
class RankStability(Result):
    """How sure the top of a ranking is.

    Attributes:
        top: How many places count as the top.
        draws: Number of simulated rankings.
        seed: Seed of the draws, or None for a generator of the caller.
        ranged_inputs: Inputs that were drawn from ranges; the others are known.
        sure_from: Probability from which a place in the top counts as sure.
        toss_ups: Items whose place in or out of the top is not settled.
        items: One row per item, by point rank: item, point_score, point_rank, p_top,
            rank_low and rank_high (90 % of the draws) and verdict
            (``in``, ``toss-up``, ``out``).
    """

    top: int
    draws: int
    seed: int | None
    ranged_inputs: tuple[str, ...]
    sure_from: float
    toss_ups: tuple[str, ...]
    items: pd.DataFrame

    def summary(self) -> str:
        """Return what is settled and what is not, in plain words."""
        sure = self.items.loc[self.items["verdict"] == "in", "item"]
        settled = ", ".join(sure) if len(sure) else "no item"
        open_items = ", ".join(
            f"{row.item} ({percent(float(str(row.p_top)), digits=0)})"
            for row in self.items.itertuples()
            if row.verdict == "toss-up"
        )
        return (
            f"Over {count(self.draws)} draws ({seed_words(self.seed)}) from the ranges "
            f"of {' and '.join(self.ranged_inputs)}, {settled} "
            f"{'is' if len(sure) < 2 else 'are'} in the top {self.top} in at least "
            f"{percent(self.sure_from, digits=0)} of them. "
            f"Toss-ups: {open_items or 'none'}."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the table of items, by point rank."""
        return self.items.copy()


def rank_stability(
    data: "IntoFrame",
    *,
    score: ScoreName | Score = "rice",
    inputs: tuple[str, ...] | None = None,
    item_column: str = "item",
    top: int = 3,
    sure_from: float = 0.6,
    draws: int = 10_000,
    rng: int | np.random.Generator = check.DEFAULT_SEED,
) -> RankStability:
    """Return how often each item is in the top when inputs are ranges.

    Method: draw every input of every item from its triangular distribution (low,
    likely, high), score all items, rank them, and count places over many draws. All
    items are ranked together in each draw.

    Assumptions: inputs vary independently of each other; low and high are the ends
    that cannot be passed. Equal scores in a draw are put in random order.

    Args:
        data: One row per item. An input ``effort`` is either three columns
            ``effort_low``, ``effort_likely`` (or just ``effort``), ``effort_high``, or
            one column ``effort`` for a value that is known.
            The names of the inputs are the default column names of ``rice``, ``ice``
            and ``cost_of_delay``.
        score: ``"rice"``, ``"ice"``, ``"cd3"`` (cost of delay / duration), or a
            function of a mapping from input name to an array of draws x items.
        inputs: Names of the inputs; needed only with a function.
        item_column: Name of the item, each once.
        top: How many places count as the top.
        sure_from: Probability from which a place counts as sure. Items of the point
            top below it are toss-ups, and so are others with more than 1 - sure_from.
        draws: Number of simulated rankings.
        rng: Seed or generator; seed 0 if you name none.

    Returns:
        Probability of the top, range of ranks and verdict per item.

    Raises:
        ValueError: If no input is a range, a range is not low <= likely <= high, an
            input breaks the rule of its score (such as a confidence of 80), scores are
            not finite, or a parameter breaks its rule.

    Examples:
        >>> backlog = pd.DataFrame(
        ...     {
        ...         "item": ["A", "B", "C"],
        ...         "delay_cost_usd_per_week_low": [8, 7, 1],
        ...         "delay_cost_usd_per_week_likely": [10, 9, 2],
        ...         "delay_cost_usd_per_week_high": [12, 11, 3],
        ...         "duration_weeks": [2, 2, 2],
        ...     }
        ... )
        >>> result = rank_stability(backlog, score="cd3", top=2, draws=500, rng=7)
        >>> result.to_frame()[["item", "point_rank", "p_top", "verdict"]]
          item  point_rank  p_top verdict
        0    A           1    1.0      in
        1    B           2    1.0      in
        2    C           3    0.0     out

    References:
        Hubbard, D. (2014). How to Measure Anything.
    """
    rules, formula = _score(score, inputs)
    sure = check.open_rate("sure_from", sure_from)
    number = check.whole("draws", draws, minimum=100)
    frame = _read_ranges(data, item_column, tuple(rules))
    items = tables.names(frame, item_column)
    places = check.whole("top", top, minimum=1)
    if places >= len(items):
        raise ValueError(
            f"top == {top}, must be below the {len(items)} items of the table"
        )
    ranges = {name: _range(frame, name, rule=rule) for name, rule in rules.items()}
    ranged = _ranged(frame, rules)
    if score == "ice":
        _ratings(ranges)
    generator = np.random.default_rng(rng)
    drawn = {name: _draw(*ends, number, generator) for name, ends in ranges.items()}
    scores = _evaluate(formula, drawn, (number, len(items)))
    likely = {name: ends[1][np.newaxis, :] for name, ends in ranges.items()}
    point = _evaluate(formula, likely, (1, len(items)))[0]
    ranks = _rank_draws(scores, generator)
    table = _stability_table(items, point, ranks, top=places, sure=sure)
    return RankStability(
        top=places,
        draws=number,
        seed=check.seed(rng),
        ranged_inputs=ranged,
        sure_from=sure,
        toss_ups=tuple(table.loc[table["verdict"] == "toss-up", "item"]),
        items=table,
    )


def _score(
    score: ScoreName | Score, inputs: tuple[str, ...] | None
) -> tuple[Mapping[str, tables.Rule], Score]:
    if callable(score):
        if not inputs:
            raise ValueError(
                "inputs is empty, must name the inputs of your score function"
            )
        return dict.fromkeys(inputs, "not_negative"), score
    name = check.choice("score", score, tuple(_INPUTS))
    return _INPUTS[name], _FORMULAS[name]


def _read_ranges(
    data: "IntoFrame", item_column: str, names: tuple[str, ...]
) -> pd.DataFrame:
    ends = [f"{name}_{end}" for name in names for end in _ENDS]
    frame = tables.read(data, item_column, optional=[*names, *ends])
    for name in names:
        if name not in frame.columns:
            check.columns(frame.columns, *(f"{name}_{end}" for end in _ENDS))
    return frame


def _named_likely(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Take the column of an input itself as its likely value, if no other is there."""
    likely = f"{name}_likely"
    if likely in frame.columns or name not in frame.columns:
        return frame
    return frame.rename(columns={name: likely})


def _ranged(frame: pd.DataFrame, names: Collection[str]) -> tuple[str, ...]:
    """Return the inputs that are ranges, or raise if none is."""
    ranged = tuple(name for name in names if f"{name}_low" in frame.columns)
    if not ranged:
        first = next(iter(names))
        raise ValueError(
            f"data holds no range: of {', '.join(names)} none has the columns "
            f"{first}_low, {first}_likely, {first}_high; add them for at least one"
        )
    return ranged


def _ratings(ranges: Mapping[str, tuple[Draws, Draws, Draws]]) -> None:
    for name, (low, _, high) in ranges.items():
        if low.min() < 1 or high.max() > 10:
            raise ValueError(
                f"{name} runs from {low.min():g} to {high.max():g}, "
                "must be ratings from 1 to 10"
            )


def _range(
    frame: pd.DataFrame, name: str, *, rule: tables.Rule
) -> tuple[Draws, Draws, Draws]:
    if f"{name}_low" not in frame.columns:
        known = tables.numbers(frame, name, rule=rule)
        return known, known, known
    frame = _named_likely(frame, name)
    check.columns(frame.columns, *(f"{name}_{end}" for end in _ENDS))
    low, likely, high = (
        tables.numbers(frame, f"{name}_{end}", rule=rule) for end in _ENDS
    )
    wrong = np.flatnonzero((low > likely) | (likely > high))
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(
            f"{name} in row {row} is {low[row]:g} / {likely[row]:g} / {high[row]:g}, "
            "must be low <= likely <= high"
        )
    return low, likely, high


def _draw(
    low: Draws, likely: Draws, high: Draws, number: int, rng: np.random.Generator
) -> Draws:
    """Draw from triangles by inversion, which allows ranges without width."""
    width = high - low
    safe = np.where(width > 0, width, 1.0)
    mode = (likely - low) / safe
    uniform = rng.random((number, low.size))
    rising = low + np.sqrt(uniform * safe * (likely - low))
    falling = high - np.sqrt((1 - uniform) * safe * (high - likely))
    return np.where(width > 0, np.where(uniform < mode, rising, falling), low)


def _evaluate(
    formula: Score, inputs: Mapping[str, Draws], shape: tuple[int, int]
) -> Draws:
    with np.errstate(all="ignore"):
        scores = np.asarray(formula(inputs), dtype=float)
    if scores.shape != shape:
        raise ValueError(
            f"score returned shape {scores.shape}, must be {shape}: draws x items"
        )
    if not np.isfinite(scores).all():
        raise ValueError(
            "score is not finite in some draws; is a divisor such as effort zero?"
        )
    return scores


def _rank_draws(scores: Draws, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    order = np.lexsort((rng.random(scores.shape), -scores), axis=1)
    return np.argsort(order, axis=1) + 1


def _stability_table(
    items: list[str],
    point: Draws,
    ranks: npt.NDArray[np.int64],
    *,
    top: int,
    sure: float,
) -> pd.DataFrame:
    in_top = (ranks <= top).mean(axis=0)
    low, high = np.quantile(ranks, [0.05, 0.95], axis=0, method="inverted_cdf")
    point_rank = tables.rank(point)
    table = pd.DataFrame({"item": items, "point_score": point})
    table["point_rank"], table["p_top"] = point_rank, in_top
    table["rank_low"], table["rank_high"] = low.astype(int), high.astype(int)
    unsettled = (in_top > 1 - sure) | (point_rank <= top)
    table["verdict"] = np.where(
        in_top >= sure, "in", np.where(unsettled, "toss-up", "out")
    )
    return table.sort_values("point_rank", kind="stable").reset_index(drop=True)
