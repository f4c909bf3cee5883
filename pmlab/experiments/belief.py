"""The Bayesian read-out of any effect: belief, chance to be better, expected loss."""

import math
from dataclasses import dataclass

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import (
    checked_confidence,
    normal_cdf,
    normal_quantile,
)
from pmlab.experiments.effect import Effect, signed_percent
from pmlab.experiments.guardrails import Scale
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class BayesianEffect(Result):
    """Belief about an effect after the test, a normal distribution.

    Attributes:
        mean: Mean belief about the effect.
        low: Lower end of the credible interval.
        high: Upper end of the credible interval.
        standard_deviation: Spread of the belief.
        chance_better: Chance that treatment is better.
        loss_if_shipped: Mean loss from shipping, counting 0 where it is better.
        loss_if_kept: Mean gain missed by keeping control.
        scale: ``relative`` or ``absolute``.
        confidence: Level of the credible interval.
        prior_mean: Belief before the test; None with a flat prior.
        prior_standard_deviation: Its spread; None with a flat prior.
    """

    mean: float
    low: float
    high: float
    standard_deviation: float
    chance_better: float
    loss_if_shipped: float
    loss_if_kept: float
    scale: str
    confidence: float
    prior_mean: float | None
    prior_standard_deviation: float | None

    def summary(self) -> str:
        """Say effect, chance and losses."""
        prior = (
            "a flat prior"
            if self.prior_mean is None or self.prior_standard_deviation is None
            else f"a prior of {self._words(self.prior_mean)} with standard deviation "
            f"{self._words(self.prior_standard_deviation).lstrip('+')}"
        )
        level = formatting.percent(self.confidence, digits=0)
        return (
            f"With {prior}, the effect is {self._words(self.mean)}, {level} credible "
            f"interval {self._words(self.low)} to {self._words(self.high)}. Treatment "
            f"is better with chance {formatting.percent(self.chance_better)}. Shipping "
            f"loses {self._words(self.loss_if_shipped).lstrip('+')} on average, "
            f"keeping control {self._words(self.loss_if_kept).lstrip('+')}."
        )

    def _words(self, value: float) -> str:
        return signed_percent(value) if self.scale == "relative" else f"{value:+.4g}"


def bayesian_effect(
    effect: Effect,
    *,
    scale: Scale = "relative",
    prior_mean: float = 0.0,
    prior_standard_deviation: float | None = None,
    confidence: float = 0.95,
) -> BayesianEffect:
    """Return the belief about any effect, rate, mean, ratio or CUPED.

    Precision = 1 / se^2 + 1 / prior sd^2, mean weighted by precision. Loss if shipped
    = E[max(-effect, 0)] = sd phi(m / sd) - m Phi(-m / sd).

    Assumes large samples, so that the estimate is normal, and that more is better.

    Args:
        effect: The effect of the test.
        scale: ``relative`` (default) or ``absolute``.
        prior_mean: Effect believed before the test, on that scale.
        prior_standard_deviation: Spread of that belief; flat prior if left out.
        confidence: Level of the credible interval.

    Returns:
        Belief, chance to be better and both losses.

    Raises:
        ValueError: If the scale is relative and the lift has no error, or the spread is
            not > 0.

    Examples:
        >>> from pmlab.experiments.rates import compare_rates
        >>> belief = bayesian_effect(compare_rates((49, 100), (51, 100)))
        >>> round(belief.chance_better, 3), round(belief.loss_if_shipped, 4)
        (0.609, 0.0406)

    References:
        Gelman et al. (2013), Bayesian Data Analysis, chapter 2.
    """
    check.choice("scale", scale, ("relative", "absolute"))
    seen, error = effect.difference, effect.standard_error
    if scale == "relative":
        if effect.relative_lift is None or not effect.relative_standard_error:
            raise ValueError(
                "scale == 'relative', must be 'absolute' here: the relative lift of "
                "this effect has no error"
            )
        seen, error = effect.relative_lift, effect.relative_standard_error
    check.positive("standard error of the effect", error)
    mean, spread = seen, error
    if prior_standard_deviation is not None:
        before = check.positive("prior_standard_deviation", prior_standard_deviation)
        center = check.number("prior_mean", prior_mean)
        spread = 1 / math.sqrt(1 / error**2 + 1 / before**2)
        mean = spread**2 * (seen / error**2 + center / before**2)
    half = normal_quantile((1 + checked_confidence(confidence)) / 2) * spread
    flat = prior_standard_deviation is None
    return BayesianEffect(
        mean=mean,
        low=mean - half,
        high=mean + half,
        standard_deviation=spread,
        chance_better=normal_cdf(mean / spread),
        loss_if_shipped=_loss(mean, spread),
        loss_if_kept=_loss(-mean, spread),
        scale=scale,
        confidence=confidence,
        prior_mean=None if flat else prior_mean,
        prior_standard_deviation=prior_standard_deviation,
    )


def _loss(mean: float, spread: float) -> float:
    t = mean / spread
    density = math.exp(-0.5 * t**2) / math.sqrt(2 * math.pi)
    return spread * density - mean * normal_cdf(-t)
