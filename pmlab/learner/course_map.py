"""The map on *Start here*: units, points in reach so far, one next step."""

import contextlib
import dataclasses
import html
import os
from pathlib import Path
from urllib.parse import quote

from pmlab.case import DEFAULT_VARIANT
from pmlab.checks.hints import recorded
from pmlab.formatting import listed, plural
from pmlab.learner import handed_in
from pmlab.learner.course_files import installed_course, lesson_path
from pmlab.learner.folder import STATE
from pmlab.learner.handed_in import HandedIn
from pmlab.learner.work import HOW_TO_RUN_AGAIN, ExerciseWork, UnitWork, read_work

_GREEN, _GRAY = "#0b6e4f", "#d5dad8"
_CELL = "text-align:left;vertical-align:top;padding:.5em .7em"


@dataclasses.dataclass(frozen=True, kw_only=True)
class UnitProgress:
    """A unit on the map.

    Attributes:
        work: What the learner has done in it.
        exercises: Where her notebook is in her folder.
        hints: Hints that she asked for.
        handed_in: The last time she handed it in, if she did.
        changed_since: Whether her notebook has changed since then.
        feedback: The newest page of feedback, if there is one.
    """

    work: UnitWork
    exercises: str
    hints: int
    handed_in: HandedIn | None
    changed_since: bool
    feedback: Path | None

    @property
    def complete(self) -> bool:
        """Whether all visible checks pass and all memos are written."""
        return not self.waiting and all(memo.text for memo in self.work.memos)

    @property
    def waiting(self) -> tuple[ExerciseWork, ...]:
        """The exercises whose visible checks do not pass yet."""
        return tuple(item for item in self.work.exercises if not item.passes)


@dataclasses.dataclass(frozen=True)
class CourseMap:
    """The map of the course; shows as a table with links in a notebook.

    Attributes:
        title: Title of the course.
        units: Its units, with the learner's progress.
        data: Whose numbers of the invented company she works on.
        begun: Whether the folder is a learner's; a checkout of the course is none.
    """

    title: str
    units: tuple[UnitProgress, ...]
    data: str = ""
    begun: bool = True

    @property
    def next_step(self) -> str:
        """One sentence: what to do now."""
        return _Step(self, html=False).sentence()

    @property
    def findings(self) -> tuple[str, ...]:
        """What a learner should know about her notebooks, with the next step."""
        if not self.begun:
            return ()
        return tuple(
            f"{unit.work.entry.slug}: {finding}"
            for unit in self.units
            for finding in unit.work.remarks
        )

    @property
    def to_come(self) -> str:
        """Which units there are and that others follow; empty if none is missing."""
        numbers = [unit.work.entry.number for unit in self.units]
        if len(numbers) == int(max(numbers, default="0")):
            return ""
        return (
            f"{plural(len(numbers), 'unit')} of the course can be done now: "
            f"{listed(numbers)}. The numbers left out are units still to come."
        )

    def _repr_html_(self) -> str:
        step = _Step(self, html=True).sentence()
        notes = "".join(f"<li>{_code(note)}</li>" for note in self.findings)
        titles = ("Unit", "Lesson", "Exercises", "Memo", "Handed in")
        head = "".join(f'<th scope="col" style="{_CELL}">{t}</th>' for t in titles)
        rows = "\n".join(_row(unit) for unit in self.units)
        return (
            '<div class="pmlab-map tex2jax_ignore mathjax_ignore">\n'
            f'<p style="border-left:4px solid {_GREEN};padding:.5em 1em">'
            f"<strong>Your next step.</strong> {step}</p>\n"
            + (f"<p>Please look at:</p><ul>{notes}</ul>\n" if notes else "")
            + '<table style="border-collapse:collapse;font-size:inherit">\n'
            f"<caption>{html.escape(self.title)}: the units</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n"
            f"<p>{html.escape(f'{self.to_come} {self.data}'.strip())}</p></div>"
        )

    def __repr__(self) -> str:
        lines = [self.title]
        lines += [_line(unit) for unit in self.units]
        lines += [words for words in (self.to_come, self.data) if words]
        lines += [f"Note: {note}." for note in self.findings]
        return "\n".join([*lines, f"Next: {self.next_step}"])


