"""Any JupyterHub authenticator, with the roster on top.

The authenticator says who someone is; the roster says whether and where she belongs.
Both are asked at log-in and again each minute, so a name taken off the roster is out
without a restart.
"""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from traitlets.utils.importstring import import_item

from pmlab.hub.course import HubCourse
from pmlab.hub.faults import HubError
from pmlab.hub.roster import groups_of, read_roster, tell_grader

REFRESH_SECONDS = 60


def with_roster(
    base: Any,  # noqa: ANN401 - JupyterHub takes a class or a name
    *,
    roster: Path,
    courses: Sequence[HubCourse],
) -> type:
    """Return an authenticator that lets in whoever is on the roster.

    Args:
        base: An authenticator class, its import path, or its short name such as "pam".
        roster: The stored roster.
        courses: The courses of this hub.

    Returns:
        A subclass of ``base`` that gives each user the groups of the roster.

    Raises:
        HubError: If there is no such authenticator.
    """
    parent = authenticator_class(base)

    class Enrolled(parent):  # type: ignore[misc,valid-type]
        """Asks the authenticator below who it is, and the roster where she belongs."""

        def check_allowed(
            self,
            username: str,
            authentication: Any = None,  # noqa: ANN401, ARG002
        ) -> bool:
            return username in self.admin_users or bool(_groups(username))

        async def get_authenticated_user(self, handler: object, data: object) -> Any:  # noqa: ANN401
            model = await super().get_authenticated_user(handler, data)
            # Asked again here: with allow_all JupyterHub skips check_allowed.
            if not model or not self.check_allowed(model["name"]):
                return None
            return {**model, "groups": _groups(model["name"])}

        async def refresh_user(self, user: Any, handler: Any = None) -> Any:  # noqa: ANN401
            model = await super().refresh_user(user, handler)
            groups = _groups(user.name)
            if not model or not (groups or user.name in self.admin_users):
                return False
            known = model if isinstance(model, dict) else {"name": user.name}
            return {**known, "groups": groups}

    def _groups(username: str) -> list[str]:
        entries = read_roster(roster)
        for course in courses:
            tell_grader(course, entries)
        return groups_of(username, entries, courses)

    Enrolled.__name__ = f"Enrolled{parent.__name__}"
    return Enrolled


def authenticator_class(base: Any) -> type:  # noqa: ANN401
    """Return the class of an authenticator.

    Args:
        base: The class, its import path, or its short name such as "pam".

    Returns:
        The class.

    Raises:
        HubError: If there is no such authenticator.
    """
    if isinstance(base, type):
        return base
    found = importlib.metadata.entry_points(
        group="jupyterhub.authenticators", name=str(base)
    )
    try:
        loaded: type = next(iter(found)).load() if found else import_item(str(base))
    except ImportError as error:
        raise HubError(
            f"authenticator {base!r} can't be loaded ({error}); install its package or "
            "name another in c.JupyterHub.authenticator_class"
        ) from error
    return loaded
