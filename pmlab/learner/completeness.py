"""What is still open before a unit is handed in."""

from collections.abc import Iterator

from pmlab.formatting import plural
from pmlab.learner.checking import CheckedUnit
from pmlab.learner.work import HOW_TO_RUN_AGAIN, ExerciseWork, MemoWork, UnitWork

_SHORT = 0.5
_WORDS_WITHOUT_A_NUMBER = 50
_NO_VERDICT = (
    "the check ran but came to no verdict; run the first code cell of the notebook, "
    "the answer and the check, and save"
)


def still_open(work: UnitWork, checked: CheckedUnit | None = None) -> Iterator[str]:
    """Say what is missing, exercise by exercise.

    Args:
        work: The unit as the learner saved it.
        checked: What the visible checks say now, if they ran.

    Yields:
        One sentence each; nothing if the unit is complete.
    """
    yield from work.findings
    credit_now = {item.id: item.credit for item in checked.exercises} if checked else {}
    for item in work.exercises:
        problem = _problem(item, credit_now.get(item.id, item.credit))
        if problem:
            yield f"{item.title} – {problem}"
    for memo in work.memos:
        yield from _memo(memo)


def _problem(item: ExerciseWork, now: float | None) -> str:
    """Say what is open in an exercise; empty if nothing is."""
    if not item.answered:  # of a cell that is gone, a finding has told
        return "" if item.answer is None else "no answer yet"
    if item.unread:
        return (
            "Python could not read the answer when it last ran, so its check knows an "
            "older one; mend the answer, run it and its check, and save"
        )
    if item.credit is None:
        return _no_verdict(item)
    if item.stale:
        return "the answer ran again after its check"
    if now is not None and now != item.credit:
        return (
            f"changed after its check: the notebook shows "
            f"{plural(item.credit, 'point')}, what is saved now gets {now:g}; run its "
            "check again and save"
        )
    return ""


def _no_verdict(item: ExerciseWork) -> str:
    if item.stopped:
        return f"the last run of its check stopped with an error; {HOW_TO_RUN_AGAIN}"
    return _NO_VERDICT if item.ran else "answered, but the check never ran"


def _memo(memo: MemoWork) -> Iterator[str]:
    asked = memo.words_asked or _WORDS_WITHOUT_A_NUMBER
    least = round(asked * (_SHORT if memo.words_asked else 1))
    if not memo.text:
        yield f"{memo.title} is not written yet"
    elif memo.words < least:
        about = f", about {asked} are asked for" if memo.words_asked else ""
        yield f"{memo.title} has {plural(memo.words, 'word')}{about}"
