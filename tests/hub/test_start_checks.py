"""What is refused before a hub starts: proxy, ports, environment."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.config import Config

from pmlab.hub import HubCourse, start_checks
from pmlab.hub.faults import HubError
from pmlab.hub.start_checks import check_start, fault_of_environment


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(start_checks, "PATIENCE_SECONDS", 0.0)


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def host():
    """Settings of a hub that could start."""
    c = Config()
    c.JupyterHub.bind_url = f"http://127.0.0.1:{free_port()}"
    c.JupyterHub.hub_port = free_port()
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{free_port()}"
    c.ConfigurableHTTPProxy.command = [sys.executable]
    return c


def course(folder, port=None):
    return HubCourse(id="pm-spring", folder=folder, port=port or free_port())


def test_a_hub_whose_parts_are_there_may_start(tmp_path):
    check_start(host(), [course(tmp_path)])


def test_a_missing_proxy_is_refused_with_the_mend(tmp_path):
    c = host()
    c.ConfigurableHTTPProxy.command = ["/nowhere/configurable-http-proxy"]
    with pytest.raises(HubError, match="install it with: npm install -g"):
        check_start(c, [course(tmp_path)])


def test_a_proxy_that_runs_by_itself_needs_no_program_here(tmp_path, taken):
    c = host()
    c.ConfigurableHTTPProxy.command = ["/nowhere/configurable-http-proxy"]
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{taken}"
    check_start(c, [course(tmp_path)])


def test_a_course_on_a_port_in_use_is_refused(tmp_path, taken):
    with pytest.raises(HubError, match=f"port {taken}, for course pm-spring, is in"):
        check_start(host(), [course(tmp_path, port=taken)])


def test_a_course_on_the_port_of_the_hub_is_refused(tmp_path):
    c = host()
    port = int(c.JupyterHub.bind_url.rpartition(":")[2])
    with pytest.raises(HubError, match=f"{port} is meant for log-in and for course pm"):
        check_start(c, [course(tmp_path, port=port)])


@pytest.mark.parametrize("name", ["bind_url", "api_url", "hub_port"])
def test_a_part_of_the_hub_on_a_port_in_use_is_refused(name, taken, tmp_path):
    c = host()
    if name == "hub_port":
        c.JupyterHub.hub_port = taken
    else:
        section = c.ConfigurableHTTPProxy if name == "api_url" else c.JupyterHub
        section[name] = f"http://127.0.0.1:{taken}"
    with pytest.raises(HubError, match=rf"port {taken}, for .* is in use; .*{name}"):
        check_start(c, [course(tmp_path)])


def test_all_that_keeps_a_hub_from_starting_is_named_at_once(
    tmp_path, taken, monkeypatch
):
    c = host()
    c.ConfigurableHTTPProxy.command = ["/nowhere/proxy"]
    c.JupyterHub.hub_port = taken
    front = int(c.JupyterHub.bind_url.rpartition(":")[2])
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    tmp_path.chmod(0o700)
    courses = [
        HubCourse(id="pm", folder=tmp_path, port=front, grader="daemon"),
        HubCourse(id="pm-autumn", folder=tmp_path, port=taken),
    ]
    with pytest.raises(HubError) as refused:
        check_start(c, courses)
    begins = [text.partition("; ")[0] for text in refused.value.faults]
    assert "can't be reached by learners" in begins[0]
    assert begins[1:] == [
        "the proxy /nowhere/proxy can't be started",
        f"port {front} is meant for log-in and for course pm",
        f"port {taken} is meant for the hub and for course pm-autumn",
        f"port {taken}, for the hub, is in use",
        f"port {taken}, for course pm-autumn, is in use",
    ]
    assert str(refused.value).splitlines()[0] == "6 faults"
    assert all(f"\n- {text}" in str(refused.value) for text in refused.value.faults)


def test_a_proxy_that_an_earlier_hub_left_is_for_jupyterhub_to_end(tmp_path, taken):
    c = host()
    c.ConfigurableHTTPProxy.pid_file = str(tmp_path / "proxy.pid")
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{taken}"
    Path(c.ConfigurableHTTPProxy.pid_file).write_text("1")
    check_start(c, [course(tmp_path)])


def test_an_environment_that_learners_cannot_reach_is_refused(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(HubError, match="is closed to them; make the environment else"):
        check_start(
            host(),
            [HubCourse(id="pm", folder=tmp_path, port=free_port(), grader="daemon")],
        )


def test_an_environment_that_everyone_can_change_is_a_fault(monkeypatch):
    import tempfile

    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o777)
        monkeypatch.setattr(sys, "prefix", name)
        assert fault_of_environment() == (
            f"every account can write in {name}",
            f"chmod o-w {name}",
        )


REFUSED = {
    "a proxy that is not there": (
        "c.ConfigurableHTTPProxy.command = ['/nowhere/proxy']",
        "pm-spring",
        "the proxy /nowhere/proxy can't be started; install it with",
    ),
    "a course twice": ("", "pm-autumn", "two courses have the id pm-autumn; give each"),
    "a name that can't be one": ("", "PM Spring", "course id 'PM Spring' can't be"),
    "two faults": (
        "c.JupyterHub.authenticator_class = 'nowhere.Nothing'",
        "pm-autumn",
        "- authenticator 'nowhere.Nothing' can't be loaded",
    ),
}


@pytest.mark.slow
@pytest.mark.usefixtures("courses")
@pytest.mark.parametrize("what", REFUSED)
def test_jupyterhub_says_why_it_does_not_start_and_no_more(what, tmp_path):
    before, name, said = REFUSED[what]
    state = tmp_path / "hub"
    config = tmp_path / "jupyterhub_config.py"
    config.write_text(
        "from pmlab.hub import HubCourse, configure\n"
        "c = get_config()\n"
        "c.JupyterHub.authenticator_class = 'dummy'\n"
        f"c.JupyterHub.hub_bind_url = 'http://127.0.0.1:{free_port()}'\n"
        f"{before}\n"
        f"folder = {str(tmp_path)!r}\n"
        "configure(c, [\n"
        f"    HubCourse(id={name!r}, folder=folder + '/pm-spring', port=9101),\n"
        "    HubCourse(id='pm-autumn', folder=folder + '/pm-autumn', port=9102),\n"
        f"], state={str(state)!r}, exchange=None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "jupyterhub", "--config", config],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"JUPYTERHUB_CRYPT_KEY": ""},
    )
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not state.exists()
