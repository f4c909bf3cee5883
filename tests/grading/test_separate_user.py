"""The walls of the weaker tier: folders that learners' code can't plant things in."""

import json
import os
import stat
import tempfile
from pathlib import Path

import pytest

from pmlab.grading import pool
from pmlab.grading.limits import Limits
from pmlab.grading.pool import GraderError
from pmlab.grading.runner import shut_in
from pmlab.grading.sandbox import bubblewrap, tiers
from pmlab.grading.sandbox.host import Host, NoServerError

PLACES = (
    "HOME",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "MPLCONFIGDIR",
    "IPYTHONDIR",
)
LIMITS = {"memory_mb": 4096, "file_mb": 8, "total_seconds": 10, "processes": 32}
only_root = pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0,
    reason="only root can give each session a user",
)
only_linux = pytest.mark.skipif(
    not os.path.isdir("/proc/self/task"), reason="the walls are Linux's"
)


def session(work, folder):
    """Run something in a session of the weaker tier and return what it writes."""
    reading, writing = os.pipe()

    def write():
        os.write(writing, json.dumps(work()).encode())

    held, control = os.pipe()
    number = os.fork()
    if number == 0:
        try:
            os.environ["TMPDIR"] = str(folder)
            tempfile.tempdir = str(folder)  # as a library may have found it before
            shut_in.keep(write, control=held, limits=LIMITS, namespaces=False)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = stream.read()
    os.waitpid(number, 0)
    os.close(held)
    os.close(control)
    return json.loads(said)


@pytest.fixture
def folder():
    """A folder that everyone may look into, as ``/tmp`` is."""
    with tempfile.TemporaryDirectory(prefix="pmlab-test-", dir="/var/tmp") as place:
        os.chmod(place, 0o777)  # noqa: S103 - as /tmp is
        yield Path(place)


@only_linux
@only_root
def test_a_session_can_not_move_its_folder_away(folder):
    def rename():
        here = os.getcwd()
        try:
            os.rename(here, f"{folder}/kept")
        except PermissionError:
            return "refused"
        return "moved"

    assert session(rename, folder) == "refused"
    assert list(folder.iterdir()) == []


@only_linux
@only_root
def test_a_folder_too_deep_for_a_walk_is_removed(folder):
    def nest():
        for _ in range(1500):
            os.mkdir("deep")
            os.chdir("deep")
        return "nested"

    assert session(nest, folder) == "nested"
    assert list(folder.iterdir()) == []


@only_linux
@only_root
def test_all_places_of_a_session_are_its_own_folder(folder):
    def look():
        made = tempfile.mkdtemp()
        return os.getcwd(), [os.environ.get(name) for name in PLACES], made

    here, places, made = session(look, folder)
    assert places == [here] * len(PLACES)
    assert Path(made).parent == Path(here)


def looked_at_from_inside(tmp_path, **options):
    """Return the variables of a server that runs as root, and what its home holds."""
    said = tmp_path / "said.json"
    cell = (
        "import json, os, pathlib\n"
        "home = pathlib.Path(os.environ['HOME'])\n"
        "(home / '.cache').mkdir(exist_ok=True)\n"
        "(home / '.cache' / 'settings').write_text('by the server')\n"
        "found = [dict(os.environ), home.stat().st_uid, home.stat().st_mode]\n"
        f"pathlib.Path({str(said)!r}).write_text(json.dumps(found))"
    )
    with Host(tiers.SEPARATE_USER, warm=[cell], **options) as host:
        host.wait()
        variables, user, mode = json.loads(said.read_text())
        assert Path(variables["HOME"]).is_dir()
    return variables, user, mode


@only_linux
@only_root
def test_the_server_has_a_home_where_no_learner_can_plant_things(
    folder, tmp_path, monkeypatch
):
    victim = tmp_path / "victim"
    victim.write_text("grades of everybody")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (folder / ".cache").mkdir()  # by a learner of an earlier unit
    (folder / ".cache" / "settings").symlink_to(victim)
    variables, user, mode = looked_at_from_inside(tmp_path)
    home = Path(variables["HOME"])
    assert home.parent == folder
    assert [variables.get(name) for name in PLACES] == [str(home)] * len(PLACES)
    assert user == 0
    assert not mode & (stat.S_IWGRP | stat.S_IWOTH)
    assert victim.read_text() == "grades of everybody"
    assert not home.exists()


@only_linux
@only_root
def test_the_servers_home_is_removed_when_the_grader_is_killed(folder, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    host = Host(tiers.SEPARATE_USER)
    host.start()
    host.wait()
    assert len(list(folder.glob("pmlab-server-*"))) == 1
    host.socket.close()  # as the kernel does it then
    host._server.wait(30)
    assert list(folder.iterdir()) == []
    host.stop()


@only_linux
@only_root
def test_tables_are_looked_for_where_they_are_mounted_only(tmp_path):
    variables, *_ = looked_at_from_inside(tmp_path, cache=tmp_path)
    assert "PMLAB_CACHE" not in variables


@only_linux
def test_inside_namespaces_tables_are_found_and_home_is_the_scratch_folder(tmp_path):
    try:
        tier = tiers.choose()
    except tiers.NoSandboxError as problem:
        pytest.skip(str(problem))
    if not tier.walled:
        pytest.skip("no namespaces can be made here")
    warm = "import os, sys\nsys.seen = dict(os.environ), os.path.isdir('/cache')"
    ask = "import os, sys, json\nprint(json.dumps([*sys.seen, dict(os.environ)]))"
    with Host(tier, warm=[warm], cache=tmp_path) as host:
        host.wait()
        session = host.open(limits=Limits(), environment={}, files={})
        question = {"op": "cell", "source": ask, "most_bytes": 100_000}
        session.channel.send(question)
        reply, _ = session.channel.receive()
        session.end()
    warmed, mounted, later = json.loads("".join(reply["outputs"][0]["text"]))
    assert mounted
    assert warmed["PMLAB_CACHE"] == bubblewrap.CACHE
    assert "PMLAB_CACHE" not in later
    for variables in (warmed, later):
        for name in ("HOME", "TMPDIR", "IPYTHONDIR"):
            assert variables[name] == shut_in.SCRATCH


def test_a_machine_that_lacks_the_chosen_walls_is_refused(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1000, raising=False)
    with pytest.raises(NoServerError, match="rights of root"):
        Host(tiers.SEPARATE_USER)
    monkeypatch.setattr(bubblewrap, "program", lambda: None)
    with pytest.raises(NoServerError, match="bwrap"):
        Host(tiers.NAMESPACES)


def test_a_scheduler_in_reach_of_learners_code_is_refused(monkeypatch):
    monkeypatch.setattr(tiers, "_probed", lambda _: (tiers.SEPARATE_USER, "no bwrap"))
    with (
        pytest.raises(GraderError, match="bubblewrap here and on the workers"),
        pool.executor(workers=1, dask="tcp://127.0.0.1:9"),
    ):
        pass
    with pool.executor(workers=1):  # without it they do
        pass
