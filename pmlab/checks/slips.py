"""How near is near enough, and slips that make a right method miss: units, rounding."""

import dataclasses
import math
from collections.abc import Mapping, Sequence

_SCALES = {
    100: "100 times too large. Is it a percent where a fraction is asked for?",
    0.01: "100 times too small. Is it a fraction where a percent is asked for?",
    12: "12 times too large. Is it per year where a month is asked for, or counted "
    "once per month?",
    1 / 12: "12 times too small. Is it per month where a year is asked for?",
    1000: "1,000 times too large. Check thousands and single units.",
    0.001: "1,000 times too small. Check thousands and single units.",
    1e6: "a million times too large. Check millions and single units.",
    1e-6: "a million times too small. Check millions and single units.",
    -1: "of the right size with the wrong sign. Which way round is it taken: what is "
    "subtracted from what, or divided by what? Or did `abs` drop the sign?",
}

_SLIP_SLACK = 0.02
# From which size on a number rounded to so many decimals still tells what it was.
_ROUNDED_FROM = {4: 0.0, 3: 0.0, 2: 0.0, 1: 1.0, 0: 10.0}
LOOKS_ROUNDED = (
    "If you rounded: return the number with all its digits, and round only what you "
    "print."
)


@dataclasses.dataclass(frozen=True)
class Tolerance:
    """How near is near enough: relative to the expected value, or absolute."""

    relative: float
    absolute: float | None = None

    def of(self, expected: float) -> float:
        """Return the accepted distance from ``expected``."""
        if self.absolute is not None:
            return self.absolute
        return self.relative * abs(expected)

    def distance(self, value: float, expected: float) -> float:
        """Return how many tolerances ``value`` lies from ``expected``."""
        if value == expected:
            return 0.0
        # Room for the rounding of floats, but never for a count that is one off.
        allowed = self.of(expected) + min(1e-9 * abs(expected), 0.25)
        return abs(value - expected) / allowed if allowed else math.inf


def problem(
    numbers: Mapping[str, float],
    expected: Mapping[str, float],
    wrong_keys: Sequence[str],
    tolerance: Tolerance,
) -> str:
    """Name the slip that explains all wrong numbers at once.

    Args:
        numbers: The learner's numbers by key.
        expected: The right numbers.
        wrong_keys: The keys that are wrong.
        tolerance: How near is near enough.

    Returns:
        A sentence for the learner; empty if no slip explains them.
    """
    if _look_rounded(numbers, expected, wrong_keys):
        return LOOKS_ROUNDED
    for factor, text in _SCALES.items():
        if all(
            _is_multiple(numbers[key], factor, expected[key], tolerance)
            for key in wrong_keys
        ):
            named = " and ".join(f"“{key}”" for key in wrong_keys if key)
            verb = "are" if len(wrong_keys) > 1 else "is"
            return f"{named or 'Your number'} {verb} {text}"
    return ""


def _look_rounded(
    numbers: Mapping[str, float], expected: Mapping[str, float], keys: Sequence[str]
) -> bool:
    """Tell whether all wrong numbers are the right ones, rounded alike."""
    return any(
        all(
            numbers[key] != 0
            and abs(expected[key]) >= from_size
            and abs(numbers[key] - round(expected[key], digits)) < 1e-12
            for key in keys
        )
        for digits, from_size in _ROUNDED_FROM.items()
    )


def _is_multiple(
    value: float, factor: float, expected: float, tolerance: Tolerance
) -> bool:
    """Tell a unit slip; a wide absolute tolerance must not make any number one."""
    if expected == 0:
        return False
    slack = min(tolerance.of(expected) / abs(expected), _SLIP_SLACK) + 1e-9
    return abs(value / (factor * expected) - 1) <= slack
