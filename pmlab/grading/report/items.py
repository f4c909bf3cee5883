"""How hard each exercise was, and whether it tells the strong from the weak."""

import math

import numpy as np
import pandas as pd

from pmlab.formatting import percent_interval
from pmlab.metrics.conversion import wilson_bounds

FEW = 50
"""Below this many learners the report says how uncertain it is."""
_Z = 1.959963984540054  # 95 % of a normal distribution lie within


def item_analysis(shares: pd.DataFrame) -> pd.DataFrame:
    """Return difficulty and discrimination of each exercise.

    Difficulty is the mean share of the points; its interval is Wilson's, which for
    partial credit is on the safe side (no spread is larger than that of all or
    nothing). Discrimination is the corrected item-total correlation: Pearson's, between
    an exercise and the points of all *others*, point-biserial where an exercise is all
    or nothing; its interval is Fisher's.

    Args:
        shares: One row for each learner, one column for each exercise, in points as
            shares from 0 to 1; NaN where an exercise has no grade.

    Returns:
        One row for each exercise: ``exercise``, ``learners``, ``difficulty``,
        ``difficulty_low``, ``difficulty_high``, ``full_marks`` (share of learners),
        ``discrimination``, ``discrimination_low``, ``discrimination_high``. NaN where
        it can't be told: fewer than 4 learners, or all got the same.

    Examples:
        >>> shares = pd.DataFrame({"a": [1, 1, 0, 0], "b": [1, 0.5, 0.5, 0]})
        >>> items = item_analysis(shares)
        >>> float(items["difficulty"][0]), float(items["discrimination"][0].round(2))
        (0.5, 0.71)

    References:
        Wilson (1927), Probable inference; Fisher (1921), On the probable error;
        Guilford (1954), Psychometric methods, chapter 15 (corrected correlation).
    """
    rows = []
    for exercise in shares.columns:
        rest = shares.drop(columns=exercise).sum(axis=1, min_count=1)
        both = pd.DataFrame({"item": shares[exercise], "rest": rest})
        given = shares[exercise].dropna().astype(float)
        low, high = _wilson(given)
        rows.append(
            {
                "exercise": str(exercise),
                "learners": len(given),
                "difficulty": given.mean() if len(given) else math.nan,
                "difficulty_low": low,
                "difficulty_high": high,
                "full_marks": (given >= 1).mean() if len(given) else math.nan,
                **_discrimination(both.dropna()),
            }
        )
    return pd.DataFrame(rows)


def _wilson(values: "pd.Series[float]") -> tuple[float, float]:
    if values.empty:
        return math.nan, math.nan
    return wilson_bounds(float(values.sum()), len(values))


def _discrimination(both: pd.DataFrame) -> dict[str, float]:
    names = ("discrimination", "discrimination_low", "discrimination_high")
    spread = both.std() if len(both) >= 4 else None
    if spread is None or (spread < 1e-12).any():
        return dict.fromkeys(names, math.nan)
    r = float(np.corrcoef(both.to_numpy(dtype=float), rowvar=False)[0, 1])
    if abs(r) > 1 - 1e-12:
        return dict.fromkeys(names, r)
    reach = _Z / math.sqrt(len(both) - 3)
    low, high = (math.tanh(math.atanh(r) + sign * reach) for sign in (-1, 1))
    return dict(zip(names, (r, low, high), strict=True))


def verdict_on(row: "pd.Series[float]") -> str:
    """Say in words what an exercise's numbers suggest; empty if nothing stands out.

    Args:
        row: A row of ``item_analysis``.

    Returns:
        A sentence that claims no more than the interval allows.
    """
    if row["learners"] == 0:
        return "Nobody has a grade yet."
    if row["difficulty_high"] < 0.5:
        return "Hard: on average less than half of the points."
    if row["discrimination_high"] < 0.2:
        return "Does not tell the strong from the weak: look at its text and checks."
    if row["discrimination"] < 0:
        return "Those strong elsewhere did worse here; it may be chance. Look at it."
    if row["difficulty_low"] > 0.9:
        return "Easy: nearly everyone has it."
    return ""


def uncertainty(learners: int) -> str:
    """Say how far to trust the numbers of a class of this size.

    >>> uncertainty(12)[:62]
    'Only 12 learners: a share of 50 % may be 25 % to 75 % in truth'
    >>> uncertainty(80)
    ''
    """
    if learners >= FEW or learners == 0:
        return ""
    low, high = _wilson(pd.Series([0.5] * learners))
    reach = math.tanh(_Z / math.sqrt(learners - 3)) if learners > 3 else 1.0
    share = percent_interval(low, high, digits=0)
    noun = "learner" if learners == 1 else "learners"
    return (
        f"Only {learners} {noun}: a share of 50 % may be {share} in truth, and a "
        f"discrimination of 0 may be {-reach:.2f} to {reach:.2f}. Read the intervals "
        "before the numbers."
    )
