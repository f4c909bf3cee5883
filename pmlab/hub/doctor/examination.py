"""All examinations of a hub, from its configuration file on."""

from collections.abc import Iterator
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from pmlab.hub.configuration import HubPlaces, examining
from pmlab.hub.course import HubCourse, HubError
from pmlab.hub.doctor import hand_over, machine, people, rights, secrets, start
from pmlab.hub.doctor.finding import Finding, problem
from pmlab.hub.remembered import remembered


def examine(configuration: Path) -> list[Finding]:
    """Examine the hub that a configuration file describes.

    Args:
        configuration: A ``jupyterhub_config.py`` that calls ``configure``.

    Returns:
        Findings in the order of the examination; worst ones are for the reader to
        find by their level.

    Raises:
        HubError: If there is no such file.
    """
    if not configuration.is_file():
        raise HubError(
            f"no file {configuration}; name your jupyterhub_config.py, or write one "
            "with: pmlab hub init DIR"
        )
    try:
        loader = PyFileConfigLoader(
            configuration.name, path=str(configuration.parent.absolute())
        )
        with examining():
            c = loader.load_config()
        courses, places = remembered(c)
        return list(_all(c, courses, places))
    except PermissionError as error:
        return [
            problem(
                "account",
                f"{error.filename} is closed to you",
                "run the doctor as the account that runs the hub, mostly root",
            )
        ]
    except HubError as error:
        # Its text holds the mend.
        mend = "as said; until then the hub refuses to start"
        return [problem("configuration", str(error), mend)]
    except (Exception, SystemExit) as error:  # noqa: BLE001 - anyone's Python
        text = f"{type(error).__name__}: {error}"
        mend = f"correct {configuration}; until then the hub doesn't start"
        return [problem("configuration", text, mend)]


def _all(c: Config, courses: list[HubCourse], places: HubPlaces) -> Iterator[Finding]:
    yield from rights.examine(c, places)
    yield from hand_over.examine(courses, places)
    yield from secrets.examine(courses, places)
    yield from people.examine(c, courses, places)
    yield from start.examine(c, courses)
    yield from machine.examine(courses, places)
