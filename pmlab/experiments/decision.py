"""From a test to a decision: trust first, then effect, then guardrails.

The course rule, in this order:

1. Sample ratio mismatch (p < 0.001): **blocked**, no effect is read.
2. The primary interval lies above the practical line, guardrails hold, the test ran two
   full weeks, the effect does not fade and is not too good to be true: **ship**.
3. The interval lies below the line: **stop**.
   A note that the interval is too short, or that the arms differed before the test,
   keeps a test from both.
4. All else: **iterate**, and the reasons say what is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pmlab import _arguments as check
from pmlab.experiments.analysis import Analysis
from pmlab.experiments.effect import Effect, signed_percent
from pmlab.experiments.guardrails import (
    Better,
    Guardrail,
    GuardrailCheck,
    Scale,
    check_guardrail,
    interval_on,
    refuse_percent,
    refuse_single_guardrail,
)
from pmlab.experiments.multiplicity import AdjustedPValues, adjust_p_values
from pmlab.experiments.novelty import NoveltyCheck, TwymanCheck, twyman_check
from pmlab.experiments.sample_ratio import SampleRatioCheck, srm_check
from pmlab.results import Result

FULL_DAYS = 14


@dataclass(frozen=True, kw_only=True, repr=False)
class Readout(Result):
    """A test as it is read: trust, effect, guardrails, decision.

    Attributes:
        decision: ``ship``, ``iterate``, ``stop`` or ``blocked``.
        reasons: Why, in words, the deciding one first.
        primary: Name of the primary measure.
        effect: Effect on it; None if the test is blocked.
        practical_line: Gain that makes the change worth it.
        scale: Scale on which the line was judged: ``relative``, or ``absolute``, also
            for a line of 0.
        sample_ratio: Check of the sizes of the arms.
        guardrails: Check of each guardrail; empty if the test is blocked.
        days_run: Days the test ran.
        secondary: Effects on other measures, not part of the decision; their p-values
            are corrected together (Holm) in ``secondary_p_values``.
    """

    decision: str
    reasons: tuple[str, ...]
    primary: str
    effect: Effect | None
    practical_line: float
    scale: str
    sample_ratio: SampleRatioCheck
    guardrails: tuple[GuardrailCheck, ...]
    days_run: int
    secondary: Mapping[str, Effect]

    @property
    def secondary_p_values(self) -> AdjustedPValues | None:
        """P-values of the other measures, Holm; None if there are none."""
        if not self.secondary:
            return None
        effects = self.secondary.values()
        level = 1 - max(effect.confidence for effect in effects)
        raw = {name: effect.p_value for name, effect in self.secondary.items()}
        return adjust_p_values(raw, correction="holm", alpha=round(level, 12))

    def summary(self) -> str:
        """Say trust, effect, guardrails and decision, in this order."""
        texts = [f"Trust: {self.sample_ratio.summary()}"]
        if self.effect is not None:
            texts.append(f"Effect on {self.primary}: {self.effect.summary()}")
        texts.extend(guardrail.summary() for guardrail in self.guardrails)
        if (secondary := self.secondary_p_values) is not None:
            texts.append(f"Secondary measures: {secondary.summary()}")
        texts.append(f"Decision: {self.decision}. {' '.join(self.reasons)}")
        return " ".join(texts)

    def to_frame(self) -> pd.DataFrame:
        """Return the steps of the read-out in order.

        Returns:
            Columns ``step``, ``outcome`` and ``words``, one row for each step.
        """
        trusted = "passed" if self.sample_ratio.trusted else "failed"
        rows = [("trust", trusted, self.sample_ratio.summary())]
        if self.effect is not None:
            rows.append((f"effect on {self.primary}", "read", self.effect.summary()))
        rows.extend(
            (f"guardrail {rail.measure}", rail.verdict, rail.summary())
            for rail in self.guardrails
        )
        if (secondary := self.secondary_p_values) is not None:
            standing = f"{sum(secondary.rejected)} of {len(secondary.names)} stand"
            rows.append(("secondary", standing, secondary.summary()))
        rows.append(("decision", self.decision, " ".join(self.reasons)))
        return pd.DataFrame(rows, columns=["step", "outcome", "words"])


def readout(
    analysis: Analysis | Effect,
    *,
    primary: str | None = None,
    days_run: int,
    practical_line: float = 0.0,
    scale: Scale = "relative",
    better: Better = "higher",
    guardrails: Sequence[Guardrail] = (),
    designed_shares: Mapping[str, float] | None = None,
    novelty: NoveltyCheck | None = None,
    plausible_lift: float = 0.25,
) -> Readout:
    """Return what a test says and what to do: ship, iterate or stop.

    Sample ratio first: p < 0.001 blocks the test and no effect is shown. Ship if the
    interval of the primary measure lies above the practical line, all guardrails hold,
    two full weeks have passed, the effect does not fade and is not too good to be
    true. Stop if the interval lies below the line. Else iterate, also where the effect
    has a note, such as too few successes for its interval.

    Assumes that primary measure, line, margins and days were fixed before the test.

    Args:
        analysis: Effects and sizes, from ``analyze``; or one effect, as from
            ``compare_rates``, whose users are those of both arms by design.
        primary: Name of the one measure that decides; may be left out if it is the
            only one.
        days_run: Days the test ran.
        practical_line: Gain from which the change is worth it, a fraction of the
            control value below 1 with ``relative``. At 0 (default) the difference is
            judged, on its absolute scale.
        scale: ``relative`` (default) or ``absolute``, for the line.
        better: Whether ``higher`` or ``lower`` values of the primary are good.
        guardrails: Measures that must not get worse.
        designed_shares: Share of each arm by design; equal if left out. The arms of an
            effect are named ``control`` and ``treatment``.
        novelty: Result of ``novelty_check``, if daily effects are known.
        plausible_lift: Larger lifts are checked before they are believed.

    Returns:
        The decision with its reasons; it prints all steps in words.

    Raises:
        ValueError: If a measure was not analyzed or a share or the line is impossible.
        TypeError: If there is neither an analysis nor an effect.

    Examples:
        Booked: 410 of 8,120 without and 468 of 8,050 with the change, meant as halves.

        >>> from pmlab.experiments.rates import compare_rates
        >>> effect = compare_rates((410, 8_120), (468, 8_050))
        >>> readout(effect, primary="booked", days_run=14)
        Trust: 16,170 users split 50.22 % / 49.78 %, designed 50.00 % / 50.00 %:
        p = 0.58. The split fits the design; effects may be read. Effect on booked:
        Treatment 5.81 %, control 5.05 %: difference +0.76 percentage points, 95 %
        interval +0.07 to +1.46 (p = 0.032). Relative lift +15.1 %, interval +0.3 % to
        +30.0 %. The interval lies on one side of 0: the data speak for a rise.
        Decision: ship. The whole interval of the absolute gain lies above 0.

        Several measures, with a line of 2 %:

        >>> effect = compare_rates((4_800, 100_000), (5_400, 100_000))
        >>> test = Analysis(arm_users={"control": 100_000, "treatment": 100_000},
        ...     control="control", treatment="treatment", effects={"booked": effect})
        >>> readout(test, primary="booked", days_run=14, practical_line=0.02).decision
        'ship'

    References:
        Kohavi, Tang, Xu (2020), Trustworthy Online Controlled Experiments.
    """
    days = check.whole("days_run", days_run, minimum=1)
    line = check.number("practical_line", practical_line)
    check.choice("scale", scale, ("relative", "absolute"))
    refuse_percent("practical_line", line, scale=scale)
    # No gain is the same on both scales; the difference then has the better interval.
    scale = "absolute" if line == 0 else scale
    check.choice("better", better, ("higher", "lower"))
    analysis, primary = _named(analysis, primary)
    effect = analysis.effect(primary)
    refuse_single_guardrail(guardrails)
    rail_effects = [analysis.effect(rail.measure) for rail in guardrails]
    ratio = srm_check(analysis.arm_users, designed_shares=designed_shares)
    rails: tuple[GuardrailCheck, ...] = ()
    shown: Effect | None = None
    decision, reasons = "blocked", ["The arms do not have their designed sizes."]
    if ratio.trusted:
        shown = effect
        rails = tuple(map(check_guardrail, rail_effects, guardrails))
        place, words = _place(effect, line=line, scale=scale, better=better)
        twyman = twyman_check(effect, plausible_lift=plausible_lift)
        concerns = _concerns(rails, days=days, novelty=novelty, twyman=twyman)
        notes = [effect.note, effect.relative_note if scale == "relative" else ""]
        doubts = list(filter(None, notes))
        concerns.extend(doubts)
        decision = _decided(place, concerns, trusted=not doubts)
        taken = ["Each row was taken as one user."] if analysis.unit == "row" else []
        reasons = [words, *concerns, *taken, *analysis.notes]
    used = {primary, *(rail.measure for rail in guardrails)}
    return Readout(
        decision=decision,
        reasons=tuple(reasons),
        primary=primary,
        effect=shown,
        practical_line=line,
        scale=scale,
        sample_ratio=ratio,
        guardrails=rails,
        days_run=days,
        secondary={
            name: other
            for name, other in analysis.effects.items()
            if ratio.trusted and name not in used
        },
    )


def _named(analysis: object, primary: str | None) -> tuple[Analysis, str]:
    """Return an analysis, made around a single effect, and the primary measure."""
    if isinstance(analysis, Effect):
        name = primary or analysis.measure
        made = Analysis(
            arm_users={
                "control": analysis.control_users,
                "treatment": analysis.treatment_users,
            },
            control="control",
            treatment="treatment",
            effects={name: analysis},
        )
        return made, name
    if not isinstance(analysis, Analysis):
        raise TypeError(
            f"analysis is a {type(analysis).__name__}, must be what analyze returns, "
            "or an effect from compare_rates, compare_means or compare_ratios"
        )
    if primary is None and len(analysis.effects) == 1:
        return analysis, next(iter(analysis.effects))
    if primary is None:
        raise ValueError(
            "primary == None, must name the one measure that decides; these exist: "
            f"{', '.join(analysis.effects) or 'none'}"
        )
    return analysis, primary


def _place(effect: Effect, *, line: float, scale: str, better: str) -> tuple[str, str]:
    low, high = interval_on(effect, scale=scale)
    if better == "lower":
        low, high = -high, -low
    said = signed_percent(line) if scale == "relative" else f"{line:+.4g}"
    said = "0" if line == 0 else f"the line {said}"
    kind = f"{scale} gain" + (" (a fall is good)" if better == "lower" else "")
    if low > line:
        return "above", f"The whole interval of the {kind} lies above {said}."
    if high < line:
        return "below", f"The whole interval of the {kind} lies below {said}."
    return "contains", (
        f"The interval of the {kind} contains {said}: the test can't tell "
        "whether the change is worth it."
    )


def _concerns(
    rails: Sequence[GuardrailCheck],
    *,
    days: int,
    novelty: NoveltyCheck | None,
    twyman: TwymanCheck,
) -> list[str]:
    found = [rail.summary() for rail in rails if rail.verdict != "holds"]
    if days < FULL_DAYS:
        found.append(f"The test ran {days} days, must run {FULL_DAYS}: two full weeks.")
    if novelty is not None and novelty.fading:
        found.append(novelty.summary())
    if twyman.suspicious or twyman.relative_lift is None:
        found.append(twyman.summary())
    return found


def _decided(place: str, concerns: Sequence[str], *, trusted: bool) -> str:
    if place == "below" and trusted:
        return "stop"
    return "ship" if place == "above" and not concerns else "iterate"
