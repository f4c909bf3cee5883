"""What can be measured in a test: a rate, a mean, or a ratio of two means.

A measure names columns of a table with one row per user. It knows its level in an arm
and how much each user moves that level, from which all errors follow.
"""

from dataclasses import dataclass

from pmlab.experiments.totals import Totals, Weights


@dataclass(frozen=True)
class Rate:
    """Share of the users who did something; the column holds 0 or 1.

    For CUPED on a rate use ``Mean`` on the same column, with a covariate.

    Examples:
        >>> Rate("bought").columns
        ('bought',)
    """

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the measure needs."""
        return (self.column,)


@dataclass(frozen=True)
class Mean:
    """Mean per user, such as orders per user; with a covariate, by CUPED.

    The covariate has to be measured before the test starts.

    Examples:
        >>> Mean("orders", covariate_column="orders_before").columns
        ('orders', 'orders_before')
    """

    column: str
    covariate_column: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the measure needs."""
        return tuple(filter(None, (self.column, self.covariate_column)))


@dataclass(frozen=True)
class Ratio:
    """Sum of one column per sum of another, such as orders per session.

    Users are randomized, so the error comes from users (delta method), not sessions.
    With two covariate columns, the same ratio before the test, by CUPED.

    Examples:
        >>> Ratio("orders", "sessions").columns
        ('orders', 'sessions')
    """

    column: str
    base_column: str
    covariate_column: str | None = None
    covariate_base_column: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the measure needs."""
        covariates = (self.covariate_column, self.covariate_base_column)
        return (self.column, self.base_column, *filter(None, covariates))


Measure = Rate | Mean | Ratio


def covariate_of(measure: Measure) -> Measure | None:
    """Return the covariate as a measure of its own, or None."""
    if isinstance(measure, Rate) or measure.covariate_column is None:
        if isinstance(measure, Ratio) and measure.covariate_base_column is not None:
            raise ValueError(
                "covariate_column == None, must be given with covariate_base_column"
            )
        return None
    if measure.covariate_column == measure.column:
        raise ValueError(
            f"covariate_column == {measure.column!r}, must be another column, "
            "measured before the test; a covariate from the test hides the effect"
        )
    if isinstance(measure, Mean):
        return Mean(measure.covariate_column)
    if measure.covariate_base_column is None:
        return Mean(measure.covariate_column)
    return Ratio(measure.covariate_column, measure.covariate_base_column)


def level(measure: Measure, arm: Totals) -> float:
    """Return the value of a measure in an arm."""
    if not isinstance(measure, Ratio):
        return arm.mean(measure.column)
    return arm.mean(measure.column) / _base(measure, arm)


def influence(measure: Measure, arm: Totals) -> Weights:
    """Return the weights of the columns in a user's pull on the level.

    For a ratio R = Y / D this is the delta method: (y - R d) / mean(D).
    """
    if not isinstance(measure, Ratio):
        return {measure.column: 1.0}
    base = _base(measure, arm)
    return {measure.column: 1 / base, measure.base_column: -level(measure, arm) / base}


def combined(first: Weights, second: Weights, *, factor: float) -> Weights:
    """Return ``first + factor * second``."""
    names = {**first, **second}
    return {name: first.get(name, 0) + factor * second.get(name, 0) for name in names}


def weight(measure: Measure, arm: Totals) -> float:
    """Return how heavily an arm counts in the level of several arms together."""
    if isinstance(measure, Ratio):
        return arm.users * _base(measure, arm)
    return float(arm.users)


def _base(measure: Ratio, arm: Totals) -> float:
    base = arm.mean(measure.base_column)
    if base == 0:
        raise ValueError(
            f"base_column {measure.base_column!r} has mean 0 in an arm, must not be 0; "
            "a ratio per nothing has no value"
        )
    return base
