"""A hub as a class has it: real accounts, real proxy, attacks, crashes, restarts.

Real JupyterHub with PAM and LocalProcessSpawner, the proxy of JupyterHub's own project
from npm, the package from its wheel on Debian's Python. Makes system accounts whose
names begin with pmlab- and removes them. One hub serves all modules; they run in the
order of ORDER, the tests of a module in the order they stand in.
``PMLAB_HUB_PLACE=/var/tmp/DIR`` keeps the environment for the next run.
"""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from pmlab.hub import demo
from tests.benchmarks.bench_hub import Learner
from tests.hub.full.machine import install, make_accounts, missing, remove_account
from tests.hub.full.real_hub import PEOPLE, RealHub

ORDER = [
    "test_accounts",
    "test_hand_in",
    "test_attacks",
    "test_grading",
    "test_crashes",
    "test_upkeep",
    "test_backup",
    "test_older_jupyterhub",
]
LACK = missing()


def pytest_collection_modifyitems(items):
    own = [item for item in items if item.path.parent == Path(__file__).parent]
    for item in own:
        item.add_marker(pytest.mark.hub_full)
        item.add_marker(pytest.mark.slow)
        if LACK:
            item.add_marker(pytest.mark.skip(reason=LACK))
    # Slots of ours, filled again in the order of the story; others keep theirs.
    slots = [number for number, item in enumerate(items) if item in own]
    own.sort(key=lambda item: ORDER.index(item.path.stem))
    for number, item in zip(slots, own, strict=True):
        items[number] = item


@pytest.fixture(scope="session")
def ended_kindly():
    """Told to end (a CI job that is cancelled), we clean up as after Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def place(ended_kindly):  # noqa: ARG001 - from here on there is something to clean up
    """A folder that all accounts can read, with the environment and the proxy."""
    kept = os.environ.get("PMLAB_HUB_PLACE")
    made = Path(kept or tempfile.mkdtemp(prefix="pmlab-hub-", dir="/var/tmp"))
    made.mkdir(exist_ok=True)
    made.chmod(0o755)
    try:
        install(made)
        yield made
    finally:
        for name in ("srv", "older"):
            shutil.rmtree(made / name, ignore_errors=True)
        if not kept:
            shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def accounts():
    """System accounts as the host's page says; removed with all that they run."""
    try:
        make_accounts(PEOPLE, demo.PASSWORD)
        yield PEOPLE
    finally:
        for name in PEOPLE:
            remove_account(name)


@pytest.fixture(scope="session")
def hub(place, accounts):  # noqa: ARG001 - the accounts must be there
    made = RealHub(place)
    try:
        made.prepare()
        made.start_proxy()
        made.start()
        yield made
    finally:
        made.end()


@pytest.fixture(scope="session")
def visit(hub):
    """Log someone in; gives the same person each time."""
    people = {}

    def person(name, *, server=True):
        if name not in people:
            people[name] = Learner(name, hub.address)
            people[name].log_in()
            if server:
                people[name].start_server()
                people[name].start_kernel()
        elif server:
            people[name].connect()
        return people[name]

    yield person
    for one in people.values():
        if hasattr(one, "socket"):
            one.socket.close()
        one.session.close()
