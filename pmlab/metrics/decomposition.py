"""Why a number moved: contributions of factors, and mix against behavior."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class FactorContributions(Result):
    """How much of a change each factor of a product explains.

    Attributes:
        before: Product of the factors before.
        after: Product of the factors after.
        change: after / before - 1, a fraction.
        table: A row for each factor: ``factor``, ``before``, ``after``, ``change``
            (fraction), ``contribution`` (in units of the product; they add up to after
            - before) and ``share`` (of the change; they add up to 1, missing if the
            product did not change).
    """

    before: float
    after: float
    change: float
    table: pd.DataFrame = field(compare=False)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each factor, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return the change and the shares of the factors in words."""
        head = (
            f"From {self.before:,.6g} to {self.after:,.6g} "
            f"({100 * self.change:+.1f} %): "
        )
        if self.before == self.after:
            parts = [
                f"{name} {part:+,.4g}"
                for name, part in zip(
                    self.table["factor"], self.table["contribution"], strict=True
                )
            ]
            return f"{head}{', '.join(parts)}. They cancel out, so there are no shares."
        parts = [
            f"{name} {formatting.percent(share, digits=0)}"
            for name, share in zip(
                self.table["factor"], self.table["share"], strict=True
            )
        ]
        return f"{head}{', '.join(parts)} of the change (logarithmic, adds to 100 %)."


