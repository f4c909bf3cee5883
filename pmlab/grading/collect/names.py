"""Who handed in what: read from the names that pmlab and the LMS give to files.

pmlab:  ``LEARNER__UNIT__20261122T100000Z.zip`` (made by ``pmlab submit``)
Canvas: ``adalovelace_LATE_4711_815_FILE`` (sortable name, user, submission, file)
Moodle: ``Ada Lovelace_4711_assignsubmission_file_/FILE``, or all of it in one name
"""

import dataclasses
import datetime as dt
import re
from pathlib import PurePosixPath

ZIP_COLLECT_REGEXP = (
    r".*[/\\](?P<student_id>[^/\\]+?)__(?P<assignment_id>(?:(?!__)[^/\\])+)__"
    r"(?P<timestamp>\d{8}T\d{6}Z)[/\\](?:.*[/\\])?(?P<file_id>[^/\\]+)\.ipynb"
)
"""For ``nbgrader zip_collect``: its ``FileNameCollectorPlugin.named_regexp``."""

_OWN = re.compile(
    r"(?P<learner>.+)__(?P<unit>(?:(?!__).)+)__(?P<moment>\d{8}T\d{6}Z)"
    r"(?:-\d+| ?\(\d+\))?\.zip"
)
_CANVAS = re.compile(
    r"(?P<name>[^_/]+)_(?:LATE_)?(?P<user>\d+)_(?P<handed>\d+)_(?P<file>.+)"
)
_MOODLE = re.compile(
    r"(?P<name>[^/]+)_(?P<user>\d+)_assignsubmission_file_?(?P<file>.*)"
)
_COPY = re.compile(r"(?:-\d+| ?\(\d+\))(?=\.[A-Za-z]+$)")  # what a second upload adds
_BAD_IN_ID = frozenset('/\\*?[]{}"<>|:\0')


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sender:
    """A person as an LMS names her.

    Attributes:
        lms: ``"canvas"`` or ``"moodle"``.
        user: Her number there (Moodle's is one of the assignment's own).
        name: Her name as it stands in the file's name.
    """

    lms: str
    user: str
    name: str

    @property
    def words(self) -> str:
        """The person for messages."""
        return f"{self.name} ({self.lms} {self.user})"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Named:
    """What a file's name says.

    Attributes:
        file: The name as the learner gave it.
        sender: The person that the LMS names, if one does.
        learner: The learner that the file claims to be from, if it says so.
        unit: The unit it claims to be for, if it says so.
        moment: The time that the learner's machine gave it.
    """

    file: str
    sender: Sender | None = None
    learner: str | None = None
    unit: str | None = None
    moment: dt.datetime | None = None


def read_name(path: str) -> Named:
    """Read the name of a file, with its folders if it lies in a download.

    Args:
        path: Such as ``"Ada Lovelace_7_assignsubmission_file_/ada__03__….zip"``.

    Returns:
        What it says.

    Examples:
        >>> named = read_name("lovelaceada_LATE_7_9_ada__ps1__20261122T100000Z-1.zip")
        >>> named.learner, named.unit, named.sender.user
        ('ada', 'ps1', '7')
    """
    sender, file = _sender(PurePosixPath(path))
    own = _OWN.fullmatch(file)
    if own is None:
        return Named(file=_COPY.sub("", file), sender=sender)
    return Named(
        file=file,
        sender=sender,
        learner=own["learner"],
        unit=own["unit"],
        moment=parsed_moment(own["moment"]),
    )


def _sender(path: PurePosixPath) -> tuple[Sender | None, str]:
    for folder in path.parts[:-1]:
        if found := _MOODLE.fullmatch(folder):
            return Sender(
                lms="moodle", user=found["user"], name=found["name"]
            ), path.name
    if (found := _MOODLE.fullmatch(path.name)) and found["file"]:
        return Sender(lms="moodle", user=found["user"], name=found["name"]), found[
            "file"
        ]
    if found := _CANVAS.fullmatch(path.name):
        sender = Sender(lms="canvas", user=found["user"], name=found["name"])
        return sender, found["file"]
    return None, path.name


def parsed_moment(text: str) -> dt.datetime | None:
    """Return the time in a name or in ``timestamp.txt``; None if it is none.

    Examples:
        >>> parsed_moment("20261122T100000Z").isoformat()
        '2026-11-22T10:00:00+00:00'
    """
    plain = text.strip()
    zone = plain.removesuffix("UTC").rstrip() if plain.endswith("UTC") else plain
    try:
        moment = dt.datetime.fromisoformat(zone)
    except ValueError:
        return None
    return (
        moment.replace(tzinfo=dt.UTC)
        if moment.tzinfo is None
        else moment.astimezone(dt.UTC)
    )


def sound_id(learner: str) -> bool:
    """Say whether a learner's id can be a folder's name on any system.

    Examples:
        >>> sound_id("ada@example.org"), sound_id("../bo"), sound_id("*")
        (True, False, False)
    """
    return (
        0 < len(learner.encode()) <= 128
        and learner.isprintable()
        and learner == learner.strip()
        and not learner.startswith((".", "-"))
        and not learner.endswith(".")
        and not _BAD_IN_ID & set(learner)
    )
