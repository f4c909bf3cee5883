"""Finds in a graded notebook what belongs to each exercise."""

import dataclasses
import html
import re
from collections.abc import Mapping
from typing import Any

from pmlab.charts.chart import PLOTLY_TYPE
from pmlab.charts.offline import figure_html
from pmlab.grading import harmless
from pmlab.grading.feedback import hidden as hiding
from pmlab.grading.feedback.clean import clean_html, markdown_html, verdict_html
from pmlab.grading.feedback.rubric import Criterion, chosen_levels, read_rubric

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
_POINTS = re.compile(r"\s*\(\d+(?:\.\d+)? points?\)$")
_CODE = re.compile(r"`(.+)`")
_CHART_WORDS = 'class="pmlab-chart'


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mark:
    """What the gradebook has for a cell."""

    score: float
    points: float
    by_hand: bool = False
    waiting: bool = False


@dataclasses.dataclass(kw_only=True)
class Section:
    """One graded cell with all that belongs to it.

    Attributes:
        cell: Its name in the gradebook.
        title: For people.
        mark: What it earned.
        written: Whether a person grades it.
        reasons: HTML of the reasons.
        comment: A grader's remarks.
        answer: HTML of what the learner wrote.
        rubric: Criteria, if it has a rubric.
        levels: The levels that the grader chose.
        outputs: HTML of the charts and pictures that belong to it.
        hints: How many hints the learner saw.
    """

    cell: str
    title: str
    mark: Mark
    written: bool
    reasons: list[str]
    comment: str = ""
    answer: str = ""
    rubric: tuple[Criterion, ...] = ()
    levels: Mapping[str, int] = dataclasses.field(default_factory=dict)
    outputs: list[str] = dataclasses.field(default_factory=list)
    hints: int = 0


def sections(
    notebook: Mapping[str, Any],
    *,
    marks: Mapping[str, Mark],
    comments: Mapping[str, str],
    hints: Mapping[str, int],
    marks_of_hidden: tuple[str, str] = (hiding.BEGIN, hiding.END),
) -> list[Section]:
    """Return the graded parts of a notebook, in its order.

    Args:
        notebook: The autograded notebook.
        marks: What the gradebook has, by cell.
        comments: Comments, by cell.
        hints: Hints seen, by exercise.
        marks_of_hidden: What starts and ends hidden tests in this course.

    Returns:
        Its sections.
    """
    reader = _Reader(marks, comments, hints, marks_of_hidden)
    # Any cell may repeat what a hidden test says, so all of those are known first.
    for cell in notebook["cells"]:
        reader.secrets |= reader.hidden(_text(cell)).texts if _graded(cell) else set()
    for cell in notebook["cells"]:
        reader.read(cell)
    return reader.found


