"""Remembers what was handed in, so that the map can say what changed since."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pmlab.learner.folder import STATE, write_whole
from pmlab.learner.notebook_file import Cell

_FILE = "handed_in.json"


@dataclasses.dataclass(frozen=True, kw_only=True)
class HandedIn:
    """The last time a unit was handed in.

    Attributes:
        when: Time, in UTC.
        how: The zip file, or the exchange.
        content: Mark of what the cells held.
    """

    when: datetime
    how: str
    content: str


def content_mark(cells: Sequence[Cell]) -> str:
    """Return a mark that changes when the text of any cell does."""
    texts = json.dumps([(cell["cell_type"], cell["source"]) for cell in cells])
    return hashlib.sha256(texts.encode()).hexdigest()


def remember(folder: Path, unit: str, done: HandedIn) -> None:
    """Store that a unit was handed in."""
    known = _read(folder)
    known[unit] = {"when": done.when.isoformat(), "how": done.how, "mark": done.content}
    path = folder / STATE / _FILE
    write_whole(path, json.dumps(known, ensure_ascii=False, indent=1).encode())


def last(folder: Path, unit: str) -> HandedIn | None:
    """Return the last time a unit was handed in; None if never."""
    item = _read(folder).get(unit, {})
    try:
        when = datetime.fromisoformat(item["when"]).astimezone(UTC)
        return HandedIn(when=when, how=item["how"], content=item["mark"])
    except (KeyError, ValueError, TypeError):
        return None


def _read(folder: Path) -> dict[str, dict[str, str]]:
    try:
        data = json.loads((folder / STATE / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
