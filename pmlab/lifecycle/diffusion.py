"""How a new product spreads: the Bass model, its fit and its forecast."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab.formatting import count, percent
from pmlab.lifecycle import _estimation
from pmlab.lifecycle._estimation import Floats
from pmlab.results import Result

Method = Literal["cumulative", "interval", "density", "regression"]
METHODS = ("cumulative", "interval", "density", "regression")


@dataclass(frozen=True, kw_only=True, repr=False)
class BassCurve(Result):
    """The Bass model with given parameters.

    Attributes:
        innovation: Coefficient p: share of those left who adopt on their own per
            period.
        imitation: Coefficient q: pull of those who have adopted, per period.
        market_adopters: Number m of people who will ever adopt.
    """

    innovation: float
    imitation: float
    market_adopters: float

    @property
    def peak_period(self) -> float | None:
        """Time of the most adoptions, ln(q/p) / (p + q); None if they only fall."""
        if self.imitation <= self.innovation:
            return None
        ratio = math.log(self.imitation / self.innovation)
        return ratio / (self.innovation + self.imitation)

    @property
    def peak_adopters(self) -> float:
        """Adoptions per period at the peak, m (p + q)^2 / (4 q), or at the start."""
        if self.peak_period is None:
            return self.market_adopters * self.innovation
        total = self.innovation + self.imitation
        return self.market_adopters * total**2 / (4 * self.imitation)

    def cumulative(self, periods: npt.ArrayLike) -> Floats:
        """Return all who have adopted by the end of each period."""
        return self.market_adopters * _estimation.adopted_share(
            np.asarray(periods, dtype=float), self.innovation, self.imitation
        )

    def forecast(self, through: int) -> pd.DataFrame:
        """Return the curve from period 1 on.

        Args:
            through: Last period.

        Returns:
            Columns period, adopters (in the period), cumulative and market_share
            (share of all who will ever adopt).
        """
        last = check.whole("through", through, minimum=1)
        total = self.cumulative(np.arange(last + 1))
        return pd.DataFrame(
            {
                "period": np.arange(1, last + 1),
                "adopters": np.diff(total),
                "cumulative": total[1:],
                "market_share": total[1:] / self.market_adopters,
            }
        )

    def summary(self) -> str:
        """Return the curve in plain words."""
        peak = "Adoptions fall from the start: imitation is not above innovation."
        if self.peak_period is not None:
            peak = (
                f"Adoptions peak {self.peak_period:.1f} periods after launch at "
                f"{count(self.peak_adopters)} per period."
            )
        return (
            f"Each period {percent(self.innovation, digits=2)} of those left adopt on "
            f"their own (p), and imitation adds up to "
            f"{percent(self.imitation, digits=1)} (q); in the end "
            f"{count(self.market_adopters)} adopt (m). {peak}"
        )


def bass_curve(
    innovation: float, imitation: float, *, market_adopters: float
) -> BassCurve:
    """Describe the spread of a product by the Bass model.

    Formula: F(t) = (1 - e^(-(p+q)t)) / (1 + (q/p) e^(-(p+q)t)); the peak is at
    t* = ln(q/p) / (p + q) if q > p.

    Assumptions: each person adopts once; the market has a fixed size; nothing changes
    price, supply or rivals on the way.

    Args:
        innovation: Coefficient p per period, above 0.
        imitation: Coefficient q per period, 0 or more.
        market_adopters: Number m of people who will ever adopt.

    Returns:
        The curve, with peak and forecast.

    Raises:
        ValueError: If a parameter is out of range.

    Examples:
        >>> curve = bass_curve(0.03, 0.38, market_adopters=1_000_000)
        >>> round(curve.peak_period, 2), round(curve.peak_adopters)
        (6.19, 110592)

    References:
        Bass, F. (1969). A new product growth for model consumer durables.
    """
    p = check.positive("innovation", innovation)
    q = check.not_negative("imitation", imitation)
    for name, value in (("innovation", p), ("imitation", q)):
        if value > 2:
            raise ValueError(
                f"{name} == {value:g}, must be a coefficient per period, mostly below "
                "1; pass a fraction, not a percent"
            )
    return BassCurve(
        innovation=p,
        imitation=q,
        market_adopters=check.positive("market_adopters", market_adopters),
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class BassFit(Result):
    """A Bass model fitted to a series.

    Attributes:
        curve: The fitted curve.
        method: How it was fitted.
        periods: Length of the series.
        observed_adopters: Sum of the series.
        innovation_error: Standard error of p; None where the method gives no honest
            one.
        imitation_error: Standard error of q, or None.
        market_error: Standard error of m, or None.
        residual_error: Residual standard error, in the unit the method fits.
        notes: What to be careful about, in words.
        fitted: One row per period: period, observed, adopters (model), cumulative.
    """

    curve: BassCurve
    method: Method
    periods: int
    observed_adopters: float
    innovation_error: float | None
    imitation_error: float | None
    market_error: float | None
    residual_error: float
    notes: tuple[str, ...]
    fitted: pd.DataFrame

    @property
    def innovation(self) -> float:
        """Coefficient p."""
        return self.curve.innovation

    @property
    def imitation(self) -> float:
        """Coefficient q."""
        return self.curve.imitation

    @property
    def market_adopters(self) -> float:
        """Number m of people who will ever adopt."""
        return self.curve.market_adopters

    def forecast(self, through: int) -> pd.DataFrame:
        """Return the fitted curve from period 1 through a period, see ``BassCurve``."""
        return self.curve.forecast(through)

    def summary(self) -> str:
        """Return the fit in plain words."""
        share = self.observed_adopters / self.market_adopters
        return " ".join(
            [
                f"Fitted to {self.periods} periods (method: {self.method}).",
                self.curve.summary(),
                f"So far {count(self.observed_adopters)} have adopted, "
                f"{percent(share, digits=0)} of them.",
                *self.notes,
            ]
        )

    def to_frame(self) -> pd.DataFrame:
        """Return observed and fitted adoptions, one row per period."""
        return self.fitted.copy()


def fit_bass(adopters: npt.ArrayLike, *, method: Method = "cumulative") -> BassFit:
    """Fit the Bass model to adoptions per period.

    Methods, all by least squares: ``cumulative`` fits m F(t) to the running total (the
    course); ``interval`` fits m (F(t) - F(t - 1)) to each period (Srinivasan and
    Mason); ``density`` fits m f(t) to each period; ``regression`` is the ordinary
    least squares of Bass 1969 on last period's total and its square.

    Assumptions: the series starts at launch and counts first adoptions, not repeat
    sales. Errors of a running total hang together, so ``cumulative`` gives no standard
    errors. Before the peak the series says little about the market's size.

    Args:
        adopters: New adopters in each period, at least five.
        method: Which of the four.

    Returns:
        Parameters, errors, fitted series and forecast.

    Raises:
        ValueError: If the series is too short, negative or zero throughout.
        PmlabError: If no sensible parameters fit; the message says what to try.

    Examples:
        >>> true = bass_curve(0.02, 0.4, market_adopters=5000)
        >>> fit = fit_bass(true.forecast(12)["adopters"])
        >>> round(fit.innovation, 3), round(fit.imitation, 3)
        (0.02, 0.4)

    References:
        Bass, F. (1969). A new product growth for model consumer durables.
        Srinivasan, V. and Mason, C. (1986). Nonlinear least squares estimation of new
        product diffusion models.
    """
    check.choice("method", method, METHODS)
    series = check.finite_array("adopters", adopters)
    if series.size < 5:
        raise ValueError(f"adopters has {series.size} periods, must be at least 5")
    if series.min() < 0 or series.sum() == 0:
        raise ValueError(
            f"adopters run from {series.min():g} to {series.max():g}, must be zero or "
            "more and not all zero; pass adoptions per period, not a running total"
        )
    found = (
        _estimation.regress(series)
        if method == "regression"
        else _estimation.least_squares(series, method)
    )
    p, q, m = found.parameters
    curve = BassCurve(innovation=p, imitation=q, market_adopters=m)
    errors = found.errors or (None, None, None)
    return BassFit(
        curve=curve,
        method=method,
        periods=series.size,
        observed_adopters=float(series.sum()),
        innovation_error=errors[0],
        imitation_error=errors[1],
        market_error=errors[2],
        residual_error=found.residual_error,
        notes=_notes(curve, series),
        fitted=_fitted(curve, series),
    )


def _fitted(curve: BassCurve, series: Floats) -> pd.DataFrame:
    table = curve.forecast(series.size)[["period", "adopters", "cumulative"]]
    table.insert(1, "observed", series)
    return table


def _notes(curve: BassCurve, series: Floats) -> tuple[str, ...]:
    notes = []
    if 1.1 * curve.market_adopters < series.sum():
        notes.append("Far more have adopted than the model allows for: a poor fit.")
    peak = curve.peak_period
    if peak is not None and peak > series.size:
        notes.append(
            "The series ends before the peak, so the market's size is little more than "
            "a guess."
        )
    return tuple(notes)
