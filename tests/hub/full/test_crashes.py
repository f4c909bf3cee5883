"""What breaks comes back: course servers, and the hub itself."""

import os
import re
import signal
import socket

from tests.hub.full.machine import processes_from, processes_of, until
from tests.hub.full.visitors import get


def test_a_course_server_that_is_killed_comes_back(hub, visit):
    ines = visit("pmlab-ines", server=False)
    os.kill(server_of("pmlab-g-spring"), signal.SIGKILL)
    assert get(ines, "/hub/home").status_code == 200
    until(60, lambda: get(ines, "/services/pm-spring/teach").status_code == 200)
    assert hub.alive()


def test_a_course_server_that_cannot_start_leaves_the_hub_running(hub, visit):
    ines = visit("pmlab-ines", server=False)
    port = hub.ports["autumn"]
    until(30, lambda: not port_is_free(port))
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        os.kill(server_of("pmlab-g-autumn"), signal.SIGKILL)
        until(10, lambda: bound(squatter, port))
        squatter.listen()
        told = re.compile(r"the course server ended after .* with status [^-0]")
        until(60, lambda: told.search(hub.told()))
        assert hub.alive()
        assert get(ines, "/hub/home").status_code == 200
        assert get(ines, "/services/pm-spring/teach").status_code == 200
    until(90, lambda: not port_is_free(port))


def test_a_hub_that_is_killed_and_started_again_keeps_sessions_and_servers(hub, visit):
    lea, ines = visit("pmlab-lea"), visit("pmlab-ines", server=False)
    lea.run("kept = 41 + 1")
    before = {n for n, words in processes_of("pmlab-lea") if "singleuser" in words}
    os.kill(hub.process.pid, signal.SIGKILL)
    hub.process.wait(10)
    assert lea.run("print(kept)").strip() == "42"  # while there is no hub at all
    hub.start()
    until(60, lambda: get(lea, "/hub/home").url.endswith("/hub/home"))
    lea.connect()
    assert lea.run("print(kept)").strip() == "42"
    assert lea.api("GET", "kernels")
    assert before == {
        n for n, words in processes_of("pmlab-lea") if "singleuser" in words
    }
    until(90, lambda: get(ines, "/services/pm-spring/teach").status_code == 200)
    keepers = [w for _, w in processes_of("pmlab-g-spring") if "course_server" in w]
    assert len(keepers) == 1
    until(30, lambda: len(list(cullers(hub))) == 2)  # one, and what keeps it


def server_of(grader):
    return next(
        number
        for number, words in processes_of(grader)
        if "jupyterhub.singleuser" in words.replace("\0", " ")
    )


def bound(probe, port):
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def port_is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def cullers(hub):
    for number, words in processes_from(hub.place / "venv"):
        if "idle_culler" in words:
            yield number