class _Reader:
    """Walks through the cells and remembers what came before."""

    def __init__(
        self,
        marks: Mapping[str, Mark],
        comments: Mapping[str, str],
        hints: Mapping[str, int],
        marks_of_hidden: tuple[str, str],
    ) -> None:
        self.marks, self.comments, self.hints = marks, comments, hints
        self.begin, self.end = marks_of_hidden
        self.secrets: frozenset[str] | set[str] = set()
        self.found: list[Section] = []
        self.heading = self.prompt = self.answer = self.comment = ""
        self.outputs: list[str] = []

    def hidden(self, source: str) -> hiding.Hidden:
        return hiding.hidden_part(source, begin=self.begin, end=self.end)

    def read(self, cell: Mapping[str, Any]) -> None:
        about = cell["metadata"].get("nbgrader", {})
        name = about.get("grade_id", "")
        if _graded(cell) and name in self.marks:
            self._graded(
                cell, name, written=bool(about.get("solution") or about.get("task"))
            )
            return
        if about.get("solution"):
            self.answer = _answer(cell)
            self.comment = self.comments.get(name, "")
        elif cell["cell_type"] == "markdown":
            self._heading(_text(cell))
        if cell["cell_type"] == "code":
            # An answer's charts come before its check, other charts after it.
            shown = self._shown(cell)
            last = self.found[-1].outputs if self.found else self.outputs
            (self.outputs if about.get("solution") else last).extend(shown)

    def _graded(self, cell: Mapping[str, Any], name: str, *, written: bool) -> None:
        comment = self.comments.get(name, "") if written else self.comment
        rubric = read_rubric(self.prompt) if written else ()
        exercise = name.removesuffix("-check")
        self.found.append(
            Section(
                cell=name,
                title=self.heading or name,
                mark=self.marks[name],
                written=written,
                reasons=[] if written else self._reasons(cell),
                comment=comment,
                answer=_answer(cell) if written else self.answer,
                rubric=rubric,
                levels=chosen_levels(comment, rubric),
                outputs=[*self.outputs, *(self._shown(cell) if written else [])],
                hints=self.hints.get(exercise, 0),
            )
        )
        self.outputs, self.answer, self.comment = [], "", ""

    def _heading(self, text: str) -> None:
        self.prompt = text
        if found := _HEADING.search(text):
            title = _POINTS.sub("", found[1])
            self.heading = re.sub(r"[*`_]{1,3}(\S.*?)[*`_]{1,3}", r"\1", title)

    def _reasons(self, cell: Mapping[str, Any]) -> list[str]:
        """Return why a check cell gave what it gave."""
        source = _text(cell)
        hidden = self.hidden(source)
        reasons = []
        for output in cell.get("outputs", []):
            page = _joined(output.get("data", {}), "text/html")
            if output["output_type"] == "error":
                said = html.escape(hiding.reason_of_error(output, source, hidden))
                reasons.append("<p>" + _CODE.sub(r"<code>\1</code>", said) + "</p>")
            elif page and 'role="status"' in page and not self._leaks(page):
                reasons.append(verdict_html(page))
        if reasons:
            return reasons
        told = [str(text) for text in _told(cell) if not self._leaks(str(text))]
        return [f"<p>{html.escape(text)}</p>" for text in told]

    def _shown(self, cell: Mapping[str, Any]) -> list[str]:
        """Return the charts and pictures of a cell."""
        shown = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            page = _joined(data, "text/html")
            if self._leaks(str(data)):
                continue
            if isinstance(data.get(PLOTLY_TYPE), dict):
                shown.append(figure_html(data[PLOTLY_TYPE]))
            elif _CHART_WORDS in page:
                shown.append(clean_html(page))
            elif harmless.is_picture("image/png", (png := _joined(data, "image/png"))):
                words = html.escape(_joined(data, "text/plain")[:200])
                words = words or "Picture without a description"
                shown.append(
                    f'<p><img src="data:image/png;base64,{"".join(png.split())}" '
                    f'alt="{words}"></p>'
                )
        return shown

    def _leaks(self, text: str) -> bool:
        return any(line in html.unescape(text) for line in self.secrets)


def _told(cell: Mapping[str, Any]) -> list[Any]:
    """Return the reasons that grading noted in a cell's outputs."""
    for output in cell.get("outputs", []):
        noted = output.get("metadata", {}).get("pmlab", {})
        if isinstance(noted, dict) and noted.get("reasons"):
            return list(noted["reasons"])
    return []


def _graded(cell: Mapping[str, Any]) -> bool:
    about = cell["metadata"].get("nbgrader", {})
    return bool(about.get("grade") or about.get("task"))


def _answer(cell: Mapping[str, Any]) -> str:
    text = _text(cell)
    if cell["cell_type"] == "markdown":
        return markdown_html(text)
    return f"<pre><code>{html.escape(text)}</code></pre>"


def _joined(data: Mapping[str, Any], kind: str) -> str:
    """Return one kind of an output; notebooks may store it as lines."""
    return "".join(data.get(kind, ""))


def _text(cell: Mapping[str, Any]) -> str:
    return "".join(cell["source"])
