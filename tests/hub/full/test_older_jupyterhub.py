"""JupyterHub 5.5, as The Littlest JupyterHub and Zero to JupyterHub ship it."""

import subprocess
import sys

import pytest

from tests.hub.full.machine import kill_all, processes_of, until
from tests.hub.full.real_hub import LEARNERS
from tests.hub.full.visitors import get


def test_it_runs_on_the_older_jupyterhub_too(hub, visit):
    older = hub.place / "older"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", older]
    done = subprocess.run(
        [*map(str, pip), "jupyterhub==5.5.*"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"JupyterHub 5.5 can't be installed: {done.stderr[-200:]}")
    hub.stop()
    for name in LEARNERS:
        kill_all(processes_of, name)
    for path in (hub.data / "hub").glob("hub.sqlite*"):
        path.unlink()
    hub.start(PYTHONPATH=str(older))
    assert "JupyterHub version 5.5" in hub.told()
    kind = type(visit("pmlab-lea", server=False))
    lea, ines = kind("pmlab-lea", hub.address), kind("pmlab-ines", hub.address)
    lea.log_in()
    lea.start_server()
    lea.start_kernel()
    assert lea.run("import jupyterhub; print(jupyterhub.__version__)").startswith("5.5")
    assert get(lea, "/services/pm-spring/teach").status_code == 403
    lea.socket.close()
    ines.log_in()
    until(90, lambda: get(ines, "/services/pm-spring/teach").status_code == 200)
    assert get(ines, "/services/pm-autumn/teach").status_code == 403
