"""Finds a JupyterLab that is open on a folder; two of them overwrite each other."""

import json
import socket
from pathlib import Path
from urllib.parse import quote

from pmlab.learner.course_files import START_HERE


def running_on(folder: Path) -> str | None:
    """Return the address of a JupyterLab that is open on a folder; None if none is.

    Args:
        folder: The learner's folder.
    """
    try:
        from jupyter_core.paths import jupyter_runtime_dir
    except ImportError:
        return None
    for path in Path(jupyter_runtime_dir()).glob("jpserver-*.json"):
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            same = Path(about["root_dir"]).resolve() == folder.resolve()
            if same and _listens(str(about["hostname"]), int(about["port"])):
                token = f"?token={about['token']}" if about.get("token") else ""
                return f"{about['url']}lab/tree/{quote(START_HERE)}{token}"
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
