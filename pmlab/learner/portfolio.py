"""Builds a portfolio: what a learner wrote, charted and decided, as one web page."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pmlab.charts.chart import PLOTLY_TYPE
from pmlab.learner import own_words
from pmlab.learner.course_files import CourseFile
from pmlab.learner.folder import (
    FolderError,
    prepare,
    write_new,
    write_whole,
    writing_to,
)
from pmlab.learner.own_words import Parts
from pmlab.learner.portfolio_page import Picture, Piece, portfolio_page
from pmlab.learner.work import UnitWork

FOLDER = "portfolio"
PAGE = f"{FOLDER}/portfolio.html"
SITE = f"{FOLDER}/site"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Portfolio:
    """What was built.

    Attributes:
        page: The page as one file.
        site: The folder for a web host.
        words: The learner's own text around her work.
        empty: Places in it that wait for her words.
        beside: New pages put beside those that she changed by hand.
    """

    page: Path
    site: Path
    words: Path
    empty: tuple[str, ...]
    beside: tuple[str, ...]


def build_portfolio(works: Sequence[UnitWork], folder: Path) -> Portfolio:
    """Build or renew the portfolio; words that the learner wrote stay.

    Args:
        works: The units as she saved them.
        folder: Her course folder.

    Returns:
        What was built.

    Raises:
        FolderError: If there is nothing to show yet, or the folder can't be written.
    """
    shown = [work for work in works if _has_something(work)]
    if not shown:
        raise FolderError(
            "there is nothing to show yet: write the memo of a unit in its exercises, "
            "save, and run pmlab portfolio again"
        )
    headings = [_heading(work) for work in shown]
    words = folder / FOLDER / own_words.FILE_NAME
    with writing_to(folder):
        text = _renew_words(words, headings)
    parts = own_words.read_parts(text)
    pieces = [_piece(work, parts) for work in shown]
    others = own_words.of_no_unit(parts, headings)
    about = "\n\n".join(parts.get(own_words.ABOUT, {}).values())
    delivery = prepare(
        folder,
        [
            CourseFile(PAGE, _page(pieces, about, others, inline=True)),
            CourseFile(
                f"{SITE}/index.html", _page(pieces, about, others, inline=False)
            ),
            *_site_files(pieces),
        ],
        beside=True,
    )
    return Portfolio(
        page=folder / PAGE,
        site=folder / SITE,
        words=words,
        empty=tuple(_empty(parts, headings)),
        beside=delivery.beside,
    )


def _page(
    pieces: Sequence[Piece], about: str, others: dict[str, str], *, inline: bool
) -> bytes:
    text = portfolio_page(pieces, about=about, others=others, inline_script=inline)
    return text.encode()


def _site_files(pieces: Sequence[Piece]) -> list[CourseFile]:
    """Return what else a web host needs."""
    # GitHub Pages leaves out some files unless this one is there.
    files = [CourseFile(f"{SITE}/.nojekyll", b"")]
    if any(piece.pictures for piece in pieces):
        from pmlab.charts.offline import SCRIPT, plotly_script

        files.append(CourseFile(f"{SITE}/{SCRIPT}", plotly_script().encode()))
    return files


def _renew_words(path: Path, headings: Sequence[str]) -> str:
    old = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    text = own_words.with_all_units(old, headings)
    if not old:
        write_new(path, text.encode())
    elif text != old:
        write_whole(path, text.encode())
    return text


def _has_something(work: UnitWork) -> bool:
    return any(memo.text for memo in work.memos)


def _heading(work: UnitWork) -> str:
    return f"{work.entry.number} · {work.entry.title}"


def _piece(work: UnitWork, parts: Parts) -> Piece:
    heading = _heading(work)
    return Piece(
        heading=heading,
        skills=tuple(
            it.objective for it in work.exercises if it.passes and it.objective
        ),
        words=own_words.of_unit(parts, heading),
        memos=tuple((memo.title, memo.text) for memo in work.memos if memo.text),
        pictures=tuple(_pictures(work)),
    )


def _pictures(work: UnitWork) -> list[Picture]:
    """Return the charts in the saved notebook, each with the words that follow it."""
    found: list[Picture] = []
    for cell in work.cells:
        waiting: dict[str, Any] | None = None
        for output in cell["outputs"]:
            data = output.get("data")
            if not isinstance(data, dict):
                continue
            words = "".join(data.get("text/html", ""))
            if isinstance(data.get(PLOTLY_TYPE), dict):
                waiting = data[PLOTLY_TYPE]
            elif waiting is not None and words.startswith('<div class="pmlab-chart'):
                found.append(Picture(figure=waiting, words_html=words))
                waiting = None
    return found


def _empty(parts: Parts, headings: Sequence[str]) -> list[str]:
    about = [] if parts.get(own_words.ABOUT) else [own_words.ABOUT]
    return about + [
        f"{heading}: {place}"
        for heading in headings
        for place in own_words.PLACES
        if place not in own_words.of_unit(parts, heading)
    ]
