"""Looking early on purpose: group-sequential plans with a fixed number of looks.

Rules: ``pocock`` (the same boundary at each look), ``obrien_fleming`` (a high one
first, falling with the square root of the information), and ``lan_demets_pocock`` and
``lan_demets_obrien_fleming``, which spend the risk by a function of the information, so
that the looks need not be equally spaced.

The O'Brien-Fleming spending function has two readings: ``per_side`` spends alpha / 2
on each side (ldbounds, gsDesign; first of 5 boundaries 4.877), ``two_sided`` puts the
whole alpha into one function (4.383). Both hold the risk.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import (
    checked_alpha,
    normal_cdf,
    normal_quantile,
    two_sided_p,
)
from pmlab.experiments._recursion import START, boundary_for, carried, crossing_chances
from pmlab.results import Result

Rule = Literal[
    "pocock", "obrien_fleming", "lan_demets_pocock", "lan_demets_obrien_fleming"
]
Spending = Literal["per_side", "two_sided"]

RULES = ("pocock", "obrien_fleming", "lan_demets_pocock", "lan_demets_obrien_fleming")
MAX_LOOKS = 100
# Closer looks learn nothing new, and the grid of the integration can't tell them apart.
_CLOSEST = 0.005


@dataclass(frozen=True, kw_only=True, repr=False)
class GroupSequentialPlan(Result):
    """Boundaries of a test with planned looks.

    Attributes:
        rule: Name of the rule.
        spending: Reading of the O'Brien-Fleming spending function; else ``none``.
        alpha: Two-sided risk of a false alarm over all looks.
        power: Chance to see the planned effect at some look.
        information: Share of the final users at each look.
        z: Stop at a look if |z| reaches this.
        nominal_p: The same as a two-sided p-value.
        spent: Risk used up to each look.
        inflation: Users needed at most, as a multiple of a test with one look.
        expected_share: Mean share of those users at the stop, if the effect is there.
    """

    rule: str
    spending: str
    alpha: float
    power: float
    information: tuple[float, ...]
    z: tuple[float, ...]
    nominal_p: tuple[float, ...]
    spent: tuple[float, ...]
    inflation: float
    expected_share: float

    def summary(self) -> str:
        """Say the boundaries and what they cost."""
        limits = ", ".join(f"{value:.3f}" for value in self.z)
        convention = "" if self.spending == "none" else f" ({self.spending} spending)"
        return (
            f"{len(self.z)} looks by {self.rule}{convention}: stop when |z| reaches "
            f"{limits}. The risk of a false alarm over all looks is "
            f"{formatting.percent(self.alpha)}. Plan {self.inflation:.3f} times the "
            "users of a test with one look; if the effect is there, the test ends "
            f"after {formatting.percent(self.expected_share, digits=0)} on average."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each look.

        Returns:
            Columns ``look``, ``information``, ``z``, ``nominal_p`` and ``spent``.
        """
        return pd.DataFrame(
            {
                "look": range(1, len(self.z) + 1),
                "information": self.information,
                "z": self.z,
                "nominal_p": self.nominal_p,
                "spent": self.spent,
            }
        )


def group_sequential(
    looks: int | Sequence[float],
    *,
    rule: Rule = "obrien_fleming",
    alpha: float = 0.05,
    power: float = 0.8,
    spending: Spending = "per_side",
) -> GroupSequentialPlan:
    """Return boundaries that let you look several times at a fixed total risk.

    Pocock: |z_k| >= c. O'Brien-Fleming: |z_k| >= c / sqrt(t_k). Lan-DeMets spends
    a(t): Pocock-type alpha ln(1 + (e - 1) t); O'Brien-Fleming-type, per side,
    4 (1 - Phi(z_(alpha/4) / sqrt t)).

    Assumes that users, not effects, decide when you look; that looks are fixed before
    (Lan-DeMets: their number may change); and large samples.

    Args:
        looks: Number of equally spaced looks, or their shares of the final users,
            rising to 1, such as ``[0.25, 0.5, 1]``.
        rule: ``obrien_fleming`` (default), ``pocock``, ``lan_demets_obrien_fleming`` or
            ``lan_demets_pocock``.
        alpha: Two-sided risk of a false alarm over all looks.
        power: Wanted chance to see the planned effect; sets ``inflation``.
        spending: For ``lan_demets_obrien_fleming``: ``per_side`` (default) or
            ``two_sided``.

    Returns:
        Boundaries, p-values, risk spent and the cost in users.

    Raises:
        ValueError: If looks are not rising to 1, less than 0.005 apart, or too many.

    Examples:
        >>> plan = group_sequential(4, rule="pocock")
        >>> [round(z, 3) for z in plan.z]
        [2.361, 2.361, 2.361, 2.361]
        >>> [round(z, 3) for z in group_sequential(4).z]
        [4.049, 2.863, 2.337, 2.024]

    References:
        Pocock (1977), Biometrika 64. O'Brien, Fleming (1979), Biometrics 35. Lan,
        DeMets (1983), Biometrika 70. Jennison, Turnbull (2000), Group Sequential
        Methods.
    """
    check.choice("rule", rule, RULES)
    check.choice("spending", spending, ("per_side", "two_sided"))
    alpha = checked_alpha(alpha)
    power = check.open_rate("power", power)
    if power <= alpha:
        raise ValueError(f"power == {power!r}, must be above alpha == {alpha!r}")
    information = _information(looks)
    if rule.startswith("lan_demets"):
        z = _spending_bounds(information, rule=rule, alpha=alpha, spending=spending)
    else:
        z = _constant_bounds(information, rule=rule, alpha=alpha)
    drift = _drift(z, information=information, power=power)
    stops = crossing_chances(z, information=information, drift=drift)
    single = normal_quantile(1 - alpha / 2) + normal_quantile(power)
    shares = np.asarray(information)
    return GroupSequentialPlan(
        rule=rule,
        spending=spending if rule == "lan_demets_obrien_fleming" else "none",
        alpha=alpha,
        power=power,
        information=tuple(information),
        z=tuple(z),
        nominal_p=tuple(two_sided_p(value, degrees_of_freedom=None) for value in z),
        spent=tuple(
            map(float, np.cumsum(crossing_chances(z, information=information)))
        ),
        inflation=(drift / single) ** 2,
        expected_share=float(stops @ shares + (1 - stops.sum())),
    )


