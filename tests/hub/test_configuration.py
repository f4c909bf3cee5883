"""The settings of a hub: golden, without any right to administer."""

import json
import re
import sys

import pytest
from traitlets.config import Config

from pmlab.hub import HubCourse, configure
from pmlab.hub.configuration import settings
from pmlab.hub.doctor.rights import too_much
from pmlab.hub.faults import HubError


def readable(value, places):
    """Settings as JSON, without what differs from machine to machine."""
    text = json.dumps(value, indent=1, sort_keys=True, default=lambda v: v.__name__)
    text = text.replace(sys.executable, "PYTHON")
    return text.replace(str(places.state.parent), "FOLDER")


def made(courses, places):
    tokens = {course.id: f"token of {course.id}" for course in courses}
    return settings(courses, places=places, tokens=tokens, authenticator="dummy")


def test_two_cohorts_get_the_settings_that_were_reviewed(courses, places, golden):
    assert readable(made(courses, places), places) == golden.read_text().rstrip("\n")


def test_nobody_can_administer(courses, places):
    c = made(courses, places)
    scopes = [s for role in c.JupyterHub.load_roles for s in role["scopes"]]
    scopes += c.Spawner.server_token_scopes
    assert too_much(scopes) == []
    assert not any("admin" in scope or scope == "inherit" for scope in scopes)
    assert not any(service.get("admin") for service in c.JupyterHub.services)


def test_a_course_server_learns_of_its_own_cohort_only(courses, places):
    roles = {role["name"]: role for role in made(courses, places).JupyterHub.load_roles}
    assert roles["service-pm-spring"]["scopes"] == [
        "read:groups!group=nbgrader-pm-spring"
    ]
    for name in ("instructor-pm-spring", "learner-pm-spring"):
        assert not re.search("pm-autumn", json.dumps(roles[name]))


def test_what_the_host_set_before_stays(courses, tmp_path):
    c = Config()
    c.JupyterHub.services = [{"name": "own"}]
    c.JupyterHub.load_roles = [{"name": "own-role", "scopes": ["self"]}]
    c.JupyterHub.authenticator_class = "dummy"
    c.Spawner.mem_limit = "1G"
    configure(c, courses, state=tmp_path / "hub", exchange=tmp_path / "exchange")
    names = [service["name"] for service in c.JupyterHub.services]
    assert names[0] == "own"
    assert "pm-spring" in names
    assert c.JupyterHub.load_roles[0]["name"] == "own-role"
    assert c.JupyterHub.authenticator_class.__name__ == "EnrolledDummyAuthenticator"
    assert c.Spawner.mem_limit == "1G"


def test_without_a_shared_folder_no_exchange_is_made(courses, tmp_path):
    configure(Config(), courses, state=tmp_path / "hub", exchange=None)
    assert not (tmp_path / "exchange").exists()


def test_without_a_limit_nothing_stops_idle_servers(courses, tmp_path):
    c = Config()
    configure(c, courses, state=tmp_path, exchange=None, idle_minutes=None)
    assert "idle-culler" not in [service["name"] for service in c.JupyterHub.services]
    assert "idle-culler" not in [role["name"] for role in c.JupyterHub.load_roles]


def refused(courses, tmp_path, match, c=None):
    with pytest.raises(HubError, match=match):
        configure(
            c or Config(), courses, state=tmp_path / "hub", exchange=tmp_path / "x"
        )


def test_a_folder_that_is_no_course_is_refused(tmp_path):
    course = HubCourse(id="pm", folder=tmp_path / "empty", port=9000)
    refused([course], tmp_path, "has no nbgrader_config.py and no source; make it with")


def test_an_account_that_is_not_there_is_refused(courses, tmp_path):
    course = HubCourse(
        id="pm", folder=courses[0].folder, port=9000, grader="nobody-of-this-name"
    )
    refused([course], tmp_path, "no system account 'nobody-of-this-name'; make it")


def test_a_folder_of_another_account_is_refused(courses, tmp_path):
    course = HubCourse(id="pm", folder=courses[0].folder, port=9000, grader="daemon")
    refused([course], tmp_path, "isn't owned by daemon; run: chown")


def test_all_faults_are_refused_together(courses, tmp_path):
    c = Config()
    c.JupyterHub.authenticator_class = "nowhere.Nothing"
    courses[0] = HubCourse(id="pm", folder=tmp_path / "empty", port=9000)
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "roster.csv").write_text("user,course,role\nlea\n,pm,boss\n")
    with pytest.raises(HubError) as refused:
        configure(c, courses, state=tmp_path / "hub", exchange=tmp_path / "x")
    assert len(refused.value.faults) == 5
    assert not (tmp_path / "x").exists()


def test_an_unknown_authenticator_is_refused(courses, tmp_path):
    c = Config()
    c.JupyterHub.authenticator_class = "nowhere.Nothing"
    refused(courses, tmp_path, "authenticator 'nowhere.Nothing' can't be loaded", c)


def test_a_malformed_roster_is_refused_before_anything_starts(courses, tmp_path):
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "roster.csv").write_text("user,course,role\nlea\n")
    refused(courses, tmp_path, "line 2")


def test_the_hubs_own_folder_is_closed_to_others(courses, tmp_path):
    state = tmp_path / "hub"
    state.mkdir(mode=0o755)
    configure(Config(), courses, state=state, exchange=None)
    assert state.stat().st_mode & 0o077 == 0
