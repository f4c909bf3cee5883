"""Tables kept in the user's cache folder, so that the second load is quick.

A file belongs to one table, one variant and one version of the generator, and says so
inside. One that is damaged, cut short or somebody else's is made again without a word;
a cache that can't be written is no error either.
"""

import contextlib
import functools
import hashlib
import os
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_FILES = 400
"""Files after which the older half is removed; one variant has about 65."""

_LABEL = "__pmlab__"
# What numpy and zipfile raise for files that are missing, cut, noise or another kind.
_UNREADABLE = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    TypeError,
    RuntimeError,
    zipfile.BadZipFile,
)


def folder() -> Path:
    """Return the cache folder: ``PMLAB_CACHE``, or the place of the system for it."""
    named = os.environ.get("PMLAB_CACHE", "")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "pmlab" / "case"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "pmlab" / "case"
    base = os.environ.get("XDG_CACHE_HOME", "") or str(Path.home() / ".cache")
    return Path(base) / "pmlab" / "case"


@functools.cache
def generator_version() -> str:
    """Return a short hash of the generator's source: other code, other files."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.name == "truth.py":  # no part of it; not there for learners
            continue
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _label(table: str, variant: str) -> str:
    return f"{table}\n{variant}\n{generator_version()}"


def _path(table: str, variant: str) -> Path:
    # A hash keeps variants apart on file systems that ignore case.
    key = hashlib.sha256(_label(table, variant).encode()).hexdigest()[:20]
    return folder() / f"{table}-{key}.npz"


def read(table: str, variant: str) -> dict[str, npt.NDArray[Any]] | None:
    """Return the stored arrays, or None if there are none that can be trusted."""
    try:
        with (
            _path(table, variant).open("rb") as stream,
            np.load(stream, allow_pickle=False) as stored,
        ):
            arrays = {name: stored[name] for name in stored.files}
    except _UNREADABLE:
        return None
    label = arrays.pop(_LABEL, None)
    if label is None or label.shape != () or str(label) != _label(table, variant):
        return None
    return arrays


def write(table: str, variant: str, arrays: dict[str, npt.NDArray[Any]]) -> None:
    """Store arrays in one step: a reader sees the whole file or none."""
    path = _path(table, variant)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                labelled: dict[str, Any] = {
                    **arrays,
                    _LABEL: np.array(_label(table, variant)),
                }
                np.savez(stream, **labelled)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
        _prune(path.parent)


def _prune(place: Path) -> None:
    """Remove the oldest files once there are many: graders see many variants."""
    files = list(place.glob("*.npz"))
    if len(files) <= MOST_FILES:
        return
    for old in sorted(files, key=_age)[: len(files) - MOST_FILES // 2]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0
