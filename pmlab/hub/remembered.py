"""Finds in a loaded configuration what ``configure`` was called with."""

from pathlib import Path
from typing import Any

from traitlets.config import Config

from pmlab.hub.configuration import HubPlaces
from pmlab.hub.course import HubCourse


def remembered(c: Config) -> tuple[list[HubCourse], HubPlaces] | None:
    """Return the courses and places of a configured hub.

    Args:
        c: A loaded ``jupyterhub_config.py``.

    Returns:
        Its courses and places; None if the file doesn't call ``configure``, or with
        no course.
    """
    services = c.JupyterHub.get("services", [])
    keepers = [s for s in services if "PMLAB_COURSE_ID" in s.get("environment", {})]
    if not keepers:
        return None
    first = keepers[0]["environment"]
    exchange = first["PMLAB_EXCHANGE"]
    places = HubPlaces(
        state=Path(first["PMLAB_HUB_STATE"]),
        exchange=Path(exchange) if exchange else None,
    )
    return [_course(keeper) for keeper in keepers], places


def _course(keeper: dict[str, Any]) -> HubCourse:
    told = keeper["environment"]
    user = keeper.get("user")
    return HubCourse(
        id=told["PMLAB_COURSE_ID"],
        folder=Path(told["PMLAB_COURSE_FOLDER"]),
        port=int(told["PMLAB_COURSE_PORT"]),
        grader=None if user is None else str(user),
    )
