"""Writes CSV that a spreadsheet opens without running anything."""

import csv
import io
import unicodedata
from collections.abc import Iterable

import pandas as pd

_FORMULA = ("=", "+", "-", "@")
_BREAKS = ("\t", "\r", "\n")


def csv_text(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV (RFC 4180).

    Texts that a spreadsheet would take for a formula get an apostrophe in front, which
    it doesn't show. Numbers stay numbers; a missing one is an empty cell.

    Args:
        headings: The first line.
        rows: The other lines.

    Returns:
        The text, with the line ends of the standard.

    Examples:
        >>> print(csv_text(["who", "points"], [["=1+1", 2.50], ["O'Neil, Bo", -1.0]]))
        who,points
        '=1+1,2.5
        "O'Neil, Bo",-1
        <BLANKLINE>
    """
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow([safe(cell) for cell in headings])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return page.getvalue()


def frame_csv(frame: pd.DataFrame) -> str:
    """Return a table with its columns' names as CSV."""
    return csv_text(map(str, frame.columns), frame.itertuples(index=False))


def safe(cell: object) -> str:
    """Return the text of one cell."""
    if cell is None or cell is pd.NaT or cell != cell:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return f"{round(float(cell), 4):g}" if abs(cell) < 1e6 else str(cell)
    text = str(cell).replace("\0", "")
    return f"'{text}" if _may_run(text) else text


def _may_run(text: str) -> bool:
    """Tell whether a spreadsheet may take a text for a formula."""
    seen = (sign for sign in text if sign.isprintable() and not sign.isspace())
    # Full-width signs count, too: some spreadsheets read them as the narrow ones.
    first = unicodedata.normalize("NFKC", next(seen, ""))
    return first.startswith(_FORMULA) or text.lstrip(" ").startswith(_BREAKS)
