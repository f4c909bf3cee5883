"""Kano: what must be there, what pays off with more, what delights."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import percent
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Table = Literal["standard", "modified"]
CategoryRule = Literal["mode", "grouped"]

ANSWERS = ("like", "must", "neutral", "live", "dislike")
CATEGORIES = "MOAIRQ"
_ODD_SHARE = 0.4
_WORDS = {
    "A": "attractive",
    "O": "one-dimensional",
    "M": "must-be",
    "I": "indifferent",
    "R": "reverse",
    "Q": "questionable",
}
_FUNCTIONAL_POINTS = dict(zip(ANSWERS, (4, 2, 0, -1, -2), strict=True))
_DYSFUNCTIONAL_POINTS = dict(zip(ANSWERS, (-2, -1, 0, 2, 4), strict=True))
_TABLES = {
    "standard": ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"),
    "modified": ("QAAAO", "RQIIM", "RIIIM", "RIIQM", "RRRRQ"),
}


def kano_category(
    functional: str | int, dysfunctional: str | int, *, table: Table = "standard"
) -> str:
    """Return the Kano category of one pair of answers.

    Rows of the standard table are the answer to "if it is there", columns the answer
    to "if it is not there"; both go like, must, neutral, live, dislike:
    QAAAO / RIIIM / RIIIM / RIIIM / RRRRQ.

    Assumptions: the modified table takes the same answer twice as questionable, save
    for neutral twice: must-must and live-live are Q instead of I.

    Args:
        functional: How one feels if the feature is there: ``like``, ``must``,
            ``neutral``, ``live`` or ``dislike``, or 1 to 5 in this order.
        dysfunctional: How one feels if it is not there.
        table: ``"standard"`` (Berger et al.) or ``"modified"``.

    Returns:
        A attractive, O one-dimensional, M must-be, I indifferent, R reverse or
        Q questionable.

    Raises:
        ValueError: If an answer or the table is unknown.

    Examples:
        >>> kano_category("like", "dislike"), kano_category("neutral", "dislike")
        ('O', 'M')

    References:
        Kano, N. et al. (1984). Attractive quality and must-be quality.
        Berger, C. et al. (1993). Kano's methods for understanding customer-defined
        quality.
    """
    check.choice("table", table, tuple(_TABLES))
    row = _position("functional", functional)
    return _TABLES[table][row][_position("dysfunctional", dysfunctional)]


def _position(name: str, answer: Any) -> int:  # noqa: ANN401
    if isinstance(answer, str) and answer in ANSWERS:
        return ANSWERS.index(answer)
    if not isinstance(answer, str | bool) and answer in range(1, 6):
        return int(answer) - 1
    raise ValueError(
        f"{name} == {answer!r}, must be one of {', '.join(ANSWERS)}, or 1 to 5 in "
        "this order"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class KanoResult(Result):
    """Categories and coefficients of features.

    Attributes:
        table: Evaluation table that was used.
        rule: How the category was chosen.
        tie_order: Which category wins when counts are equal, first to last.
        features: One row per feature: feature, respondents, A, O, M, I, R, Q (counts),
            category, category_name, tied, better, worse and note. better and worse are
            empty when nobody's answer is A, O, M or I; the note says so.
    """

    table: Table
    rule: CategoryRule
    tie_order: str
    features: pd.DataFrame

    def summary(self) -> str:
        """Return the features by category in plain words."""
        parts = []
        for letter in CATEGORIES:
            of_letter = self.features["category"] == letter
            names = [str(name) for name in self.features.loc[of_letter, "feature"]]
            if names:
                parts.append(f"{_WORDS[letter]}: {', '.join(names)}")
        order = " > ".join(self.tie_order)
        return (
            f"Categories by the {self.table} evaluation table and the {self.rule} "
            f"rule, ties decided by {order}: {'; '.join(parts)}.{self._warning()}"
        )

    def _warning(self) -> str:
        """Ask about the coding if many answers make no sense."""
        odd = int(self.features[["R", "Q"]].to_numpy().sum())
        total = int(self.features["respondents"].sum())
        if odd <= _ODD_SHARE * total:
            return ""
        return (
            f" {percent(odd / total, digits=0)} of the answers are reverse or "
            "questionable: are the answers coded backwards (1 is like, 5 is dislike), "
            "or are the functional and dysfunctional columns swapped?"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the table of features."""
        return self.features.copy()


