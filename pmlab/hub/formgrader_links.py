"""Lets the formgrader's links to files open in JupyterLab.

On a page of its own, nbgrader's formgrader links folders to ``/tree/`` and notebooks to
``/notebooks/`` at the root of the web site. On a hub these lead nowhere: the cohort's
server stands under ``/services/COURSE/``. The one script that makes the links is served
with JupyterLab's addresses in it.
"""

import json
from pathlib import Path

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from nbgrader.server_extensions.formgrader import handlers as formgrader
from tornado import web

_SCRIPT = "js/utils.js"
_PREFIXES = ("/notebooks/", "/edit/", "/tree/")


class LinksHandler(JupyterHandler):
    """Nbgrader's script, with links into JupyterLab."""

    @web.authenticated
    def get(self) -> None:
        """Answer with the script."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(linking_to_lab(self.base_url))


def linking_to_lab(base_url: str) -> str:
    """Return nbgrader's script whose links open in JupyterLab.

    Args:
        base_url: Where the server stands on the web site.

    Returns:
        The script; as nbgrader wrote it where its links are of another kind.
    """
    path = Path(formgrader.static_path) / _SCRIPT
    script = path.read_text(encoding="utf-8")
    for prefix in _PREFIXES:
        script = script.replace(f'"{prefix}"', json.dumps(f"{base_url}lab/tree/"))
    return script


def add_to(server: ServerApp) -> None:
    """Serve the script in place of nbgrader's."""
    app = server.web_app
    address = f"{app.settings['base_url'].rstrip('/')}/formgrader/static/{_SCRIPT}"
    app.add_handlers(".*$", [(address, LinksHandler)])  # type: ignore[no-untyped-call]
    # The formgrader's own addresses were added before; the first that fits is taken.
    rules = app.default_router.rules
    rules.insert(0, rules.pop(-2))
