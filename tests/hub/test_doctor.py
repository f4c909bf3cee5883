"""The doctor: each fault is named with its mend, and nothing is changed."""

import contextlib
import http.server
import os
import re
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from jupyterhub import orm, roles

from pmlab.errors import PmlabError
from pmlab.hub import doctor
from pmlab.hub.doctor import machine, people, rights, secrets
from pmlab.hub.exchange import prepare_exchange
from pmlab.hub.faults import HubError
from pmlab.hub.roster import Entry, renew_roster

CONFIGURATION = """
from pmlab.hub import HubCourse, configure
c = get_config()
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
{before}
configure(c, [{courses}], state={state!r}, exchange={exchange!r})
"""


@pytest.fixture
def hub(tmp_path, courses, places):
    """Write a configuration; return a function that examines it."""

    def examine(before=""):
        path = tmp_path / "jupyterhub_config.py"
        path.write_text(
            CONFIGURATION.format(
                before=before,
                courses=", ".join(
                    f"HubCourse(id={course.id!r}, folder={str(course.folder)!r}, "
                    f"port={course.port})"
                    for course in courses
                ),
                state=str(places.state),
                exchange=str(places.exchange),
            )
        )
        return doctor.examine(path)

    return examine


def found(findings, level, about):
    return [f.text for f in findings if f.level == level and f.about == about]


def test_an_examination_changes_nothing(hub, places):
    hub()
    assert not places.exchange.exists()
    assert not places.state.exists()


def test_every_fault_comes_with_a_mend(hub, places):
    places.exchange.mkdir()
    findings = hub()
    assert any(finding.level == "problem" for finding in findings)
    assert all(finding.mend for finding in findings if finding.level != "ok")


def test_a_hub_that_never_ran_has_no_exchange_yet_and_that_is_no_fault(hub, places):
    assert found(hub(), "ok", "exchange") == [
        f"{places.exchange} is not there yet; the first start makes it"
    ]
    places.exchange.mkdir()
    missing = [f for f in hub() if "is missing" in f.text]
    assert {finding.mend for finding in missing} == {
        "start the hub once, which makes it"
    }


def test_modes_of_the_exchange_are_examined(hub, courses, places):
    prepare_exchange(places.exchange, courses)
    assert found(hub(), "ok", "exchange")
    places.exchange.chmod(0o777)
    (places.exchange / "pm-spring" / "inbound").chmod(0o777)
    assert found(hub(), "problem", "exchange") == [
        f"{places.exchange} has mode 0777",
        f"{places.exchange}/pm-spring/inbound has mode 0777",
    ]


def test_an_admin_scope_or_service_is_named(hub):
    findings = hub(
        'c.JupyterHub.load_roles = [{"name": "x", "scopes": ["admin:users"]}]\n'
        'c.JupyterHub.services = [{"name": "y", "admin": True}]'
    )
    assert found(findings, "problem", "rights") == [
        "the role x has admin:users",
        "the service y is an admin",
    ]


def test_who_teaches_or_learns_and_administers_is_named(hub, places):
    renew_roster(places.roster, [Entry("ines", "pm-spring", "instructor")])
    assert not found(hub(), "warning", "administrators")
    findings = hub('c.Authenticator.admin_users = {"ines", "root"}')
    assert found(findings, "warning", "administrators")[0].startswith("ines teaches")


def test_a_kept_token_that_can_administer_is_named(hub, tmp_path):
    database = tmp_path / "hub.sqlite"
    with contextlib.closing(orm.new_session_factory(f"sqlite:///{database}")()) as db:
        roles.create_role(db, {"name": "user", "scopes": ["self"]})
        db.add(orm.OAuthClient(identifier="jupyterhub"))
        for name, admin in (("lea", False), ("root", True)):
            person = orm.User(name=name, admin=admin)
            db.add(person)
            db.commit()
            person.new_api_token(note=f"of {name}", scopes=["inherit"])
    findings = hub(f'c.JupyterHub.db_url = "sqlite:///{database}"')
    told = found(findings, "problem", "tokens")
    assert told == ["token 2 of root (of root) has inherit"]


