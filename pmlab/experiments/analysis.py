"""One table of users, several measures, one call."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from pmlab import formatting
from pmlab.experiments._intervals import RelativeMethod
from pmlab.experiments.comparison import compare
from pmlab.experiments.effect import Effect
from pmlab.experiments.measures import Measure, covariate_of
from pmlab.experiments.rows import arm_totals
from pmlab.experiments.totals import Totals
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class Analysis(Result):
    """Effects of a test, one for each measure, and the sizes of all its arms.

    Attributes:
        arm_users: Users in each arm of the data, also in arms that are not compared.
        control: Name of the control arm.
        treatment: Name of the arm it is compared with.
        effects: Effect for each measure, by the name you gave it.
    """

    arm_users: Mapping[str, int]
    control: str
    treatment: str
    effects: Mapping[str, Effect] = field(default_factory=dict)

    def summary(self) -> str:
        """Say sizes and effects; trust is checked by ``readout``."""
        sizes = ", ".join(
            f"{arm} {formatting.count(users)}" for arm, users in self.arm_users.items()
        )
        texts = [f"{name}: {effect.summary()}" for name, effect in self.effects.items()]
        return " ".join([f"Users: {sizes}.", *texts])

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each measure.

        Returns:
            Columns ``name``, ``measure``, both levels, and for difference and lift the
            value, the ends of the interval and the p-value.
        """
        shown = [
            "measure",
            "control_value",
            "treatment_value",
            "difference",
            "difference_low",
            "difference_high",
            "p_value",
            "relative_lift",
            "relative_low",
            "relative_high",
            "relative_p_value",
            "variance_reduction",
        ]
        return pd.DataFrame(
            [
                {"name": name, **{column: getattr(effect, column) for column in shown}}
                for name, effect in self.effects.items()
            ]
        )

    def effect(self, name: str) -> Effect:
        """Return the effect on a measure, or say which exist."""
        if name not in self.effects:
            raise ValueError(
                f"measure == {name!r}, must be one that was analyzed: "
                f"{', '.join(self.effects) or 'none'}"
            )
        return self.effects[name]


def analyze(
    data: object,
    measures: Mapping[str, Measure],
    *,
    arm_column: str = "variant",
    control: object = "control",
    treatment: object | None = None,
    unit_column: str | None = None,
    confidence: float = 0.95,
    relative_method: RelativeMethod = "delta",
) -> Analysis:
    """Return the effects on several measures from a table of users.

    All sums are taken once, in the engine that holds the table; see ``compare`` for
    the formulas.

    Assumes one row for each randomized user, also those who did nothing; with
    ``unit_column``, rows are first summed for each unit.

    Args:
        data: pandas or Polars frame, DuckDB relation or PySpark frame.
        measures: ``Rate``, ``Mean`` or ``Ratio`` by a name of your choice.
        arm_column: Column that names the arm.
        control: Name of the control arm.
        treatment: Arm to compare with it; may be left out if there is only one.
        unit_column: Column of the randomized unit, if rows are finer than that.
        confidence: Level of the intervals, a fraction.
        relative_method: ``delta`` (default) or ``log``, or ``fieller``.

    Returns:
        The effects by name; ``readout`` judges them.

    Raises:
        ColumnsMissingError: If a column does not exist.
        ValueError: If an arm does not exist, there is one only, or values are missing.

    Examples:
        >>> from pmlab.experiments.measures import Ratio
        >>> users = pd.DataFrame({
        ...     "variant": ["control"] * 4 + ["treatment"] * 4,
        ...     "orders": [1, 0, 2, 1, 2, 1, 2, 2],
        ...     "sessions": [4, 2, 5, 3, 4, 2, 5, 3],
        ... })
        >>> result = analyze(users, {"orders per session": Ratio("orders", "sessions")})
        >>> round(result.effect("orders per session").difference, 3)
        0.214

    References:
        Kohavi, Tang, Xu (2020), Trustworthy Online Controlled Experiments.
    """
    if not measures:
        raise ValueError("measures is empty, must name at least one measure")
    values, covariates = _columns(measures)
    totals = arm_totals(
        data,
        value_columns=values,
        covariate_columns=covariates,
        arm_column=arm_column,
        unit_column=unit_column,
    )
    first, second = _arms(totals, control=control, treatment=treatment)
    return Analysis(
        arm_users={name: arm.users for name, arm in totals.items()},
        control=first,
        treatment=second,
        effects={
            name: compare(
                measure,
                totals[first],
                totals[second],
                confidence=confidence,
                relative_method=relative_method,
            )
            for name, measure in measures.items()
        },
    )


def _columns(measures: Mapping[str, Measure]) -> tuple[list[str], list[str]]:
    values: list[str] = []
    covariates: list[str] = []
    for measure in measures.values():
        before = covariate_of(measure)
        history = () if before is None else before.columns
        covariates.extend(history)
        values.extend(name for name in measure.columns if name not in history)
    return values, covariates


def _arms(
    totals: Mapping[str, Totals], *, control: object, treatment: object | None
) -> tuple[str, str]:
    names = ", ".join(totals)
    if len(totals) < 2:
        raise ValueError(
            f"data has one arm only ({names}), must have at least 2; without a "
            "comparison there is no effect"
        )
    others = [name for name in totals if name != str(control)]
    for label, arm in (("control", control), ("treatment", treatment)):
        if arm is not None and str(arm) not in totals:
            raise ValueError(
                f"{label} == {arm!r}, must be an arm of the data; these exist: {names}"
            )
    if treatment is None and len(others) > 1:
        raise ValueError(
            f"treatment == None, must be named with several arms; these exist: {names}"
        )
    second = others[0] if treatment is None else str(treatment)
    if second == str(control):
        raise ValueError(f"treatment == {treatment!r}, must differ from the control")
    return str(control), second
