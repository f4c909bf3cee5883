"""BG/NBD: repeat buying without a contract, and who is still there."""

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt

from pmlab import _arguments, formatting
from pmlab.metrics import _fitting
from pmlab.results import Result

FloatArray = npt.NDArray[np.float64]

_HISTORY = ("frequency", "recency", "age")


@dataclass(frozen=True, kw_only=True, repr=False)
class BetaGeometricNBD(Result):
    """A BG/NBD model: buying at a customer's own rate, until the customer drops out.

    Buying rates differ among customers (gamma with shape ``r`` and rate ``alpha``);
    after each purchase a customer drops out for good with a chance that differs, too
    (beta with ``a`` and ``b``).

    Attributes:
        r: Shape of the buying rates.
        alpha: Rate parameter of the buying rates, in time units.
        a: First parameter of the dropout chances.
        b: Second parameter of the dropout chances.
        log_likelihood: Of the data, or None if the parameters were given.
        customers: Customers in the fit, or None.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float | None = None
    customers: int | None = None

    def __post_init__(self) -> None:
        for name in ("r", "alpha", "a", "b"):
            _arguments.positive(name, getattr(self, name))

    def summary(self) -> str:
        """Return the parameters and what they mean in words."""
        fit = _fitting.fit_words(self.log_likelihood, self.customers)
        return (
            f"BG/NBD: a customer buys {self.r / self.alpha:.3g} times per time unit on "
            f"average and drops out after a purchase with chance "
            f"{formatting.percent(self.a / (self.a + self.b))} (r {self.r:.3f}, alpha "
            f"{self.alpha:.3f}, a {self.a:.3f}, b {self.b:.3f}){fit}."
        )

    def expected_purchases(self, time: float) -> float:
        """Return the expected repeat purchases of a new customer by a time.

        Args:
            time: Time since the first purchase, in time units.

        Returns:
            E[X(t)].
        """
        from scipy.special import hyp2f1

        time = _arguments.not_negative("time", time)
        a = _not_one(self.a)
        series = hyp2f1(self.r, self.b, a + self.b - 1, time / (self.alpha + time))
        stay = (self.alpha / (self.alpha + time)) ** self.r
        return float((a + self.b - 1) / (a - 1) * (1 - stay * series))

    def purchase_probability(self, purchases: int, *, time: float) -> float:
        """Return the chance that a new customer makes a number of repeat purchases.

        Args:
            purchases: Repeat purchases, a whole number.
            time: Time since the first purchase, in time units.

        Returns:
            P(X(t) = purchases).
        """
        from scipy.special import betaln, gammaln

        x = _arguments.whole("purchases", purchases)
        time = _arguments.not_negative("time", time)
        if time == 0:
            return float(x == 0)
        stay = self.r * np.log(self.alpha / (self.alpha + time))
        move = np.log(time / (self.alpha + time))
        j = np.arange(x + 1)
        terms = gammaln(self.r + j) - gammaln(self.r) - gammaln(j + 1) + stay + j * move
        whole = betaln(self.a, self.b)
        alive = np.exp(betaln(self.a, self.b + x) - whole + terms[-1])
        if x == 0:
            return float(alive)
        gone = np.exp(betaln(self.a + 1, self.b + x - 1) - whole)
        return float(alive + gone * (1 - np.exp(terms[:-1]).sum()))

    def probability_alive(
        self, *, frequency: float, recency: float, age: float
    ) -> float:
        """Return the chance that a customer with this history still buys.

        Args:
            frequency: Repeat purchases so far.
            recency: Time from the first to the last purchase.
            age: Time from the first purchase until now.

        Returns:
            A fraction; 1 without a repeat purchase, as dropout follows a purchase.

        Raises:
            ValueError: If the history is impossible.
        """
        history = _fitting.history(frequency, recency, age)
        return float(1 / (1 + np.exp(self._log_dropout(*history)))[0])

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
        return float(self._future(time, *_fitting.history(frequency, recency, age))[0])

    def predict(
        self,
        customers: Any,  # noqa: ANN401
        *,
        time: float,
        columns: tuple[str, str, str] = _HISTORY,
    ) -> Any:  # noqa: ANN401
        """Add the chance to be alive and the expected purchases of each customer.

        Args:
            customers: A pandas or Polars table, a row for each customer.
            time: Length of the time to come, in time units.
            columns: Names of frequency, recency and age.

        Returns:
            The table with ``probability_alive`` and ``expected_purchases``.

        Raises:
            TypeError: If the table is lazy.
            ValueError: If a history is impossible.
        """
        return _predicted(self, customers, time=time, columns=columns)

    def _log_dropout(
        self, x: FloatArray, recency: FloatArray, age: FloatArray
    ) -> FloatArray:
        """Log odds that the customer dropped out after the last purchase."""
        odds = np.log(self.a) - np.log(self.b + np.maximum(x, 1) - 1)
        odds += (self.r + x) * np.log((self.alpha + age) / (self.alpha + recency))
        log_odds: FloatArray = np.where(x > 0, odds, -np.inf)
        return log_odds

    def _alive(self, x: FloatArray, recency: FloatArray, age: FloatArray) -> FloatArray:
        from scipy.special import expit

        alive: FloatArray = expit(-self._log_dropout(x, recency, age))
        return alive

    def _future(
        self, time: float, x: FloatArray, recency: FloatArray, age: FloatArray
    ) -> FloatArray:
        from scipy.special import hyp2f1

        a, b = _not_one(self.a), self.b
        past = time / (self.alpha + age + time)
        # Euler's transformation: the series as published overflows where x is large.
        series = hyp2f1(a + b - 1 - self.r, a - 1, a + b + x - 1, past)
        gone = 1 - (1 - past) ** (a - 1) * series
        future = (a + b + x - 1) / (a - 1) * gone
        result: FloatArray = future * self._alive(x, recency, age)
        return result


def fit_bg_nbd(
    customers: Any,  # noqa: ANN401
    *,
    columns: tuple[str, str, str] = _HISTORY,
) -> BetaGeometricNBD:
    """Fit a BG/NBD model by maximum likelihood.

    ``L = A1 A2 (A3 + [x > 0] A4)`` over customers with x repeat purchases, the last at
    t_x, seen for T (Fader, Hardie & Lee 2005, equation 6).

    Assumes steady buying while alive and no contract, so that leaving is not seen.
    Customers are counted by state in their engine first.

    Args:
        customers: A row for each customer, as `purchases.purchase_summary` makes them.
        columns: Names of frequency, recency and age; times in one and the same unit.

    Returns:
        The model, in the time unit of the data.

    Raises:
        NotConvergedError: If the data don't settle the parameters.
        ValueError: If a history is impossible, or nobody bought again.

    Examples:
        >>> import pandas as pd
        >>> customers = pd.DataFrame({
        ...     "frequency": [0, 0, 1, 3, 0, 8, 2, 0, 1, 5],
        ...     "recency": [0.0, 0, 4, 30, 0, 36, 10, 0, 25, 33],
        ...     "age": [38.0, 36, 38, 37, 30, 38, 35, 33, 36, 38],
        ... })
        >>> model = fit_bg_nbd(customers)
        >>> model.customers
        10

    References:
        Fader, P., Hardie, B. & Lee, K. L. (2005). "Counting your customers" the easy
        way: an alternative to the Pareto/NBD model.
    """
    x, recency, age, weights = _fitting.repeat_states(customers, columns)
    scale = float(age.max()) / 10
    recency, age = recency / scale, age / scale

    def mean_log_likelihood(parameters: FloatArray) -> float:
        return float(weights @ _log_likelihood(parameters, x, recency, age))

    total = weights.sum()
    found = _fitting.maximize(
        lambda parameters: mean_log_likelihood(parameters) / total,
        names=("r", "alpha", "a", "b"),
        starts=[(0.3, 1.0, 0.8, 2.5), (1.0, 3.0, 1.0, 5.0)],
    )
    shift = float(weights @ x) * np.log(scale)
    r, alpha, a, b = (float(value) for value in found)
    return BetaGeometricNBD(
        r=r,
        alpha=alpha * scale,
        a=a,
        b=b,
        log_likelihood=mean_log_likelihood(found) - shift,
        customers=int(total),
    )


def _log_likelihood(
    parameters: FloatArray, x: FloatArray, recency: FloatArray, age: FloatArray
) -> FloatArray:
    from scipy.special import betaln, gammaln

    r, alpha, a, b = parameters
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    shared += betaln(a, b + x) - betaln(a, b)
    alive = -(r + x) * np.log(alpha + age)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1)
    gone -= (r + x) * np.log(alpha + recency)
    either: FloatArray = np.where(x > 0, np.logaddexp(alive, gone), alive)
    total: FloatArray = shared + either
    return total


def _not_one(a: float) -> float:
    """Step aside from the point a = 1, where the formula is 0 / 0 but has a limit."""
    return a if abs(a - 1) > 1e-6 else 1 + 1e-6


def _predicted(
    model: BetaGeometricNBD,
    customers: Any,  # noqa: ANN401
    *,
    time: float,
    columns: tuple[str, str, str],
) -> Any:  # noqa: ANN401
    time = _arguments.not_negative("time", time)
    try:
        table = nw.from_native(customers, eager_only=True)
    except TypeError:
        raise TypeError(
            f"customers is a {type(customers).__name__}, must be a pandas or Polars "
            "table in memory; collect it first, it has a row for each customer"
        ) from None
    _arguments.columns(table.columns, *columns)
    history = [
        _arguments.finite_array(name, table[name].to_numpy()) for name in columns
    ]
    _fitting.check_history(*history)
    alive = model._alive(*history)
    future = model._future(time, *history)
    backend = table.implementation
    return table.with_columns(
        nw.new_series("probability_alive", alive, backend=backend),
        nw.new_series("expected_purchases", future, backend=backend),
    ).to_native()
