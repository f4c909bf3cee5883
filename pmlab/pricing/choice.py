"""What choices say about value: conditional logit and willingness to pay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.errors import PmlabError
from pmlab.formatting import count
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Floats = npt.NDArray[np.float64]
_MAX_STEPS = 100
# With 8 people a 95 % interval holds in 90 % of samples, with 20 in 95 %.
_FEW_PEOPLE = 20


@dataclass(frozen=True, kw_only=True, repr=False)
class ChoiceModel(Result):
    """A conditional logit model fitted to choices.

    Attributes:
        features: Names of the features.
        choices: Number of choices.
        log_likelihood: At the estimates.
        null_log_likelihood: If all alternatives of a set were equally likely.
        pseudo_r2: 1 - log_likelihood / null_log_likelihood (McFadden).
        clustered: Whether errors allow for several choices by one person.
        people: Number of persons behind those errors; None without.
        coefficients: One row per feature: feature, estimate, standard_error, z,
            p_value, low, high (95 %).
        covariance: Covariance of the estimates, features x features.
    """

    features: tuple[str, ...]
    choices: int
    log_likelihood: float
    null_log_likelihood: float
    pseudo_r2: float
    clustered: bool
    people: int | None
    coefficients: pd.DataFrame
    covariance: pd.DataFrame

    def summary(self) -> str:
        """Return what moves choices, in plain words."""
        parts = [
            f"{row.feature} {float(str(row.estimate)):+.4g} "
            f"(± {1.96 * float(str(row.standard_error)):.2g})"
            for row in self.coefficients.itertuples()
        ]
        errors = "errors by person" if self.clustered else "choices independent"
        if self.few_people:
            errors += f"; with {self.people} people they are too small"
        return (
            f"From {count(self.choices)} choices, the pull of one more unit of each "
            f"feature: {', '.join(parts)} ({errors}). Log-likelihood "
            f"{self.log_likelihood:,.2f} against {self.null_log_likelihood:,.2f} by "
            "chance. willingness_to_pay turns these into money."
        )

    @property
    def few_people(self) -> bool:
        """Whether errors by person rest on fewer than 20 people."""
        return self.people is not None and self.people < _FEW_PEOPLE

    def to_frame(self) -> pd.DataFrame:
        """Return the table of coefficients."""
        return self.coefficients.copy()


def conditional_logit(
    data: "IntoFrame",
    features: Sequence[str],
    *,
    set_column: str = "choice_id",
    chosen_column: str = "chosen",
    person_column: str | None = None,
) -> ChoiceModel:
    """Fit a conditional logit model by maximum likelihood.

    Formula: P(choose j from set s) = exp(x_j b) / sum over k in s of exp(x_k b).

    Assumptions: people choose the alternative of highest value, which is linear in the
    features plus an independent error; adding an alternative draws from all others in
    proportion. Only differences within a set count, so a feature that is the same for
    all alternatives of each set (such as income) can't be estimated.

    Args:
        data: One row per alternative of each choice set.
        features: Numeric columns, such as price and dummies of brands.
        set_column: Which choice the row belongs to.
        chosen_column: 1 or True for the chosen alternative, one per set.
        person_column: Who chose. With several choices per person the standard errors
            then allow for likeness within a person; None takes choices as independent.

    Returns:
        Coefficients with standard errors, and the fit.

    Raises:
        ValueError: If a set has not exactly one choice or has one alternative only, or
            a feature doesn't vary within sets or repeats the others.
        PmlabError: If the fit doesn't converge.

    Examples:
        >>> sets = pd.DataFrame({"choice_id": np.repeat(range(100), 2)})
        >>> sets["price"] = np.tile([10.0, 12.0], 100)
        >>> sets["chosen"] = np.tile([1, 0, 1, 0, 0, 1, 1, 0], 25)
        >>> model = conditional_logit(sets, ["price"])
        >>> float(model.coefficients["estimate"].round(4).item())
        -0.5493

    References:
        McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior.
    """
    names = _feature_names(features)
    people = (person_column,) if person_column else ()
    frame = tables.read(data, set_column, chosen_column, *names, *people)
    sets = _choice_sets(frame, names, set_column, chosen_column)
    scale = sets.spread(names)
    scaled = replace(sets, x=sets.x / scale)
    estimate, value, information = _maximize(scaled)
    covariance = np.linalg.inv(information)
    asked: int | None = None
    if person_column:
        person = scaled.first_of_set(tables.labels(frame, person_column))
        asked = int(person.max()) + 1
        middle = scaled.person_scores(estimate, person)
        covariance = covariance @ middle @ covariance
    return _model(
        names,
        estimate / scale,
        covariance / np.outer(scale, scale),
        value=value,
        null=-float(np.log(sets.sizes).sum()),
        choices=sets.sizes.size,
        people=asked,
    )


def _feature_names(features: Sequence[str]) -> list[str]:
    if isinstance(features, str) or not features:
        raise ValueError(
            f"features == {features!r}, must be a list with at least one column"
        )
    return list(features)


@dataclass(frozen=True, kw_only=True)
class _Sets:
    """Choice sets as arrays, with the rows of a set side by side."""

    x: Floats
    chosen: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]

    def first_of_set(self, labels: list[Any]) -> npt.NDArray[np.int64]:
        """Return a number for the label of each set's first row."""
        codes, _ = pd.factorize(pd.Series(labels))
        return codes[self.order][self.starts].astype(np.int64)

    def spread(self, names: list[str]) -> Floats:
        """Return each feature's spread within sets, or raise if it has none."""
        means = np.add.reduceat(self.x, self.starts) / self.sizes[:, np.newaxis]
        within = self.x - np.repeat(means, self.sizes, axis=0)
        spread: Floats = np.sqrt((within**2).mean(axis=0))
        flat = [name for name, size in zip(names, spread, strict=True) if size < 1e-12]
        if flat:
            raise ValueError(
                f"{', '.join(flat)}: the same for all alternatives of every set, so "
                "choices say nothing about it; leave it out or cross it with a feature"
            )
        if np.linalg.matrix_rank(within / spread) < len(names):
            raise ValueError(
                f"features {', '.join(names)} repeat each other within sets; leave out "
                "one, for example one brand as the base"
            )
        return spread

    def probabilities(self, coefficients: Floats) -> Floats:
        value = self.x @ coefficients
        value -= np.repeat(np.maximum.reduceat(value, self.starts), self.sizes)
        weight = np.exp(value)
        total = np.add.reduceat(weight, self.starts)
        shares: Floats = weight / np.repeat(total, self.sizes)
        return shares

    def person_scores(
        self, coefficients: Floats, person: npt.NDArray[np.int64]
    ) -> Floats:
        """Return the sum over persons of the outer product of their scores."""
        surprise = self.chosen - self.probabilities(coefficients)
        scores = np.add.reduceat(self.x * surprise[:, np.newaxis], self.starts)
        people = int(person.max()) + 1
        if people <= scores.shape[1]:
            raise ValueError(
                f"person_column names {people} person(s), must name more than the "
                f"{scores.shape[1]} features for errors by person; ask more people"
            )
        sums = np.zeros((people, scores.shape[1]))
        np.add.at(sums, person, scores)
        middle: Floats = sums.T @ sums * (people / (people - 1))
        return middle