def kano_analysis(
    data: "IntoFrame",
    *,
    feature_column: str = "feature",
    functional_column: str = "functional",
    dysfunctional_column: str = "dysfunctional",
    table: Table = "standard",
    rule: CategoryRule = "mode",
    tie_order: str = CATEGORIES,
) -> KanoResult:
    """Classify features from pairs of answers and compute their coefficients.

    Formula: better = (A + O) / (A + O + M + I); worse = -(O + M) / (A + O + M + I).

    Assumptions: the category is the most frequent one (``mode``); a tie goes to the
    category that is the worse to miss. Reverse and questionable answers are not in the
    coefficients. A feature's mode hides segments that feel differently.

    Args:
        data: One row per respondent and feature.
        feature_column: The feature.
        functional_column: Answer if the feature is there; words or 1 to 5 (see
            ``kano_category``).
        dysfunctional_column: Answer if it is not there.
        table: ``"standard"`` or ``"modified"`` evaluation table.
        rule: ``"mode"``; or ``"grouped"``, which first compares A + O + M with
            I + R + Q and takes the most frequent category of the larger group.
        tie_order: The six letters in the order in which ties are decided.

    Returns:
        Counts, category and coefficients per feature, in the order of the table.

    Raises:
        ValueError: If an answer is missing or unknown, or the tie order is not the six
            letters.

    Examples:
        >>> answers = pd.DataFrame(
        ...     {
        ...         "feature": ["chat"] * 4,
        ...         "functional": ["like", "like", "neutral", "neutral"],
        ...         "dysfunctional": ["dislike", "neutral", "neutral", "dislike"],
        ...     }
        ... )
        >>> kano_analysis(answers).features[["category", "tied", "better", "worse"]]
          category  tied  better  worse
        0        M  True     0.5   -0.5

    References:
        Kano, N. et al. (1984). Attractive quality and must-be quality.
        Berger, C. et al. (1993). Kano's methods for understanding customer-defined
        quality.
    """
    check.choice("table", table, tuple(_TABLES))
    check.choice("rule", rule, ("mode", "grouped"))
    if sorted(tie_order) != sorted(CATEGORIES):
        raise ValueError(
            f"tie_order == {tie_order!r}, must hold each letter of {CATEGORIES} once"
        )
    frame = tables.read(data, feature_column, functional_column, dysfunctional_column)
    letters = _letters(frame, functional_column, dysfunctional_column, table)
    features = pd.Series(tables.labels(frame, feature_column), name="feature")
    counts = pd.crosstab(features, pd.Series(letters))
    counts = counts.reindex(features.unique()).reindex(
        columns=list("AOMIRQ"), fill_value=0
    )
    return KanoResult(
        table=table,
        rule=rule,
        tie_order=tie_order,
        features=_judge(counts, rule=rule, tie_order=tie_order),
    )


def _letters(
    frame: pd.DataFrame, functional: str, dysfunctional: str, table: Table
) -> list[str]:
    pairs = zip(
        tables.labels(frame, functional),
        tables.labels(frame, dysfunctional),
        strict=True,
    )
    return [kano_category(there, missing, table=table) for there, missing in pairs]