def course_map(folder: Path | str = ".") -> CourseMap:
    """Return the map of the course with the progress found in a learner's folder.

    Progress is read from the notebooks as they were last saved.

    Args:
        folder: The learner's folder, the one that holds *Start here*.

    Returns:
        The map.
    """
    course = installed_course()
    place = Path(folder)
    works = [read_work(course, entry, place) for entry in course.units]
    units = tuple(_progress(work, place) for work in works)
    if not ((place / STATE).is_dir() or (place / "exercises").is_dir()):
        return CourseMap(course.title, units, begun=False)
    return CourseMap(course.title, units, _data_words(place))


def _data_words(folder: Path) -> str:
    """Say whose numbers of the invented company the learner works on."""
    code = os.environ.get("PMLAB_VARIANT", "").strip()
    if not code:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            code = (folder / STATE / "variant").read_text(encoding="utf-8").strip()
    if code and code != DEFAULT_VARIANT:
        return f"Your numbers of Fernbroom are your own variant, {code}."
    return (
        "Your numbers of Fernbroom are the default variant, which everyone has who was "
        "given no code."
    )


def _progress(work: UnitWork, folder: Path) -> UnitProgress:
    slug = work.entry.slug
    done = handed_in.last(folder, slug)
    pages = [*(folder / "feedback" / slug).glob("*.html")]
    return UnitProgress(
        work=work,
        exercises=work.path.relative_to(folder).as_posix(),
        hints=sum(recorded(work.path.parent).values()),
        handed_in=done,
        changed_since=bool(
            done and work.cells and done.content != handed_in.content_mark(work.cells)
        ),
        feedback=max(pages, key=lambda page: page.stat().st_mtime_ns, default=None),
    )


@dataclasses.dataclass(frozen=True)
class _Step:
    """Finds the words for the next step, with links where they work."""

    map: CourseMap
    html: bool

    def sentence(self) -> str:
        if not self.map.begun:
            start = "<code>pmlab start</code>" if self.html else "pmlab start"
            return f"Make a course folder of your own: run {start} in a terminal."
        unit = next((unit for unit in self.map.units if self._open(unit)), None)
        if unit is None:
            return (
                "Everything is handed in. Build your portfolio: "
                f"{self._command('portfolio')}."
            )
        if unit.handed_in and not unit.complete:
            return f"{self._work_on(unit)} {self._handed_in_open(unit)}"
        return self._work_on(unit)

    def _work_on(self, unit: UnitProgress) -> str:
        work, entry = unit.work, unit.work.entry
        exercises = self._link("the exercises", unit.exercises)
        if not work.readable and work.findings:
            return (
                f"Bring back the notebook of {self._text(entry.title)}, as the note "
                f"{'below' if self.html else 'above'} says."
            )
        if not work.started:
            return f"Read {self._lesson(unit)}, then do {exercises}."
        if unit.waiting:
            first = unit.waiting[0]
            step = _ended(f"Go on with {exercises}: {self._text(first.title)}")
            if first.stopped:
                step += (
                    " The last run of its check stopped with an error: "
                    f"{self._text(HOW_TO_RUN_AGAIN)}."
                )
            return step
        memo = next((memo for memo in work.memos if not memo.text), None)
        if memo is not None:
            return _ended(f"Write the memo in {exercises}: {self._text(memo.title)}")
        again = " again, it has changed" if unit.changed_since else ""
        return (
            f"Hand in “{self._text(entry.title)}”{again}: "
            f"{self._command(f'submit {entry.number}')}."
        )

    def _handed_in_open(self, unit: UnitProgress) -> str:
        """Say that a unit was handed in unfinished, and the other way to go on."""
        memos = [memo for memo in unit.work.memos if not memo.text]
        still = [plural(len(unit.waiting), "exercise")] * bool(unit.waiting)
        still += [plural(len(memos), "memo")] * bool(memos)
        are = "is" if len(unit.waiting) + len(memos) == 1 else "are"
        told = (
            f"You handed this unit in unfinished; now {listed(still)} {are} open. "
            "Hand it in again once that is done."
        )
        following = next((u for u in self.map.units if not u.handed_in), None)
        if following is None:
            return told
        return f"{told} Or leave it so. {self._work_on(following)}"

    def _open(self, unit: UnitProgress) -> bool:
        return not unit.handed_in or unit.changed_since or not unit.complete

    def _lesson(self, unit: UnitProgress) -> str:
        entry = unit.work.entry
        return self._link(f"the lesson “{entry.title}”", lesson_path(entry.slug))

    def _link(self, text: str, path: str) -> str:
        if self.html:
            return f'<a href="{quote(path)}">{html.escape(text)}</a>'
        return f"{text} ({path})"

    def _command(self, words: str) -> str:
        if self.html:
            return f"run <code>!pmlab {words}</code> in a new cell"
        return f"pmlab {words}"

    def _text(self, text: str) -> str:
        return html.escape(text) if self.html else text


