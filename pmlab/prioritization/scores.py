"""Rank by formula: RICE, ICE, MoSCoW and weighted scores."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Scale = Literal["intercom", "any"]
IceRule = Literal["product", "mean"]
Scaling = Literal["min_max", "none"]

IMPACTS = (3.0, 2.0, 1.0, 0.5, 0.25)
CONFIDENCES = (1.0, 0.8, 0.5)
PERIODS_PER_QUARTER = {"week": 13.0, "month": 3.0, "quarter": 1.0, "year": 0.25}
MOSCOW = ("must", "should", "could", "wont")


def rice(
    data: "IntoFrame",
    *,
    item_column: str = "item",
    reach_column: str = "reach",
    impact_column: str = "impact",
    confidence_column: str = "confidence",
    effort_column: str = "effort",
    period_column: str | None = None,
    scale: Scale = "intercom",
) -> pd.DataFrame:
    """Score and rank items by reach, impact, confidence and effort (RICE).

    Formula: score = value / effort, value = reach per quarter x impact x confidence.

    Assumptions: reach counts people in one and the same period; effort is in
    person-months; the score has no unit, only the order of items means something.

    Args:
        data: One row per item.
        item_column: Name of the item, each once.
        reach_column: People or events reached in the item's period.
        impact_column: 3 massive, 2 high, 1 medium, 0.5 low, 0.25 minimal.
        confidence_column: A fraction: 1 high, 0.8 medium, 0.5 low.
        effort_column: Person-months, above zero.
        period_column: Column that says what each reach is per: ``week``, ``month``,
            ``quarter`` or ``year``. Without it all reaches are per quarter.
        scale: ``"intercom"`` allows only the published steps of impact and
            confidence, ``"any"`` takes any positive impact and any fraction.

    Returns:
        Columns item, reach_per_quarter, impact, confidence, effort, value, score and
        rank, best first; equal scores share a rank. For ``best_plan`` take ``value``:
        the score is divided by effort already, so scores of a plan don't add up.

    Raises:
        ValueError: If a value breaks its rule, a period is unknown or a name repeats.
        ColumnsMissingError: If a column does not exist.

    Examples:
        >>> backlog = pd.DataFrame(
        ...     {
        ...         "item": ["Invoices", "Rebook", "Chat"],
        ...         "reach": [450, 2000, 800],
        ...         "impact": [3, 1, 2],
        ...         "confidence": [1, 0.8, 0.5],
        ...         "effort": [2, 4, 1],
        ...     }
        ... )
        >>> rice(backlog)[["item", "score", "rank"]]
               item  score  rank
        0      Chat  800.0     1
        1  Invoices  675.0     2
        2    Rebook  400.0     3

    References:
        McBride, S. (2016). RICE: simple prioritization for product managers. Intercom.
    """
    check.choice("scale", scale, ("intercom", "any"))
    inputs = (reach_column, impact_column, confidence_column, effort_column)
    periods = (period_column,) if period_column else ()
    frame = tables.read(data, item_column, *inputs, *periods)
    reach_in_period = tables.numbers(frame, reach_column, rule="not_negative")
    reach = reach_in_period * _per_quarter(frame, period_column)
    impact = tables.numbers(frame, impact_column, rule="positive")
    confidence = tables.numbers(frame, confidence_column, rule="rate")
    if scale == "intercom":
        _on_scale(impact_column, impact, IMPACTS)
        _on_scale(confidence_column, confidence, CONFIDENCES)
    effort = tables.numbers(frame, effort_column, rule="positive")
    value = reach * impact * confidence
    return _ranked(
        {
            "item": tables.names(frame, item_column),
            "reach_per_quarter": reach,
            "impact": impact,
            "confidence": confidence,
            "effort": effort,
            "value": value,
            "score": value / effort,
        }
    )


def _per_quarter(
    frame: pd.DataFrame, period_column: str | None
) -> npt.NDArray[np.float64]:
    if period_column is None:
        return np.ones(len(frame))
    periods = tables.labels(frame, period_column)
    for period in periods:
        check.choice(period_column, period, tuple(PERIODS_PER_QUARTER))
    return np.asarray([PERIODS_PER_QUARTER[period] for period in periods])


def _on_scale(
    column: str, values: npt.NDArray[np.float64], steps: tuple[float, ...]
) -> None:
    off = [float(value) for value in values if value not in steps]
    if off:
        raise ValueError(
            f"{column} holds {off[0]:g}, must be one of "
            f"{', '.join(f'{step:g}' for step in steps)}; "
            'take the nearest step or pass scale="any"'
        )


def _ranked(columns: Mapping[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    frame["rank"] = tables.rank(frame["score"].to_numpy(dtype=float))
    return frame.sort_values("rank", kind="stable").reset_index(drop=True)


def ice(
    data: "IntoFrame",
    *,
    item_column: str = "item",
    impact_column: str = "impact",
    confidence_column: str = "confidence",
    ease_column: str = "ease",
    rule: IceRule = "product",
) -> pd.DataFrame:
    """Score and rank items by impact, confidence and ease (ICE).

    Formula: score = impact x confidence x ease, or their mean.

    Assumptions: all three are ratings from 1 to 10. Ratings have no unit, and product
    and mean can rank differently: use ICE for a quick sort, not as evidence.

    Args:
        data: One row per item.
        item_column: Name of the item, each once.
        impact_column: Rating 1 to 10.
        confidence_column: Rating 1 to 10.
        ease_column: Rating 1 to 10; ten is the least work.
        rule: ``"product"`` (Ellis) or ``"mean"``.

    Returns:
        Columns item, impact, confidence, ease, score and rank, best first.

    Raises:
        ValueError: If a rating lies outside 1 to 10 or a name repeats.

    Examples:
        >>> ideas = pd.DataFrame(
        ...     {"item": ["A", "B"], "impact": [8, 5], "confidence": [5, 9]}
        ... ).assign(ease=[2, 7])
        >>> ice(ideas)[["item", "score", "rank"]]
          item  score  rank
        0    B  315.0     1
        1    A   80.0     2

    References:
        Ellis, S. and Brown, M. (2017). Hacking Growth.
    """
    check.choice("rule", rule, ("product", "mean"))
    inputs = (impact_column, confidence_column, ease_column)
    frame = tables.read(data, item_column, *inputs)
    ratings = {}
    for name, column in zip(("impact", "confidence", "ease"), inputs, strict=True):
        ratings[name] = tables.numbers(frame, column)
        if ratings[name].min() < 1 or ratings[name].max() > 10:
            raise ValueError(
                f"{column} runs from {ratings[name].min():g} to "
                f"{ratings[name].max():g}, must be ratings from 1 to 10"
            )
    stacked = np.vstack(list(ratings.values()))
    score = stacked.prod(axis=0) if rule == "product" else stacked.mean(axis=0)
    return _ranked(
        {"item": tables.names(frame, item_column), **ratings, "score": score}
    )


def moscow(
    data: "IntoFrame",
    *,
    capacity: float,
    item_column: str = "item",
    class_column: str = "moscow",
    effort_column: str = "effort",
    must_limit_rate: float = 0.6,
) -> pd.DataFrame:
    """Check a MoSCoW list against the capacity.

    Formula: a class fits if its effort and that of all classes above it is at most the
    capacity; must-haves are within the limit if they take at most 60 % of it.

    Assumptions: must-haves leave room for surprises, which is what the limit is for.
    The four classes say nothing about order inside a class.

    Args:
        data: One row per item.
        capacity: Effort that is available, in the unit of ``effort_column``.
        item_column: Name of the item, each once.
        class_column: ``must``, ``should``, ``could`` or ``wont``.
        effort_column: Effort of the item.
        must_limit_rate: Largest share of capacity for must-haves, as a fraction.

    Returns:
        One row per class in order: moscow, items, effort, cumulative_effort,
        share_of_capacity, fits and note (empty when there is nothing to say). The
        class ``wont`` is listed, but takes no capacity.

    Raises:
        ValueError: If the capacity is not above zero or a class is unknown.

    Examples:
        >>> items = pd.DataFrame(
        ...     {
        ...         "item": ["Pay", "Rebook", "Chat"],
        ...         "moscow": ["must", "should", "wont"],
        ...         "effort": [6, 3, 5],
        ...     }
        ... )
        >>> moscow(items, capacity=8)[["moscow", "items", "effort", "fits"]]
           moscow  items  effort   fits
        0    must      1     6.0   True
        1  should      1     3.0  False
        2   could      0     0.0   True
        3    wont      1     5.0  False

    References:
        Clegg, D. and Barker, R. (1994). Case Method Fast-Track: A RAD Approach.
        Agile Business Consortium (2014). DSDM handbook: MoSCoW prioritisation.
    """
    available = check.positive("capacity", capacity)
    limit = check.rate("must_limit_rate", must_limit_rate)
    frame = tables.read(data, item_column, class_column, effort_column)
    tables.names(frame, item_column)
    classes = tables.labels(frame, class_column)
    for value in classes:
        check.choice(class_column, value, MOSCOW)
    effort = tables.numbers(frame, effort_column, rule="not_negative")
    grouped = pd.Series(effort).groupby(pd.Series(classes))
    result = pd.DataFrame({"moscow": MOSCOW})
    result["items"] = grouped.size().reindex(MOSCOW, fill_value=0).to_numpy()
    result["effort"] = grouped.sum().reindex(MOSCOW, fill_value=0.0).to_numpy()
    planned = result["effort"].where(result["moscow"] != "wont", 0.0)
    result["cumulative_effort"] = planned.cumsum()
    result["share_of_capacity"] = planned / available
    within = result["cumulative_effort"] <= available
    result["fits"] = (within | (planned == 0)) & (result["moscow"] != "wont")
    result["note"] = [
        _moscow_note(name, share=share, fits=fits, limit=limit)
        for name, share, fits in zip(
            MOSCOW, result["share_of_capacity"], result["fits"], strict=True
        )
    ]
    return result


def _moscow_note(name: object, *, share: float, fits: bool, limit: float) -> str:
    if name == "must" and not fits:
        return "the must-haves alone exceed the capacity: cut or move the date"
    if name == "must" and share > limit:
        return f"must-haves take over {limit:.0%} of the capacity: no room for surprise"
    return "" if fits or name == "wont" else "does not fit as a whole"


def weighted_scores(
    data: "IntoFrame",
    weights: Mapping[str, float],
    *,
    item_column: str = "item",
    lower_is_better: Collection[str] = (),
    scaling: Scaling = "min_max",
) -> pd.DataFrame:
    """Score and rank items by a weighted sum of criteria.

    Formula: score = sum of w_k x s_k, with weights divided by their sum and
    s = (x - min) / (max - min), or (max - x) / (max - min) where less is better.

    Assumptions: the criteria can make up for each other. With ``min_max`` a weight
    says what the step from the worst to the best item is worth, so adding or removing
    an item can change the scores of the others.

    Args:
        data: One row per item, one column per criterion.
        weights: Weight of each criterion column; any positive numbers.
        item_column: Name of the item, each once.
        lower_is_better: Criteria to reverse, such as a price or a delay.
        scaling: ``"min_max"`` brings each criterion to 0-1; ``"none"`` takes values
            as they are (all on one scale already) and mirrors reversed ones at the
            middle of their range.

    Returns:
        Columns item, one ``<criterion>_points`` per criterion (weighted share of the
        score), score and rank, best first.

    Raises:
        ValueError: If a weight is not positive, a reversed criterion has no weight,
            or all items agree on a criterion that is to be scaled.

    Examples:
        >>> rivals = pd.DataFrame(
        ...     {"item": ["A", "B", "C"], "trust": [2, 4, 5], "price_usd": [60, 80, 90]}
        ... )
        >>> table = weighted_scores(
        ...     rivals, {"trust": 3, "price_usd": 1}, lower_is_better=["price_usd"]
        ... )
        >>> table[["item", "score", "rank"]].round(3)
          item  score  rank
        0    C  0.750     1
        1    B  0.583     2
        2    A  0.250     3

    References:
        Keeney, R. and Raiffa, H. (1976). Decisions with Multiple Objectives.
    """
    check.choice("scaling", scaling, ("min_max", "none"))
    if not weights:
        raise ValueError("weights is empty, must name at least one criterion")
    sizes = {
        name: check.positive(f"weights[{name!r}]", weights[name]) for name in weights
    }
    reversed_names = (
        (lower_is_better,) if isinstance(lower_is_better, str) else lower_is_better
    )
    check.columns(weights, *reversed_names)
    frame = tables.read(data, item_column, *weights)
    total = sum(sizes.values())
    points = {
        f"{name}_points": size
        / total
        * _scaled(frame, name, reverse=name in reversed_names, scaling=scaling)
        for name, size in sizes.items()
    }
    score = np.sum(list(points.values()), axis=0)
    return _ranked({"item": tables.names(frame, item_column), **points, "score": score})


def _scaled(
    frame: pd.DataFrame, name: str, *, reverse: bool, scaling: Scaling
) -> npt.NDArray[np.float64]:
    values = tables.numbers(frame, name)
    low, high = values.min(), values.max()
    if reverse:
        values = low + high - values
    if scaling == "none":
        return values
    if low == high:
        raise ValueError(
            f"{name} is {low:g} for every item, so it cannot tell them apart; "
            "leave it out of weights"
        )
    scaled: npt.NDArray[np.float64] = (values - low) / (high - low)
    return scaled
