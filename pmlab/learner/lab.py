"""Opens JupyterLab on *Start here*, without news and authoring tools."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from pmlab.errors import PmlabError
from pmlab.learner.course_files import START_HERE
from pmlab.learner.folder import STATE, write_new, write_whole

# Parts of JupyterLab that a learner on her own machine has no use for.
_SWITCHED_OFF = (
    "@jupyterlab/apputils-extension:announcements",
    "@jupyter/nbgrader:assignment-list",
    "@jupyter/nbgrader:course-list",
    "@jupyter/nbgrader:create-assignment",
    "@jupyter/nbgrader:formgrader",
    "@jupyter/nbgrader:menu",
)

# The name that JupyterLab gives to the file of its default workspace.
_WORKSPACE = "default-37a8.jupyterlab-workspace"
_TABLE_OF_CONTENTS = "@jupyterlab/toc:plugin"
_LAYOUT = {
    "data": {
        "layout-restorer:data": {
            "main": {"dock": None, "current": None},
            "left": {
                "collapsed": False,
                "visible": True,
                "current": _TABLE_OF_CONTENTS,
                "widgets": ["filebrowser", "running-sessions", _TABLE_OF_CONTENTS],
            },
            "right": {"collapsed": True, "visible": True, "widgets": []},
            "relativeSizes": [0.2, 0.8, 0],
        }
    },
    "metadata": {"id": "default"},
}


class LabMissingError(PmlabError):
    """JupyterLab is not installed."""


def open_lab(folder: Path, *, options: Sequence[str] = ()) -> int:
    """Run JupyterLab on a learner's folder until it is closed.

    Args:
        folder: The learner's folder.
        options: Further options for ``jupyter lab``, such as ``--no-browser``.

    Returns:
        The exit status of JupyterLab.

    Raises:
        LabMissingError: If JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise LabMissingError(
            "JupyterLab is not installed here; run: "
            f"{sys.executable} -m pip install 'pmlab[lab]'"
        )
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--LabApp.default_url=/lab/tree/{quote(START_HERE)}",
        *options,
    ]
    settings = environment(folder / STATE / "jupyter")
    # So that !pmlab works in a cell, also where no environment was activated.
    programs = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    settings["PATH"] = os.pathsep.join(filter(None, programs))
    return subprocess.run(  # noqa: S603
        command, env={**os.environ, **settings}, check=False
    ).returncode


def environment(place: Path) -> dict[str, str]:
    """Write the settings of a learner's JupyterLab.

    Args:
        place: The folder they go into.

    Returns:
        Environment variables that let JupyterLab use them.
    """
    write_whole(
        place / "labconfig" / "page_config.json",
        json.dumps({"disabledExtensions": dict.fromkeys(_SWITCHED_OFF, True)}).encode(),
    )
    # Layout of the first start; from then on JupyterLab keeps the learner's own.
    write_new(place / "workspaces" / _WORKSPACE, json.dumps(_LAYOUT).encode())
    paths = [str(place.resolve()), os.environ.get("JUPYTER_CONFIG_PATH")]
    return {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path),
        # Open tabs belong to this folder; JupyterLab would share them with all others.
        "JUPYTERLAB_WORKSPACES_DIR": str((place / "workspaces").resolve()),
    }
