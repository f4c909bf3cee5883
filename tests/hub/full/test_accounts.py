"""Everyone works under an account of her own, and finds no more than is hers."""

import json
import pwd
import re
from pathlib import Path

from tests.hub.full.machine import processes_of
from tests.hub.full.visitors import get


def test_a_learner_works_under_her_own_account(visit):
    lea = visit("pmlab-lea")
    assert lea.run("import os; print(os.getuid())").strip() == str(
        pwd.getpwnam("pmlab-lea").pw_uid
    )
    home = Path("/home/pmlab-lea")
    assert (home / "pm-spring" / "Start here.ipynb").is_file()
    assert not (home / "pm-autumn").exists()
    assert home.stat().st_mode & 0o077 == 0


def test_kernels_talk_over_files_that_only_their_owner_reaches(visit):
    code = "import ipykernel.connect as c; print(c.get_connection_info())"
    told = json.loads(visit("pmlab-lea").run(code))
    assert told["transport"] == "ipc"
    folder = Path(told["ip"]).parent
    assert folder.stat().st_mode & 0o077 == 0
    assert folder.stat().st_uid == pwd.getpwnam("pmlab-lea").pw_uid


def test_authoring_tools_are_switched_off_for_learners(visit):
    text = get(visit("pmlab-lea"), "/user/pmlab-lea/lab").text
    found = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', text, re.S)
    switched_off = json.loads(found.group(1))["disabledExtensions"]
    assert "@jupyter/nbgrader:create-assignment" in switched_off


def test_a_learners_environment_holds_no_secret_of_others(hub, visit):
    tokens = json.loads((hub.data / "hub" / "tokens.json").read_text())
    secret = (hub.data / "pm-spring" / ".pmlab" / "secret").read_text().strip()
    visit("pmlab-lea")
    secrets = [*tokens.values(), secret, hub.environment["CONFIGPROXY_AUTH_TOKEN"]]
    for number, _ in processes_of("pmlab-lea"):
        told = Path(f"/proc/{number}/environ").read_bytes().decode()
        assert not any(word in told for word in secrets)