def obrien_fleming_spent(
    information: float, *, alpha: float = 0.05, spending: Spending = "per_side"
) -> float:
    """Return the risk that O'Brien-Fleming spending has used at a share of the users.

    Per side: 4 (1 - Phi(z_(alpha/4) / sqrt t)); two-sided: 2 (1 - Phi(z_(alpha/2) /
    sqrt t)).

    Assumes a two-sided test.

    Args:
        information: Share of the final users, above 0 up to 1.
        alpha: Two-sided risk of a false alarm over all looks.
        spending: ``per_side`` (default) or ``two_sided``.

    Returns:
        The risk spent, ``alpha`` at the end.

    Raises:
        ValueError: If the share is not in (0, 1].

    Examples:
        >>> round(obrien_fleming_spent(0.5), 5)
        0.00305
        >>> round(obrien_fleming_spent(0.5, spending="two_sided"), 5)
        0.00557

    References:
        Lan, DeMets (1983), Biometrika 70.
    """
    share = check.positive("information", check.rate("information", information))
    alpha = checked_alpha(alpha)
    check.choice("spending", spending, ("per_side", "two_sided"))
    sides = 2 if spending == "per_side" else 1
    z = normal_quantile(1 - alpha / (2 * sides))
    return 2 * sides * normal_cdf(-z / math.sqrt(share))


def pocock_spent(information: float, *, alpha: float = 0.05) -> float:
    """Return the risk that Pocock-type spending has used at a share of the users.

    a(t) = alpha ln(1 + (e - 1) t).

    Assumes a two-sided test; both readings of the spending agree here.

    Args:
        information: Share of the final users, above 0 up to 1.
        alpha: Two-sided risk of a false alarm over all looks.

    Returns:
        The risk spent, ``alpha`` at the end.

    Raises:
        ValueError: If the share is not in (0, 1].

    Examples:
        >>> round(pocock_spent(0.5), 4)
        0.031

    References:
        Lan, DeMets (1983), Biometrika 70.
    """
    share = check.positive("information", check.rate("information", information))
    return checked_alpha(alpha) * math.log(1 + (math.e - 1) * share)


def _information(looks: int | Sequence[float]) -> list[float]:
    if isinstance(looks, Sequence | np.ndarray):
        shares = [float(share) for share in check.finite_array("looks", looks)]
        rising = all(a < b for a, b in itertools.pairwise(shares))
        if not rising or shares[0] <= 0 or abs(shares[-1] - 1) > 1e-9:
            raise ValueError(
                f"looks == {looks!r}, must rise from above 0 to 1: the share of the "
                "final users at each look"
            )
        closest = min((b - a for a, b in itertools.pairwise(shares)), default=1.0)
        if closest < _CLOSEST - 1e-12:
            raise ValueError(
                f"looks == {looks!r}, must lie at least {_CLOSEST} of the final users "
                f"apart; two are {closest:g} apart, make them one look"
            )
    else:
        number = check.whole("looks", looks, minimum=1)
        shares = [look / number for look in range(1, number + 1)]
    if len(shares) > MAX_LOOKS:
        raise ValueError(
            f"looks == {len(shares)}, must be at most {MAX_LOOKS}; for looks at any "
            "time use always_valid"
        )
    return shares


def _constant_bounds(
    information: Sequence[float], *, rule: str, alpha: float
) -> list[float]:
    from scipy.optimize import brentq

    power = 0.0 if rule == "pocock" else -0.5
    shape = [share**power for share in information]

    def excess(constant: float) -> float:
        bounds = [constant * value for value in shape]
        return float(crossing_chances(bounds, information=information).sum()) - alpha

    constant = float(brentq(excess, 0.1, 8.0, xtol=1e-10))
    return [constant * value for value in shape]


def _spending_bounds(
    information: Sequence[float], *, rule: str, alpha: float, spending: Spending
) -> list[float]:
    bounds: list[float] = []
    state, before = START, 0.0
    for share in information:
        now = (
            pocock_spent(share, alpha=alpha)
            if rule == "lan_demets_pocock"
            else obrien_fleming_spent(share, alpha=alpha, spending=spending)
        )
        bounds.append(boundary_for(now - before, state=state, information=share))
        state, before = carried(state, bounds[-1], information=share), now
    return bounds


def _drift(
    bounds: Sequence[float], *, information: Sequence[float], power: float
) -> float:
    from scipy.optimize import brentq

    def shortfall(drift: float) -> float:
        chances = crossing_chances(bounds, information=information, drift=drift)
        return power - float(chances.sum())

    return float(brentq(shortfall, 0.0, 30.0, xtol=1e-8))
