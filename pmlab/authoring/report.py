"""What verification found in a unit, as a record and as a table for people."""

import dataclasses
from collections.abc import Sequence

_COLUMNS = {
    "exercises": "exercises",
    "points": "auto_points",
    "artefact": "artefact_points",
    "wrong": "wrong",
    "right": "right",
    "hints": "hints",
}


@dataclasses.dataclass
class Report:
    """What verification found in one unit.

    Attributes:
        unit: Slug.
        exercises: Number of exercises.
        auto_points: Sum of their points.
        artefact_points: Points of the written pieces.
        wrong: Wrong answers rejected with their own message, on every variant.
        right: Other right answers accepted at full marks, on every variant.
        hints: Number of hints.
        variants: Number of variants it was tried on.
        failures: One sentence for each broken rule.
    """

    unit: str
    exercises: int = 0
    auto_points: int = 0
    artefact_points: int = 0
    wrong: int = 0
    right: int = 0
    hints: int = 0
    variants: int = 0
    failures: list[str] = dataclasses.field(default_factory=list)


def as_table(reports: Sequence[Report]) -> str:
    """Return the reports as a table of text, with the failures below it."""
    width = max([len("unit"), *(len(report.unit) for report in reports)])
    lines = [f"{'unit':<{width}}" + "".join(f"{name:>11}" for name in _COLUMNS)]
    for report in reports:
        values = [getattr(report, field) for field in _COLUMNS.values()]
        lines.append(
            f"{report.unit:<{width}}" + "".join(f"{value:>11}" for value in values)
        )
    for report in reports:
        lines += [f"  {failure}" for failure in report.failures]
        count = len(report.failures)
        state = f"{count} failure(s)" if count else "no failures"
        lines.append(f"{report.unit}: {state} over {report.variants} variants")
    return "\n".join(lines)
