"""Submissions that share much code: a list to look at, never a verdict.

Fingerprints of tokens by winnowing: names, numbers and texts count as their kinds, so
renaming hides nothing. What the instructor gave, and what a third of the class shares,
does not count. Everything stays on this machine.

References:
    Schleimer, Wilkerson and Aiken (2003), Winnowing: local algorithms for document
    fingerprinting.
"""

import dataclasses
import hashlib
import html
import io
import itertools
import keyword
import tokenize
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pmlab.errors import CourseError
from pmlab.formatting import plural
from pmlab.grading import pages
from pmlab.grading.answers import UnreadableError, given_code, submitted_code
from pmlab.grading.export.csvs import frame_csv
from pmlab.grading.progress import with_progress
from pmlab.grading.writable import writable

if TYPE_CHECKING:
    from pmlab.grading.course_folder import CourseFolder

GRAM = 12
"""Tokens in a fingerprint."""
WINDOW = 8
"""Matches of at least ``GRAM + WINDOW - 1`` tokens are always found."""
PAIR_COLUMNS = ("one", "other", "share", "fingerprints", "exercises")
_LEAST, _LEAST_SHARE, _COMMON, _FEW = 6, 0.25, 1 / 3, 9
_SKIPPED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
NOTE = (
    "Never a verdict. Short exercises have few right answers, and people learn "
    "together. Look at the places, then talk with both."
)


class OneHandInError(CourseError):
    """There is one hand-in: nothing is wrong, and nothing to compare it with."""


@dataclasses.dataclass(frozen=True, order=True)
class Place:
    """Lines of an answer that a fingerprint covers."""

    exercise: str
    first: int
    last: int


def fingerprints(code: str, *, exercise: str = "") -> dict[int, Place]:
    r"""Return the fingerprints of code, each with its first place.

    Args:
        code: Python; what can't be read as such gives the tokens up to there.
        exercise: Name of the cell, for the places.

    Returns:
        Places by fingerprint.

    Examples:
        >>> one = "def f(rows):\n    return sum(rows) / len(rows) if rows else 0"
        >>> fingerprints(one).keys() == fingerprints(one.replace("rows", "x")).keys()
        True
    """
    tokens = list(_tokens(code))
    grams = (tokens[at : at + GRAM] for at in range(len(tokens) - GRAM + 1))
    marks = [
        (_hash(" ".join(text for text, _ in gram)), gram[0][1], gram[-1][1])
        for gram in grams
    ]
    found: dict[int, Place] = {}
    for start in range(max(1, len(marks) - WINDOW + 1) if marks else 0):
        # The smallest, the last of equals: neighbors then choose the same one.
        mark, first, last = min(reversed(marks[start : start + WINDOW]))
        found.setdefault(mark, Place(exercise, first, last))
    return found


def similar_pairs(
    prints: Mapping[str, Mapping[int, Place]], given: Iterable[int] = ()
) -> pd.DataFrame:
    """Return pairs of submissions that share much of what is their own.

    Args:
        prints: Fingerprints of each learner.
        given: Fingerprints of what the instructor gave.

    Returns:
        Columns ``PAIR_COLUMNS``, the most alike first: ``share`` is the shared part of
        the smaller one of the two; pairs below a quarter are left out.
    """
    holders = _holders(prints)
    left_out = common_prints(prints, given)
    own = {who: len(set(marks) - left_out) for who, marks in prints.items()}
    shared: dict[tuple[str, str], list[int]] = {}
    for mark, who in holders.items():
        if mark not in left_out:
            for pair in itertools.combinations(sorted(who), 2):
                shared.setdefault(pair, []).append(mark)
    rows = [
        (one, other, len(marks) / min(own[one], own[other]), len(marks), exercises)
        for (one, other), marks in shared.items()
        if len(marks) >= _LEAST
        for exercises in [", ".join(sorted({prints[one][m].exercise for m in marks}))]
    ]
    frame = pd.DataFrame(rows, columns=list(PAIR_COLUMNS))
    frame = frame[frame["share"] >= _LEAST_SHARE]
    return frame.sort_values(
        ["share", "fingerprints", "one"],
        ascending=[False, False, True],
        ignore_index=True,
    )


def common_prints(
    prints: Mapping[str, Mapping[int, Place]], given: Iterable[int] = ()
) -> set[int]:
    """Return fingerprints that do not count: given ones, and those of many learners.

    Args:
        prints: Fingerprints of each learner.
        given: Fingerprints of what the instructor gave.

    Returns:
        Fingerprints; in small classes only those given.
    """
    limit = max(2, len(prints) * _COMMON) if len(prints) >= _FEW else len(prints)
    many = {mark for mark, who in _holders(prints).items() if len(who) > limit}
    return set(given) | many


def _holders(prints: Mapping[str, Mapping[int, Place]]) -> dict[int, list[str]]:
    holders: dict[int, list[str]] = {}
    for learner, marks in prints.items():
        for mark in marks:
            holders.setdefault(mark, []).append(learner)
    return holders


