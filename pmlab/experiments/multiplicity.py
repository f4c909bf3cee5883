"""Many metrics or many variants: p-values that allow for the number of questions.

Course rule: the primary metric alone is judged at 5 %; the declared secondary metrics
together with Holm; guardrails stay uncorrected, since missing harm is the worse error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from pmlab import _arguments as check
from pmlab.experiments._distributions import Array, checked_alpha
from pmlab.experiments.analysis import Analysis
from pmlab.results import Result

Correction = Literal[
    "holm", "hochberg", "bonferroni", "sidak", "holm_sidak", "bh", "by", "none"
]

CORRECTIONS = (
    "holm",
    "hochberg",
    "bonferroni",
    "sidak",
    "holm_sidak",
    "bh",
    "by",
    "none",
)
_FALSE_DISCOVERY = ("bh", "by")
_WORDS = {
    "holm": "Holm",
    "hochberg": "Hochberg",
    "bonferroni": "Bonferroni",
    "sidak": "Sidak",
    "holm_sidak": "Holm-Sidak",
    "bh": "Benjamini-Hochberg",
    "by": "Benjamini-Yekutieli",
    "none": "no correction",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class AdjustedPValues(Result):
    """P-values that allow for several questions.

    Attributes:
        names: Name of each question.
        p_values: As they were.
        adjusted: Compare these with ``alpha``.
        rejected: Whether each still counts as a finding.
        correction: Name of the method.
        alpha: Accepted risk, of any false finding or (``bh``, ``by``) share of them.
    """

    names: tuple[str, ...]
    p_values: tuple[float, ...]
    adjusted: tuple[float, ...]
    rejected: tuple[bool, ...]
    correction: str
    alpha: float

    def summary(self) -> str:
        """Say which findings stand."""
        before = sum(value <= self.alpha for value in self.p_values)
        standing = [
            name for name, yes in zip(self.names, self.rejected, strict=True) if yes
        ]
        risk = (
            "expected share of false findings"
            if self.correction in _FALSE_DISCOVERY
            else "risk of any false finding"
        )
        return (
            f"{before} of {len(self.names)} p-values are at most {self.alpha:g} on "
            f"their own; {len(standing)} {_stand(len(standing))} after "
            f"{_WORDS[self.correction]}"
            f"{': ' + ', '.join(standing) if standing else ''}. "
            f"This holds the {risk} to {self.alpha:g}."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each question.

        Returns:
            Columns ``name``, ``p_value``, ``adjusted_p_value`` and ``rejected``.
        """
        return pd.DataFrame(
            {
                "name": self.names,
                "p_value": self.p_values,
                "adjusted_p_value": self.adjusted,
                "rejected": self.rejected,
            }
        )


def adjust_p_values(
    p_values: Mapping[str, float] | Sequence[float] | pd.Series | Analysis,
    *,
    correction: Correction = "holm",
    alpha: float = 0.05,
) -> AdjustedPValues:
    """Return p-values that allow for the number of questions asked.

    Holm: sorted ascending, adjusted p(i) = max over j <= i of (m - j + 1) p(j).
    Hochberg: the same factors, minimum over j >= i. BH: minimum over j >= i of
    m p(j) / j; BY: times 1 + 1/2 + ... + 1/m. Sidak: 1 - (1 - p)^factor.

    Assumes nothing for Bonferroni, Holm and BY; independent or positively related
    tests for the others.

    Args:
        p_values: One for each question, as a list, by name, or as a Series with names
            in its index; or an analysis, with one for each measure.
        correction: ``holm`` (default), ``hochberg``, ``bonferroni``, ``sidak``,
            ``holm_sidak``, ``bh``, ``by`` or ``none``.
        alpha: Level that the family is held to.

    Returns:
        Adjusted p-values in the order given, and which findings stand.

    Raises:
        ValueError: If there is no p-value, one is NaN, or one is outside 0 to 1.

    Examples:
        >>> adjust_p_values({"orders": 0.004, "returns": 0.03, "visits": 0.04})
        3 of 3 p-values are at most 0.05 on their own; 1 stands after Holm: orders.
        This holds the risk of any false finding to 0.05.

    References:
        Holm (1979), Scandinavian Journal of Statistics 6. Hochberg (1988), Biometrika
        75. Benjamini, Hochberg (1995), JRSS B 57. Benjamini, Yekutieli (2001), Annals
        of Statistics 29.
    """
    check.choice("correction", correction, CORRECTIONS)
    alpha = checked_alpha(alpha)
    if isinstance(p_values, Analysis):
        p_values = {name: own.p_value for name, own in p_values.effects.items()}
    if isinstance(p_values, Mapping | pd.Series):
        names = tuple(str(name) for name in p_values.keys())  # noqa: SIM118
        values = check.finite_array("p_values", [one for _, one in p_values.items()])
    else:
        values = check.finite_array("p_values", p_values)
        names = tuple(str(position) for position in range(1, len(values) + 1))
    if ((values < 0) | (values > 1)).any():
        wrong = float(values[(values < 0) | (values > 1)][0])
        raise ValueError(f"p_values holds {wrong:g}, must be in [0, 1]")
    adjusted = _adjusted(values, correction)
    return AdjustedPValues(
        names=names,
        p_values=tuple(map(float, values)),
        adjusted=tuple(map(float, adjusted)),
        rejected=tuple(bool(value <= alpha) for value in adjusted),
        correction=correction,
        alpha=alpha,
    )


def _stand(number: int) -> str:
    return "stands" if number == 1 else "stand"


def _adjusted(values: Array, correction: str) -> Array:
    order = np.argsort(values, kind="stable")
    sorted_values = values[order]
    number = len(values)
    rank = np.arange(1, number + 1)
    left = number - rank + 1
    match correction:
        case "bonferroni":
            result = number * sorted_values
        case "sidak":
            result = _sidak(sorted_values, number)
        case "holm":
            result = np.maximum.accumulate(left * sorted_values)
        case "holm_sidak":
            result = np.maximum.accumulate(_sidak(sorted_values, left))
        case "hochberg":
            result = _running_minimum(left * sorted_values)
        case "bh":
            result = _running_minimum(number / rank * sorted_values)
        case "by":
            harmonic = float((1 / rank).sum())
            result = _running_minimum(harmonic * number / rank * sorted_values)
        case _:
            result = sorted_values
    adjusted = np.empty(number)
    adjusted[order] = np.minimum(result, 1.0)
    return adjusted


def _sidak(values: Array, factor: object) -> Array:
    # log1p and expm1 keep tiny p-values from vanishing in 1 - (1 - p).
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(np.asarray(factor) * np.log1p(-values)))


def _running_minimum(values: Array) -> Array:
    return np.minimum.accumulate(values[::-1])[::-1]
