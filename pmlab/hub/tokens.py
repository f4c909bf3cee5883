"""One token for each course server, the same after a restart, readable by the hub only.

A server that outlives the hub can so go on talking to the next one.
"""

import json
import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from pmlab.hub.faults import HubError


def course_tokens(path: Path, ids: Iterable[str]) -> dict[str, str]:
    """Return the token of each course; new ones are added to the file.

    Args:
        path: The file, mode 0600.
        ids: Ids of the courses.

    Returns:
        Tokens by course id.

    Raises:
        HubError: If others may read the file, or it is damaged.
    """
    known = stored_tokens(path)
    tokens = {name: known.get(name) or secrets.token_hex(32) for name in ids}
    if tokens != known:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump({**known, **tokens}, file, indent=1)
        os.replace(draft, path)
    return tokens


def stored_tokens(path: Path) -> dict[str, str]:
    """Return the tokens in a file, by course id; none if there is no file.

    Raises:
        HubError: If others may read the file, or it is damaged.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise HubError(
                f"{path} has mode {mode:04o}, others can read tokens in it; remove "
                "it, the next start makes new ones"
            )
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise HubError(
            f"{path} is damaged; remove it, the next start makes new ones"
        ) from error
    return {str(name): str(token) for name, token in known.items()}
