"""What is still open before a unit is handed in."""

from collections.abc import Iterator, Sequence

from pmlab.learner.checking import CheckedUnit
from pmlab.learner.work import ExerciseWork, MemoWork, UnitWork

_SHORT = 0.5
_WORDS_WITHOUT_A_NUMBER = 50


def still_open(work: UnitWork, checked: CheckedUnit | None = None) -> Iterator[str]:
    """Say what is missing, exercise by exercise.

    Args:
        work: The unit as the learner saved it.
        checked: What the visible checks say now, if they ran.

    Yields:
        One sentence each; nothing if the unit is complete.
    """
    yield from work.findings
    there = [item for item in work.exercises if item.answer is not None]
    answered = [item for item in there if item.answered]
    yield from _named("no answer yet", [it for it in there if not it.answered])
    unchecked = [item for item in answered if item.credit is None]
    yield from _named("answered, but the check never ran", unchecked)
    stale = [item for item in answered if item.stale and item.credit is not None]
    yield from _named("the answer ran again after its check", stale)
    credit_now = {item.id: item.credit for item in checked.exercises} if checked else {}
    for item in answered:
        now = credit_now.get(item.id, item.credit)
        if item.credit is not None and item not in stale and now != item.credit:
            yield (
                f"{item.id} changed after its check: the notebook shows "
                f"{item.credit:g} points, what is saved now gets {now:g}; run its "
                "check again and save"
            )
    for memo in work.memos:
        yield from _memo(memo)


def _named(what: str, items: Sequence[ExerciseWork]) -> Iterator[str]:
    if items:
        yield f"{what}: {', '.join(item.id for item in items)}"


def _memo(memo: MemoWork) -> Iterator[str]:
    asked = memo.words_asked or _WORDS_WITHOUT_A_NUMBER
    least = round(asked * (_SHORT if memo.words_asked else 1))
    if not memo.text:
        yield f"{memo.title} is not written yet"
    elif memo.words < least:
        about = f", about {asked} are asked for" if memo.words_asked else ""
        yield f"{memo.title} has {memo.words} words{about}"
