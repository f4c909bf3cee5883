"""Credit and reason together: one value that nbgrader and people both read.

nbgrader takes the text form of a check cell's last value as points, so the text form
is a plain number between 0 and the points of the cell. Notebooks and feedback pages
show the HTML form, which has the reason.
"""

import dataclasses
import html
import re
from collections.abc import Mapping

import pandas as pd

from pmlab.case import current_variant
from pmlab.checks.comparison import Comparison
from pmlab.checks.plain import readable
from pmlab.errors import PmlabError

_LOOKS = {
    "passes": ("#0b6e4f", "✓"),
    "partly": ("#8a5a00", "◐"),
    "not yet": ("#9b2226", "✗"),
}
# *stressed* stands apart from words, so that 2*3*4 stays as it is.
_EMPHASIS = re.compile(r"(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """The outcome of one check cell.

    Attributes:
        exercise: Id of the exercise.
        points: Most that can be had.
        share: Earned share of the points, from 0 to 1.
        graded: Whether hidden data were part of the check.
        trap: Id of the known wrong answer, if one was recognized.
        reasons: Paragraphs for the learner; empty when all is right.
        notes: Remarks that cost nothing, such as a warning the code gave.
        read: Where to read on.
        tables: The small tables the check uses, by name, to look at.
        comparisons: All comparisons that were made, in order.
    """

    exercise: str
    points: float
    share: float
    graded: bool = False
    trap: str | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    read: str = ""
    tables: Mapping[str, pd.DataFrame] = dataclasses.field(
        default_factory=dict, repr=False, compare=False
    )
    comparisons: tuple[Comparison, ...] = dataclasses.field(default=(), repr=False)

    @property
    def credit(self) -> float:
        """Points earned, rounded to a hundredth."""
        return round(self.points * self.share, 2)

    @property
    def status(self) -> str:
        """``"passes"``, ``"partly"`` or ``"not yet"``."""
        if self.share >= 1:
            return "passes"
        return "partly" if self.share > 0 else "not yet"

    @property
    def headline(self) -> str:
        """One line: the status and the points."""
        points = f"{readable(self.credit)} of {readable(self.points)} points"
        if self.status == "partly":
            return f"Partly right: {points}"
        if self.status == "not yet":
            return f"Not yet: {points}"
        if self.graded:
            return f"The checks pass: {points}"
        return (
            f"The visible checks pass: {readable(self.points)} points in reach. "
            "Grading adds checks that are not shown here."
        )

    @property
    def text(self) -> str:
        """The whole verdict as plain text."""
        parts = [self.headline, *self.reasons]
        if self.reasons and self.read:
            parts.append(f"Read: {self.read}.")
        parts += [f"Note: {note}" for note in self.notes]
        return "\n".join(parts)

    def __repr__(self) -> str:
        return f"{self.credit:g}"

    def _repr_html_(self) -> str:
        color, sign = _LOOKS[self.status]
        parts = [
            f'<p style="margin:0;font-weight:bold;color:{color}">'
            f'<span aria-hidden="true">{sign}</span> {html.escape(self.headline)}</p>'
        ]
        parts += [_paragraph(reason) for reason in self.reasons]
        if self.reasons and self.read:
            parts.append(_paragraph(f"Read: {self.read}."))
        parts += [_paragraph(f"Note: {note}") for note in self.notes]
        if self.reasons:
            parts += [_folded(name, table) for name, table in self.tables.items()]
        # The classes keep JupyterLab from reading two dollar signs as a formula.
        return (
            f'<div role="status"{_variant()} '
            'class="tex2jax_ignore mathjax_ignore" style="'
            f'border-left:4px solid {color};padding:.4em 1em;max-width:45em">'
            f"{''.join(parts)}</div>"
        )


def _variant() -> str:
    """Name the data the check ran on, so that grading can tell whose they were."""
    try:
        return f' data-variant="{current_variant()}"'
    except (PmlabError, ValueError):
        return ""


def _folded(name: str, table: pd.DataFrame) -> str:
    """Return a table under a line that opens it."""
    return (
        '<details style="margin:.5em 0 0"><summary>Look at '
        f"{html.escape(name)}</summary>"
        f"{table.to_html(index=False, border=0, na_rep='(empty)', max_rows=30)}"
        "</details>"
    )


def _paragraph(text: str) -> str:
    """Escape a text for HTML; *stressed* words and `code` stay marked."""
    parts = html.escape(text, quote=False).split("`")
    if len(parts) % 2 == 0:  # one ` without its partner
        parts[-2:] = ["`".join(parts[-2:])]
    shown = [
        f"<code>{part}</code>" if position % 2 else _EMPHASIS.sub(r"<em>\1</em>", part)
        for position, part in enumerate(parts)
    ]
    return f'<p style="margin:.5em 0 0">{"".join(shown)}</p>'
