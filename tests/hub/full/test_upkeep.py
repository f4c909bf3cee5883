"""What a host does while a class runs: the roster, idle servers, the doctor."""

import subprocess

import pytest

from tests.hub.full.machine import processes_of, until
from tests.hub.full.real_hub import ROSTER
from tests.hub.full.visitors import get


def test_the_doctor_finds_no_problem_but_says_what_is_at_risk(hub):
    told = subprocess.run(
        [str(hub.pmlab), "hub", "doctor", str(hub.config)],
        env=hub.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "No problem found." in told.stdout, told.stdout + told.stderr
    assert "only pmlab-g-spring can read solutions and grades" in told.stdout
    assert "sandbox: pmlab-g-autumn: sandboxed" in told.stdout
    assert "ports: the hub is running" in told.stdout


def test_who_is_taken_off_the_roster_is_out_soon(hub, visit):
    max_ = visit("pmlab-max")
    assert get(max_, "/hub/home").url.endswith("/hub/home")
    hub.enroll(ROSTER.replace("pmlab-max,pm-spring,learner\n", ""))
    until(30, lambda: "/hub/login" in get(max_, "/hub/home").url)
    again = type(max_)("pmlab-max", hub.address)
    with pytest.raises(AssertionError, match="403"):
        again.log_in()
    assert get(visit("pmlab-lea"), "/hub/home").url.endswith("/hub/home")
    assert "pmlab-max" not in (hub.data / "pm-spring" / "students.csv").read_text()


def test_servers_that_nobody_uses_are_stopped(hub, visit):
    noor = visit("pmlab-noor")
    noor.socket.close()
    for kernel in noor.api("GET", "kernels"):
        noor.session.request(
            "DELETE",
            f"{noor.base}/api/kernels/{kernel['id']}",
            headers={"X-XSRFToken": [c.value for c in noor.session.cookies][-1]},
            timeout=60,
        )
    hub.stop()
    assert list(processes_of("pmlab-noor")), "cleanup_servers=False keeps servers"
    hub.start(CULL_SECONDS="10")
    until(60, lambda: not list(processes_of("pmlab-noor")))
