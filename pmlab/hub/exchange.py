"""The folder through which work is handed over: nbgrader's exchange, hardened.

nbgrader's own exchange is a folder that anyone may rename or write into, and each
submission in it may be replaced by a classmate. Here:

=====================  ====  ===============================================
folder                 mode  meaning
=====================  ====  ===============================================
the exchange           1777  nobody moves away a folder that isn't hers
a course               0755  its grader's
``outbound``           0755  what is handed out, for all to read
``inbound``            3733  drop in, list nothing, remove only one's own
``feedback``           0711  pages under names that can't be guessed
=====================  ====  ===============================================
"""

import os
import pwd
import stat
from pathlib import Path

from pmlab.hub.course import HubCourse
from pmlab.hub.faults import HubError

EXCHANGE_MODE = 0o1777
MODES = {"": 0o755, "outbound": 0o755, "inbound": 0o3733, "feedback": 0o711}


def prepare_exchange(root: Path, courses: list[HubCourse]) -> None:
    """Make the exchange and each course's part of it, with owners and modes.

    A folder that exists keeps its content and gets its mode back.

    Args:
        root: The exchange.
        courses: The courses of this hub.

    Raises:
        HubError: If a folder belongs to someone else, is a link, or can't be made.
    """
    _folder(root, EXCHANGE_MODE, owner=None)
    for course in courses:
        for name, mode in MODES.items():
            _folder(root / course.id / name, mode, owner=course.grader)


def problems(root: Path, courses: list[HubCourse]) -> list[str]:
    """Return what is wrong with an exchange; each text names the mend.

    Args:
        root: The exchange.
        courses: The courses of this hub.

    Returns:
        One sentence for each fault; empty if all is well.
    """
    wanted: list[tuple[Path, int, str | None]] = [(root, EXCHANGE_MODE, None)]
    wanted += [
        (root / course.id / name, mode, course.grader)
        for course in courses
        for name, mode in MODES.items()
    ]
    return [text for place in wanted for text in _faults(*place)]


def account(name: str | None) -> pwd.struct_passwd:
    """Return a system account; that of this process if no name is given.

    Raises:
        HubError: If there is none of this name.
    """
    try:
        return pwd.getpwuid(os.geteuid()) if name is None else pwd.getpwnam(name)
    except KeyError as error:
        if name is None:
            raise HubError(
                f"user number {os.geteuid()}, as which this runs, has no name here; "
                "run it as an account of this machine, mostly root"
            ) from error
        raise HubError(
            f"there is no system account {name!r}; make it with: "
            f"useradd --system --create-home --shell /usr/sbin/nologin {name}"
        ) from error


def _faults(path: Path, mode: int, owner: str | None) -> list[str]:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return [f"{path} is missing; start the hub once, which makes it"]
    if not stat.S_ISDIR(found.st_mode):
        return [f"{path} is no folder; remove it and start the hub again"]
    texts = []
    actual = stat.S_IMODE(found.st_mode)
    if actual != mode:
        texts.append(f"{path} has mode {actual:04o}: chmod {mode:04o} {path}")
    if owner is not None and found.st_uid != account(owner).pw_uid:
        texts.append(f"{path} isn't owned by {owner}: chown {owner} {path}")
    return texts


def _folder(path: Path, mode: int, *, owner: str | None) -> None:
    if path.is_symlink():
        raise HubError(f"{path} is a link; remove it, a real folder is needed there")
    who = account(owner)
    try:
        path.mkdir(parents=True, exist_ok=True)
        found = path.stat()
        if owner is not None and found.st_uid not in (0, os.geteuid(), who.pw_uid):
            raise HubError(
                f"{path} is owned by user number {found.st_uid}, who may have put it "
                f"there to take the course over; look into it, then: rm -r {path}"
            )
        if owner is not None and found.st_uid != who.pw_uid:
            os.chown(path, who.pw_uid, who.pw_gid)
        if stat.S_IMODE(found.st_mode) != mode:
            path.chmod(mode)
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise HubError(
            f"{path} can't be made {mode:04o} and owned by {who.pw_name} "
            f"({error.strerror}); start the hub as root, or choose another exchange"
        ) from error
