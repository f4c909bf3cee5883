"""What must not get worse: guardrails, tested for non-inferiority."""

from dataclasses import dataclass
from typing import Literal

from pmlab import _arguments as check
from pmlab.experiments.effect import Effect, signed_percent
from pmlab.results import Result

Better = Literal["higher", "lower"]
Scale = Literal["relative", "absolute"]


@dataclass(frozen=True, kw_only=True)
class Guardrail:
    """A measure that may get worse by less than a margin.

    Attributes:
        measure: Name of the measure in the analysis.
        margin: Largest loss that is acceptable, > 0; a fraction of the control value
            below 1 with ``relative``, in the unit of the measure with ``absolute``.
        better: Whether ``higher`` or ``lower`` values are good.
        scale: ``relative`` (default) or ``absolute``.

    Examples:
        >>> Guardrail(measure="cancellations", margin=0.05, better="lower").scale
        'relative'
    """

    measure: str
    margin: float
    better: Better = "higher"
    scale: Scale = "relative"

    def __post_init__(self) -> None:
        """Refuse margins and names that can't be."""
        check.positive("margin", self.margin)
        check.choice("better", self.better, ("higher", "lower"))
        check.choice("scale", self.scale, ("relative", "absolute"))
        refuse_percent("margin", self.margin, scale=self.scale)


@dataclass(frozen=True, kw_only=True, repr=False)
class GuardrailCheck(Result):
    """Whether a guardrail holds.

    Attributes:
        measure: Name of the measure.
        worst: Worst end of the interval, as a gain (negative: a loss).
        best: Best end of the interval, as a gain.
        margin: Largest acceptable loss.
        scale: ``relative`` or ``absolute``.
        better: Whether ``higher`` or ``lower`` values are good.
        verdict: ``holds``, ``unclear`` or ``broken``.
    """

    measure: str
    worst: float
    best: float
    margin: float
    scale: str
    better: str
    verdict: str

    def summary(self) -> str:
        """Say whether the guardrail holds and why."""
        worst, margin = self._words(self.worst), self._words(-self.margin)
        if self.verdict == "holds":
            return f"Guardrail {self.measure} holds: at worst {worst}, margin {margin}."
        if self.verdict == "broken":
            return (
                f"Guardrail {self.measure} is broken: even at best "
                f"{self._words(self.best)}, beyond the margin {margin}."
            )
        return (
            f"Guardrail {self.measure} is not shown to hold: it may be as bad as "
            f"{worst}, margin {margin}."
        )

    def _words(self, value: float) -> str:
        return signed_percent(value) if self.scale == "relative" else f"{value:+.4g}"


def check_guardrail(effect: Effect, guardrail: Guardrail) -> GuardrailCheck:
    """Return whether a measure is shown not to be worse than its margin.

    Holds if the whole interval of the gain lies above -margin, which at 95 % is a
    one-sided test at 2.5 %. Guardrails are not corrected for their number: missing a
    harm is the worse error.

    Assumes that the margin was set before the test.

    Args:
        effect: Effect on the measure.
        guardrail: Margin and direction.

    Returns:
        ``holds``, ``broken`` (whole interval beyond the margin) or ``unclear``.

    Raises:
        ValueError: If the margin is relative and the lift has no interval.

    Examples:
        >>> from pmlab.experiments.rates import compare_rates
        >>> effect = compare_rates((9_000, 100_000), (9_030, 100_000))
        >>> check_guardrail(effect, Guardrail(
        ...     measure="cancellations", margin=0.05, better="lower"))
        Guardrail cancellations holds: at worst -3.1 %, margin -5.0 %.

    References:
        Schultzberg et al. (2024), Risk-aware product decisions in A/B tests with
        multiple metrics.
    """
    low, high = interval_on(effect, scale=guardrail.scale)
    worst, best = (low, high) if guardrail.better == "higher" else (-high, -low)
    verdict = "unclear"
    if worst > -guardrail.margin:
        verdict = "holds"
    elif best < -guardrail.margin:
        verdict = "broken"
    return GuardrailCheck(
        measure=guardrail.measure,
        worst=worst,
        best=best,
        margin=guardrail.margin,
        scale=guardrail.scale,
        better=guardrail.better,
        verdict=verdict,
    )


def refuse_percent(name: str, value: float, *, scale: str) -> None:
    """Raise if a relative margin or line is 1 or more: percent for a fraction."""
    if scale == "relative" and abs(value) >= 1:
        raise ValueError(
            f"{name} == {value!r}, must be below 1 with scale='relative'; pass a "
            f"fraction, not a percent: did you mean {value / 100:g}? "
            "scale='absolute' takes the unit of the measure"
        )


def refuse_single_guardrail(guardrails: object) -> None:
    """Raise unless guardrails are a list of ``Guardrail``."""
    listed = guardrails if isinstance(guardrails, list | tuple) else [None]
    if not all(isinstance(rail, Guardrail) for rail in listed):
        raise TypeError(
            f"guardrails == {guardrails!r}, must be a list of them: "
            "guardrails=[Guardrail(measure='cancellations', margin=0.05)]"
        )


def interval_on(effect: Effect, *, scale: str) -> tuple[float, float]:
    """Return the interval of an effect on the asked scale, or raise."""
    if scale == "absolute":
        return effect.difference_low, effect.difference_high
    if effect.relative_low is None or effect.relative_high is None:
        raise ValueError(
            f"scale == 'relative', must be 'absolute' here: with values of "
            f"{effect.control_value:g} in control and {effect.treatment_value:g} in "
            "treatment the relative lift has no interval"
        )
    return effect.relative_low, effect.relative_high
