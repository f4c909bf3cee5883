"""What a column measures: its label, its unit, and how its values are written."""

import dataclasses
import datetime as dt
import math
import numbers

from pmlab import formatting

_UNIT_OF_SUFFIX = {
    "days": "days",
    "eur": "EUR",
    "hours": "hours",
    "minutes": "minutes",
    "months": "months",
    "people": "people",
    "users": "users",
    "usd": "USD",
    "weeks": "weeks",
    "years": "years",
}
_RATES = frozenset({"fraction", "rate", "share", "probability", "retention"})
_ACRONYMS = frozenset(
    [
        "arpu",
        "arr",
        "cac",
        "cr",
        "dau",
        "gmv",
        "grr",
        "ltv",
        "mau",
        "mde",
        "mrr",
        "npv",
        "nps",
        "nrr",
        "roi",
        "sam",
        "som",
        "sus",
        "tam",
        "wau",
    ]
)
_SYMBOLS = {"USD": "$", "EUR": "€"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measure:
    """A column of a chart's table.

    Attributes:
        column: Name of the column in the table.
        label: Name for people, without the unit.
        unit: ``"USD"``, ``"EUR"``, ``"%"`` (values are fractions), any other word, or
            empty.
    """

    column: str
    label: str
    unit: str = ""

    @property
    def heading(self) -> str:
        """Label with unit, as axis titles and table heads show it."""
        if not self.unit or self.unit.lower() == self.label.lower():
            return self.label
        return f"{self.label} ({self.unit})"

    def text(self, value: object) -> str:
        """Write a value for people, with its unit; empty for a missing value."""
        if value is None or value != value or str(value) == "NaT":  # noqa: PLR0124
            return ""
        if isinstance(value, dt.date):
            return value.isoformat().removesuffix("T00:00:00")
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            return str(value)
        if not self.unit and self.label.lower().endswith("year"):
            return f"{value:g}"  # 2025, never 2,025
        return quantity(float(value), self.unit)

    def plain(self, value: object) -> str:
        """Write a value without its unit word, for a table whose head names it."""
        text = self.text(value)
        return text.removesuffix(f" {self.unit}") if self.unit != "%" else text


def quantity(value: float, unit: str) -> str:
    """Write a number with its unit: ``$1.35 M``, ``5.4 %``, ``1,200 users``."""
    if abs(value) >= 1e15:
        return f"{value:.3g} {unit}".rstrip()
    if unit in _SYMBOLS:
        return formatting.money(value, symbol=_SYMBOLS[unit])
    if unit == "%":
        return _percent(value)
    return f"{_number(value)} {unit}".rstrip()


def _percent(fraction: float) -> str:
    size = 100 * abs(fraction)
    if size == 0 or size >= 0.1:
        return formatting.percent(fraction)
    if size < 1e-6:
        return f"{100 * fraction:.1e} %"
    return formatting.percent(fraction, digits=1 - math.floor(math.log10(size)))


def _number(value: float) -> str:
    if value == int(value):
        return formatting.count(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def measure(
    column: str, *, unit: str | None = None, label: str | None = None
) -> Measure:
    """Describe a column; unit and label follow from its name unless they are given.

    ``revenue_usd`` becomes ``Revenue (USD)``, ``conversion_rate`` becomes
    ``Conversion rate (%)``.
    """
    words = str(column).split("_")
    found = _UNIT_OF_SUFFIX.get(words[-1].lower(), "")
    if found and len(words) > 1:
        words = words[:-1]
    if words[-1].lower() in _RATES:
        found = "%"
    text = " ".join(w.upper() if w.lower() in _ACRONYMS else w for w in words)
    return Measure(
        column=column,
        label=label if label is not None else text[:1].upper() + text[1:],
        unit=found if unit is None else unit,
    )


def axis(of: Measure) -> dict[str, object]:
    """Return plotly's settings of an axis that shows this measure."""
    settings: dict[str, object] = {"title": {"text": of.heading}}
    if of.unit == "%":
        settings["tickformat"] = ",.3~%"
    else:
        settings["exponentformat"] = "B"
    return settings
