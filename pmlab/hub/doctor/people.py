"""The people on the roster: who administers, accounts, home folders."""

import pwd
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from traitlets.config import Config

from pmlab.hub.configuration import HubPlaces
from pmlab.hub.course import HubCourse
from pmlab.hub.doctor.finding import Finding, ok, problem, warning
from pmlab.hub.kernel_sockets import short_enough
from pmlab.hub.learner_server import SOCKETS
from pmlab.hub.roster import read_roster


def examine(
    c: Config, courses: Sequence[HubCourse], places: HubPlaces
) -> Iterator[Finding]:
    """Look at the roster, and at the accounts it names."""
    entries = read_roster(places.roster)
    known = {course.id for course in courses}
    unknown = sorted({entry.course for entry in entries} - known)
    if unknown:
        yield warning(
            "roster",
            f"names a course that this hub has not: {', '.join(unknown)}",
            "correct the roster or add the course to configure(…)",
        )
    if not entries:
        yield warning(
            "roster", "is empty: nobody can log in", "pmlab hub roster FILE.csv"
        )
    everyone = {entry.user for entry in entries}
    yield from _administrators(c, everyone)
    # The spawner that a hub has unless its host chose another needs system accounts.
    if c.JupyterHub.get("spawner_class", "localprocess") == "localprocess" and entries:
        yield from _accounts(everyone)


def _administrators(c: Config, people: set[str]) -> Iterator[Finding]:
    """Who administers the hub can open every server; a token of hers can, too."""
    names = set(c.Authenticator.get("admin_users", ()))
    working = sorted(names & people)
    if working:
        yield warning(
            "administrators",
            f"{', '.join(working)} teaches or learns here and administers the hub: "
            "what her browser or server loses opens everyone's work",
            "give an administrator a second name for class, and take the first off "
            "the roster",
        )


def _accounts(people: set[str]) -> Iterator[Finding]:
    there = {account.pw_name: account for account in pwd.getpwall()}
    missing = sorted(people - there.keys())
    if missing:
        yield problem(
            "accounts",
            f"{len(missing)} on the roster have no account on this machine, such as "
            f"{missing[0]}",
            f"useradd --create-home --key HOME_MODE=0700 {missing[0]}",
        )
    else:
        yield ok("accounts", "everyone on the roster has an account")
    homes = {Path(there[name].pw_dir) for name in people & there.keys()}
    yield from examine_homes(homes)


def examine_homes(homes: Iterable[Path]) -> Iterator[Finding]:
    """Look at home folders: closed to others, and short enough for sockets.

    Args:
        homes: The folders; those that are not there yet are left out.
    """
    found = sorted(home for home in homes if home.is_dir())
    open_ = [home for home in found if home.stat().st_mode & stat.S_IXOTH]
    if open_:
        yield warning(
            "homes",
            f"classmates can look into {len(open_)} of {len(found)} home folders, such "
            f"as {open_[0]}, until its owner starts a server, which closes it",
            f"chmod 700 {open_[0]}; for accounts to come set HOME_MODE 0700 in "
            "/etc/login.defs",
        )
    elif found:
        yield ok("homes", "each is closed to classmates")
    long = [home for home in found if not short_enough(home / SOCKETS)]
    if long:
        yield warning(
            "kernels",
            f"{long[0]} is too long for sockets: kernels there listen on ports, where "
            "others on this machine can overhear them",
            "choose shorter home folders, at most 42 characters",
        )
    elif found:
        yield ok("kernels", "talk over sockets that only their owner reaches")