def _row(unit: UnitProgress) -> str:
    entry, work = unit.work.entry, unit.work
    number = entry.number
    lesson = f'<a href="{quote(lesson_path(entry.slug))}">Lesson {number}</a>'
    exercises = f'<a href="{quote(unit.exercises)}">Exercises {number}</a>'
    title = html.escape(entry.title)
    aims = html.escape(listed(entry.objectives))
    cells = [
        f"{lesson}<br>{entry.minutes['lesson']} minutes",
        f"{exercises}<br>{entry.minutes['exercises']} minutes<br>"
        f"{_bar(work.passing, entry.points['exercises'])}",
        f"{plural(entry.points['artefact'], 'point')}<br>{_memo_state(work)}",
        _handed_in_state(unit),
    ]
    data = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    return (
        f'<tr><th scope="row" style="{_CELL};max-width:24em">{number} · {title}<br>'
        f'<span style="font-weight:normal">You will {aims}.</span></th>{data}</tr>'
    )


def _bar(passing: float, points: float) -> str:
    width = round(100 * passing / points) if points else 0
    return (
        f'<span aria-hidden="true" style="display:block;width:7em;height:.6em;'
        f'margin:.3em 0;background:{_GRAY}"><span style="display:block;height:.6em;'
        f'width:{width}%;background:{_GREEN}"></span></span>'
        f"{passing:g} of {plural(points, 'point')}"
    )


def _memo_state(work: UnitWork) -> str:
    words = sum(memo.words for memo in work.memos)
    return plural(words, "word") if words else "not begun"


def _handed_in_state(unit: UnitProgress) -> str:
    if unit.handed_in is None:
        return "not yet"
    day = f"{unit.handed_in.when:%d %B %Y}".lstrip("0")
    parts = [f"{day}{', changed since' if unit.changed_since else ''}"]
    if unit.feedback is not None:
        target = quote("/".join(unit.feedback.parts[-3:]))
        parts.append(f'<a href="{target}">Feedback</a>')
    return "<br>".join(parts)


def _line(unit: UnitProgress) -> str:
    work = unit.work
    points = work.entry.points["exercises"]
    filled = "#" * round(20 * work.passing / points) if points else ""
    hints = f", {plural(unit.hints, 'hint')}" if unit.hints else ""
    state = _handed_in_state(unit).split("<br>")[0]
    return (
        f"{work.entry.slug:<26} [{filled:-<20}] visible checks pass for "
        f"{work.passing:g} of {plural(points, 'point')}, memo {_memo_state(work)}"
        f"{hints}, handed in: {state}"
    )


def _code(text: str) -> str:
    parts = html.escape(text).split("`")
    return "".join(
        f"<code>{part}</code>" if number % 2 else part
        for number, part in enumerate(parts)
    )


def _ended(sentence: str) -> str:
    """End a sentence with a full stop unless its last words have their own sign."""
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
