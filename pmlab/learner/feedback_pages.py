"""Feedback as it comes back: a page, kept in the learner's folder, readable offline."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pmlab.learner.exchange import Exchange
from pmlab.learner.folder import FolderError, write_new, writing_to

FOLDER = "feedback"


def newest(folder: Path, unit: str) -> Path | None:
    """Return the newest page of feedback of a unit; None if there is none."""
    pages = (folder / FOLDER / unit).glob("*.html")
    return max(pages, key=lambda page: page.stat().st_mtime_ns, default=None)


def take_in(folder: Path, unit: str, file: Path) -> Path:
    """Copy feedback that an instructor sent into the learner's folder.

    Args:
        folder: Her course folder.
        unit: Name of the unit.
        file: A page (.html), or a zip file that holds one.

    Returns:
        The page.

    Raises:
        FolderError: If the file holds no page, or can't be read or stored.
    """
    pages = list(_pages(file))
    if not pages:
        raise FolderError(
            f"{file.name} holds no page of feedback (.html); ask your instructor for "
            "the page of this unit"
        )
    named = [page for page in pages if unit in page[0]] or pages
    return _keep(folder, unit, *named[-1])


def fetch(folder: Path, unit: str, exchange: Exchange) -> Path | None:
    """Fetch feedback from nbgrader's exchange.

    Args:
        folder: Her course folder.
        unit: Name of the unit.
        exchange: The exchange.

    Returns:
        The newest page; None if there is none yet.

    Raises:
        ExchangeError: If nbgrader refuses.
        FolderError: If the page can't be stored.
    """
    found = None
    for page in exchange.fetch_feedback(unit):
        found = _keep(folder, unit, page.name, page.read_bytes())
    return found


def _pages(file: Path) -> Iterator[tuple[str, bytes]]:
    try:
        content = file.read_bytes()
        if not zipfile.is_zipfile(io.BytesIO(content)):
            if file.suffix.lower() in (".html", ".htm"):
                yield file.name, content
            return
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".html"):
                    yield PurePosixPath(name).name, archive.read(name)
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise FolderError(f"{file} can't be read: {error}") from error


def _place_script(folder: Path) -> None:
    """Put the script that draws the charts where the page looks for it."""
    from pmlab.charts.offline import place_script

    place_script(folder)


def _keep(folder: Path, unit: str, name: str, content: bytes) -> Path:
    """Store a page under a free name; an equal one that is there is used."""
    place = folder / FOLDER / unit
    stem = Path(name).stem
    with writing_to(folder):
        if b"plotly.min.js" in content:
            _place_script(folder / FOLDER)
        for number in range(1, 10_000):
            path = place / (f"{stem}.html" if number == 1 else f"{stem} {number}.html")
            if write_new(path, content):
                return path
            if path.read_bytes() == content:
                path.touch()
                return path
    raise FolderError(f"{place} is full of feedback; move some of it elsewhere")
