"""The hub under test: JupyterHub with PAM, its proxy beside it, two cohorts."""

import contextlib
import os
import shutil
import signal
import subprocess

import requests

from tests.hub.full.machine import (
    ROOT,
    free_ports,
    kill_all,
    processes_from,
    run,
    until,
)

LEARNERS = ("pmlab-lea", "pmlab-max", "pmlab-noor")
GRADERS = ("pmlab-g-spring", "pmlab-g-autumn")
COHORTS = ("pm-spring", "pm-autumn")
PEOPLE = (*LEARNERS, "pmlab-ines", *GRADERS)
ROSTER = """user,course,role
pmlab-ines,pm-spring,instructor
pmlab-lea,pm-spring,learner
pmlab-max,pm-spring,learner
pmlab-noor,pm-autumn,learner
"""
CONFIG = """
import os, sys
from pathlib import Path
from pmlab.hub import HubCourse, configure
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{front}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.db_url = "sqlite:///{data}/hub/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{data}/hub/cookie_secret"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.authenticator_class = "pam"
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.Spawner.interrupt_timeout = c.Spawner.term_timeout = 5
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
configure(
    c,
    [
        HubCourse(id="pm-spring", folder="{data}/pm-spring", port={spring},
                  grader="pmlab-g-spring"),
        HubCourse(id="pm-autumn", folder="{data}/pm-autumn", port={autumn},
                  grader="pmlab-g-autumn"),
    ],
    state="{data}/hub",
    exchange="{data}/exchange",
)
c.Authenticator.auth_refresh_age = 5  # a minute is long for a test
if os.environ.get("CULL_SECONDS"):
    for service in c.JupyterHub.services:
        if service["name"] == "idle-culler":
            words = [w for w in service["command"] if not w.startswith("--timeout")]
            seconds = os.environ["CULL_SECONDS"]
            service["command"] = [*words, "--timeout=" + seconds, "--cull-every=3"]
"""


class RealHub:
    """The hub, its proxy, and where they are.

    ``data`` is what /srv/pmlab is on a host's machine, ``bin`` what /opt/pmlab/bin is.
    """

    def __init__(self, place):
        self.place, self.data = place, place / "srv"
        self.bin = place / "venv" / "bin"
        self.pmlab = self.bin / "pmlab"
        names = ("front", "hub", "proxy", "spring", "autumn")
        self.ports = dict(zip(names, free_ports(5), strict=True))
        self.address = f"http://127.0.0.1:{self.ports['front']}"
        self.config = self.data / "jupyterhub_config.py"
        self.exchange = self.data / "exchange"
        self.log = place / "hub.log"
        self.process, self.running = None, []
        self.environment = {
            "PATH": f"{self.bin}:/usr/bin:/bin:/usr/sbin:/sbin",
            "CONFIGPROXY_AUTH_TOKEN": os.urandom(16).hex(),
            "HOME": "/root",
            "LANG": "C.UTF-8",
        }

    def prepare(self):
        shutil.rmtree(self.data, ignore_errors=True)
        self.log.unlink(missing_ok=True)
        (self.data / "hub").mkdir(parents=True)  # open to all, as mkdir -p makes it
        self.config.write_text(CONFIG.format(data=self.data, **self.ports))
        for name, grader in zip(COHORTS, GRADERS, strict=True):
            folder = self.data / name
            options = ["--from", ROOT / "course", "--exchange", self.exchange]
            run(self.pmlab, "hub", "course", name, folder, *options)
            run("chown", "-R", f"{grader}:", folder)
        self.enroll(ROSTER)

    def enroll(self, text):
        path = self.data / "hub" / "wanted.csv"
        path.write_text(text)
        run(self.pmlab, "hub", "roster", path, "--state", self.data / "hub")

    def start_proxy(self):
        program = self.place / "npm/node_modules/.bin/configurable-http-proxy"
        command = [program, "--ip=127.0.0.1", f"--port={self.ports['front']}"]
        command += ["--api-ip=127.0.0.1", f"--api-port={self.ports['proxy']}"]
        self._start(command)

    def start(self, **more):
        command = [self.bin / "jupyterhub", "--config", self.config]
        self.process = self._start(command, **more)
        until(90, lambda: self.alive() and self.answers())

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def _start(self, command, **more):
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                cwd=self.data / "hub",
                env=self.environment | more,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def told(self):
        return self.log.read_text(errors="replace")

    def alive(self):
        assert self.process.poll() is None, f"the hub has ended: {self.told()[-3000:]}"
        return True

    def answers(self):
        return requests.get(f"{self.address}/hub/login", timeout=5).ok

    def end(self):
        """End the hub, its proxy, and whatever they left."""
        for process in reversed(self.running):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(40)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for name in ("venv", "npm"):
            kill_all(processes_from, self.place / name)
