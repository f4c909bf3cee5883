"""Hands a unit in: through nbgrader's exchange, or as one zip file."""

import dataclasses
import io
import os
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from pmlab.checks.hints import FILE_NAME as HINTS_FILE
from pmlab.learner import handed_in
from pmlab.learner.exchange import Exchange
from pmlab.learner.folder import FolderError, write_new, writing_to
from pmlab.learner.handed_in import HandedIn
from pmlab.learner.work import UnitWork

ZIP_FOLDER = "to hand in"
_LARGEST_BYTES = 100_000_000


@dataclasses.dataclass(frozen=True)
class Submission:
    """What was handed in.

    Attributes:
        zip_file: The file to send; None if it went through the exchange.
        when: Time, in UTC.
    """

    zip_file: Path | None
    when: datetime


def submit(
    work: UnitWork, folder: Path, *, learner: str, exchange: Exchange | None = None
) -> Submission:
    """Hand a unit in as it is saved.

    Args:
        work: The unit as the learner saved it.
        folder: Her course folder.
        learner: Her id; names the zip file.
        exchange: nbgrader's exchange; without one a zip file is made.

    Returns:
        What was handed in.

    Raises:
        FolderError: If there is no notebook, or the zip file can't be written.
        ExchangeError: If the exchange refuses.
    """
    when = datetime.now(UTC)
    files = _files(work, when)
    zip_file = None
    if exchange is not None:
        exchange.submit(work.entry.slug, files)
    else:
        zip_file = _write_zip(work.entry.slug, folder, learner, when, files)
    done = HandedIn(
        when=when,
        how=zip_file.name if zip_file else "exchange",
        content=handed_in.content_mark(work.cells),
    )
    with writing_to(folder):
        handed_in.remember(folder, work.entry.slug, done)
    return Submission(zip_file, when)


def _files(work: UnitWork, when: datetime) -> dict[str, bytes]:
    """Return what is handed in; a damaged notebook goes as it is."""
    try:
        notebook = work.path.read_bytes()
        hints = work.path.parent / HINTS_FILE
        recorded = hints.read_bytes() if hints.is_file() else b"{}"
    except OSError as error:
        raise FolderError(
            f"{work.path} can't be read ({error.strerror}); there is nothing to hand "
            "in. Look for your notebook, or get a fresh one: pmlab update"
        ) from error
    if len(notebook) > _LARGEST_BYTES:
        raise FolderError(
            f"{work.path.name} has {len(notebook) / 1e6:,.0f} MB, more than can be "
            "handed in; in JupyterLab choose Edit > Clear Outputs of All Cells and save"
        )
    return {
        f"{work.entry.slug}.ipynb": notebook,
        HINTS_FILE: recorded,
        "timestamp.txt": f"{when:%Y-%m-%d %H:%M:%S.%f} UTC".encode(),
    }


def _write_zip(
    unit: str, folder: Path, learner: str, when: datetime, files: dict[str, bytes]
) -> Path:
    place = folder / ZIP_FOLDER / f"{learner}__{unit}__{when:%Y%m%dT%H%M%SZ}.zip"
    content = io.BytesIO()
    stamp = time.gmtime(when.timestamp())[:6]
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(f"{unit}/{name}", stamp), data)
    with writing_to(folder):
        os.makedirs(place.parent, exist_ok=True)
        if not write_new(place, content.getvalue()):
            raise FolderError(f"{place.name} is there already; wait a second, again")
    return place