def _choice_sets(
    frame: pd.DataFrame, names: list[str], set_column: str, chosen_column: str
) -> _Sets:
    tables.labels(frame, set_column)
    codes, labels = pd.factorize(frame[set_column])
    order = np.argsort(codes, kind="stable")
    chosen = tables.flags(frame, chosen_column)[order]
    sizes = np.bincount(codes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    picks = np.add.reduceat(chosen.astype(int), starts)
    wrong = np.flatnonzero(picks != 1)
    if wrong.size:
        raise ValueError(
            f"{set_column} {labels[wrong[0]]} has {picks[wrong[0]]} chosen "
            f"alternatives, must be 1 ({wrong.size} such set(s)); drop them"
        )
    if sizes.min() < 2:
        alone = labels[int(np.argmin(sizes))]
        raise ValueError(f"{set_column} {alone} has one alternative, must have two")
    x = np.column_stack([tables.numbers(frame, name) for name in names])[order]
    return _Sets(
        x=x,
        chosen=chosen,
        starts=starts.astype(np.int64),
        sizes=sizes.astype(np.int64),
        order=order.astype(np.int64),
    )


def _maximize(sets: _Sets) -> tuple[Floats, float, Floats]:
    """Climb the log-likelihood by Newton steps, halved when they overshoot."""
    coefficients = np.zeros(sets.x.shape[1])
    value = _log_likelihood(sets, coefficients)
    for _ in range(_MAX_STEPS):
        gradient, information = _slope(sets, coefficients)
        if np.linalg.cond(information) > 1e12 or np.abs(coefficients).max() > 50:
            break
        step = np.linalg.solve(information, gradient)
        if np.abs(step).max() < 1e-9:
            return coefficients, value, information
        size = 1.0
        while _log_likelihood(sets, coefficients + size * step) < value - 1e-9:
            size /= 2
        coefficients = coefficients + size * step
        value = _log_likelihood(sets, coefficients)
    raise PmlabError(
        "the choice model does not converge: some feature may decide every choice on "
        "its own; drop it, or collect choices that go against it"
    )


def _log_likelihood(sets: _Sets, coefficients: Floats) -> float:
    shares = sets.probabilities(coefficients)[sets.chosen]
    return float(np.log(np.maximum(shares, 1e-300)).sum())


def _slope(sets: _Sets, coefficients: Floats) -> tuple[Floats, Floats]:
    shares = sets.probabilities(coefficients)
    weighted = sets.x * shares[:, np.newaxis]
    means = np.add.reduceat(weighted, sets.starts)
    gradient = sets.x[sets.chosen].sum(axis=0) - means.sum(axis=0)
    information = sets.x.T @ weighted - means.T @ means
    return gradient, information


def _model(
    names: list[str],
    estimate: Floats,
    covariance: Floats,
    *,
    value: float,
    null: float,
    choices: int,
    people: int | None,
) -> ChoiceModel:
    from scipy.special import ndtr

    error = np.sqrt(np.diag(covariance))
    table = pd.DataFrame({"feature": names, "estimate": estimate})
    table["standard_error"], table["z"] = error, estimate / error
    table["p_value"] = 2 * ndtr(-np.abs(estimate / error))
    table["low"], table["high"] = estimate - 1.96 * error, estimate + 1.96 * error
    return ChoiceModel(
        features=tuple(names),
        choices=choices,
        log_likelihood=value,
        null_log_likelihood=null,
        pseudo_r2=1 - value / null,
        clustered=people is not None,
        people=people,
        coefficients=table,
        covariance=pd.DataFrame(covariance, index=names, columns=names),
    )


def willingness_to_pay(
    model: ChoiceModel, *, price: str = "price_usd", confidence: float = 0.95
) -> pd.DataFrame:
    """Turn coefficients into money with intervals.

    Formula: w = -b_feature / b_price, with the delta-method variance
    (var_f + w^2 var_p + 2 w cov_fp) / b_price^2.

    Assumptions: the price coefficient is clearly below zero; near zero the ratio is
    wild and the interval too narrow, which the note says.

    Args:
        model: A model from ``conditional_logit``.
        price: Name of the price feature.
        confidence: Confidence of the intervals.

    Returns:
        One row per other feature: feature, willingness_to_pay (in units of the price),
        standard_error, low, high and note.

    Raises:
        ValueError: If the price is not in the model, has no negative coefficient, or
            is the only feature.

    Examples:
        >>> sets = pd.DataFrame({"choice_id": np.repeat(range(300), 2)})
        >>> sets["price_usd"] = np.tile([10.0, 12.0, 10.0, 12.0, 11.0, 11.0], 100)
        >>> sets["insured"] = np.tile([0, 1, 0, 0, 1, 0], 100)
        >>> sets["chosen"] = np.tile([1, 0] * 3 + [0, 1] * 2 + [1, 0] * 4 + [0, 1], 30)
        >>> model = conditional_logit(sets, ["price_usd", "insured"])
        >>> list(willingness_to_pay(model).columns)
        ['feature', 'willingness_to_pay', 'standard_error', 'low', 'high', 'note']

    References:
        McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior.
        Hole, A. (2007). A comparison of approaches to estimating confidence intervals
        for willingness to pay measures.
    """
    level = check.open_rate("confidence", confidence)
    check.choice("price", price, model.features)
    others = [name for name in model.features if name != price]
    if not others:
        raise ValueError("the model has no feature besides the price; add one")
    coefficients = model.coefficients.set_index("feature")
    slope = float(coefficients["estimate"].astype(float).loc[price])
    if slope >= 0:
        raise ValueError(
            f"the coefficient of {price} is {slope:+.4g}, must be negative; people "
            "seem to like high prices: is quality missing among the features?"
        )
    covariance = model.covariance
    worth = -coefficients["estimate"].astype(float).loc[others].to_numpy() / slope
    own = np.diag(covariance.loc[others, others].to_numpy(dtype=float))
    joint = covariance.loc[others, price].to_numpy(dtype=float)
    price_variance = covariance.to_numpy(dtype=float)[
        model.features.index(price), model.features.index(price)
    ]
    variance = (own + worth**2 * price_variance + 2 * worth * joint) / slope**2
    table = pd.DataFrame({"feature": others, "willingness_to_pay": worth})
    table["standard_error"] = np.sqrt(variance)
    reach = NormalDist().inv_cdf(0.5 + level / 2) * table["standard_error"]
    table["low"], table["high"] = worth - reach, worth + reach
    weak = abs(slope) < 3 * np.sqrt(price_variance)
    notes = ["price effect is uncertain: interval too narrow"] if weak else []
    if model.few_people:
        notes.append(f"only {model.people} people: interval too narrow")
    table["note"] = "; ".join(notes)
    return table


def choice_shares(
    model: ChoiceModel, alternatives: "IntoFrame", *, name_column: str = "alternative"
) -> pd.DataFrame:
    """Predict how choices would split over a set of alternatives.

    Formula: share_j = exp(x_j b) / sum over k of exp(x_k b).

    Assumptions: people choose one of these alternatives and have the tastes of the
    sample; a new alternative draws from all others in proportion to their shares.

    Args:
        model: A model from ``conditional_logit``.
        alternatives: One row per alternative with the model's features.
        name_column: Name of the alternative, each once.

    Returns:
        Columns alternative and share, in the order of the table; shares sum to 1.

    Raises:
        ColumnsMissingError: If a feature of the model is missing.

    Examples:
        >>> sets = pd.DataFrame({"choice_id": np.repeat(range(100), 2)})
        >>> sets["price"] = np.tile([10.0, 12.0], 100)
        >>> sets["chosen"] = np.tile([1, 0, 1, 0, 0, 1, 1, 0], 25)
        >>> offers = pd.DataFrame({"alternative": ["old", "new"], "price": [10, 12]})
        >>> choice_shares(conditional_logit(sets, ["price"]), offers).round(2)
          alternative  share
        0         old   0.75
        1         new   0.25

    References:
        McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior.
    """
    frame = tables.read(alternatives, name_column, *model.features)
    values = [tables.numbers(frame, name) for name in model.features]
    utility = np.column_stack(values) @ model.coefficients["estimate"].to_numpy(float)
    weight = np.exp(utility - utility.max())
    return pd.DataFrame(
        {
            "alternative": tables.names(frame, name_column),
            "share": weight / weight.sum(),
        }
    )