def write_similarity(course: "CourseFolder", unit: str) -> tuple[Path, pd.DataFrame]:
    """Compare the submissions of a unit; write a page and a CSV to ``reports/UNIT``.

    Args:
        course: The course folder.
        unit: Name or number of the unit.

    Returns:
        The page, which names those that can't be read, too; and the pairs.

    Raises:
        OneHandInError: If one learner's is there.
        CourseError: If none is there.
    """
    name = course.unit(unit)
    learners = course.learners("submitted", name)
    if len(learners) < 2:
        error = OneHandInError if learners else CourseError
        raise error(
            f"{plural(len(learners), 'hand-in')} of {name} so far; a comparison needs "
            "two. Run it again when more are there: `pmlab teach collect` takes them in"
        )
    answers, unread = _read_all(course, name, learners)
    prints = {
        who: {
            mark: place
            for cell, code in cells.items()
            for mark, place in fingerprints(code, exercise=cell).items()
        }
        for who, cells in answers.items()
    }
    given = _given_prints(course, name)
    pairs = similar_pairs(prints, given)
    folder = course.folder / "reports" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "similarity.csv").write_text(frame_csv(pairs), "utf-8", newline="")
    page = folder / "similarity.html"
    left_out = common_prints(prints, given)
    title = f"Similar submissions: {course.title(name)}"
    parts = [
        f"<h1>{html.escape(title)}</h1>",
        f'<p class="aside">{NOTE}</p>',
        _not_compared(unread),
        _pairs(pairs, answers, prints, left_out),
    ]
    page.write_text(pages.page(title, "\n".join(parts)), encoding="utf-8")
    return page, pairs


def _read_all(
    course: "CourseFolder", unit: str, learners: list[str]
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return the code of each learner, and the reason where it can't be read."""
    answers, unread = {}, {}
    for who in with_progress(learners, "comparing", total=len(learners)):
        try:
            who.encode()
            answers[who] = submitted_code(course, unit, who)
        except UnicodeEncodeError:
            unread[writable(who)] = "The name of the folder is no text."
        except UnreadableError as problem:
            unread[who] = str(problem)
    return answers, unread


def _given_prints(course: "CourseFolder", unit: str) -> set[int]:
    given = set[int]()
    for step in ("release", "source"):
        for cell, code in given_code(course.step(step, ".", unit)).items():
            if step == "release" or "SOLUTION" not in code:
                given |= fingerprints(code, exercise=cell).keys()
    return given


def _tokens(code: str) -> Iterable[tuple[str, int]]:
    """Yield tokens with their lines; names, numbers and texts as their kinds."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type in _SKIPPED:
                continue
            if token.type == tokenize.NAME:
                text = token.string if keyword.iskeyword(token.string) else "name"
            elif token.type == tokenize.NUMBER:
                text = "0"
            elif token.type == tokenize.STRING:
                if token.line.strip() == token.string.strip():  # a docstring
                    continue
                text = "text"
            else:
                text = (
                    token.string
                    if token.string.strip()
                    else tokenize.tok_name[token.type]
                )
            yield text, token.start[0]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _not_compared(unread: Mapping[str, str]) -> str:
    rows = [
        f"<li>{html.escape(who)}: {html.escape(why)}</li>"
        for who, why in unread.items()
    ]
    return f"<h2>Not compared</h2><ul>{''.join(rows)}</ul>" if rows else ""


def _pairs(
    pairs: pd.DataFrame,
    answers: Mapping[str, Mapping[str, str]],
    prints: Mapping[str, Mapping[int, Place]],
    left_out: set[int],
) -> str:
    parts = []
    if pairs.empty:
        parts.append("<p>No pair shares much of its own code.</p>")
    for row in pairs.head(40).to_dict("records"):
        one, other = row["one"], row["other"]
        marks = (prints[one].keys() & prints[other].keys()) - left_out
        parts.append(
            f"<section><h2>{html.escape(one)} and {html.escape(other)}: "
            f"{row['share']:.0%}</h2><p>{row['fingerprints']} shared places, in "
            f"{html.escape(row['exercises'])}. Lines that match start with ▶.</p>"
        )
        parts += [
            f"<h3>{html.escape(who)}</h3>"
            + _marked(answers[who], [prints[who][mark] for mark in marks])
            for who in (one, other)
        ]
        parts.append("</section>")
    return "\n".join(parts)


def _marked(cells: Mapping[str, str], places: list[Place]) -> str:
    """Return the matching answers with a sign before each matching line."""
    shown = []
    for cell in sorted({place.exercise for place in places}):
        hit = {
            line
            for place in places
            if place.exercise == cell
            for line in range(place.first, place.last + 1)
        }
        lines = [
            f"{'▶' if number in hit else ' '} {text}"
            for number, text in enumerate(cells[cell].splitlines(), start=1)
        ]
        code = html.escape("\n".join(lines))
        shown.append(f"<p>{html.escape(cell)}</p><pre><code>{code}</code></pre>")
    return "\n".join(shown)
