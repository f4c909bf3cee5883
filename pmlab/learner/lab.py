"""Opens JupyterLab on *Start here*, without news and authoring tools."""

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import webbrowser
from collections.abc import Iterator, Sequence
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
    # The course writes no formulas in TeX, and learners write of dollars.
    "@jupyterlab/mathjax-extension:plugin",
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
        PmlabError: If it refuses to start for root.
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
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,  # where terminals open
        env={**os.environ, **settings},
    )
    with _ends_with_us(process):
        status = process.wait()
    if status and needs_allow_root(options):
        raise PmlabError(
            "JupyterLab does not start for root unless you ask it to. In a container, "
            "or if you know why you are root, run: pmlab start DIR "
            "--lab-option=--allow-root (with make: make start OPTIONS="
            "--lab-option=--allow-root). Else log in as yourself and start again"
        )
    return status


def can_open_browser(options: Sequence[str]) -> bool:
    """Return whether JupyterLab will find a browser to open, and is asked to."""
    no = ("no-browser", "open_browser=false")
    if any(option.lower().endswith(no) for option in options):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def needs_allow_root(options: Sequence[str]) -> bool:
    """Return whether JupyterLab will refuse to start, because root starts it."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and not any("allow-root" in option for option in options)


@contextlib.contextmanager
def _ends_with_us(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Pass on what asks this program to end, so that no JupyterLab stays behind.

    Ctrl-C reaches JupyterLab by itself, which asks what is meant: not taken here.
    """

    def end(_number: int, _frame: object) -> None:
        process.terminate()

    asked = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.signal(number, end) for number in asked}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
    if os.name != "nt":
        # As a login shell, which is usual, it would set PATH anew and lose pmlab.
        shell = {"shell_command": [os.environ.get("SHELL") or "/bin/sh"]}
        write_whole(
            place / "jupyter_server_config.json",
            json.dumps({"ServerApp": {"terminado_settings": shell}}).encode(),
        )
    # Layout of the first start; from then on JupyterLab keeps the learner's own.
    write_new(place / "workspaces" / _WORKSPACE, json.dumps(_LAYOUT).encode())
    paths = [str(place.resolve()), os.environ.get("JUPYTER_CONFIG_PATH")]
    # So that !pmlab works in a cell, also where no environment was activated.
    programs = [str(Path(sys.executable).parent), os.environ.get("PATH")]
    return {
        "PATH": os.pathsep.join(path for path in programs if path),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path),
        # Open tabs belong to this folder; JupyterLab would share them with all others.
        "JUPYTERLAB_WORKSPACES_DIR": str((place / "workspaces").resolve()),
    }