def log_contributions(
    before: Mapping[str, float], after: Mapping[str, float]
) -> FactorContributions:
    """Split the change of a product among its factors, without regard to order.

    ``share(x) = ln(x1 / x0) / ln(Y1 / Y0)`` with ``Y`` the product of the factors;
    ``contribution(x) = ln(x1 / x0) * (Y1 - Y0) / ln(Y1 / Y0)``.

    Needs factors above zero. A share can be negative or above 1 when factors moved
    against each other.

    Args:
        before: Value of each factor before; all > 0.
        after: Value of the same factors after.

    Returns:
        The contribution and share of each factor.

    Raises:
        ValueError: If the factors differ, there are none, or one is not above zero.

    Examples:
        >>> log_contributions(
        ...     {"households": 1000, "orders per household": 2.0, "completed": 0.9},
        ...     {"households": 1100, "orders per household": 1.9, "completed": 0.9},
        ... )
        From 1,800 to 1,881 (+4.5 %): households 217 %, orders per household -117 %,
        completed 0 % of the change (logarithmic, adds to 100 %).

    References:
        Ang, B. W. (2005). The LMDI approach to decomposition analysis: a practical
        guide.
    """
    if not before or list(before) != list(after):
        raise ValueError(
            f"before has the factors {list(before)}, after {list(after)}; both must "
            "name the same factors in the same order, at least one"
        )
    start = np.array([_arguments.positive(f"before[{k!r}]", before[k]) for k in before])
    end = np.array([_arguments.positive(f"after[{k!r}]", after[k]) for k in before])
    total_before, total_after = float(start.prod()), float(end.prod())
    logs = np.log(end / start)
    same = math.isclose(total_before, total_after, rel_tol=1e-12)
    weight = (
        total_before
        if same
        else (total_after - total_before) / math.log(total_after / total_before)
    )
    shares = np.full(len(logs), np.nan) if same else logs / logs.sum()
    return FactorContributions(
        before=total_before,
        after=total_before if same else total_after,
        change=0.0 if same else total_after / total_before - 1,
        table=pd.DataFrame(
            {
                "factor": list(before),
                "before": start,
                "after": end,
                "change": end / start - 1,
                "contribution": logs * weight,
                "share": shares,
            }
        ),
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class MixShift(Result):
    """The change of an overall rate, split into mix and behavior.

    Attributes:
        before: Overall rate before, weighted by segment size.
        after: Overall rate after.
        within_effect: Change as segments behave differently.
        mix_effect: Change as the segments have other sizes.
        table: A row for each segment: ``segment``, ``share_before``, ``share_after``,
            ``rate_before``, ``rate_after``, ``within_effect``, ``mix_effect``.
    """

    before: float
    after: float
    within_effect: float
    mix_effect: float
    table: pd.DataFrame = field(compare=False)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each segment, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return the change and its two parts in percentage points."""
        change = 100 * (self.after - self.before)
        before = formatting.percent(self.before, digits=2)
        after = formatting.percent(self.after, digits=2)
        return (
            f"The overall rate went from {before} to {after} ({change:+.2f} points): "
            f"{100 * self.within_effect:+z.2f} points from behavior within segments, "
            f"{100 * self.mix_effect:+z.2f} from the mix of segments (symmetric split)."
        )


def mix_shift(
    segments: Sequence[str],
    *,
    sizes_before: npt.ArrayLike,
    rates_before: npt.ArrayLike,
    sizes_after: npt.ArrayLike,
    rates_after: npt.ArrayLike,
) -> MixShift:
    """Split the change of an overall rate into mix and within effect (Kitagawa).

    ``within = sum (w0 + w1) / 2 * (r1 - r0)``, ``mix = sum (w1 - w0) * (r0 + r1) / 2``
    with w the shares of the segments. Both add up to the change exactly; the
    interaction is split in halves.

    Args:
        segments: Names of the segments.
        sizes_before: Users (or any weight) of each segment before.
        rates_before: Rate of each segment before, fractions.
        sizes_after: Users of each segment after.
        rates_after: Rate of each segment after, fractions.

    Returns:
        Both effects, in total and by segment.

    Raises:
        ValueError: If lengths differ, a size is negative, sizes sum to zero, or a rate
            is no fraction.

    Examples:
        >>> mix_shift(
        ...     ["web", "app"],
        ...     sizes_before=[500, 500], rates_before=[0.10, 0.02],
        ...     sizes_after=[200, 800], rates_after=[0.11, 0.03],
        ... )
        The overall rate went from 6.00 % to 4.60 % (-1.40 points): +1.00 points from
        behavior within segments, -2.40 from the mix of segments (symmetric split).

    References:
        Kitagawa, E. M. (1955). Components of a difference between two rates.
    """
    names = list(segments)
    w0 = _shares("sizes_before", sizes_before, len(names))
    w1 = _shares("sizes_after", sizes_after, len(names))
    r0 = _rates("rates_before", rates_before, len(names))
    r1 = _rates("rates_after", rates_after, len(names))
    within = (w0 + w1) / 2 * (r1 - r0)
    mix = (w1 - w0) * (r0 + r1) / 2
    return MixShift(
        before=float(w0 @ r0),
        after=float(w1 @ r1),
        within_effect=float(within.sum()),
        mix_effect=float(mix.sum()),
        table=pd.DataFrame(
            {
                "segment": names,
                "share_before": w0,
                "share_after": w1,
                "rate_before": r0,
                "rate_after": r1,
                "within_effect": within,
                "mix_effect": mix,
            }
        ),
    )


def _column(name: str, values: npt.ArrayLike, length: int) -> npt.NDArray[np.float64]:
    array = _arguments.finite_array(name, values)
    if len(array) != length:
        raise ValueError(
            f"{name} has {len(array)} value(s), must have one for each of the "
            f"{length} segments"
        )
    return array


def _shares(name: str, values: npt.ArrayLike, length: int) -> npt.NDArray[np.float64]:
    sizes = _column(name, values, length)
    if (sizes < 0).any() or sizes.sum() <= 0:
        raise ValueError(f"{name} == {sizes.tolist()}, must be >= 0 and not all zero")
    shares: npt.NDArray[np.float64] = sizes / sizes.sum()
    return shares


def _rates(name: str, values: npt.ArrayLike, length: int) -> npt.NDArray[np.float64]:
    rates = _column(name, values, length)
    for value in rates:
        _arguments.rate(name, value)
    return rates
