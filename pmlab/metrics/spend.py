"""Gamma-gamma: what a customer spends in the mean, seen from few purchases."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pmlab import _arguments, formatting
from pmlab.metrics import _fitting
from pmlab.results import Result

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class GammaGamma(Result):
    """A gamma-gamma model of spend per purchase.

    Attributes:
        p: Shape of the amounts of one customer.
        q: Shape of how customers differ.
        v: Scale of how customers differ, in the currency.
        log_likelihood: Of the data, or None if the parameters were given.
        customers: Customers in the fit, or None.
    """

    p: float
    q: float
    v: float
    log_likelihood: float | None = None
    customers: int | None = None

    def __post_init__(self) -> None:
        for name in ("p", "q", "v"):
            _arguments.positive(name, getattr(self, name))

    @property
    def mean_spend(self) -> float:
        """Mean spend per purchase over all customers; an error if it has none."""
        if self.q <= 1:
            raise ValueError(
                f"q == {self.q:.3g}, must be > 1 for a mean; a few customers spend "
                "without limit in this fit, look for outliers"
            )
        return self.p * self.v / (self.q - 1)

    def summary(self) -> str:
        """Return mean and parameters in words."""
        mean = (
            "no finite mean"
            if self.q <= 1
            else f"a mean of {self.mean_spend:,.2f} per purchase"
        )
        fit = (
            ""
            if self.customers is None
            else f", fit on {formatting.count(self.customers)} customers"
        )
        return (
            f"Gamma-gamma: {mean} (p {self.p:.2f}, q {self.q:.2f}, v "
            f"{self.v:.2f}){fit}."
        )

    def expected_spend(self, *, purchases: float, mean_spend: float) -> float:
        """Return the expected mean spend of a customer, given what was seen.

        The mean seen is drawn towards the mean of all customers, the more the fewer
        purchases there are.

        Args:
            purchases: Repeat purchases seen; 0 gives the mean of all customers.
            mean_spend: Mean spend in those purchases.

        Returns:
            E[M | history], in the currency.
        """
        x = _arguments.not_negative("purchases", purchases)
        if x == 0:
            return self.mean_spend
        seen = _arguments.positive("mean_spend", mean_spend)
        return self.p * (self.v + x * seen) / (self.p * x + self.q - 1)


def fit_gamma_gamma(
    customers: Any,  # noqa: ANN401
    *,
    columns: tuple[str, str] = ("frequency", "mean_repeat_spend"),
) -> GammaGamma:
    """Fit a gamma-gamma model of spend per purchase by maximum likelihood.

    ``f(z | x) = 1 / (z B(px, q)) * (v / (v + xz))^q * (xz / (v + xz))^(px)``.

    Assumes that spend per purchase has nothing to do with how often a customer buys;
    check their correlation first. Only customers with a repeat purchase count.

    Args:
        customers: A row for each customer, as `purchases.purchase_summary` makes them.
        columns: Names of the number of repeat purchases and of their mean spend.

    Returns:
        The model, in the currency of the data.

    Raises:
        NotConvergedError: If the data don't settle the parameters.
        ValueError: If nobody bought again, or spend is not above zero.

    Examples:
        >>> model = GammaGamma(p=6.25, q=3.74, v=15.44)
        >>> round(model.expected_spend(purchases=2, mean_spend=22.35), 2)
        24.66

    References:
        Fader, P. & Hardie, B. (2013). The gamma-gamma model of monetary value.
    """
    states = _fitting.customer_states(customers, *columns)
    states = states[states[columns[0]] > 0]
    if states.empty:
        raise ValueError(
            f"{columns[0]} is 0 for every customer, must hold repeat purchases"
        )
    x, z = (states[name].to_numpy() for name in columns)
    if (z <= 0).any():
        raise ValueError(
            f"{columns[1]} holds {z.min():g} for a customer with repeat purchases, "
            "must be > 0; leave out free orders"
        )
    weights = states["customers"].to_numpy()
    scale, total = float(np.average(z, weights=weights)), weights.sum()

    def mean_log_likelihood(parameters: FloatArray) -> float:
        return float(weights @ _log_density(parameters, x, z / scale) / total)

    found = _fitting.maximize(
        mean_log_likelihood,
        names=("p", "q", "v"),
        starts=[(5.0, 4.0, 0.5), (1.0, 2.0, 1.0)],
    )
    p, q, v = (float(value) for value in found)
    value = mean_log_likelihood(found) * float(total) - float(total) * np.log(scale)
    return GammaGamma(p=p, q=q, v=v * scale, log_likelihood=value, customers=int(total))


def _log_density(parameters: FloatArray, x: FloatArray, z: FloatArray) -> FloatArray:
    from scipy.special import betaln

    p, q, v = parameters
    all_spend = v + x * z
    density: FloatArray = (
        -np.log(z)
        - betaln(p * x, q)
        + q * np.log(v / all_spend)
        + p * x * np.log(x * z / all_spend)
    )
    return density
