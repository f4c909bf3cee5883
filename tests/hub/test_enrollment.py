"""Any authenticator with the roster on top; the hook and the landing page."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from jupyterhub.auth import DummyAuthenticator

from pmlab.case import variant_code
from pmlab.hub.enrollment import with_roster
from pmlab.hub.landing import landing_page
from pmlab.hub.learner_environment import VARIABLE, hand_over
from pmlab.hub.roster import Entry, renew_roster


@pytest.fixture
def roster(places):
    renew_roster(
        places.roster,
        [
            Entry("lea", "pm-spring", "learner"),
            Entry("ines", "pm-spring", "instructor"),
            Entry("kim", "pm-spring", "instructor"),
            Entry("kim", "pm-autumn", "learner"),
        ],
    )
    return places.roster


@pytest.fixture
def authenticator(roster, courses):
    return with_roster("dummy", roster=roster, courses=courses)(
        any_allow_config=True, manage_groups=True
    )


def log_in(authenticator, name):
    return asyncio.run(
        authenticator.get_authenticated_user(None, {"username": name, "password": ""})
    )


def test_it_is_the_hosts_authenticator_with_groups_of_the_roster(authenticator):
    assert isinstance(authenticator, DummyAuthenticator)
    assert log_in(authenticator, "lea")["groups"] == ["nbgrader-pm-spring"]
    assert log_in(authenticator, "kim")["groups"] == [
        "nbgrader-pm-autumn",
        "formgrade-pm-spring",
    ]


def test_who_is_on_no_roster_does_not_get_in(authenticator):
    assert log_in(authenticator, "mallory") is None


def test_who_is_taken_off_is_out_without_a_restart(authenticator, roster):
    user = SimpleNamespace(name="lea")
    assert asyncio.run(authenticator.refresh_user(user))["groups"] == [
        "nbgrader-pm-spring"
    ]
    renew_roster(roster, [Entry("ines", "pm-spring", "instructor")])
    assert asyncio.run(authenticator.refresh_user(user)) is False
    assert log_in(authenticator, "lea") is None


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("lea", "/hub/spawn"),
        ("ines", "/services/pm-spring/teach"),
        ("kim", "/hub/home"),
        (None, "/hub/login"),
    ],
)
def test_people_land_where_their_work_is(name, path, roster, courses):
    handler = SimpleNamespace(
        current_user=name and SimpleNamespace(name=name),
        hub=SimpleNamespace(base_url="/hub/"),
    )
    assert landing_page(roster, courses)(handler) == path


def spawned(courses, hook_first=None, groups=("nbgrader-pm-spring",)):
    spawner = SimpleNamespace(
        environment={"KEPT": "1"},
        user=SimpleNamespace(
            name="lea", groups=[SimpleNamespace(name=name) for name in groups]
        ),
    )
    asyncio.run(hand_over(courses, exchange=None, first=hook_first)(spawner))
    return spawner.environment


def test_a_server_learns_its_owners_courses_and_variant_but_no_secret(courses):
    secret = courses[0].folder / ".pmlab" / "secret"
    secret.parent.mkdir()
    secret.write_text("a secret of at least sixteen bytes")
    environment = spawned(courses)
    assert environment["KEPT"] == "1"
    code = variant_code("a secret of at least sixteen bytes", "lea")
    assert json.loads(environment[VARIABLE]) == [
        {"id": "pm-spring", "variant": code, "exchange": None}
    ]
    assert "sixteen" not in str(environment)


def test_a_hook_of_the_hosts_own_runs_first(courses):
    def first(spawner):
        spawner.environment = {"HOST": "2"}

    async def later(spawner):
        first(spawner)

    assert spawned(courses, first)["HOST"] == "2"
    assert spawned(courses, later)["HOST"] == "2"


def test_who_only_teaches_gets_no_learners_folder(courses):
    environment = spawned(courses, groups=("formgrade-pm-spring",))
    assert json.loads(environment[VARIABLE]) == []
