"""What `pmlab hub init` writes."""

import ast
import asyncio
import importlib.metadata
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from jupyterhub.auth import PAMAuthenticator
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from pmlab.hub.faults import examining
from pmlab.hub.learner_environment import VARIABLE
from pmlab.hub.roster import Entry, read_roster, renew_roster
from pmlab.hub.starting_point import TIERS, write_starting_point

ROOT = Path(__file__).resolve().parents[2]


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


@pytest.fixture
def box(tmp_path, courses):
    """Write the box's configuration, as a host moves it to her own folders."""

    def load(*, change=str):
        write_starting_point(tmp_path, tier="box")
        path = tmp_path / "jupyterhub_config.py"
        text = path.read_text().replace("/srv/pmlab", str(courses[0].folder.parent))
        path.write_text(change(text).replace('grader="grader-pm-spring",', ""))
        loader = PyFileConfigLoader(path.name, path=str(tmp_path))
        with examining() as faults:
            c = loader.load_config()
        assert faults == []
        return c

    return load


def test_the_box_loads_as_it_is_written(box):
    c = box()
    names = [service["name"] for service in c.JupyterHub.services]
    assert names == ["pm-spring-keeper", "pm-spring", "idle-culler"]
    assert issubclass(c.JupyterHub.authenticator_class, PAMAuthenticator)


def with_lti(text):
    """Take out the comment signs of the lines for an LMS, as the page says."""
    lines = text.replace('c.JupyterHub.authenticator_class = "pam"\n', "")
    return re.sub(
        r"^# (c\.\S*(?:LTI13|authenticator_class).*)$", r"\1", lines, flags=re.M
    )


def test_log_in_from_an_lms_is_configured_by_taking_out_comment_signs(box, tmp_path):
    pytest.importorskip("ltiauthenticator")
    from ltiauthenticator.lti13.auth import LTI13Authenticator

    roster = tmp_path / "hub" / "roster.csv"
    renew_roster(roster, [Entry("7b1f", "pm-spring", "learner")])
    c = box(change=with_lti)
    assert issubclass(c.JupyterHub.authenticator_class, LTI13Authenticator)
    made = c.JupyterHub.authenticator_class(config=c)
    assert made.issuer == "https://lms.example.org"
    assert made.authorize_url.startswith(made.issuer)
    assert made.jwks_endpoint.startswith(made.issuer)
    assert made.client_id == {"the-client-id"}

    def launch(**claims):
        return asyncio.run(made.get_authenticated_user(None, claims))

    assert launch(sub="7b1f", email="x@y.z")["groups"] == ["nbgrader-pm-spring"]
    # A learner chose somebody else's address in the LMS: it names nobody.
    assert launch(sub="0000", email="7b1f") is None


def test_the_cluster_gives_servers_their_courses_as_they_read_them(tmp_path):
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with JupyterLab")
    write_starting_point(tmp_path, tier="kubernetes")
    values = yaml.safe_load((tmp_path / "values.yaml").read_text())
    told = json.loads(values["singleuser"]["extraEnv"][VARIABLE])
    assert told == [{"id": "pm-spring", "variant": None, "exchange": None}]
    assert values["singleuser"]["cmd"][-1] == "pmlab.hub.learner_server"


# Paths of settings in Zero to JupyterHub's schema (chart 4), and what each may hold.
CHART = {
    "hub.config": dict,
    "singleuser.image.name": str,
    "singleuser.image.tag": str,
    "singleuser.cmd": list,
    "singleuser.extraEnv": dict,
    "singleuser.memory.guarantee": str,
    "singleuser.memory.limit": str,
    "singleuser.cpu.guarantee": (int, float),
    "singleuser.cpu.limit": (int, float),
    "singleuser.storage.capacity": str,
    "singleuser.networkPolicy.enabled": bool,
    "singleuser.cloudMetadata.blockWithIptables": bool,
    "cull.enabled": bool,
    "cull.timeout": int,
}


