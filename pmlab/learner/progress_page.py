"""Progress as a page to keep or to send; made from the saved notebooks."""

import html

from pmlab.formatting import plural
from pmlab.learner.course_map import CourseMap, UnitProgress
from pmlab.learner.page import page

_HEADINGS = ("Unit", "Visible checks pass for", "Memo", "Hints", "Handed in")


def progress_page(course_map: CourseMap) -> str:
    """Return the page.

    Args:
        course_map: The map of the course with the learner's progress.

    Returns:
        HTML without any request.
    """
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEADINGS)
    rows = "\n".join(_row(unit) for unit in course_map.units)
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in course_map.findings)
    body = (
        f'<p class="note"><strong>Next step.</strong> '
        f"{html.escape(course_map.next_step)}</p>\n"
        + (f'<div class="open"><p>Please look at:</p><ul>{notes}</ul></div>\n')
        * bool(notes)
        + '<h2>The units</h2>\n<div class="scroll" tabindex="0" role="region" '
        'aria-label="The units">\n<table>\n<caption>Points whose visible checks pass, '
        f"as saved</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n"
        "</tbody></table></div>"
    )
    return page(
        f"My progress: {course_map.title}",
        intro="",
        body=body,
        footer="<p>Made from the saved notebooks on this computer. Grading adds "
        "checks that are not shown.</p>",
    )


def _row(unit: UnitProgress) -> str:
    entry, work = unit.work.entry, unit.work
    points = sum(item.points for item in work.exercises)
    title = html.escape(f"{entry.number} · {entry.title}")
    words = sum(memo.words for memo in work.memos)
    day = f"{unit.handed_in.when:%Y-%m-%d}" if unit.handed_in else "not yet"
    cells = (
        f'<progress value="{work.passing:g}" max="{points or 1:g}" '
        f'aria-label="Points of {title}"></progress><br>'
        f"{work.passing:g} of {plural(points, 'point')}",
        plural(words, "word") if words else "not begun",
        str(unit.hints),
        day + (", changed since" if unit.changed_since else ""),
    )
    data = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{title}</th>{data}</tr>'
