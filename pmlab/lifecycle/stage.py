"""The stage of a product's life, read from its series."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pmlab import _arguments as check
from pmlab.formatting import percent, percent_interval
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class LifecycleStage(Result):
    """A stage, and the growth it was read from.

    Attributes:
        stage: ``introduction``, ``growth``, ``maturity``, ``decline`` or ``not clear``.
        growth_rate: Change per period as a share of the mean level of the window.
        low: Lower end of the interval of the growth rate.
        high: Upper end of the interval.
        confidence: Confidence of the interval.
        flat_rate: Change per period up to which a level counts as flat.
        window_periods: Number of latest periods used.
        market_share: Mean level of the window over the market's size, if that is known.
        below_peak_rate: How far the window's mean lies below the best window's mean.
    """

    stage: str
    growth_rate: float
    low: float
    high: float
    confidence: float
    flat_rate: float
    window_periods: int
    market_share: float | None
    below_peak_rate: float

    def summary(self) -> str:
        """Return the stage in plain words."""
        if self.stage == "not clear":
            verdict = "The stage is not clear yet: the interval reaches over a line"
        else:
            verdict = f"The stage is {self.stage}"
        share = ""
        if self.market_share is not None:
            share = f" It reaches {percent(self.market_share)} of its market."
        return (
            f"{verdict}. Over the last {self.window_periods} periods the level changed "
            f"by {percent(self.growth_rate)} per period "
            f"({percent(self.confidence, digits=0)} interval "
            f"{percent_interval(self.low, self.high)}); changes up to "
            f"{percent(self.flat_rate)} count as flat.{share}"
        )


def lifecycle_stage(
    values: npt.ArrayLike,
    *,
    window_periods: int = 12,
    flat_rate: float = 0.01,
    market_size: float | None = None,
    introduction_below: float = 0.16,
    confidence: float = 0.9,
) -> LifecycleStage:
    """Read the stage of a product from the trend of its latest periods.

    Formula: growth = slope of a straight line through the window / mean of the window,
    with Student's t interval. Growth if the interval lies above ``flat_rate``, decline
    if below minus ``flat_rate``, maturity if within, else not clear. Introduction if
    the level is below 16 % of the market and doesn't decline.

    Assumptions: the window holds whole seasons (12 months); periods around the line
    are independent. A stage describes; it does not foretell.

    Args:
        values: Active users, orders or another level per period, zero or more.
        window_periods: Number of latest periods to use, at least 4.
        flat_rate: Change per period that counts as flat, a fraction.
        market_size: Size of the market in the unit of ``values``; without it
            introduction can't be told from growth.
        introduction_below: Share of the market below which a product is being
            introduced, a fraction.
        confidence: Confidence of the interval.

    Returns:
        The stage, the growth rate and its interval.

    Raises:
        ValueError: If the series is shorter than the window, negative, or zero in it.

    Examples:
        >>> lifecycle_stage([100, 112, 118, 131, 139, 152], window_periods=6).stage
        'growth'

    References:
        Levitt, T. (1965). Exploit the product life cycle. Harvard Business Review.
        Rogers, E. (2003). Diffusion of Innovations (16 %: innovators and early
        adopters).
    """
    series = check.finite_array("values", values)
    window = check.whole("window_periods", window_periods, minimum=4)
    flat = check.rate("flat_rate", flat_rate)
    level = check.open_rate("confidence", confidence)
    line = check.rate("introduction_below", introduction_below)
    if series.size < window:
        raise ValueError(
            f"values has {series.size} periods, must have at least window_periods == "
            f"{window}; wait or take a shorter window"
        )
    recent = series[-window:]
    if series.min() < 0 or recent.mean() == 0:
        raise ValueError(
            f"values run from {series.min():g} to {series.max():g}, must be zero or "
            "more and not zero throughout the window"
        )
    growth, reach = _trend(recent, level)
    share = None
    if market_size is not None:
        share = float(recent.mean() / check.positive("market_size", market_size))
    return LifecycleStage(
        stage=_stage(growth - reach, growth + reach, flat, share=share, line=line),
        growth_rate=growth,
        low=growth - reach,
        high=growth + reach,
        confidence=level,
        flat_rate=flat,
        window_periods=window,
        market_share=share,
        below_peak_rate=_below_peak(series, window),
    )


def _trend(recent: npt.NDArray[np.float64], level: float) -> tuple[float, float]:
    """Return relative growth per period and the half width of its interval."""
    from scipy.stats import t

    time = np.arange(recent.size) - (recent.size - 1) / 2
    spread = float(time @ time)
    slope = float(time @ recent) / spread
    rest = recent - recent.mean() - slope * time
    error = np.sqrt(float(rest @ rest) / (recent.size - 2) / spread)
    reach = float(t.ppf(0.5 + level / 2, recent.size - 2)) * error
    return slope / float(recent.mean()), float(reach / recent.mean())


def _stage(
    low: float, high: float, flat: float, *, share: float | None, line: float
) -> str:
    if high < -flat:
        return "decline"
    if share is not None and share < line:
        return "introduction"
    if low > flat:
        return "growth"
    if low >= -flat and high <= flat:
        return "maturity"
    return "not clear"


def _below_peak(series: npt.NDArray[np.float64], window: int) -> float:
    means = np.convolve(series, np.ones(window) / window, mode="valid")
    return float(1 - means[-1] / means.max())