def test_a_database_that_is_none_is_named_not_a_traceback(hub, tmp_path):
    (tmp_path / "hub.sqlite").write_text("no database")
    findings = hub(f'c.JupyterHub.db_url = "sqlite:///{tmp_path}/hub.sqlite"')
    assert "can't be read" in found(findings, "warning", "tokens")[0]


def test_a_missing_proxy_is_a_problem(hub):
    findings = hub('c.ConfigurableHTTPProxy.command = "/nowhere/proxy"')
    assert found(findings, "problem", "proxy") == [
        "the proxy /nowhere/proxy can't be started"
    ]


def test_ports_are_free_in_other_hands_or_the_hubs_own(hub):
    quiet = "c.ConfigurableHTTPProxy.should_start = False\n"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        listener.settimeout(0)
        quiet += f'c.JupyterHub.hub_bind_url = "http://127.0.0.1:{port}"'
    assert found(hub(quiet), "ok", "ports") == ["are free; the hub is not running"]

    class Answers(http.server.BaseHTTPRequestHandler):
        version = "6.1.1"

        def do_GET(self):
            self.send_response(200)
            if self.version:
                self.send_header("X-JupyterHub-Version", self.version)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Answers) as server:
        threading.Thread(target=server.serve_forever).start()
        assert found(hub(quiet), "ok", "ports") == ["the hub is running"]
        Answers.version = None
        told = found(hub(quiet), "problem", "ports")
        server.shutdown()
    assert told == [f"port {port}, for the hub, is in use, but not by a hub that runs"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
@pytest.mark.parametrize("number", [1, 64321])  # daemon, and nobody of this machine
def test_a_doctor_who_may_not_look_says_as_whom_to_ask(hub, places, tmp_path, number):
    places.state.mkdir(mode=0o700)
    places.roster.write_text("user,course,role\n")
    hub()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        config = Path(name) / "jupyterhub_config.py"
        config.write_text((tmp_path / "jupyterhub_config.py").read_text())
        code = (
            "import os\nfrom pathlib import Path\nfrom pmlab.hub import doctor\n"
            f"os.setgroups([]); os.setgid({number}); os.setuid({number})\n"
            f"print(doctor.examine(Path({str(config)!r})))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
    assert "mostly root" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "scope",
    [
        "admin:groups",
        "admin-ui",
        "inherit",
        "users",
        "servers",
        "tokens",
        "groups",
        "access:servers",
        "access:services",
        "proxy",
        "shutdown",
    ],
)
def test_scopes_that_reach_beyond_a_course_are_too_much(scope):
    assert rights.too_much([scope]) == [scope]


def test_narrow_scopes_are_fine():
    assert not rights.too_much(["users:activity!user", "groups!group=x", "self"])


def test_who_can_read_a_file_depends_on_every_folder_above_it():
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        path = folder / "unit.ipynb"
        path.write_text("{}")
        path.chmod(0o644)
        assert secrets.readable_by_all(path)
        folder.chmod(0o750)
        assert not secrets.readable_by_all(path)
        folder.chmod(0o755)
        path.chmod(0o640)
        assert not secrets.readable_by_all(path)


def test_tokens_that_others_can_read_are_a_problem(hub, places):
    places.state.mkdir()
    places.tokens.write_text("{}")
    places.tokens.chmod(0o644)
    assert found(hub(), "problem", "tokens")
    places.tokens.chmod(0o600)
    assert found(hub(), "ok", "tokens")


def test_a_roster_that_names_other_courses_is_a_warning(hub, places):
    renew_roster(places.roster, [Entry("lea", "elsewhere", "learner")])
    assert "elsewhere" in found(hub(), "warning", "roster")[0]


def test_an_empty_roster_is_a_warning(hub):
    assert found(hub(), "warning", "roster") == ["is empty: nobody can log in"]


def test_people_without_an_account_are_named_where_accounts_are_needed(hub, places):
    renew_roster(places.roster, [Entry("no-such-account", "pm-spring", "learner")])
    findings = hub('c.JupyterHub.spawner_class = "localprocess"')
    assert "such as no-such-account" in found(findings, "problem", "accounts")[0]


def test_a_version_with_a_known_hole_is_a_problem(hub, monkeypatch):
    monkeypatch.setitem(machine.FIXED, "jupyterhub", ((99, 0, 0), "a hole"))
    assert found(hub(), "problem", "versions")
    assert "nbgrader" in found(hub(), "ok", "versions")[0]


def test_a_machine_without_bubblewrap_is_told_so(hub, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    findings = hub()
    assert not found(findings, "ok", "sandbox")
    assert found(findings, "warning", "sandbox") or found(
        findings, "problem", "sandbox"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
def test_the_sandbox_is_tried_as_the_account_that_grades(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    finding = machine.sandbox("daemon")
    assert (finding.level, finding.text[:20]) == ("warning", "daemon could not try")


def test_a_sandbox_that_the_grader_cannot_make_comes_with_the_setting(monkeypatch):
    def refuse():
        raise PmlabError("no")

    monkeypatch.setattr(machine.tiers, "choose", refuse)
    finding = machine.sandbox(None)
    assert finding.level == "problem"
    assert "apparmor_restrict_unprivileged_userns=0" in finding.mend


def test_a_full_disk_is_a_problem(hub, monkeypatch):
    monkeypatch.setattr(machine, "DISK_GB", 1e9)
    assert len(found(hub(), "problem", "disk")) == 3


def test_a_configuration_the_hub_would_refuse_is_the_only_finding(tmp_path):
    path = tmp_path / "jupyterhub_config.py"
    path.write_text("c = get_config()\nc.nonsense(\n")
    findings = doctor.examine(path)
    assert [finding.level for finding in findings] == ["problem"]
    path.write_text("c = get_config()\n")
    assert "never calls pmlab.hub.configure" in doctor.examine(path)[0].text


@pytest.mark.parametrize(
    "text", ["import sys; sys.exit(3)", "1 / 0", "import nothing_of_this_name"]
)
def test_a_configuration_that_does_not_load_is_named_not_a_traceback(text, tmp_path):
    path = tmp_path / "jupyterhub_config.py"
    path.write_text(text)
    assert [f.about for f in doctor.examine(path)] == ["configuration"]


def test_courses_of_one_name_are_refused_in_the_hubs_own_words(hub, courses):
    courses[1] = courses[0]
    told = {f.text: f.mend for f in hub() if f.about == "configuration"}
    assert told == {
        "two courses have the id pm-spring": "give each its own id",
        f"two courses have the folder {courses[0].folder}": "give each its own folder",
        "two courses have the port 9101": "give each its own port",
    }


def test_faults_of_all_parts_are_named_at_once(tmp_path, courses, places):
    places.state.mkdir()
    places.roster.write_text(
        "user,course,role\nlea,pm-spring,boss\nLea Li,pm-spring,learner\n"
        "max,pm-spring,learner\nmax,pm-spring,instructor\n"
    )
    path = tmp_path / "jupyterhub_config.py"
    empty = tmp_path / "empty"
    path.write_text(
        f"""
from pmlab.hub import HubCourse, configure
c = get_config()
c.JupyterHub.authenticator_class = "nowhere.Nothing"
c.JupyterHub.load_roles = [{{"name": "x", "scopes": ["admin:users"]}}]
c.ConfigurableHTTPProxy.command = "/nowhere/proxy"
configure(
    c,
    [
        HubCourse(id="PM", folder={str(courses[0].folder)!r}, port=70000),
        HubCourse(id="pm-autumn", folder={str(empty)!r}, port=9102, grader="nobody-so"),
        HubCourse(id="pm-winter", folder={str(courses[1].folder)!r}, port=9102),
    ],
    state={str(places.state)!r},
    exchange={str(places.exchange)!r},
)
"""
    )
    findings = doctor.examine(path)
    told = [f"{f.text}; {f.mend}" for f in findings if f.about == "configuration"]
    for part in (
        "course id 'PM' can't be used",
        "course PM: port == 70000, must be from 1024",
        "two courses have the port 9102; give each its own port",
        f"{empty} has no nbgrader_config.py and no source; make it with: pmlab hub",
        "no system account 'nobody-so'; make it with: useradd",
        "line 2: role 'boss', must be",
        "line 3: user 'lea li' can't be used",
        "max is learner and instructor of pm-spring; one of the two lines must go",
        "authenticator 'nowhere.Nothing' can't be loaded",
    ):
        assert sum(part in text for text in told) == 1, part
    assert len(told) == 9
    # What the rest of the examination finds stands beside them.
    assert found(findings, "problem", "rights") == ["the role x has admin:users"]
    assert found(findings, "problem", "proxy")
    assert "meant for course pm-autumn and" in found(findings, "problem", "ports")[0]
    assert found(findings, "ok", "disk")
    assert not found(findings, "warning", "roster")


def test_a_hub_without_a_course_is_told_that_and_not_that_configure_is_missing(
    hub, courses
):
    courses.clear()
    told = [(f.text, f.mend) for f in hub() if f.about == "configuration"]
    assert told == [("there is no course", "pass courses=[HubCourse(id=…, …)]")]


def test_tokens_that_are_damaged_are_a_problem(hub, places):
    places.state.mkdir()
    places.tokens.touch(mode=0o600)
    assert found(hub(), "problem", "tokens") == [f"{places.tokens} is damaged"]


def test_a_malformed_roster_is_named_with_its_line(hub, places):
    places.state.mkdir()
    places.roster.write_text("user,course,role\nlea,pm-spring,boss\n")
    assert "line 2: role 'boss'" in found(hub(), "problem", "configuration")[0]


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(HubError, match="pmlab hub init"):
        doctor.examine(tmp_path / "jupyterhub_config.py")


def test_a_clock_that_differs_is_found(hub, courses, places, monkeypatch):
    prepare_exchange(places.exchange, courses)
    # A disk whose clock is an hour ahead: its files get times from there.
    real = os.fstat

    def ahead(number):
        fields = list(real(number))
        fields[stat.ST_MTIME] += 3600
        return os.stat_result(fields)

    monkeypatch.setattr("pmlab.hub.doctor.hand_over.os.fstat", ahead)
    assert re.search(r"\+(3599|3600) s", found(hub(), "problem", "clock")[0])


def test_home_folders_that_classmates_can_enter_are_named(tmp_path):
    homes = [tmp_path / "lea", tmp_path / "max"]
    for home in homes:
        home.mkdir(mode=0o700)
    assert found(people.examine_homes(homes), "ok", "homes")
    homes[1].chmod(0o755)
    assert "1 of 2" in found(people.examine_homes(homes), "warning", "homes")[0]
    assert not list(people.examine_homes([tmp_path / "nobody"]))


def test_a_home_folder_too_long_for_sockets_is_named(tmp_path):
    home = tmp_path / ("long" * 20)
    home.mkdir()
    assert "too long" in found(people.examine_homes([home]), "warning", "kernels")[0]


def test_an_installation_with_a_solution_in_it_is_found(tmp_path):
    unit = tmp_path / "_course" / "source" / "03_x"
    unit.mkdir(parents=True)
    (unit / "03_x.ipynb").write_text("{}")
    assert secrets._told(tmp_path / "_course") == []
    (unit / "03_x.ipynb").write_text("### BEGIN HIDDEN TESTS")
    assert secrets._told(tmp_path / "_course") == [unit / "03_x.ipynb"]


def test_a_folder_of_the_hub_that_is_open_to_all_is_a_problem():
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        assert secrets._state(Path(name)).level == "problem"
        Path(name).chmod(0o700)
        assert secrets._state(Path(name)).level == "ok"
