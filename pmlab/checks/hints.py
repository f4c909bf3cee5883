"""Hints in steps, on request; how far a learner went is kept beside the notebook.

``hints.json`` holds the highest step shown for each exercise, ``{"tam": 2}``. Feedback
and reports read it. Nothing depends on it: a folder that can't be written costs the
record, never the hint.
"""

import contextlib
import difflib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from pmlab.checks.messages import FILE_NAME as FILE_OF_MESSAGES
from pmlab.checks.messages import ExerciseMessages, current, folder_in_force

FILE_NAME = "hints.json"
_shown: dict[str, int] = {}
_NUMBERED = re.compile(r"(?:M?\d+[- ]?)?E(\d+)", re.IGNORECASE)


class Hint:
    """One hint, shown as text.

    Attributes:
        text: What it says.
        place: Exercise and step, such as ``"tam/2"``; empty if there is no hint.
    """

    def __init__(self, text: str, place: str = "") -> None:
        self.text = text
        self.place = place

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        mark = f'<span data-hint="{self.place}"></span>' if self.place else ""
        return f"{mark}{self.text}"


def hint(exercise_id: str) -> Hint:
    """Show the next hint of an exercise; call it again for the one after.

    Args:
        exercise_id: The name in the exercise's check cell, such as ``"tam"``, or its
            number, such as ``"M03-E1"`` or ``"E1"``.

    Returns:
        The hint. After the last one it stays at the last. For an unknown name it says
        which exercises there are.
    """
    exercises = current().exercises
    found = _name_of(exercise_id, list(exercises))
    if found is None:
        return Hint(_no_such(exercise_id, exercises))
    exercise_id = found
    hints = exercises[exercise_id].hints
    if not hints:
        return Hint("This exercise has no hints.")
    step = min(_shown.get(exercise_id, 0) + 1, len(hints))
    _shown[exercise_id] = step
    _record(exercise_id, step)
    more = len(hints) - step
    after = f"{more} more: run the cell again." if more else "This is the last hint."
    return Hint(
        f"**Hint {step} of {len(hints)}.** {hints[step - 1]}\n\n*{after}*",
        f"{exercise_id}/{step}",
    )


def _name_of(wanted: object, names: list[str]) -> str | None:
    """Return the exercise that a name or a number means; None if there is none."""
    if not isinstance(wanted, str):
        return None
    if wanted.strip() in names:
        return wanted.strip()
    numbered = _NUMBERED.fullmatch(wanted.strip())
    place = int(numbered[1]) if numbered else 0
    return names[place - 1] if 1 <= place <= len(names) else None


def _no_such(wanted: object, exercises: Mapping[str, ExerciseMessages]) -> str:
    """Say in words what there is in place of ``wanted``."""
    if not exercises:
        return (
            f"There are no hints here: {FILE_OF_MESSAGES} is missing in this folder. "
            "It belongs beside the notebook; `pmlab start` puts it there."
        )
    near = difflib.get_close_matches(str(wanted), exercises, n=1)
    first = f"Did you mean `{near[0]}`? " if near else ""
    there = ", ".join(f"`{name}`" for name in exercises)
    return f"No exercise here has the name “{wanted}”. {first}There are: {there}."


def recorded(folder: Path) -> dict[str, int]:
    """Return the highest step shown for each exercise; empty if nothing is recorded."""
    try:
        data = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return {str(key): value for key, value in data.items() if type(value) is int}
    except (OSError, ValueError, AttributeError):
        return {}


def _record(exercise_id: str, step: int) -> None:
    folder = folder_in_force()
    if folder is None:
        return
    steps = recorded(folder)
    if steps.get(exercise_id, 0) >= step:
        return
    draft = folder / f".{FILE_NAME}.{os.getpid()}.tmp"
    with contextlib.suppress(OSError):
        try:
            draft.write_text(json.dumps(steps | {exercise_id: step}), encoding="utf-8")
            os.replace(draft, folder / FILE_NAME)
        finally:
            draft.unlink(missing_ok=True)
