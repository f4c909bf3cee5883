"""The words for known wrong answers, and of hints: written once, in the unit's text.

``pmlab author build`` collects them into ``messages.json`` beside each exercise
notebook. A notebook finds that file in its own folder.
"""

import contextlib
import contextvars
import dataclasses
import functools
import json
import os
import string
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pmlab.checks.plain import is_number, readable

FILE_NAME = "messages.json"


@dataclasses.dataclass(frozen=True)
class Trap:
    """A known wrong answer: what to say, and the share of the points it keeps."""

    message: str
    credit: float = 0.0


@dataclasses.dataclass(frozen=True)
class ExerciseMessages:
    """Hints and known wrong answers of one exercise."""

    hints: tuple[str, ...] = ()
    traps: Mapping[str, Trap] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Messages:
    """Hints and known wrong answers of one unit, by exercise id."""

    exercises: Mapping[str, ExerciseMessages] = dataclasses.field(default_factory=dict)

    def of(self, exercise_id: str) -> ExerciseMessages:
        """Return the messages of one exercise, empty if there are none."""
        return self.exercises.get(exercise_id, ExerciseMessages())

    def to_json(self) -> str:
        """Return the text of ``messages.json``."""
        return json.dumps(
            {name: dataclasses.asdict(item) for name, item in self.exercises.items()},
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> "Messages":
        """Read the text of ``messages.json``."""
        data: dict[str, Any] = json.loads(text)
        return cls(
            {
                name: ExerciseMessages(
                    hints=tuple(_text(hint) for hint in item["hints"]),
                    traps={key: _trap(trap) for key, trap in item["traps"].items()},
                )
                for name, item in data.items()
            }
        )


def _trap(data: Mapping[str, Any]) -> Trap:
    credit = data["credit"]
    if type(credit) not in (int, float) or not 0 <= credit < 1:
        raise ValueError(f"credit == {credit!r}, must be in [0, 1)")
    return Trap(_text(data["message"]), credit)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} must be a text")
    return value


_current: contextvars.ContextVar[Messages | None] = contextvars.ContextVar(
    "pmlab_messages", default=None
)


@contextlib.contextmanager
def use_messages(messages: Messages) -> Iterator[None]:
    """Use these messages inside the block instead of the file beside the notebook."""
    token = _current.set(messages)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Messages:
    """Return the messages in force; empty ones if no readable file is found."""
    chosen = _current.get()
    if chosen is not None:
        return chosen
    folder = folder_in_force()
    if folder is None:
        return Messages()
    path = folder / FILE_NAME
    return _read(path, path.stat().st_mtime_ns)


def folder_in_force() -> Path | None:
    """Return the folder whose file is in force; None if there is none."""
    if _current.get() is not None:
        return None
    folders = (folder for folder in _folders() if (folder / FILE_NAME).is_file())
    return next(folders, None)


def _folders() -> list[Path]:
    """Return where a running notebook may stand: its kernel's folder, its own path."""
    try:
        folders = [Path.cwd()]
    except FileNotFoundError:  # the folder was deleted or renamed meanwhile
        folders = []
    notebook = os.environ.get("JPY_SESSION_NAME")
    if notebook:
        folders.append(Path(notebook).parent)
    return folders


@functools.lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int) -> Messages:
    try:
        return Messages.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Messages()


class _Facts(string.Formatter):
    """Formats messages; a name that is not there stays visible as a dash."""

    def get_value(
        self, key: int | str, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> object:
        if isinstance(key, str) and key not in kwargs:
            return _Unknown()
        return super().get_value(key, args, kwargs)

    def format_field(self, value: object, format_spec: str) -> str:
        if not format_spec and is_number(value):
            return readable(float(value))  # type: ignore[arg-type]
        return str(super().format_field(value, format_spec))


class _Unknown:
    """A fact that this comparison does not have."""

    def __format__(self, _spec: str) -> str:
        return "–"


def fill(message: str, facts: Mapping[str, object]) -> str:
    """Put values into a message; a name without a value shows as a dash.

    >>> fill("You have {yours}; {people:.1f} live in a home.", {"yours": 3})
    'You have 3; – live in a home.'
    """
    return _Facts().vformat(message, (), facts)
