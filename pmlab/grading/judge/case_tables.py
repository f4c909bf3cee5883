"""Tables of the running case that a notebook loads, made before it runs.

Learners' code can read the cache of the case but not write it; so the judge fills it.
"""

import contextlib
import re

from pmlab import case
from pmlab.case import cache
from pmlab.errors import PmlabError

_LOADS = re.compile(r"case\.load\(\s*[\"'](\w+)[\"']")


def make(sources: list[str], variant: str) -> None:
    """Make the tables that cells load, where they are not made yet.

    Args:
        sources: Texts of the instructor's cells.
        variant: The variant of the case.
    """
    names = {name for source in sources for name in _LOADS.findall(source)}
    for name in sorted(names):
        path = cache._path(name, variant)
        if not path.exists():
            with contextlib.suppress(PmlabError, ValueError):
                case.load(name, variant=variant)
        with contextlib.suppress(OSError):
            path.chmod(0o644)  # readable for the user inside the walls
