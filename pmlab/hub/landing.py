"""Where people land after log-in: *Teach here*, or their own course folder."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pmlab.hub.course import HubCourse
from pmlab.hub.roster import groups_of, read_roster


def landing_page(roster: Path, courses: Sequence[HubCourse]) -> Callable[[Any], str]:
    """Return the function that JupyterHub asks where to send someone.

    Args:
        roster: The stored roster.
        courses: The courses of this hub.

    Returns:
        A function of a request's handler; gives a path on the hub. Who teaches one
        course and learns in none goes to its *Teach here*; everyone else to her own
        server; who teaches several to the list of services.
    """

    def page(handler: Any) -> str:  # noqa: ANN401
        user = handler.current_user
        base = str(handler.hub.base_url)
        if user is None:
            return f"{base}login"
        groups = groups_of(user.name, read_roster(roster), courses)
        taught = [course for course in courses if course.instructors_group in groups]
        if len(taught) == len(groups) == 1:
            return base.removesuffix("hub/") + taught[0].prefix.lstrip("/") + "teach"
        return f"{base}home" if taught else f"{base}spawn"

    return page