def _judge(counts: pd.DataFrame, *, rule: CategoryRule, tie_order: str) -> pd.DataFrame:
    ordered = _candidates(counts, rule)[list(tie_order)]
    clear = counts[["A", "O", "M", "I"]].sum(axis=1)
    base = clear.where(clear > 0)
    category = ordered.idxmax(axis=1)
    result = counts.rename_axis(columns=None)
    result.insert(0, "respondents", counts.sum(axis=1))
    result["category"] = category
    result["category_name"] = category.map(_WORDS)
    result["tied"] = ordered.eq(ordered.max(axis=1), axis=0).sum(axis=1) > 1
    result["better"] = (counts["A"] + counts["O"]) / base
    result["worse"] = 0 - (counts["O"] + counts["M"]) / base
    result["note"] = np.where(
        clear > 0, "", "all answers are reverse or questionable: no coefficients"
    )
    return result.rename_axis(index="feature").reset_index()


def _candidates(counts: pd.DataFrame, rule: CategoryRule) -> pd.DataFrame:
    """Return the counts, with -1 for categories that the rule leaves out."""
    if rule == "mode":
        return counts
    wanted = counts[["A", "O", "M"]].sum(axis=1)
    rest = counts[["I", "R", "Q"]].sum(axis=1)
    kept = counts.copy()
    kept.loc[wanted > rest, ["I", "R", "Q"]] = -1
    kept.loc[wanted < rest, ["A", "O", "M"]] = -1
    return kept


def kano_points(
    data: "IntoFrame",
    *,
    feature_column: str = "feature",
    functional_column: str = "functional",
    dysfunctional_column: str = "dysfunctional",
) -> pd.DataFrame:
    """Place features on two axes of satisfaction (continuous Kano coding).

    Points: like 4, must 2, neutral 0, live -1, dislike -2 for the functional question,
    and -2, -1, 0, 2, 4 for the dysfunctional one. Category by the means: O if both are
    2 or more, A if only the functional one is, M if only the dysfunctional one is, else
    I (letters as in ``kano_category``).

    Assumptions: distances between answers are as coded. Means keep what the mode drops,
    but a mean near 2 can be two camps: look at the spread.

    Args:
        data: One row per respondent and feature.
        feature_column: The feature.
        functional_column: Answer if the feature is there, see ``kano_category``.
        dysfunctional_column: Answer if it is not there.

    Returns:
        One row per feature: feature, respondents, functional_mean, functional_sd,
        dysfunctional_mean, dysfunctional_sd and category; the standard deviations are
        empty for a single respondent.

    Raises:
        ValueError: If an answer is missing or unknown.

    Examples:
        >>> answers = pd.DataFrame({"feature": ["chat"] * 2})
        >>> answers["functional"] = ["like", "must"]
        >>> answers["dysfunctional"] = ["neutral", "dislike"]
        >>> kano_points(answers)[["functional_mean", "dysfunctional_mean", "category"]]
           functional_mean  dysfunctional_mean category
        0              3.0                 2.0        O

    References:
        DuMouchel, W. (1993). Thoughts on graphical and continuous analysis. In Berger,
        C. et al., Kano's methods for understanding customer-defined quality.
    """
    frame = tables.read(data, feature_column, functional_column, dysfunctional_column)
    points = pd.DataFrame({"feature": tables.labels(frame, feature_column)})
    for name, column, scale in (
        ("functional", functional_column, _FUNCTIONAL_POINTS),
        ("dysfunctional", dysfunctional_column, _DYSFUNCTIONAL_POINTS),
    ):
        answers = [_position(name, value) for value in tables.labels(frame, column)]
        points[name] = [float(scale[ANSWERS[answer]]) for answer in answers]
    grouped = points.groupby("feature", sort=False)
    result = grouped.size().rename("respondents").reset_index()
    for name in ("functional", "dysfunctional"):
        result[f"{name}_mean"] = grouped[name].mean().to_numpy()
        result[f"{name}_sd"] = grouped[name].std().to_numpy()
    present = result["functional_mean"].to_numpy(dtype=float) >= 2
    absent = result["dysfunctional_mean"].to_numpy(dtype=float) >= 2
    result["category"] = np.select(
        [present & absent, present, absent], ["O", "A", "M"], default="I"
    )
    return result
