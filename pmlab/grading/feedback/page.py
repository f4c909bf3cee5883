"""Writes the feedback page of one learner."""

import dataclasses
import datetime as dt
import html
from collections.abc import Sequence

from pmlab.grading import pages
from pmlab.grading.feedback.clean import markdown_html
from pmlab.grading.feedback.content import Mark, Section

_UNANSWERED = "No response."  # what nbgrader notes for an untouched cell


@dataclasses.dataclass(frozen=True, kw_only=True)
class Facts:
    """What the page says of the submission as a whole.

    Attributes:
        title: Title of the unit.
        learner: The learner's id.
        score: Points, after a late penalty.
        max_score: Most that can be had.
        penalty: Points lost for lateness.
        handed_in: When, in UTC.
        findings: What grading found, in plain sentences.
    """

    title: str
    learner: str
    score: float
    max_score: float
    penalty: float = 0.0
    handed_in: dt.datetime | None = None
    findings: tuple[str, ...] = ()


def feedback_page(facts: Facts, sections: Sequence[Section]) -> str:
    """Return the whole page.

    Args:
        facts: The submission as a whole.
        sections: Its graded parts, in order.

    Returns:
        HTML that needs no other file.
    """
    parts = [_head(facts, sections), _overview(sections)]
    parts += [_section(section, at) for at, section in enumerate(sections, start=1)]
    return pages.page(f"Feedback: {facts.title}", "\n".join(parts))


def points(value: float) -> str:
    """Return points without needless zeros.

    >>> points(3.0), points(2.5)
    ('3', '2.5')
    """
    return f"{round(value, 2):g}"


def _head(facts: Facts, sections: Sequence[Section]) -> str:
    waiting = sum(section.mark.waiting for section in sections)
    lines = [
        f"<h1>Feedback: {html.escape(facts.title)}</h1>",
        f"<p>For <strong>{html.escape(facts.learner)}</strong>: "
        f"<strong>{points(facts.score)} of {points(facts.max_score)} points</strong>"
        + (" so far" if waiting else "")
        + (f", {points(facts.penalty)} taken off for lateness" if facts.penalty else "")
        + ".</p>",
    ]
    if facts.handed_in is not None:
        lines.append(f"<p>Handed in {facts.handed_in:%Y-%m-%d at %H:%M} UTC.</p>")
    if waiting:
        lines.append("<p>A part still waits for a person to grade it.</p>")
    if facts.findings:
        found = "".join(f"<li>{html.escape(text)}</li>" for text in facts.findings)
        lines.append(f"<p>What grading found:</p><ul>{found}</ul>")
    return "\n".join(lines)


def _overview(sections: Sequence[Section]) -> str:
    rows = [
        [
            f'<a href="#part-{at}">{html.escape(section.title)}</a>',
            _status(section.mark),
            points(section.mark.score),
            points(section.mark.points),
        ]
        for at, section in enumerate(sections, start=1)
    ]
    headings = ["Part", "Result", "Points", "Of"]
    return pages.table_html("All parts", headings, rows, numbers=2)


def _section(section: Section, at: int) -> str:
    mark = section.mark
    lines = [
        f'<section id="part-{at}">',
        f"<h2>{html.escape(section.title)}</h2>",
        f"<p><strong>{_status(mark)}: {points(mark.score)} of {points(mark.points)} "
        f"points.</strong>{_changed(section)}</p>",
        *section.reasons,
    ]
    if section.rubric:
        lines.append(_rubric(section))
    if section.comment == _UNANSWERED:
        lines.append("<p>You handed in nothing here.</p>")
    elif section.comment:
        # A line of the comment stays a line: graders write one for each criterion.
        comment = markdown_html(section.comment.replace("\n", "  \n"))
        lines.append(f'<h3>Comment</h3><div class="aside">{comment}</div>')
    if section.hints:
        word = "hint" if section.hints == 1 else "hints"
        lines.append(
            f"<p>You looked at {section.hints} {word}; hints cost nothing.</p>"
        )
    if section.outputs:
        lines += ["<h3>Charts and pictures</h3>", *section.outputs]
    if section.answer:
        shown = " open" if section.written else ""
        lines.append(
            f"<details{shown}><summary>Your answer</summary>{section.answer}</details>"
        )
    return "\n".join([*lines, "</section>"])


def _status(mark: Mark) -> str:
    if mark.waiting:
        return "Not graded yet"
    if mark.score >= mark.points:
        return "All points"
    if mark.score > 0:
        return "Partly right"
    return "No points yet" if mark.by_hand else "Not yet right"


def _changed(section: Section) -> str:
    by_hand = section.mark.by_hand and not section.written
    return " A person changed the points by hand." if by_hand else ""


def _rubric(section: Section) -> str:
    levels = sorted({level for item in section.rubric for level in item.levels})[::-1]
    rows = []
    for item in section.rubric:
        cells = [html.escape(item.name)]
        for level in levels:
            text = html.escape(item.levels.get(level, ""))
            if section.levels.get(item.name) == level:
                text = f'<div class="chosen"><strong>Yours:</strong> {text}</div>'
            cells.append(text)
        rows.append(cells)
    headings = ["Criterion", *(f"{level} points" for level in levels)]
    return pages.table_html("How it is graded", headings, rows)
