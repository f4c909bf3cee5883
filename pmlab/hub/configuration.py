"""From a list of courses to the settings of a hub.

``settings`` is a pure function: the same courses give the same settings. ``configure``
checks the machine first, makes what is missing, and puts the settings into ``c``.
"""

import dataclasses
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from pmlab.hub import scopes
from pmlab.hub.course import HubCourse, check_together
from pmlab.hub.course_checks import check_course
from pmlab.hub.enrollment import REFRESH_SECONDS, authenticator_class, with_roster
from pmlab.hub.exchange import prepare_exchange
from pmlab.hub.faults import Faults, HubError, examined
from pmlab.hub.landing import landing_page
from pmlab.hub.learner_environment import hand_over
from pmlab.hub.roster import Entry, read_roster, tell_grader
from pmlab.hub.start_checks import check_start
from pmlab.hub.tokens import course_tokens

ROSTER_FILE = "roster.csv"
TOKENS_FILE = "tokens.json"


@dataclasses.dataclass(frozen=True, kw_only=True)
class HubPlaces:
    """Where a hub keeps what is its own.

    Attributes:
        state: Roster, tokens and logs of the course servers; the hub's own folder.
        exchange: Where work is handed over; None where machines share no folder
            (Kubernetes): learners then download and upload bundles.
    """

    state: Path
    exchange: Path | None

    @property
    def roster(self) -> Path:
        """The stored roster."""
        return self.state / ROSTER_FILE

    @property
    def tokens(self) -> Path:
        """Tokens of the course servers."""
        return self.state / TOKENS_FILE


def configure(
    c: Config,
    courses: Sequence[HubCourse],
    *,
    state: Path | str = "/srv/pmlab/hub",
    exchange: Path | str | None = "/srv/pmlab/exchange",
    idle_minutes: int | None = 60,
) -> None:
    """Let a hub serve courses; call it last in ``jupyterhub_config.py``.

    Checks folders, accounts, roster and ports first, so that a hub either runs with all
    of its parts or not at all. Works on JupyterHub 5.5 and 6.

    Args:
        c: The ``c`` of ``jupyterhub_config.py``. Authenticator, spawner and proxy are
            the host's choice; what is set in ``c`` before stays.
        courses: One for each cohort.
        state: Folder of the hub's own files: roster, tokens.
        exchange: Folder through which work is handed over; None for bundles.
        idle_minutes: Stop a server that nobody has used for so long; None for never.

    Raises:
        HubError: If something is missing or wrong; the text names all of it, and the
            mends.
    """
    places = HubPlaces(
        state=Path(state).absolute(),
        exchange=None if exchange is None else Path(exchange).absolute(),
    )
    faults = Faults()
    with faults:
        check_together(courses)
    for course in courses:
        with faults:
            check_course(course)
    entries: list[Entry] = []
    with faults:
        entries = read_roster(places.roster)
    authenticator: type = object
    with faults:
        authenticator = authenticator_class(
            _chosen(c, "JupyterHub", "authenticator_class", "pam")
        )
    faults.tell()
    ids = [course.id for course in courses]
    if examined():
        tokens = dict.fromkeys(ids, "")
    else:
        check_start(c, courses)
        _close(places.state)
        if places.exchange is not None:
            prepare_exchange(places.exchange, list(courses))
        tokens = course_tokens(places.tokens, ids)
        for course in courses:
            tell_grader(course, entries)
    _merge(
        c,
        settings(
            courses,
            places=places,
            tokens=tokens,
            authenticator=authenticator,
            first=_chosen(c, "Spawner", "pre_spawn_hook", None),
            idle_minutes=idle_minutes,
        ),
    )


