"""Starts the server of someone who logs in: the course folders first, then JupyterLab.

The hub runs ``python -m pmlab.hub.learner_server`` as the learner. Her folders are
brought up to date, her own work wins, and whatever goes wrong with it the server starts
all the same and says so in its log.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pmlab.errors import PmlabError
from pmlab.hub.kernel_sockets import private_sockets
from pmlab.hub.learner_environment import VARIABLE
from pmlab.learner import course_files, folder, lab
from pmlab.learner.exchange import HUB_FILE
from pmlab.learner.start_here import refresh_start_here

_SETTINGS = Path(".pmlab-hub")
SOCKETS = _SETTINGS / "run"


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare the home folder of this account and become its JupyterLab server.

    Args:
        arguments: Options for JupyterLab; those of the process if left out.
    """
    home = Path.home()
    courses = json.loads(os.environ.get(VARIABLE) or "[]")
    environment = dict(os.environ)
    environment.pop(VARIABLE, None)
    command = [sys.executable, "-m", "jupyterhub.singleuser"]
    try:
        options, variables = private_sockets(home / SOCKETS)
        command += options
        environment |= variables
        _close(home)
        ready = [about for about in courses if _prepared(home, about)]
        environment |= settings(home, ready)
    except (PmlabError, OSError) as error:
        sys.stderr.write(f"pmlab: {error}\n")
    command += sys.argv[1:] if arguments is None else list(arguments)
    os.chdir(home)
    os.execve(sys.executable, command, environment)  # noqa: S606 - becomes the server


def settings(home: Path, courses: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Write the server's settings and return the variables that point to them.

    Args:
        home: Home folder of the account.
        courses: The courses whose folders are ready, as the hub told.

    Returns:
        Environment variables for the server.
    """
    made = lab.environment(home / _SETTINGS)
    if courses:
        name = f"{courses[0]['id']}/{course_files.START_HERE}"
        made["JUPYTERHUB_DEFAULT_URL"] = f"/lab/tree/{quote(name)}"
    return made


def _close(home: Path) -> None:
    """Close the home folder to other learners; useradd leaves it open on Debian."""
    found = home.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        home.chmod(0o700)


def _prepared(home: Path, about: Mapping[str, Any]) -> bool:
    """Bring one course folder up to date; say in the log if that failed."""
    place = home / str(about["id"])
    try:
        course = course_files.installed_course()
        folder.prepare(place, course_files.learner_files(course))
        if about.get("variant"):
            folder.remember_variant(place, str(about["variant"]))
        hand_in = {"course": about["id"], "exchange": about.get("exchange")}
        folder.write_whole(
            place / folder.STATE / HUB_FILE, json.dumps(hand_in).encode()
        )
        refresh_start_here(place)
    except (PmlabError, OSError) as error:
        sys.stderr.write(f"pmlab: {place}: {error}\n")
    return (place / course_files.START_HERE).is_file()


if __name__ == "__main__":
    main()
