"""Do two people read the same snippets the same way?"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import count, percent
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame


@dataclass(frozen=True, kw_only=True, repr=False)
class CoderAgreement(Result):
    """Agreement of two coders beyond chance.

    Attributes:
        kappa: Cohen's kappa: 1 full agreement, 0 as by chance, negative below it.
        standard_error: Its large-sample standard error.
        low: Lower end of the interval; None if the data show no spread (all labels
            agree, or one coder uses a single label).
        high: Upper end of the interval, or None.
        confidence: Confidence of the interval.
        observed_agreement: Share of items with the same label.
        chance_agreement: Share expected if both labeled at random with their own
            frequencies.
        items: Number of items.
        usable_from: Kappa from which the codes are used.
        counts: One row per pair of labels: first, second, items.
    """

    kappa: float
    standard_error: float
    low: float | None
    high: float | None
    confidence: float
    observed_agreement: float
    chance_agreement: float
    items: int
    usable_from: float
    counts: pd.DataFrame

    @property
    def usable(self) -> bool:
        """Whether kappa reaches the line of use."""
        return self.kappa >= self.usable_from

    def summary(self) -> str:
        """Return the agreement in plain words."""
        verdict = (
            "the codes can be used"
            if self.usable
            else "talk about the differences, sharpen the code book and code again"
        )
        if self.usable and (self.low is None or self.low < self.usable_from):
            verdict = "at the line or above, but not yet sure: code more items"
        interval = "no interval, as the labels show no spread"
        if self.low is not None and self.high is not None:
            interval = (
                f"{percent(self.confidence, digits=0)} interval {self.low:.2f} to "
                f"{self.high:.2f}"
            )
        return (
            f"The coders agree on {percent(self.observed_agreement)} of "
            f"{count(self.items)} items; chance alone would give "
            f"{percent(self.chance_agreement)}. Cohen's kappa is {self.kappa:.2f} "
            f"({interval}) against a line of {self.usable_from:.2f}: {verdict}."
        )


def cohens_kappa(
    data: "IntoFrame",
    *,
    first_column: str = "first_coder",
    second_column: str = "second_coder",
    confidence: float = 0.95,
    usable_from: float = 0.6,
) -> CoderAgreement:
    """Measure how far two coders agree beyond chance.

    Formula: kappa = (p_o - p_e) / (1 - p_e), with p_o the share of equal labels and
    p_e the sum over labels of the product of both coders' shares.

    Assumptions: both coded the same items, on their own; labels have no order and all
    disagreements count alike. The interval is for many items (50 or more).

    Args:
        data: One row per item.
        first_column: Labels of the first coder.
        second_column: Labels of the second coder. An "unclear" is a label, too.
        confidence: Confidence of the interval, as a fraction.
        usable_from: Kappa from which the codes are used.

    Returns:
        Kappa, its interval and the table of label pairs.

    Raises:
        ValueError: If a label is missing or both coders use one and the same label
            throughout, so that chance explains everything.

    Examples:
        >>> codes = pd.DataFrame(
        ...     {
        ...         "first_coder": list("y" * 25 + "n" * 25),
        ...         "second_coder": list("yyyyn" * 5 + "yynnn" * 5),
        ...     }
        ... )
        >>> round(cohens_kappa(codes).kappa, 2)
        0.4

    References:
        Cohen, J. (1960). A coefficient of agreement for nominal scales.
        Fleiss, J., Cohen, J. and Everitt, B. (1969). Large sample standard errors of
        kappa and weighted kappa.
    """
    level = check.open_rate("confidence", confidence)
    line = check.rate("usable_from", usable_from)
    frame = tables.read(data, first_column, second_column)
    first = [str(label) for label in tables.labels(frame, first_column)]
    second = [str(label) for label in tables.labels(frame, second_column)]
    names = sorted({*first, *second})
    pairs = pd.crosstab(pd.Series(first), pd.Series(second))
    pairs = pairs.reindex(index=names, columns=names, fill_value=0)
    shares = pairs.to_numpy(dtype=float) / len(frame)
    observed = float(np.trace(shares))
    chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
    if np.isclose(chance, 1.0):
        raise ValueError(
            f"both coders use only the label {names[0]!r}, so kappa is not defined; "
            "code items that differ"
        )
    kappa = (observed - chance) / (1 - chance)
    error = _standard_error(shares, kappa, chance) / np.sqrt(len(frame))
    reach = NormalDist().inv_cdf(0.5 + level / 2) * error
    return CoderAgreement(
        kappa=kappa,
        standard_error=float(error),
        low=float(max(kappa - reach, -1)) if error > 1e-7 else None,
        high=float(min(kappa + reach, 1)) if error > 1e-7 else None,
        confidence=level,
        observed_agreement=observed,
        chance_agreement=chance,
        items=len(frame),
        usable_from=line,
        counts=_long(pairs),
    )


def _standard_error(
    shares: npt.NDArray[np.float64], kappa: float, chance: float
) -> float:
    """Return the standard error for one item, after Fleiss, Cohen and Everitt."""
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    agree = np.diag(shares) @ (1 - (rows + columns) * (1 - kappa)) ** 2
    apart = shares - np.diag(np.diag(shares))
    crossed = (columns[:, np.newaxis] + rows[np.newaxis, :]) ** 2
    disagree = (1 - kappa) ** 2 * (apart * crossed).sum()
    shift = (kappa - chance * (1 - kappa)) ** 2
    variance = (agree + disagree - shift) / (1 - chance) ** 2
    return float(np.sqrt(max(variance, 0.0)))


def _long(pairs: pd.DataFrame) -> pd.DataFrame:
    table = pairs.rename_axis(index="first", columns=None).reset_index()
    return table.melt(id_vars="first", var_name="second", value_name="items")
