"""The portfolio as HTML: one page that screen readers, printers and hosts can read."""

import dataclasses
import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pmlab.learner.page import page

FICTION = (
    "Fernbroom, its people and its data are invented for the course this work comes "
    "from. Tables marked REAL are public data about the real world and say nothing "
    "about Fernbroom."
)
_CHECKED = "Done in code, with the checks of the course passed:"
_DRAW = """\
document.querySelectorAll(".pmlab-figure").forEach(function (figure) {
  var spec = JSON.parse(figure.querySelector("script").textContent);
  spec.config.displayModeBar = false;
  var place = figure.appendChild(document.createElement("div"));
  Plotly.newPlot(place, spec.data, spec.layout, spec.config);
});"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart: its figure as plotly stores it, and its words and table as HTML."""

    figure: dict[str, Any]
    words_html: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Piece:
    """The work of one unit.

    Attributes:
        heading: Number and title.
        skills: What she did that the course's checks confirm.
        words: Her own words, by place.
        memos: Title and text of what she wrote.
        pictures: Her charts.
    """

    heading: str
    skills: tuple[str, ...]
    words: dict[str, str]
    memos: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]


def portfolio_page(
    pieces: Sequence[Piece],
    *,
    about: str,
    others: Mapping[str, str],
    inline_script: bool,
) -> str:
    """Return the page.

    Args:
        pieces: The work, unit by unit.
        about: Who the learner is, as Markdown; may be empty.
        others: Parts of her own, as Markdown by heading.
        inline_script: Put the script that draws charts into the page itself.

    Returns:
        HTML. It asks no server for anything.
    """
    intro = f'<p class="note">{html.escape(FICTION)}</p>'
    if about:
        intro = f"{_markdown(about, below=2)}\n{intro}"
    parts = [_contents(pieces), *(_piece(n, piece) for n, piece in enumerate(pieces))]
    parts += [
        f"<section>\n<h2>{html.escape(name)}</h2>\n{_markdown(text, below=2)}</section>"
        for name, text in others.items()
    ]
    drawn = any(piece.pictures for piece in pieces)
    return page(
        "Product management portfolio",
        intro=intro,
        body="\n".join(parts),
        footer=f"<p>{html.escape(FICTION)}</p>\n<p>Charts, numbers and memos were "
        "made in a course on product management that computes (pmlab).</p>",
        scripts=_scripts(inline=inline_script) if drawn else "",
    )


def _contents(pieces: Sequence[Piece]) -> str:
    rows = "".join(
        f'<li><a href="#unit-{number}">{html.escape(piece.heading)}</a>'
        f"{_decision(piece)}</li>"
        for number, piece in enumerate(pieces)
    )
    return f'<nav aria-label="Contents">\n<h2>Contents</h2>\n<ul>{rows}</ul>\n</nav>'


def _decision(piece: Piece) -> str:
    """Return the decision in a line: her words, else the memo's first bold words."""
    text = piece.words.get("Decision", "").strip().splitlines()
    first = text[0] if text else ""
    if not first and piece.memos:
        bold = re.match(r"[>\s]*\*\*(.+?)\*\*", piece.memos[0][1], flags=re.DOTALL)
        first = " ".join(bold.group(1).split()) if bold else ""
    return f"<br>{html.escape(first.strip('*'))}" if first else ""


def _piece(number: int, piece: Piece) -> str:
    skills = "".join(f"<li>{html.escape(skill)}</li>" for skill in piece.skills)
    parts = [f'<section id="unit-{number}">\n<h2>{html.escape(piece.heading)}</h2>']
    before = ("Context", "Decision")
    parts += [_place(name, piece.words[name]) for name in before if name in piece.words]
    for title, text in piece.memos:
        parts.append(f"<h3>{html.escape(title)}</h3>\n{_markdown(text, below=3)}")
    if piece.pictures:
        parts.append("<h3>Charts</h3>")
        parts += [_picture(picture) for picture in piece.pictures]
    parts += [
        _place(name, text) for name, text in piece.words.items() if name not in before
    ]
    if piece.skills:
        parts.append(f"<h3>What this shows</h3>\n<p>{_CHECKED}</p>\n<ul>{skills}</ul>")
    return "\n".join([*parts, "</section>"])


def _place(name: str, text: str) -> str:
    heading = f"<h3>{html.escape(name)}</h3>\n" if name else ""
    return f"{heading}{_markdown(text, below=3)}"


def _picture(picture: Picture) -> str:
    from pmlab.charts.offline import figure_html

    return f"{figure_html(picture.figure)}\n{picture.words_html}"


def _markdown(text: str, *, below: int) -> str:
    """Render Markdown without raw HTML; its headings follow level ``below``."""
    import mistune

    rendered = str(
        mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])(text)
    )
    levels = sorted(set(re.findall(r"<h([1-6])", rendered)))
    for rank, level in enumerate(levels, start=1):
        target = min(below + rank, 6)
        rendered = re.sub(rf"<(/?)h{level}\b", rf"<\1h~{target}", rendered)
    return rendered.replace("<h~", "<h").replace("</h~", "</h")


def _scripts(*, inline: bool) -> str:
    from pmlab.charts.offline import SCRIPT, plotly_script

    source = plotly_script().replace("</script", "<\\/script") if inline else ""
    load = (
        f"<script>{source}</script>" if inline else f'<script src="{SCRIPT}"></script>'
    )
    return f"{load}\n<script>{_DRAW}</script>"
