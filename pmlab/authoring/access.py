"""What keeps a notebook from being read with a screen reader, or in black and white."""

import re
from collections.abc import Iterator, Sequence

from pmlab.authoring.model import Cell

_PICTURE = re.compile(r"!\[([^\]]*)\]\(|<img\b([^>]*)>", flags=re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", flags=re.IGNORECASE)
_NO_ALT = re.compile(
    r"|image|picture|figure|chart|.*\.(png|jpe?g|svg|gif)", re.IGNORECASE
)
_COLOR_ONLY = re.compile(
    r"\b(?:red|green|blue|orange|yellow|purple|gr[ae]y|pink|black)\s+"
    r"(?:bar|line|dot|point|area|curve|cell|row|column|band|region|box|number)s?\b",
    flags=re.IGNORECASE,
)
_EMPTY_LINK = re.compile(
    r"(?<!!)\[(?:|click here|here|link|this|more)\]\(", flags=re.IGNORECASE
)
# Packages that draw without words and without a table.
_WORDLESS = re.compile(
    r"^\s*(?:import|from)\s+(matplotlib|seaborn|plotly|altair|bokeh)\b"
)


def access(cells: Sequence[Cell]) -> Iterator[tuple[Cell, str]]:
    """Yield what stands in a reader's way.

    Args:
        cells: Cells of a lesson, or of exercises.

    Yields:
        The cell, and one sentence with what to do.
    """
    for cell in cells:
        if cell.kind == "markdown":
            yield from ((cell, problem) for problem in _text(cell.source))
        else:
            yield from ((cell, problem) for problem in _code(cell.source))


def _text(source: str) -> Iterator[str]:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", source, flags=re.DOTALL)
    for found in _PICTURE.finditer(text):
        alt = found.group(1)
        if alt is None:
            named = _ALT.search(found.group(2))
            alt = (named.group(1) or named.group(2) or "") if named else ""
        if _NO_ALT.fullmatch(alt.strip()):
            yield (
                "picture without a text for those who can't see it; say what it shows: "
                "![what it shows](file)"
            )
    for found in _COLOR_ONLY.finditer(text):
        yield (
            f"“{found.group()}” is told by its color alone; name it by its label or "
            "its place"
        )
    if _EMPTY_LINK.search(text):
        yield "a link whose words do not say where it leads; name the target"


def _code(source: str) -> Iterator[str]:
    for line in source.splitlines():
        found = _WORDLESS.match(line)
        if found:
            yield (
                f"a chart of {found.group(1)} has no words and no table; draw it with "
                "pm.charts"
            )
