"""Least squares for the Bass model."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pmlab.errors import PmlabError

Floats = npt.NDArray[np.float64]

_START_P = (0.0005, 0.005, 0.02, 0.08)
_START_Q = (0.05, 0.2, 0.5, 1.0)

# Times the adoptions so far; beyond that the market's size is not in the data.
_LARGEST_MARKET = 20


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Parameters p, q and m, their errors and that of the residuals."""

    parameters: tuple[float, float, float]
    errors: tuple[float, float, float] | None
    residual_error: float


def adopted_share(periods: Floats, p: float, q: float) -> Floats:
    """Return F(t), the share of the market that has adopted by time t."""
    decay = np.exp(-(p + q) * periods)
    return (1 - decay) / (1 + q / p * decay)


def _density(periods: Floats, p: float, q: float) -> Floats:
    decay = np.exp(-(p + q) * periods)
    return (p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2


def _shape(size: int, method: str) -> Callable[[float, float], Floats]:
    """Return what the method fits per adopter, as a function of p and q."""
    ends = np.arange(1.0, size + 1)
    if method == "density":
        return lambda p, q: _density(ends, p, q)
    if method == "interval":
        return lambda p, q: np.diff(adopted_share(np.arange(size + 1.0), p, q))
    return lambda p, q: adopted_share(ends, p, q)


def least_squares(series: Floats, method: str) -> Estimate:
    """Fit by nonlinear least squares from the best of several starts."""
    from scipy.optimize import least_squares as solve

    target = series.cumsum() if method == "cumulative" else series
    target = target / series.sum()
    shape = _shape(series.size, method)

    def residuals(logs: Floats) -> Floats:
        p, q, m = np.exp(logs)
        return np.asarray(m * shape(p, q) - target)

    bounds = (np.log([1e-9, 1e-9, 1e-3]), np.log([2.0, 5.0, 1e4]))
    fits = [
        solve(residuals, start, bounds=bounds, xtol=1e-12, ftol=1e-12, gtol=1e-12)
        for start in _starts(shape, target)
    ]
    best = min(fits, key=lambda fit: float(fit.cost))
    p, q, m = (float(value) for value in np.exp(best.x))
    _refuse_extremes(p, q, m)
    scale = np.sqrt(2 * best.cost / (series.size - 3))
    errors = None
    if method != "cumulative":
        natural = np.asarray(best.jac) / np.array([p, q, m])
        errors = _errors(natural, float(scale), series.sum())
    return Estimate(
        parameters=(p, q, float(m * series.sum())),
        errors=errors,
        residual_error=float(scale * series.sum()),
    )


def _starts(shape: Callable[[float, float], Floats], target: Floats) -> list[Floats]:
    """Return the three best starts of a grid, each with its best market size."""
    starts = []
    for p in _START_P:
        for q in _START_Q:
            curve = shape(p, q)
            m = float(np.clip(curve @ target / (curve @ curve), 0.1, 100))
            cost = float(((m * curve - target) ** 2).sum())
            starts.append((cost, np.log([p, q, m])))
    return [start for _, start in sorted(starts, key=lambda pair: pair[0])[:3]]


def _refuse_extremes(p: float, q: float, market_ratio: float) -> None:
    """Raise where the best fit is no description of a market."""
    if market_ratio > _LARGEST_MARKET or p < 1e-7:
        raise PmlabError(
            "the Bass model has no finite fit to this series: it doesn't bend so far, "
            "so the market's size can't be told; wait for more periods, or take the "
            "size from elsewhere and use bass_curve"
        )
    if p > 1.9 or q > 4.9:
        raise PmlabError(
            "the Bass model has no fit to this series: nearly all adopt within a "
            "period or two; use shorter periods"
        )


def _errors(
    jacobian: Floats, scale: float, total: float
) -> tuple[float, float, float] | None:
    information = jacobian.T @ jacobian
    if np.linalg.cond(information) > 1e14:
        return None
    error = scale * np.sqrt(np.diag(np.linalg.inv(information)))
    return float(error[0]), float(error[1]), float(error[2] * total)


def regress(series: Floats) -> Estimate:
    """Fit by ordinary least squares on the total before each period, as Bass did."""
    before = np.concatenate([[0.0], series.cumsum()[:-1]])
    design = np.column_stack([np.ones_like(before), before, before**2])
    a, b, c = np.linalg.lstsq(design, series, rcond=None)[0]
    root = b**2 - 4 * a * c
    if c >= 0 or root < 0 or a <= 0:
        raise PmlabError(
            f"the regression of Bass 1969 gives no curve here (a = {a:.3g}, b = "
            f'{b:.3g}, c = {c:.3g}), as often for short series; use method="interval"'
        )
    m = (-b - np.sqrt(root)) / (2 * c)
    _refuse_extremes(float(a / m), float(-m * c), float(m / series.sum()))
    misfit = series - design @ np.array([a, b, c])
    return Estimate(
        parameters=(float(a / m), float(-m * c), float(m)),
        errors=None,
        residual_error=float(np.sqrt(misfit @ misfit / (series.size - 3))),
    )
