"""The few distribution functions that the experiment modules share.

``scipy.special`` loads faster than ``scipy.stats`` and gives the same numbers.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from pmlab import _arguments as check

Sides = Literal["two-sided", "one-sided"]
Array = npt.NDArray[np.float64]


def normal_cdf(value: float) -> float:
    """Return the probability that a standard normal number is at most ``value``."""
    from scipy.special import ndtr

    return float(ndtr(value))


def normal_quantile(probability: float) -> float:
    """Return the standard normal number below which ``probability`` lies."""
    from scipy.special import ndtri

    return float(ndtri(probability))


def critical_value(alpha: float, *, sides: Sides = "two-sided") -> float:
    """Return the z value that a test at level ``alpha`` has to pass."""
    tail = alpha / 2 if sides == "two-sided" else alpha
    return -normal_quantile(tail)


def quantile(probability: float, *, degrees_of_freedom: float | None) -> float:
    """Return a quantile of the t distribution, or of the normal without ``df``."""
    if degrees_of_freedom is None:
        return normal_quantile(probability)
    from scipy.special import stdtrit

    return float(stdtrit(degrees_of_freedom, probability))


def two_sided_p(statistic: float, *, degrees_of_freedom: float | None) -> float:
    """Return the two-sided p-value of a z or t statistic."""
    if degrees_of_freedom is None:
        return 2 * normal_cdf(-abs(statistic))
    from scipy.special import stdtr

    return float(2 * stdtr(degrees_of_freedom, -abs(statistic)))


def chi_square_p(statistic: float, *, degrees_of_freedom: int) -> float:
    """Return the upper tail of the chi-square distribution."""
    from scipy.special import chdtrc

    return float(chdtrc(degrees_of_freedom, statistic))


def checked_alpha(alpha: object) -> float:
    """Return a significance level strictly between 0 and 0.5, or raise."""
    value = check.open_rate("alpha", alpha)
    if value >= 0.5:
        raise ValueError(
            f"alpha == {alpha!r}, must be below 0.5; "
            "alpha is the risk of a false alarm (0.05), not the confidence (0.95)"
        )
    return value


def checked_confidence(confidence: object) -> float:
    """Return a confidence level from 0.5 to below 1, or raise."""
    value = check.open_rate("confidence", confidence)
    if value < 0.5:
        raise ValueError(
            f"confidence == {confidence!r}, must be at least 0.5; "
            "confidence is 0.95 where alpha is 0.05"
        )
    return value
