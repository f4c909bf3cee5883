"""Who may do what on the hub. No scope here lets anyone administer it.

The names are JupyterHub's: ``read:…!user`` is about the one who asks, ``!service=x``
about one cohort, ``!server`` about the one server that holds the token.
"""

from collections.abc import Sequence
from typing import Any

from pmlab.hub.course import HubCourse

CULLER = "idle-culler"


def server_token(courses: Sequence[HubCourse]) -> list[str]:
    """Return what the server of a learner or instructor may ask of the hub.

    The hub gives a server no more of it than its owner has.
    """
    own = ["users:activity!user", "access:servers!server", "read:users:groups!user"]
    return [*own, "list:services", *(s for c in courses for s in _visit(c))]


def roles(courses: Sequence[HubCourse], *, culler: bool) -> list[dict[str, Any]]:
    """Return the roles of the hub, as ``c.JupyterHub.load_roles`` takes them."""
    made = [role for course in courses for role in _course_roles(course)]
    if culler:
        made.append(
            {
                "name": CULLER,
                "description": "Stop servers that nobody uses",
                "scopes": [
                    "list:users",
                    "read:users:activity",
                    "read:servers",
                    "delete:servers",
                ],
                "services": [CULLER],
            }
        )
    return made


def _course_roles(course: HubCourse) -> list[dict[str, Any]]:
    return [
        {
            "name": f"instructor-{course.id}",
            "description": f"Teach {course.id}",
            "scopes": ["list:services", *_visit(course)],
            "groups": [course.instructors_group],
        },
        {
            "name": f"learner-{course.id}",
            "description": f"Learn in {course.id}",
            "scopes": ["list:services", f"read:services!service={course.id}"],
            "groups": [course.learners_group],
        },
        {
            "name": f"service-{course.id}",
            "description": f"The server of {course.id} knows who is in it",
            "scopes": [f"read:groups!group={course.learners_group}"],
            "services": [course.id],
        },
    ]


def _visit(course: HubCourse) -> list[str]:
    return [
        f"access:services!service={course.id}",
        f"read:services!service={course.id}",
    ]