def settings(
    courses: Sequence[HubCourse],
    *,
    places: HubPlaces,
    tokens: Mapping[str, str],
    authenticator: Any = "pam",  # noqa: ANN401 - JupyterHub takes a class or a name
    first: Callable[[Any], Any] | None = None,
    idle_minutes: int | None = 60,
) -> Config:
    """Return the settings for a hub with these courses, and nothing else.

    Args:
        courses: One for each cohort.
        places: Where the hub keeps its files.
        tokens: A token for each course server, by course id.
        authenticator: Who checks names and passwords.
        first: A spawn hook of the host's own; runs before ours.
        idle_minutes: See ``configure``.

    Returns:
        Settings to merge into ``c``.
    """
    c = Config()
    c.JupyterHub.authenticator_class = with_roster(
        authenticator, roster=places.roster, courses=courses
    )
    c.Authenticator.manage_groups = True
    c.Authenticator.any_allow_config = True  # the roster decides
    c.Authenticator.auth_refresh_age = REFRESH_SECONDS
    c.Authenticator.refresh_pre_spawn = True
    c.JupyterHub.default_url = landing_page(places.roster, courses)
    c.JupyterHub.load_roles = scopes.roles(courses, culler=idle_minutes is not None)
    c.JupyterHub.services = _services(courses, places, tokens, idle_minutes)
    c.Spawner.cmd = [sys.executable, "-m", "pmlab.hub.learner_server"]
    c.Spawner.server_token_scopes = scopes.server_token(courses)
    c.Spawner.disable_user_config = True
    c.Spawner.pre_spawn_hook = hand_over(courses, exchange=places.exchange, first=first)
    return c


def _services(
    courses: Sequence[HubCourse],
    places: HubPlaces,
    tokens: Mapping[str, str],
    idle_minutes: int | None,
) -> list[dict[str, Any]]:
    made = []
    for course in courses:
        # Two entries: JupyterHub ends itself if a server with an address that it
        # manages doesn't come up. The one with the address is not managed; the managed
        # one has no address and keeps the other running.
        made.append(_keeper(course, places, tokens[course.id]))
        made.append(
            {
                "name": course.id,
                "url": course.address,
                "api_token": tokens[course.id],
                "oauth_no_confirm": True,
                "oauth_client_allowed_scopes": [
                    f"access:services!service={course.id}",
                ],
            }
        )
    if idle_minutes is not None:
        command = [sys.executable, "-m", "pmlab.hub.idle_culler"]
        command += [f"--timeout={idle_minutes * 60}"]
        made.append({"name": scopes.CULLER, "command": command, "display": False})
    return made


def _keeper(course: HubCourse, places: HubPlaces, token: str) -> dict[str, Any]:
    environment = {
        "PMLAB_COURSE_TOKEN": token,
        "PMLAB_COURSE_ID": course.id,
        "PMLAB_COURSE_FOLDER": str(course.folder),
        "PMLAB_COURSE_PORT": str(course.port),
        "PMLAB_HUB_STATE": str(places.state),
        "PMLAB_EXCHANGE": "" if places.exchange is None else str(places.exchange),
    }
    keeper: dict[str, Any] = {
        "name": f"{course.id}-keeper",
        "command": [sys.executable, "-m", "pmlab.hub.course_server"],
        "cwd": str(course.folder),
        "environment": environment,
        "display": False,
    }
    if course.grader is not None:
        keeper["user"] = course.grader
    return keeper


def _close(state: Path) -> None:
    """Close the hub's own folder: JupyterHub's database in it is open to all."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        state.chmod(0o700)
    except OSError as error:
        raise HubError(
            f"{state} can't be made and closed to others ({error.strerror}); start the "
            "hub as root, or choose another state=…"
        ) from error


def _chosen(c: Config, section: str, name: str, default: Any) -> Any:  # noqa: ANN401
    value = c[section].get(name) if section in c else None
    return default if value is None or isinstance(value, LazyConfigValue) else value


def _merge(c: Config, ours: Config) -> None:
    """Put our settings into the host's; lists of services and roles are added up."""
    for name in ("services", "load_roles"):
        own = _chosen(c, "JupyterHub", name, [])
        ours.JupyterHub[name] = [*own, *ours.JupyterHub[name]]
    c.merge(ours)
