"""What `pmlab hub init` writes."""

import ast
import json
import os

import pytest

from pmlab.hub.learner_environment import VARIABLE
from pmlab.hub.roster import read_roster
from pmlab.hub.starting_point import TIERS, write_starting_point


@pytest.mark.parametrize("tier", TIERS)
def test_each_tier_has_words_and_keeps_what_is_there(tier, tmp_path):
    written = write_starting_point(tmp_path, tier=tier)
    assert "README.md" in [path.name for path in written]
    written[0].write_text("mine")
    assert write_starting_point(tmp_path, tier=tier) == []
    assert written[0].read_text() == "mine"


def test_the_box_is_python_with_a_roster_that_can_be_read(tmp_path):
    write_starting_point(tmp_path, tier="box")
    ast.parse((tmp_path / "jupyterhub_config.py").read_text())
    assert {entry.course for entry in read_roster(tmp_path / "roster.csv")} == {
        "pm-spring"
    }


def test_the_cluster_gives_servers_their_courses_as_they_read_them(tmp_path):
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with JupyterLab")
    write_starting_point(tmp_path, tier="kubernetes")
    values = yaml.safe_load((tmp_path / "values.yaml").read_text())
    told = json.loads(values["singleuser"]["extraEnv"][VARIABLE])
    assert told == [{"id": "pm-spring", "variant": None, "exchange": None}]
    assert values["singleuser"]["cmd"][-1] == "pmlab.hub.learner_server"


def test_the_build_script_of_binder_can_be_run(tmp_path):
    write_starting_point(tmp_path, tier="binder")
    assert os.access(tmp_path / ".binder" / "postBuild", os.X_OK)
