"""What an examination found."""

import dataclasses
from typing import Literal


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """One result of an examination.

    Attributes:
        level: ``"ok"``, ``"warning"`` (works, with a risk) or ``"problem"``.
        about: The part that was looked at.
        text: What is so.
        mend: What to do; empty if all is well.
    """

    level: Literal["ok", "warning", "problem"]
    about: str
    text: str
    mend: str = ""


def ok(about: str, text: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(level="ok", about=about, text=text)


def warning(about: str, text: str, mend: str) -> Finding:
    """Return a finding that works, with a risk."""
    return Finding(level="warning", about=about, text=text, mend=mend)


def problem(about: str, text: str, mend: str) -> Finding:
    """Return a finding that must be mended."""
    return Finding(level="problem", about=about, text=text, mend=mend)
