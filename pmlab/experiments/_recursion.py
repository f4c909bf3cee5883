"""Chance that a sum of looks crosses its boundary: recursive integration.

Between looks the score moves like Brownian motion. The density of scores that have not
crossed yet is carried from look to look on a grid (Armitage, McPherson, Rowe 1969).
"""

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pmlab.experiments._distributions import Array

_POINTS = 161


class State(NamedTuple):
    """Scores that have not crossed: mass on grid points, at a share of information."""

    mass: Array
    grid: Array
    information: float


START = State(np.ones(1), np.zeros(1), 0.0)


def crossing_chance(
    state: State, bound: float, *, information: float, drift: float = 0.0
) -> float:
    """Return the chance to be at or beyond |z| = bound at the next look."""
    from scipy.special import ndtr

    mean, scale = _moved(state, information, drift)
    edge = bound * math.sqrt(information)
    beyond = ndtr((mean - edge) / scale) + ndtr((-edge - mean) / scale)
    return float(state.mass @ beyond)


def carried(
    state: State, bound: float, *, information: float, drift: float = 0.0
) -> State:
    """Return the scores that stay within |z| < bound at the next look."""
    mean, scale = _moved(state, information, drift)
    # Beyond 9 standard deviations nothing is left; a wide grid would waste its points.
    edge = bound * math.sqrt(information)
    reach = min(edge, float(np.abs(mean).max()) + 9 * scale)
    nodes, weights = _nodes()
    grid = reach * nodes
    kernel = np.exp(-0.5 * ((grid[:, None] - mean[None, :]) / scale) ** 2)
    mass = kernel @ state.mass / (scale * math.sqrt(2 * math.pi)) * weights * reach
    return State(mass, grid, information)


def crossing_chances(
    bounds: Sequence[float], *, information: Sequence[float], drift: float = 0.0
) -> Array:
    """Return for each look the chance to cross |z| >= bound there first.

    Args:
        bounds: Boundary of |z| at each look.
        information: Share of the information at each look, rising to 1.
        drift: Mean of z at full information; 0 without effect.

    Returns:
        One chance for each look.
    """
    state = START
    chances = []
    for bound, now in zip(bounds, information, strict=True):
        chances.append(crossing_chance(state, bound, information=now, drift=drift))
        state = carried(state, bound, information=now, drift=drift)
    return np.array(chances)


def boundary_for(spent: float, *, state: State, information: float) -> float:
    """Return the boundary of |z| whose look spends ``spent`` of the risk."""
    from scipy.optimize import brentq

    def excess(bound: float) -> float:
        return crossing_chance(state, bound, information=information) - spent

    if excess(_HIGHEST) >= 0:
        return _HIGHEST
    return float(brentq(excess, 0.0, _HIGHEST, xtol=1e-10))


_HIGHEST = 12.0


@functools.cache
def _nodes() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    return nodes, weights


def _moved(state: State, information: float, drift: float) -> tuple[Array, float]:
    step = information - state.information
    return state.grid + drift * step, math.sqrt(step)
