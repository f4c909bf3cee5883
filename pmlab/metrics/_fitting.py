"""Maximum likelihood for the customer models, and the data they are fit on."""

from collections.abc import Callable, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.errors import PmlabError
from pmlab.metrics import _tables

FloatArray = npt.NDArray[np.float64]

_BOUND = 9.0


class NotConvergedError(PmlabError):
    """A model could not be fit; the message says what to look at."""


def maximize(
    log_likelihood: Callable[[FloatArray], float],
    *,
    names: Sequence[str],
    starts: Sequence[Sequence[float]],
) -> FloatArray:
    """Find the positive parameters with the highest likelihood.

    Args:
        log_likelihood: Mean log-likelihood of a parameter vector, scaled so that good
            parameters are not far from 1.
        names: Names of the parameters, for messages.
        starts: Starting points; the best result of all counts.

    Returns:
        The parameters.

    Raises:
        NotConvergedError: If no start converged, or a parameter ran away.
    """
    from scipy.optimize import minimize

    def loss(logs: FloatArray) -> float:
        value = log_likelihood(np.exp(logs))
        return -value if np.isfinite(value) else 1e10

    best = None
    for start in starts:
        rough = minimize(
            loss,
            np.log(start),
            method="L-BFGS-B",
            bounds=[(-_BOUND, _BOUND)] * len(names),
        )
        if best is None or rough.fun < best.fun:
            best = rough
    if best is None:
        raise ValueError("starts == [], must hold at least one point")
    fine = minimize(
        loss,
        best.x,
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000},
    )
    _check_fit(fine, names)
    found: FloatArray = np.exp(fine.x)
    return found


def _check_fit(fit: Any, names: Sequence[str]) -> None:  # noqa: ANN401
    runaway = [
        name
        for name, value in zip(names, fit.x, strict=True)
        if abs(value) > _BOUND - 0.5
    ]
    if runaway:
        raise NotConvergedError(
            f"the fit did not settle: {', '.join(runaway)} ran to the edge of its "
            "range. The data don't tell customers apart in this respect (all alike, or "
            "too few repeat purchases); use more customers or a longer period, or a "
            "simpler model"
        )
    if not fit.success or fit.fun >= 1e10:
        raise NotConvergedError(
            f"the fit did not converge ({fit.message}); check the units of the times "
            "(days or weeks, the same in all columns) and look for outliers"
        )


def customer_states(
    customers: Any,  # noqa: ANN401
    *columns: str,
) -> pd.DataFrame:
    """Count customers by their state, in the caller's engine.

    Args:
        customers: A row for each customer.
        columns: Columns that make the state, such as frequency, recency and age.

    Returns:
        The columns as floats, and ``customers``.

    Raises:
        ValueError: If there are no customers, or values are missing or negative.
    """
    table = _tables.open_table(customers, *columns)
    states = _tables.fetch(
        table.group_by(*columns).agg(customers=nw.len())
        if columns
        else table.select(customers=nw.len())
    )
    if states.empty:
        raise ValueError("customers hold no rows; check the filter before this call")
    result = states.astype(float)
    for column in columns:
        values = result[column].to_numpy()
        lacking = int(result["customers"][~np.isfinite(values)].sum())
        if lacking:
            raise ValueError(
                f"{column} is missing for {lacking} customer(s); drop them first"
            )
        if (values < 0).any():
            raise ValueError(
                f"{column} holds {values.min():g}, must be >= 0 for each customer"
            )
    return result


def repeat_states(
    customers: Any,  # noqa: ANN401
    columns: Sequence[str],
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return frequency, recency, age and number of customers by state, checked."""
    states = customer_states(customers, *columns)
    x, recency, age = (states[name].to_numpy() for name in columns)
    check_history(x, recency, age)
    if not (x > 0).any():
        raise ValueError(
            "frequency is 0 for every customer, must hold repeat purchases; count "
            "purchases after the first"
        )
    return x, recency, age, states["customers"].to_numpy()


def check_history(x: FloatArray, recency: FloatArray, age: FloatArray) -> None:
    """Raise unless purchase histories are possible."""
    if (recency > age).any():
        raise ValueError(
            f"recency holds {recency[recency > age][0]:g} with an age of "
            f"{age[recency > age][0]:g}, must be <= age; recency is the time from the "
            "first to the last purchase, not the time since the last"
        )
    if ((x == 0) & (recency > 0)).any():
        raise ValueError(
            "recency is above 0 for customers without a repeat purchase, must be 0; "
            "recency is the time from the first to the last purchase"
        )
    if (x != np.floor(x)).any():
        raise ValueError("frequency holds fractions, must be whole numbers")
    if (age <= 0).any():
        raise ValueError(
            "age holds 0, must be > 0; leave out customers whose first purchase is on "
            "the last day"
        )


def history(
    frequency: float, recency: float, age: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the history of one customer as arrays, checked."""
    values = {"frequency": frequency, "recency": recency, "age": age}
    x, last, old = (
        np.array([_arguments.not_negative(name, value)])
        for name, value in values.items()
    )
    check_history(x, last, old)
    return x, last, old


def fit_words(log_likelihood: float | None, customers: int | None) -> str:
    """Say on what a model was fit; empty if its parameters were given."""
    if log_likelihood is None or customers is None:
        return ""
    return (
        f", fit on {formatting.count(customers)} customers "
        f"(log-likelihood {log_likelihood:,.1f})"
    )