def test_the_cluster_sets_only_what_its_chart_knows(tmp_path):
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with JupyterLab")
    write_starting_point(tmp_path, tier="kubernetes")

    def settings(value, path=""):
        if isinstance(value, dict) and path not in CHART:
            for name, inner in value.items():
                yield from settings(inner, f"{path}.{name}".lstrip("."))
        else:
            yield path, value

    for path, value in settings(yaml.safe_load((tmp_path / "values.yaml").read_text())):
        assert path in CHART
        assert isinstance(value, CHART[path]), path


def test_the_hub_of_the_cluster_takes_its_settings(tmp_path):
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with JupyterLab")
    write_starting_point(tmp_path, tier="kubernetes")
    c = Config(yaml.safe_load((tmp_path / "values.yaml").read_text())["hub"]["config"])
    found = importlib.metadata.entry_points(
        group="jupyterhub.authenticators", name=c.JupyterHub.authenticator_class
    )
    made = next(iter(found)).load()(config=c)
    assert made.user_password == "CHANGE-ME-8-OR-MORE"  # noqa: S105 - to be changed
    assert made.allowed_users == {"lea", "max"}


def instructions(dockerfile):
    """Return the instructions of a Dockerfile as pairs: word, arguments."""
    text = re.sub(r"^#.*\n", "", dockerfile.read_text(), flags=re.M)
    lines = text.replace("\\\n", " ").splitlines()
    return [line.split(maxsplit=1) for line in lines if line.strip()]


def test_no_layer_of_the_clusters_image_has_anything_of_the_checkout(tmp_path):
    write_starting_point(tmp_path, tier="kubernetes")
    told = instructions(tmp_path / "Dockerfile")
    # One stage, so every layer is seen here; one copy, of the package and its pins.
    assert [word for word, _ in told].count("FROM") == 1
    copied = [rest.split() for word, rest in told if word in ("COPY", "ADD")]
    assert copied == [["constraints.txt", "pmlab-*.whl", "/opt/pmlab/"]]
    runs = " ".join(rest for word, rest in told if word == "RUN")
    assert not re.search(r"git|curl|wget|https?:|--mount", runs)
    assert ["USER", "1000"] in told
    command = json.loads(dict(told)["CMD"])
    assert command == ["python", "-m", "pmlab.hub.learner_server"]


def test_the_image_of_the_cluster_is_built_in_a_folder_without_the_checkout(tmp_path):
    write_starting_point(tmp_path, tier="kubernetes")
    words = (tmp_path / "README.md").read_text()
    commands = re.search(r"```\n(.*?)```", words, re.S).group(1)
    assert [line.strip() for line in commands.strip().splitlines()] == [
        "python3 -m pip wheel --no-deps --wheel-dir . CHECKOUT",
        "cp CHECKOUT/constraints.txt .",
        "docker build --tag REGISTRY/pmlab:TAG .",
        "docker push REGISTRY/pmlab:TAG",
    ]
    # What repo2docker copies stays in a layer, whatever a later one deletes.
    assert "repo2docker" not in (tmp_path / "values.yaml").read_text()
    assert (ROOT / "constraints.txt").is_file()


def test_the_image_of_the_cluster_runs_a_python_that_the_package_takes(tmp_path):
    write_starting_point(tmp_path, tier="kubernetes")
    base = dict(instructions(tmp_path / "Dockerfile"))["FROM"]
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    least = about["requires-python"].removeprefix(">=")
    found = re.fullmatch(r"python:([\d.]+)-slim", base)
    assert numbers(found.group(1)) >= numbers(least)


def test_the_build_script_of_binder_can_be_run(tmp_path):
    write_starting_point(tmp_path, tier="binder")
    script = tmp_path / ".binder" / "postBuild"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)


def test_binder_asks_for_what_the_package_needs(tmp_path):
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with JupyterLab")
    write_starting_point(tmp_path, tier="binder")
    wanted = yaml.safe_load((tmp_path / ".binder" / "environment.yml").read_text())
    python = next(w for w in wanted["dependencies"] if w.startswith("python="))
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    least = about["requires-python"].removeprefix(">=")
    assert numbers(python.removeprefix("python=")) >= numbers(least)
    assert (ROOT / "constraints.txt").is_file()  # named in postBuild


def numbers(version):
    return [int(part) for part in version.split(".")]
