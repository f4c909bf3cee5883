"""All examinations of a hub, from its configuration file on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from pmlab.hub.configuration import HubPlaces
from pmlab.hub.course import HubCourse
from pmlab.hub.doctor import hand_over, machine, people, rights, secrets, start
from pmlab.hub.doctor.finding import Finding, problem
from pmlab.hub.exchange import account
from pmlab.hub.faults import Faults, HubError, examining
from pmlab.hub.remembered import remembered
from pmlab.hub.roster import read_roster


def examine(configuration: Path) -> list[Finding]:
    """Examine the hub that a configuration file describes.

    Args:
        configuration: A ``jupyterhub_config.py`` that calls ``configure``.

    Returns:
        Findings in the order of the examination, faults of the configuration first;
        worst ones are for the reader to find by their level.

    Raises:
        HubError: If there is no such file.
    """
    if not configuration.is_file():
        raise HubError(
            f"no file {configuration}; name your jupyterhub_config.py, or write one "
            "with: pmlab hub init DIR"
        )
    with examining() as faults:
        further = _examined(configuration, faults)
    return [*map(_refused, faults), *further]


def _refused(fault: str) -> Finding:
    """Turn what ``configure`` refuses into a finding; most texts end with the mend."""
    text, mark, mend = fault.rpartition("; ")
    if not mark:
        text, mend = fault, "correct it; until then the hub refuses to start"
    return problem("configuration", text, mend)


def _examined(configuration: Path, faults: Faults) -> list[Finding]:
    """Load a configuration and look at the hub that it makes, as far as it goes."""
    loader = PyFileConfigLoader(
        configuration.name, path=str(configuration.parent.absolute())
    )
    try:
        with faults:
            c = loader.load_config()
            hub = remembered(c)
            if hub is not None:
                return list(_all(c, *hub))
            if not faults:
                faults.append(
                    "the file never calls pmlab.hub.configure(c, courses=[…]); add it "
                    "as the last line"
                )
    except PermissionError as error:
        return [
            problem(
                "account",
                f"{error.filename} is closed to you",
                "run the doctor as the account that runs the hub, mostly root",
            )
        ]
    except (Exception, SystemExit) as error:  # noqa: BLE001 - anyone's Python
        text = f"{type(error).__name__}: {error}"
        mend = f"correct {configuration}; until then the hub doesn't start"
        return [problem("configuration", text, mend)]
    return []


def _all(c: Config, courses: list[HubCourse], places: HubPlaces) -> Iterator[Finding]:
    """Examine all parts, but what the configuration's faults keep from being there."""
    named = [course for course in dict.fromkeys(courses) if not course.faults]
    staffed = [course for course in named if _passes(account, course.grader)]
    roster_is_fine = _passes(read_roster, places.roster)
    yield from rights.examine(c)
    yield from hand_over.examine(staffed, places)
    yield from secrets.examine(
        [course for course in staffed if course.folder.exists()], places
    )
    if roster_is_fine:
        yield from people.examine(c, courses, places)
    yield from start.examine(c, named)
    yield from machine.examine(named, places)


def _passes(check: Callable[[Any], object], value: object) -> bool:
    """Tell whether a check refuses a value; if so, its fault is told already."""
    try:
        check(value)
    except HubError:
        return False
    return True
