"""The doctor: each fault is named with its mend, and nothing is changed."""

import os
import re
import stat
import tempfile
from pathlib import Path

import pytest

from pmlab.hub import doctor
from pmlab.hub.course import HubError
from pmlab.hub.doctor import machine, people, rights, secrets
from pmlab.hub.exchange import prepare_exchange
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


def test_every_fault_comes_with_a_mend(hub):
    findings = hub()
    assert any(finding.level == "problem" for finding in findings)
    assert all(finding.mend for finding in findings if finding.level != "ok")


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
