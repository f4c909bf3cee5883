"""One table of users, several measures, one call."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._engines import lazy_frame
from pmlab.experiments._intervals import RelativeMethod
from pmlab.experiments._repeats import exact_copies, user_columns
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
        unit: What was counted: ``user``, ``row`` (each taken as a user), or the name of
            the column that was randomized.
        notes: What to keep in mind about the rows.
    """

    arm_users: Mapping[str, int]
    control: str
    treatment: str
    effects: Mapping[str, Effect] = field(default_factory=dict)
    unit: str = "user"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse arms and users that do not fit each other."""
        for label, arm in (("control", self.control), ("treatment", self.treatment)):
            check.choice(label, arm, list(self.arm_users))
        if self.control == self.treatment:
            raise ValueError(
                f"treatment == {self.treatment!r}, must differ from the control"
            )
        for name, effect in self.effects.items():
            if not isinstance(effect, Effect):
                raise TypeError(
                    f"effects[{name!r}] is a {type(effect).__name__}, must be an "
                    "Effect, as compare_rates and compare_means return it"
                )
            self._refuse_other_users(name, effect)

    def summary(self) -> str:
        """Say sizes and effects; trust is checked by ``readout``."""
        sizes = ", ".join(
            f"{arm} {formatting.count(users)}" for arm, users in self.arm_users.items()
        )
        texts = [f"{name}: {effect.summary()}" for name, effect in self.effects.items()]
        counted = {"user": "Users", "row": "Rows taken as users"}
        title = counted.get(self.unit, f"Units by {self.unit}")
        return "\n".join([f"{title}: {sizes}.", *self.notes, *texts])

    def _repr_html_(self) -> str:
        return super()._repr_html_().replace("\n", "<br>")

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

    def _refuse_other_users(self, name: str, effect: Effect) -> None:
        for arm, users in (
            (self.control, effect.control_users),
            (self.treatment, effect.treatment_users),
        ):
            if self.arm_users[arm] != users:
                raise ValueError(
                    f"arm_users[{arm!r}] == {self.arm_users[arm]!r} but the effect "
                    f"{name!r} counts {users!r} users there, must be the same users; "
                    "a test is read on those that were randomized"
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
        data: pandas or Polars frame, DuckDB relation or PySpark frame. Without
            ``unit_column``, a column such as ``user_id`` must not repeat.
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
        ValueError: If an arm does not exist, there is one only, values are missing, or
            users repeat without ``unit_column``.
        TypeError: If a measure is not a ``Rate``, ``Mean`` or ``Ratio``.

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
    _check_measures(measures)
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
        unit=_unit(data, unit_column),
        notes=_notes(data, unit_column),
    )


def _check_measures(measures: object) -> None:
    if not isinstance(measures, Mapping):
        raise TypeError(
            f"measures == {measures!r}, must map names to measures, for example "
            "{'booked': Rate('booked')}"
        )
    if not measures:
        raise ValueError("measures is empty, must name at least one measure")
    for name, measure in measures.items():
        if not isinstance(measure, Measure):
            raise TypeError(
                f"measures[{name!r}] == {measure!r}, must be a Rate, Mean or Ratio of "
                f"columns, for example Rate({name!r})"
            )


def _unit(data: object, unit_column: str | None) -> str:
    if unit_column is None:
        return "user" if user_columns(lazy_frame(data)) else "row"
    return "user" if user_columns(lazy_frame(data).select(unit_column)) else unit_column


def _notes(data: object, unit_column: str | None) -> tuple[str, ...]:
    copies = 0 if unit_column is None else exact_copies(lazy_frame(data))
    if not copies:
        return ()
    return (
        f"{formatting.count(copies)} row(s) are exact copies of another row; if they "
        "were logged twice, drop them.",
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
