"""Which world a learner sees: variant codes, and how the current one is found.

A code is all that seeds the case. It is made from the course's secret and the learner's
id, so the grader can make it again and a code tells nothing about the secret.
"""

import base64
import contextvars
import hashlib
import hmac
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pmlab.errors import DataError

DEFAULT_VARIANT = "fernbroom"
"""The variant of everyone who has no code of her own."""

_FORM = re.compile(r"[A-Za-z0-9-]{1,32}")
_current: contextvars.ContextVar[str | None] = contextvars.ContextVar(
    "pmlab_variant", default=None
)


def checked_code(code: object, *, source: str = "variant") -> str:
    """Return ``code`` if it has the form of a variant code, or raise.

    Args:
        code: The value to check.
        source: Where it comes from, for the message.

    Returns:
        The code, unchanged.

    Raises:
        TypeError: If it is no text.
        ValueError: If it is not 1 to 32 letters, digits or hyphens.
    """
    if not isinstance(code, str):
        raise TypeError(f"{source} == {code!r}, must be a text")
    if not _FORM.fullmatch(code):
        raise ValueError(
            f"{source} == {code!r}, must be 1 to 32 letters, digits or hyphens; "
            "copy the code exactly as your instructor gave it"
        )
    return code


def current_variant() -> str:
    """Return the variant code that counts here and now.

    The first of these that is set: the innermost ``use_variant``, the environment
    variable ``PMLAB_VARIANT``, the file ``.pmlab/variant`` in the working folder or one
    of its parents, and ``DEFAULT_VARIANT``.

    Returns:
        A code of 1 to 32 letters, digits or hyphens.

    Raises:
        ValueError: If ``PMLAB_VARIANT`` holds something else.
        DataError: If the file ``.pmlab/variant`` can't be read or holds something else.

    Examples:
        >>> with use_variant("seed-7"):
        ...     current_variant()
        'seed-7'
    """
    chosen = _current.get()
    if chosen is not None:
        return chosen
    from_environment = os.environ.get("PMLAB_VARIANT", "").strip()
    if from_environment:
        return checked_code(from_environment, source="PMLAB_VARIANT")
    return _code_in_folder() or DEFAULT_VARIANT


@contextmanager
def use_variant(code: str) -> Iterator[str]:
    """Use another variant inside a ``with`` block.

    Args:
        code: 1 to 32 letters, digits or hyphens.

    Yields:
        The code.

    Raises:
        TypeError: If the code is no text.
        ValueError: If the code has another form.

    Examples:
        >>> with use_variant("seed-1") as code:
        ...     print(code == current_variant())
        True
    """
    token = _current.set(checked_code(code))
    try:
        yield code
    finally:
        _current.reset(token)


def variant_code(secret: str | bytes, learner_id: str) -> str:
    """Make a learner's variant code from the course's secret.

    ``code = base32(HMAC-SHA-256(secret, learner_id))``, the first 40 bits.

    Assumes that the secret stays with the instructor: who knows it can make any code.

    Args:
        secret: The course's secret, at least 16 bytes; keep one for the whole course.
        learner_id: The id of the learner as the gradebook has it, 1 to 128 characters
            without spaces at the ends.

    Returns:
        Eight letters and digits.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If the secret is too short, or the id is empty or badly formed.

    Examples:
        >>> variant_code("a secret of the course", "ada")
        '4kwnutff'

    References:
        Krawczyk, Bellare and Canetti (1997), HMAC: Keyed-Hashing for Message
        Authentication, RFC 2104.
    """
    key = secret.encode() if isinstance(secret, str) else secret
    if not isinstance(key, bytes):
        raise TypeError(f"secret is a {type(secret).__name__}, must be text or bytes")
    if len(key) < 16:
        raise ValueError(
            f"secret has {len(key)} bytes, must have at least 16; "
            "make one with python -c 'import secrets; print(secrets.token_hex())'"
        )
    text = _checked_learner_id(learner_id)
    digest = hmac.new(key, b"pmlab case 1\0" + text.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:5]).decode().lower()


def _checked_learner_id(learner_id: object) -> str:
    if not isinstance(learner_id, str):
        raise TypeError(f"learner_id == {learner_id!r}, must be a text")
    fits = 1 <= len(learner_id) <= 128 and learner_id.isprintable()
    if not fits or learner_id != learner_id.strip():
        raise ValueError(
            f"learner_id == {learner_id!r}, must be 1 to 128 printable characters "
            "without spaces at the ends; use the id of the gradebook"
        )
    return learner_id


def _code_in_folder() -> str | None:
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return None
    for folder in (here, *here.parents):
        path = folder / ".pmlab" / "variant"
        try:
            text = path.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue
        except (OSError, UnicodeDecodeError) as problem:
            raise DataError(f"{path} can't be read: {problem}") from problem
        try:
            return checked_code(text, source=str(path))
        except ValueError as problem:
            raise DataError(
                f"{problem}; or delete the file to see the default variant"
            ) from problem
    return None
