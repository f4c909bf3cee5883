"""What a server is told about its owner's courses when it starts.

The hub knows the roster and the course secrets; a learner's server gets her own part
of it only: the names of her courses, her variant of the case, where to hand in.
"""

import inspect
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from pmlab.case import variant_code
from pmlab.grading.variants import course_secret
from pmlab.hub.course import HubCourse

VARIABLE = "PMLAB_HUB_COURSES"


def hand_over(
    courses: Sequence[HubCourse],
    *,
    exchange: Path | None,
    first: Callable[[Any], Any] | None = None,
) -> Callable[[Any], Awaitable[None]]:
    """Return the spawn hook that tells a server its owner's courses.

    Args:
        courses: The courses of this hub.
        exchange: Where work is handed over; None for bundles.
        first: A hook of the host's own; runs before.

    Returns:
        A hook for ``c.Spawner.pre_spawn_hook``.
    """

    async def hook(spawner: Any) -> None:  # noqa: ANN401
        if first is not None:
            done = first(spawner)
            if inspect.isawaitable(done):
                await done
        groups = {group.name for group in spawner.user.groups}
        own = [course for course in courses if course.learners_group in groups]
        spawner.environment = {
            **spawner.environment,
            VARIABLE: json.dumps(
                [_about(course, spawner.user.name, exchange) for course in own]
            ),
        }

    return hook


def _about(course: HubCourse, user: str, exchange: Path | None) -> dict[str, Any]:
    secret = course_secret(folder=course.folder, environment={})
    return {
        "id": course.id,
        "variant": None if secret is None else variant_code(secret, user),
        "exchange": None if exchange is None else str(exchange),
    }
