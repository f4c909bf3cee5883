"""Pareto/NBD: repeat buying when customers may leave at any time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pmlab import _arguments
from pmlab.metrics import _fitting
from pmlab.results import Result

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class ParetoNBD(Result):
    """A Pareto/NBD model: own buying rates, and own rates of leaving at any time.

    Attributes:
        r: Shape of the buying rates.
        alpha: Rate parameter of the buying rates, in time units.
        s: Shape of the leaving rates.
        beta: Rate parameter of the leaving rates, in time units.
        log_likelihood: Of the data, or None if the parameters were given.
        customers: Customers in the fit, or None.
    """

    r: float
    alpha: float
    s: float
    beta: float
    log_likelihood: float | None = None
    customers: int | None = None

    def __post_init__(self) -> None:
        for name in ("r", "alpha", "s", "beta"):
            _arguments.positive(name, getattr(self, name))

    def summary(self) -> str:
        """Return the parameters in words."""
        fit = _fitting.fit_words(self.log_likelihood, self.customers)
        return (
            f"Pareto/NBD: a customer buys {self.r / self.alpha:.3g} times per time "
            f"unit and leaves at a rate of {self.s / self.beta:.3g} on average (r "
            f"{self.r:.3f}, alpha {self.alpha:.3f}, s {self.s:.3f}, beta "
            f"{self.beta:.3f}){fit}."
        )

    def expected_purchases(self, time: float) -> float:
        """Return the expected repeat purchases of a new customer by a time.

        Args:
            time: Time since the first purchase, in time units.

        Returns:
            E[X(t)].
        """
        time = _arguments.not_negative("time", time)
        return float(self.r / self.alpha * _mean_life(self.s, self.beta, time))

    def probability_alive(
        self, *, frequency: float, recency: float, age: float
    ) -> float:
        """Return the chance that a customer with this history still buys.

        Args:
            frequency: Repeat purchases so far.
            recency: Time from the first to the last purchase.
            age: Time from the first purchase until now.

        Returns:
            A fraction.

        Raises:
            ValueError: If the history is impossible.
        """
        x, last, old = _fitting.history(frequency, recency, age)
        parameters = np.array([self.r, self.alpha, self.s, self.beta])
        alive, gone = _log_parts(parameters, x, last, old)
        return float(np.exp(alive - np.logaddexp(alive, gone))[0])

    def expected_future_purchases(
        self, time: float, *, frequency: float, recency: float, age: float
    ) -> float:
        """Return the purchases to expect from a customer in the time to come.

        Args:
            time: Length of the time to come, in time units.
            frequency: Repeat purchases so far.
            recency: Time from the first to the last purchase.
            age: Time from the first purchase until now.

        Returns:
            E[Y(t) | history].

        Raises:
            ValueError: If the history is impossible.
        """
        time = _arguments.not_negative("time", time)
        alive = self.probability_alive(frequency=frequency, recency=recency, age=age)
        rate = (self.r + frequency) / (self.alpha + age)
        return float(rate * _mean_life(self.s, self.beta + age, time) * alive)


def fit_pareto_nbd(
    customers: Any,  # noqa: ANN401
    *,
    columns: tuple[str, str, str] = ("frequency", "recency", "age"),
) -> ParetoNBD:
    """Fit a Pareto/NBD model by maximum likelihood.

    ``L = Γ(r+x) α^r β^s / Γ(r) * [1 / ((α+T)^(r+x) (β+T)^s) + s / (r+s+x) A0]``.

    Assumes steady buying while alive and leaving at any time, unseen. BG/NBD is faster
    to fit and usually as good. Customers are counted by state in their engine first.

    Args:
        customers: A row for each customer, as `purchases.purchase_summary` makes them.
        columns: Names of frequency, recency and age; times in one and the same unit.

    Returns:
        The model, in the time unit of the data.

    Raises:
        NotConvergedError: If the data don't settle the parameters.
        ValueError: If a history is impossible, or nobody bought again.

    Examples:
        >>> ParetoNBD(r=0.55, alpha=10.6, s=0.61, beta=11.7).expected_purchases(52) > 1
        True

    References:
        Schmittlein, D., Morrison, D. & Colombo, R. (1987). Counting your customers: who
        are they and what will they do next?
        Fader, P. & Hardie, B. (2005). A note on deriving the Pareto/NBD model.
    """
    x, recency, age, weights = _fitting.repeat_states(customers, columns)
    scale = float(age.max()) / 10
    recency, age = recency / scale, age / scale
    total = weights.sum()

    def mean_log_likelihood(parameters: FloatArray) -> float:
        parts = _log_parts(parameters, x, recency, age)
        return float(weights @ np.logaddexp(*parts) / total)

    found = _fitting.maximize(
        mean_log_likelihood,
        names=("r", "alpha", "s", "beta"),
        starts=[(0.5, 2.5, 0.6, 3.0), (1.0, 3.0, 1.0, 5.0)],
    )
    shift = float(weights @ x) * np.log(scale)
    r, alpha, s, beta = (float(value) for value in found)
    return ParetoNBD(
        r=r,
        alpha=alpha * scale,
        s=s,
        beta=beta * scale,
        log_likelihood=mean_log_likelihood(found) * float(total) - shift,
        customers=int(total),
    )


def _log_parts(
    parameters: FloatArray, x: FloatArray, recency: FloatArray, age: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood of a history with the customer alive, and with the customer gone.

    The second part is an integral over the moment of leaving; both ends of it are
    hypergeometric series in the larger of alpha and beta.
    """
    from scipy.special import gammaln, hyp2f1

    r, alpha, s, beta = parameters
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    alive = shared - (r + x) * np.log(alpha + age) - s * np.log(beta + age)
    whole = r + s + x
    larger, gap = max(alpha, beta), abs(alpha - beta)
    second = s + 1 if alpha >= beta else r + x

    def log_end(time: FloatArray) -> FloatArray:
        series = hyp2f1(whole, second, whole + 1, gap / (larger + time))
        value: FloatArray = np.log(series) - whole * np.log(larger + time)
        return value

    first, last = log_end(recency), log_end(age)
    with np.errstate(divide="ignore"):
        difference = first + np.log1p(-np.exp(np.minimum(last - first, 0.0)))
    return alive, shared + np.log(s) - np.log(whole) + difference


def _mean_life(s: float, beta: float, time: float) -> float:
    """Expected time alive within a time to come."""
    if abs(s - 1) < 1e-9:
        return float(beta * np.log1p(time / beta))
    return float(beta / (s - 1) * (1 - (beta / (beta + time)) ** (s - 1)))
