"""Shifted beta-geometric: how many customers under contract stay, and for how long."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pmlab import _arguments, formatting
from pmlab.metrics import _fitting
from pmlab.results import Result

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class ShiftedBetaGeometric(Result):
    """An sBG model: each customer leaves at each renewal with an own constant chance.

    Retention of a cohort rises with its age as those with a high chance leave first.

    Attributes:
        alpha: First parameter of the chances of leaving (beta distribution).
        beta: Second parameter.
        log_likelihood: Of the data, or None if the parameters were given.
    """

    alpha: float
    beta: float
    log_likelihood: float | None = None

    def __post_init__(self) -> None:
        for name in ("alpha", "beta"):
            _arguments.positive(name, getattr(self, name))

    def summary(self) -> str:
        """Return the first and a later retention in words."""
        first, fifth = (
            formatting.percent(self.retention_rate(period)) for period in (1, 5)
        )
        return (
            f"Shifted beta-geometric: {first} renew in period 1 and {fifth} of those "
            f"left in period 5 (alpha {self.alpha:.3f}, beta {self.beta:.3f})."
        )

    def survival_at(self, period: int) -> float:
        """Return the share of a cohort still there after some periods.

        ``S(t) = B(alpha, beta + t) / B(alpha, beta)``.

        Args:
            period: Periods since the start, a whole number.

        Returns:
            S(t), a fraction.
        """
        from scipy.special import betaln

        t = _arguments.whole("period", period)
        logs = betaln(self.alpha, self.beta + t) - betaln(self.alpha, self.beta)
        return float(np.exp(logs))

    def retention_rate(self, period: int) -> float:
        """Return the share of those left who stay through one period.

        ``r(t) = (beta + t - 1) / (alpha + beta + t - 1)``.

        Args:
            period: Number of the period, from 1.

        Returns:
            S(t) / S(t - 1), a fraction.
        """
        t = _arguments.whole("period", period, minimum=1)
        return (self.beta + t - 1) / (self.alpha + self.beta + t - 1)

    def survival_curve(self, periods: int) -> list[float]:
        """Return survival after 1, 2, ... periods.

        Args:
            periods: Number of periods.

        Returns:
            S(1) ... S(periods), as `lifetime_value` takes them.
        """
        count = _arguments.whole("periods", periods, minimum=1)
        return [self.survival_at(t) for t in range(1, count + 1)]

    def expected_residual_lifetime(
        self, *, discount_rate: float, renewals: int = 0
    ) -> float:
        """Return the discounted number of payments to expect from now on.

        ``DERL = (β + n - 1) / (α + β + n - 1) * 2F1(1, β + n; α + β + n; 1 / (1 + d))``
        for a customer who has renewed n - 1 times and is about to renew again; the
        payment of that renewal is counted without discount.

        Args:
            discount_rate: Per period, a fraction above 0.
            renewals: Renewals the customer has made so far.

        Returns:
            Expected discounted payments, from the next renewal on.
        """
        from scipy.special import hyp2f1

        rate = _arguments.positive("discount_rate", discount_rate)
        n = _arguments.whole("renewals", renewals) + 1
        first = (self.beta + n - 1) / (self.alpha + self.beta + n - 1)
        series = hyp2f1(1, self.beta + n, self.alpha + self.beta + n, 1 / (1 + rate))
        return float(first * series)


def fit_shifted_beta_geometric(survivors: npt.ArrayLike) -> ShiftedBetaGeometric:
    """Fit an sBG model to the survivors of one cohort by maximum likelihood.

    ``P(T = 1) = α / (α + β)``, ``P(T = t) = (β + t - 2) / (α + β + t - 1) P(T = t-1)``.

    Assumes a contract, so that leaving is seen, and renewals at whole periods.

    Args:
        survivors: Customers of the cohort at the start and after each period, falling;
            counts, or percent of the start.

    Returns:
        The model.

    Raises:
        NotConvergedError: If the data don't settle the parameters.
        ValueError: If survivors rise, nobody left, or there are fewer than two periods.

    Examples:
        >>> fit_shifted_beta_geometric([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1])
        Shifted beta-geometric: 85.1 % renew in period 1 and 92.1 % of those left in
        period 5 (alpha 0.668, beta 3.806).

    References:
        Fader, P. & Hardie, B. (2007). How to project customer retention.
    """
    left = _arguments.finite_array("survivors", survivors)
    if len(left) < 3:
        raise ValueError(
            f"survivors has {len(left)} value(s), must have the start and at least two "
            "periods"
        )
    if (np.diff(left) > 0).any() or left[-1] < 0 or left[0] <= 0:
        raise ValueError(
            "survivors rise or are negative, must fall from the size of the cohort; "
            "customers who come back are not part of this model"
        )
    lost = -np.diff(left)
    if lost.sum() == 0:
        raise ValueError("survivors never fall, must have losses; nobody left yet")
    lost, still = lost / left[0], left[-1] / left[0]

    def mean_log_likelihood(parameters: FloatArray) -> float:
        survival = _log_survival(parameters, len(lost))
        before = np.concatenate([[0.0], survival[:-1]])
        gone = before + np.log(-np.expm1(survival - before))
        return float(lost @ gone + still * survival[-1])

    alpha, beta = _fitting.maximize(
        mean_log_likelihood,
        names=("alpha", "beta"),
        starts=[(1.0, 1.0), (0.5, 3.0)],
    )
    value = mean_log_likelihood(np.array([alpha, beta])) * left[0]
    return ShiftedBetaGeometric(
        alpha=float(alpha), beta=float(beta), log_likelihood=float(value)
    )


def _log_survival(parameters: FloatArray, periods: int) -> FloatArray:
    from scipy.special import betaln

    alpha, beta = parameters
    t = np.arange(1, periods + 1)
    logs: FloatArray = betaln(alpha, beta + t) - betaln(alpha, beta)
    return logs
