"""The mathematics behind looking at any time: mixtures of likelihood ratios.

A likelihood ratio averaged over a normal prior of effects (mSPRT) exceeds 1 / alpha at
any time with chance at most alpha if there is no effect (Robbins 1970). The prior's
width ``rho`` decides at which sample size the boundary is tightest.
"""

import math
from typing import Literal

from pmlab import _arguments as check
from pmlab.experiments._distributions import checked_alpha

Tuning = Literal["approximate", "exact"]


def mixture_rho(
    best_variance: float, *, alpha: float = 0.05, tuning: Tuning = "approximate"
) -> float:
    """Return the mixture parameter whose boundary is tightest at a given variance.

    Approximate: rho = v / (-2 ln alpha + ln(1 - 2 ln alpha)). Exact: rho = v /
    (-W(-alpha^2 / e) - 1) with the lower branch of Lambert's W.

    Assumes a two-sided boundary.

    Args:
        best_variance: Sum of variances v at which it should be tightest: the planned
            number of observations times the variance of one.
        alpha: Risk of ever crossing the boundary without effect.
        tuning: ``approximate`` (default, as confseq) or ``exact``.

    Returns:
        The parameter rho, in the unit of the variance.

    Raises:
        ValueError: If the variance is not > 0.

    Examples:
        >>> round(mixture_rho(100), 3), round(mixture_rho(100, tuning="exact"), 3)
        (12.601, 12.177)

    References:
        Howard, Ramdas, McAuliffe, Sekhon (2021), Annals of Statistics 49.
    """
    variance = check.positive("best_variance", best_variance)
    level = -2 * math.log(checked_alpha(alpha))
    if check.choice("tuning", tuning, ("approximate", "exact")) == "approximate":
        return variance / (level + math.log(1 + level))
    from scipy.special import lambertw

    branch = float(lambertw(-math.exp(-level - 1), k=-1).real)
    return variance / (-branch - 1)


def mixture_boundary(variance: float, *, rho: float, alpha: float = 0.05) -> float:
    """Return the height that a sum of deviations never exceeds, with chance 1 - alpha.

    u(v) = sqrt((v + rho) ln((v + rho) / (rho alpha^2))), for |sum| at all times.

    Assumes sub-Gaussian steps, or large samples.

    Args:
        variance: Sum of the variances of the steps so far, v.
        rho: Mixture parameter, see ``mixture_rho``.
        alpha: Risk of ever crossing without effect.

    Returns:
        The boundary for the absolute sum.

    Raises:
        ValueError: If variance is negative or rho is not > 0.

    Examples:
        >>> round(mixture_boundary(100, rho=mixture_rho(100)), 3)
        30.352

    References:
        Howard, Ramdas, McAuliffe, Sekhon (2021), Annals of Statistics 49, prop. 5.
    """
    variance = check.not_negative("variance", variance)
    rho = check.positive("rho", rho)
    alpha = checked_alpha(alpha)
    total = variance + rho
    return math.sqrt(total * (math.log(total / rho) - 2 * math.log(alpha)))


def mixture_log_ratio(score: float, *, variance: float, rho: float) -> float:
    """Return the logarithm of the mixture likelihood ratio of effect to no effect.

    ln LR = s^2 / (2 (v + rho)) + ln(rho / (v + rho)) / 2.

    Assumes sub-Gaussian steps, or large samples.

    Args:
        score: Sum of deviations so far, s.
        variance: Sum of their variances, v.
        rho: Mixture parameter, see ``mixture_rho``.

    Returns:
        The log ratio; above ln(1 / alpha) the test stops.

    Raises:
        ValueError: If variance is negative or rho is not > 0.

    Examples:
        >>> round(mixture_log_ratio(10, variance=100, rho=mixture_rho(100)), 4)
        -0.651

    References:
        Robbins (1970), Annals of Mathematical Statistics 41. Johari, Koomen, Pekelis,
        Walsh (2017), Peeking at A/B Tests, KDD.
    """
    score = check.number("score", score)
    total = check.not_negative("variance", variance) + check.positive("rho", rho)
    return score**2 / (2 * total) + 0.5 * math.log(rho / total)


def mixture_p(score: float, *, variance: float, rho: float) -> float:
    """Return the always-valid p-value at this moment.

    p = min(1, 1 / LR). Over several looks the smallest one so far is valid.

    Assumes sub-Gaussian steps, or large samples.

    Args:
        score: Sum of deviations so far.
        variance: Sum of their variances.
        rho: Mixture parameter, see ``mixture_rho``.

    Returns:
        The p-value, 1 at most.

    Raises:
        ValueError: If variance is negative or rho is not > 0.

    Examples:
        >>> mixture_p(10, variance=100, rho=mixture_rho(100))
        1.0
        >>> round(mixture_p(40, variance=100, rho=mixture_rho(100)), 4)
        0.0025

    References:
        Johari, Koomen, Pekelis, Walsh (2017), Peeking at A/B Tests, KDD.
    """
    return math.exp(min(-mixture_log_ratio(score, variance=variance, rho=rho), 0.0))
