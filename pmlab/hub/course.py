"""A cohort on a hub: one course folder, one grader account, one port."""

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pmlab.hub.faults import Faults, HubError

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclasses.dataclass(frozen=True, kw_only=True)
class HubCourse:
    """A course as one cohort takes it.

    Attributes:
        id: Short name: lower-case letters, digits and hyphens. It is the name of the
            service, of the two groups and of the folder that learners see.
        folder: The cohort's own course folder (``pmlab hub course`` makes one).
        port: Loopback port of the cohort's formgrader, from 1024 to 65535.
        grader: System account that owns the folder and grades; the hub's own if left
            out, which is for trying it out only.

    Raises:
        HubError: If the id or the port can't be used.
    """

    id: str
    folder: Path
    port: int
    grader: str | None = None

    def __post_init__(self) -> None:
        Faults(self.faults).tell()
        object.__setattr__(self, "folder", Path(self.folder).absolute())

    @property
    def faults(self) -> list[str]:
        """What is wrong with the id and the port, each with its mend."""
        texts = []
        if not _ID.fullmatch(self.id):
            texts.append(
                f"course id {self.id!r} can't be used: 1 to 40 lower-case letters, "
                "digits and hyphens, such as pm-spring"
            )
        if not 1024 <= self.port <= 65535:
            texts.append(
                f"course {self.id}: port == {self.port}, must be from 1024 to 65535"
            )
        return texts

    @property
    def learners_group(self) -> str:
        """Hub group of the learners; nbgrader reads this name."""
        return f"nbgrader-{self.id}"

    @property
    def instructors_group(self) -> str:
        """Hub group of the instructors; nbgrader reads this name."""
        return f"formgrade-{self.id}"

    @property
    def address(self) -> str:
        """Where the cohort's server listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def prefix(self) -> str:
        """Path of the cohort's server on the hub."""
        return f"/services/{self.id}/"


def check_together(courses: Sequence[HubCourse]) -> None:
    """Refuse courses that would get in each other's way.

    Raises:
        HubError: If there is none, or two share an id, a folder or a port.
    """
    if not courses:
        raise HubError("there is no course; pass courses=[HubCourse(id=…, …)]")
    shared = [
        f"two courses have the {what} {value}; give each its own {what}"
        for what in ("id", "folder", "port")
        for value, count in Counter(getattr(one, what) for one in courses).items()
        if count > 1
    ]
    if shared:
        raise HubError(*shared)
