"""A hub as a class has it: real accounts, real proxy, attacks, crashes, restarts.

Real JupyterHub with PAM and LocalProcessSpawner, the proxy of JupyterHub's own project
from npm, the package from its wheel on Debian's Python. Makes system accounts whose
names begin with pmlab- and removes them. The tests run in the order they stand in.
``PMLAB_HUB_PLACE=/var/tmp/DIR`` keeps the environment for the next run.
"""

import contextlib
import json
import os
import pwd
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import requests

from pmlab.authoring.course import read_course
from pmlab.authoring.parse import read_unit
from pmlab.hub import demo

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"
COURSE = read_course(ROOT / "course")
ENTRY = next(unit for unit in COURSE.units if unit.slug.startswith("03"))
UNIT = read_unit(COURSE.text_folder(ENTRY))
LEARNERS = ("pmlab-lea", "pmlab-max", "pmlab-noor")
GRADERS = ("pmlab-g-spring", "pmlab-g-autumn")
PEOPLE = (*LEARNERS, "pmlab-ines", *GRADERS)
ROSTER = """user,course,role
pmlab-ines,pm-spring,instructor
pmlab-lea,pm-spring,learner
pmlab-max,pm-spring,learner
pmlab-noor,pm-autumn,learner
"""
CONFIG = """
import os, sys
from pathlib import Path
from pmlab.hub import HubCourse, configure
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{front}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.db_url = "sqlite:///{place}/hub/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{place}/hub/cookie_secret"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.authenticator_class = "pam"
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.Spawner.interrupt_timeout = c.Spawner.term_timeout = 5
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
configure(
    c,
    [
        HubCourse(id="pm-spring", folder="{place}/pm-spring", port={spring},
                  grader="pmlab-g-spring"),
        HubCourse(id="pm-autumn", folder="{place}/pm-autumn", port={autumn},
                  grader="pmlab-g-autumn"),
    ],
    state="{place}/hub",
    exchange="{place}/exchange",
)
c.Authenticator.auth_refresh_age = 5  # a minute is long for a test
if os.environ.get("CULL_SECONDS"):
    for service in c.JupyterHub.services:
        if service["name"] == "idle-culler":
            words = [w for w in service["command"] if not w.startswith("--timeout")]
            seconds = os.environ["CULL_SECONDS"]
            service["command"] = [*words, "--timeout=" + seconds, "--cull-every=3"]
"""


def missing():
    """What this machine lacks for this tier; empty if nothing."""
    if os.geteuid() != 0:
        return "system accounts can be made by root only"
    for name in ("useradd", "chpasswd", "npm", "bwrap", PYTHON):
        if shutil.which(name) is None:
            return f"{name} is not installed"
    probe = [
        PYTHON,
        "-c",
        "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))",
    ]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        return f"{PYTHON} is older than 3.11 or makes no environments (python3-venv)"
    return ""


LACK = missing()
pytestmark = [
    pytest.mark.hub_full,
    pytest.mark.slow,
    pytest.mark.skipif(bool(LACK), reason=LACK),
]


def run(*command, seconds=300, **options):
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        **options,
    )
    assert done.returncode == 0, (
        f"{command}: {done.stdout[-1500:]}{done.stderr[-1500:]}"
    )
    return done.stdout


def free_ports(count):
    with contextlib.ExitStack() as open_:
        probes = [open_.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def processes_of(name):
    number = pwd.getpwnam(name).pw_uid
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if place.stat().st_uid == number:
                yield int(place.name), (place / "cmdline").read_bytes().decode()


def until(seconds, what):
    """Ask until the answer is true; gives the answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(requests.RequestException):
            if answer := what():
                return answer
        time.sleep(0.5)
    return pytest.fail(f"not so after {seconds} s")


# The world ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place():
    """A folder that all accounts can read, with the environment and the proxy."""
    kept = os.environ.get("PMLAB_HUB_PLACE")
    made = Path(kept or tempfile.mkdtemp(prefix="pmlab-hub-", dir="/var/tmp"))
    made.mkdir(exist_ok=True)
    made.chmod(0o755)
    try:
        install(made)
        yield made
    finally:
        for name in ("hub", "exchange", "pm-spring", "pm-autumn", "older"):
            shutil.rmtree(made / name, ignore_errors=True)
        if not kept:
            shutil.rmtree(made, ignore_errors=True)


def install(made):
    shutil.rmtree(made / "dist", ignore_errors=True)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    run(*build, "-d", made / "dist", cwd=ROOT)
    wheel = next((made / "dist").glob("*.whl"))
    # The pip of the developers' environment; Debian's own is an older one.
    pip = [sys.executable, "-m", "pip", "--python", made / "venv" / "bin" / "python"]
    pip += ["install", "-q", "--disable-pip-version-check"]
    if not (made / "venv" / "bin" / "jupyterhub").exists():
        run(PYTHON, "-m", "venv", made / "venv")
        pins = ROOT / "constraints.txt"
        run(*pip, "--constraint", pins, f"{wheel}[lab,hub]", seconds=900)
    else:
        run(*pip, "--force-reinstall", "--no-deps", wheel)
    if not (made / "npm" / "node_modules").exists():
        command = ["npm", "install", "--prefix", made / "npm", "--no-save"]
        command += ["--no-audit", "--no-fund", "configurable-http-proxy@5"]
        run(*command, seconds=240)


@pytest.fixture(scope="module")
def accounts():
    """System accounts as the host's page says; removed with all that they run."""
    words = "".join(f"{name}:{demo.PASSWORD}\n" for name in PEOPLE)
    try:
        for name in PEOPLE:
            remove_account(name)
            run("useradd", "--create-home", "--shell", "/bin/bash", name)
        run("chpasswd", input=words)
        yield PEOPLE
    finally:
        for name in PEOPLE:
            remove_account(name)


def remove_account(name):
    with contextlib.suppress(KeyError):
        for number, _ in processes_of(name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.2)
        run("userdel", "--remove", "--force", name)


class Hub:
    """The hub, its proxy, and where they are."""

    def __init__(self, place):
        self.place, self.bin = place, place / "venv" / "bin"
        ports = free_ports(5)
        names = ("front", "hub", "proxy", "spring", "autumn")
        self.ports = dict(zip(names, ports, strict=True))
        self.address = f"http://127.0.0.1:{self.ports['front']}"
        self.config = place / "hub" / "jupyterhub_config.py"
        self.log = place / "hub" / "hub.log"
        self.running = []
        self.pmlab = self.bin / "pmlab"
        self.environment = {
            "PATH": f"{self.bin}:/usr/bin:/bin:/usr/sbin:/sbin",
            "CONFIGPROXY_AUTH_TOKEN": os.urandom(16).hex(),
            "HOME": "/root",
            "LANG": "C.UTF-8",
        }

    def prepare(self):
        for name in ("hub", "exchange"):
            shutil.rmtree(self.place / name, ignore_errors=True)
        (self.place / "hub").mkdir(mode=0o755)  # as mkdir -p makes it
        self.config.write_text(CONFIG.format(place=self.place, **self.ports))
        for name, grader in zip(("pm-spring", "pm-autumn"), GRADERS, strict=True):
            folder = self.place / name
            shutil.rmtree(folder, ignore_errors=True)
            exchange = ["--exchange", self.place / "exchange"]
            source = ["--from", ROOT / "course"]
            run(self.pmlab, "hub", "course", name, folder, *source, *exchange)
            run("chown", "-R", f"{grader}:", folder)
        self.enroll(ROSTER)

    def enroll(self, text):
        path = self.place / "hub" / "wanted.csv"
        path.write_text(text)
        run(self.pmlab, "hub", "roster", path, "--state", self.place / "hub")

    def start_proxy(self):
        program = self.place / "npm/node_modules/.bin/configurable-http-proxy"
        command = [program, "--ip=127.0.0.1", f"--port={self.ports['front']}"]
        command += ["--api-ip=127.0.0.1", f"--api-port={self.ports['proxy']}"]
        self._start(command)

    def start(self, **more):
        command = [self.bin / "jupyterhub", "--config", self.config]
        self.process = self._start(command, **more)
        until(90, lambda: self.alive() and self.answers())

    def _start(self, command, **more):
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                cwd=self.place / "hub",
                env=self.environment | more,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def alive(self):
        words = self.log.read_text(errors="replace")[-3000:]
        assert self.process.poll() is None, f"the hub has ended: {words}"
        return True

    def answers(self):
        return requests.get(f"{self.address}/hub/login", timeout=5).ok

    def end(self):
        for process in reversed(self.running):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(40)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def hub(place, accounts):  # noqa: ARG001 - the accounts must be there
    made = Hub(place)
    try:
        made.prepare()
        made.start_proxy()
        made.start()
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def visit(hub):
    """Log someone in; gives the same person each time."""
    kind = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "bench_hub.py"))
    people = {}

    def person(name, *, server=True):
        if name not in people:
            people[name] = kind["Learner"](name, hub.address)
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


def get(person, path):
    return person.session.get(person.address + path, timeout=60)


def teach(person, step, *, status=0):
    """Press a button of *Teach here* and wait; gives what it printed."""
    page = f"{person.address}/services/pm-spring/teach"
    assert person.session.get(page, timeout=60).status_code == 200
    cookies = [c for c in person.session.cookies if c.name == "_xsrf"]
    token = next(c.value for c in cookies if "/services/pm-spring" in c.path)
    answer = person.session.post(
        f"{page}/step",
        json={"step": step, "unit": ENTRY.slug},
        headers={"X-XSRFToken": token},
        timeout=60,
    )
    assert answer.status_code == 202, answer.text

    def done():
        job = person.session.get(f"{page}/step", timeout=60).json()
        return job if job["status"] is not None else None

    job = until(240, done)
    assert job["status"] == status, job["text"]
    return job["text"]


# The class ---------------------------------------------------------------------------


def test_a_learner_works_under_her_own_account(visit):
    lea = visit("pmlab-lea")
    assert lea.run("import os; print(os.getuid())").strip() == str(
        pwd.getpwnam("pmlab-lea").pw_uid
    )
    home = Path("/home/pmlab-lea")
    assert (home / "pm-spring" / "Start here.ipynb").is_file()
    assert not (home / "pm-autumn").exists()
    assert home.stat().st_mode & 0o077 == 0


def test_kernels_talk_over_files_that_only_their_owner_reaches(visit):
    code = "import ipykernel.connect as c; print(c.get_connection_info())"
    told = json.loads(visit("pmlab-lea").run(code))
    assert told["transport"] == "ipc"
    folder = Path(told["ip"]).parent
    assert folder.stat().st_mode & 0o077 == 0
    assert folder.stat().st_uid == pwd.getpwnam("pmlab-lea").pw_uid


def test_authoring_tools_are_switched_off_for_learners(visit):
    text = get(visit("pmlab-lea"), "/user/pmlab-lea/lab").text
    found = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', text, re.S)
    switched_off = json.loads(found.group(1))["disabledExtensions"]
    assert "@jupyter/nbgrader:create-assignment" in switched_off


def test_a_learners_environment_holds_no_secret_of_others(hub, visit):
    tokens = json.loads((hub.place / "hub" / "tokens.json").read_text())
    secret = (hub.place / "pm-spring" / ".pmlab" / "secret").read_text().strip()
    visit("pmlab-lea")
    for number, _ in processes_of("pmlab-lea"):
        told = Path(f"/proc/{number}/environ").read_bytes().decode()
        for word in (
            *tokens.values(),
            secret,
            hub.environment["CONFIGPROXY_AUTH_TOKEN"],
        ):
            assert word not in told


def test_an_instructor_releases(visit):
    ines = visit("pmlab-ines", server=False)
    assert get(ines, "/services/pm-autumn/teach").status_code == 403
    teach(ines, "Release")


def test_a_step_without_the_token_of_the_page_is_refused(visit):
    ines = visit("pmlab-ines", server=False)
    answer = ines.session.post(
        f"{ines.address}/services/pm-spring/teach/step",
        json={"step": "Release", "unit": ENTRY.slug},
        timeout=60,
    )
    assert answer.status_code == 403


def write_work(person, extra=""):
    """Save a solved notebook, as JupyterLab saves it."""
    path = f"pm-spring/exercises/{ENTRY.slug}/{ENTRY.slug}.ipynb"
    book = person.api("GET", f"contents/{path}")["content"]
    solutions = {e.id: e.solution.source for e in UNIT.exercises}
    for cell in book["cells"]:
        text = solutions.get(cell["id"])
        if text is not None:
            cell["source"] = f"{extra}\n{text}" if extra else text
            extra = ""
    person.api("PUT", f"contents/{path}", json={"type": "notebook", "content": book})


def test_learners_hand_in(hub, visit):
    write_work(visit("pmlab-lea"))
    secret = hub.place / "pm-spring" / ".pmlab" / "secret"
    book = hub.place / "pm-spring" / "gradebook.db"
    # Max's answer tries what runs with it when it is graded.
    attack = (
        "import os\n"
        f"for place in ({str(secret)!r}, {str(book)!r}, '/proc/1/environ'):\n"
        "    try:\n        print('STOLEN', open(place, 'rb').read()[:80])\n"
        "    except OSError as error:\n        print('kept', error.errno)\n"
        "print('TOKENS', [v for v in os.environ if 'TOKEN' in v])"
    )
    write_work(visit("pmlab-max"), attack)
    for name in ("pmlab-lea", "pmlab-max"):
        shown = visit(name).run(
            "!cd ~/pm-spring && pmlab submit 03 --anyway --no-check"
        )
        assert "handed in" in shown.lower(), shown
    inbound = hub.place / "exchange" / "pm-spring" / "inbound"
    owners = {entry.owner() for entry in inbound.iterdir()}
    assert owners == {"pmlab-lea", "pmlab-max"}


def attempt(person, code):
    """Try something in a learner's kernel; gives the error's name, or what came out."""
    return person.run(
        "import os, shutil, pathlib\n"
        f"try:\n    print('GOT', {code})\n"
        "except OSError as error:\n    print('refused', type(error).__name__)"
    ).strip()


def test_what_learners_must_not_read_they_cannot(hub, visit):
    max_, place = visit("pmlab-max"), hub.place
    inbound = place / "exchange" / "pm-spring" / "inbound"
    feedback = place / "exchange" / "pm-spring" / "feedback"
    server = next(n for n, _ in processes_of("pmlab-g-spring"))
    lea = next(n for n, words in processes_of("pmlab-lea") if "singleuser" in words)
    for path in (
        place / "pm-spring" / "source" / ENTRY.slug / f"{ENTRY.slug}.ipynb",
        place / "pm-spring" / "gradebook.db",
        place / "pm-spring" / ".pmlab" / "secret",
        place / "pm-spring" / "students.csv",
        place / "hub" / "tokens.json",
        place / "hub" / "roster.csv",
        place / "hub" / "hub.sqlite",
        place / "hub" / "cookie_secret",
        Path("/home/pmlab-lea/pm-spring/Start here.ipynb"),
        Path(f"/proc/{server}/environ"),
        Path(f"/proc/{lea}/environ"),
    ):
        assert path.exists(), path
        told = attempt(max_, f"open({str(path)!r}, 'rb').read()[:50]")
        assert told == "refused PermissionError", path
    assert (place / "hub").stat().st_mode & 0o077 == 0
    for folder in (inbound, feedback, place / "pm-spring", place / "hub"):
        told = attempt(max_, f"os.listdir({str(folder)!r})")
        assert told == "refused PermissionError", folder


def test_the_installation_holds_no_hidden_test(hub, visit):
    code = (
        "import pmlab, pathlib\n"
        "root = pathlib.Path(pmlab.__file__).parent\n"
        "print(root.parent, [str(p) for p in root.rglob('*.ipynb')\n"
        "    if 'HIDDEN TESTS' in p.read_text() or 'END SOLUTION' in p.read_text()],\n"
        "    (root / 'case' / 'truth.py').exists())"
    )
    told = visit("pmlab-max").run(code).strip()
    assert told == f"{hub.place}/venv/lib/python3.11/site-packages [] False"


def test_the_exchange_cannot_be_taken_over(hub, visit):
    max_ = visit("pmlab-max")
    course = hub.place / "exchange" / "pm-spring"
    theirs = next(p for p in (course / "inbound").iterdir() if "lea" in p.name)
    for code in (
        f"os.rename({str(course)!r}, {str(course)!r} + '-mine')",
        f"os.rename({str(course / 'inbound')!r}, {str(course / 'x')!r})",
        f"os.rename({str(theirs)!r}, {str(theirs)!r} + 'x')",
        f"shutil.rmtree({str(theirs)!r})",
        f"open({str(theirs / 'timestamp.txt')!r}, 'w').write('2020')",
        f"os.remove({str(theirs / (ENTRY.slug + '.ipynb'))!r})",
        f"os.mkdir({str(course / 'outbound' / '99_mine')!r})",
        f"os.chmod({str(course / 'inbound')!r}, 0o777)",
    ):
        assert attempt(max_, code).startswith("refused"), code
    assert len(list((course / "inbound").iterdir())) == 2


def test_forged_hand_ins_are_set_aside_and_say_why(hub, visit):
    max_, noor = visit("pmlab-max"), visit("pmlab-noor")
    inbound = hub.place / "exchange" / "pm-spring" / "inbound"
    mine = f"/home/pmlab-max/pm-spring/exercises/{ENTRY.slug}"
    for person, name in (
        (max_, f"pmlab-lea+{ENTRY.slug}+2026-01-01 10:00:00 UTC+forged"),
        (max_, f"pmlab-max+{ENTRY.slug}+2199-01-01 10:00:00 UTC+future"),
        (noor, f"pmlab-noor+{ENTRY.slug}+2026-01-01 10:00:00 UTC+stranger"),
    ):
        target = str(inbound / name)
        source = mine if person is max_ else "/home/pmlab-noor/pm-autumn/exercises"
        source = source if person is max_ else f"{source}/{ENTRY.slug}"
        code = f"shutil.copytree({source!r}, {target!r}), os.chmod({target!r}, 0o755)"
        assert attempt(person, code).startswith("GOT")
    link = str(inbound / f"pmlab-max+{ENTRY.slug}+2026-01-02 10:00:00 UTC+link")
    lea = next(str(p) for p in inbound.iterdir() if p.name.startswith("pmlab-lea"))
    assert attempt(max_, f"os.symlink({lea!r}, {link!r})").startswith("GOT")
    text = teach(visit("pmlab-ines", server=False), "Collect", status=1)
    course = hub.place / "pm-spring"
    lines = (course / ".pmlab" / "collect.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    refused = {
        e["origin"].rpartition("+")[2]: e["reason"]
        for e in entries
        if e["status"] == "set aside"
    }
    assert set(refused) == {"forged", "future", "stranger", "link"}, text
    assert "pmlab-max owns the files" in refused["forged"]
    assert "still to come" in refused["future"]
    assert "not on the roster" in refused["stranger"]
    assert "link" in refused["link"]
    placed = {e["learner"] for e in entries if e["status"] == "placed"}
    assert placed == {"pmlab-lea", "pmlab-max"}


def test_grading_runs_as_the_grader_in_the_sandbox(hub, visit):
    teach(visit("pmlab-ines", server=False), "Grade")
    course = hub.place / "pm-spring"
    for path in (course / "autograded").rglob("*.ipynb"):
        assert path.owner() == "pmlab-g-spring"
    graded = course / "autograded" / "pmlab-max" / ENTRY.slug / f"{ENTRY.slug}.ipynb"
    cells = json.loads(graded.read_text())["cells"]
    told = "".join(
        "".join(out.get("text", "")) for c in cells for out in c.get("outputs", [])
    )
    assert "kept" in told
    assert "STOLEN" not in told.replace("'STOLEN'", "")
    assert "TOKENS []" in told


def test_learners_read_their_own_feedback_only(hub, visit):
    teach(visit("pmlab-ines", server=False), "Feedback")
    shown = visit("pmlab-lea").run("!cd ~/pm-spring && pmlab feedback 03")
    assert ".html" in shown, shown
    pages = list(Path("/home/pmlab-lea/pm-spring").rglob("*.html"))
    assert len(pages) == 1
    pages = (hub.place / "exchange" / "pm-spring" / "feedback").rglob("*.html")
    assert len(list(pages)) >= 2  # there for those who know the secret of their hand-in


def test_the_report_and_the_gradebook_stay_with_the_instructor(visit):
    teach(visit("pmlab-ines", server=False), "Report")
    ines = visit("pmlab-ines", server=False)
    for page in (f"teach/report/{ENTRY.slug}", "formgrader/manage_assignments"):
        assert get(ines, f"/services/pm-spring/{page}").status_code == 200
        assert get(visit("pmlab-lea"), f"/services/pm-spring/{page}").status_code == 403


@pytest.mark.parametrize("name", ["pmlab-max", "pmlab-noor"])
def test_nobody_reaches_what_is_not_hers(visit, name):
    for path in (
        "/services/pm-spring/teach",
        "/services/pm-spring/formgrader/api/assignments",
        "/services/pm-autumn/teach",
        "/user/pmlab-lea/api/contents",
        "/user/pmlab-lea/api/kernels",
        "/hub/api/users",
        "/hub/api/groups",
        "/hub/api/proxy",
        "/hub/admin",
    ):
        assert get(visit(name), path).status_code in (403, 404), path


def test_the_token_of_a_learners_server_opens_nothing_of_others(hub, visit):
    code = (
        "import os, requests\n"
        f"head = {{'Authorization': 'token ' + os.environ['JUPYTERHUB_API_TOKEN']}}\n"
        "for method, path in (('get', 'users'), ('get', 'groups'), ('get', 'proxy'),\n"
        "    ('get', 'users/pmlab-lea'), ('delete', 'users/pmlab-lea/server'),\n"
        "    ('post', 'groups/formgrade-pm-spring/users'), ('get', 'user')):\n"
        f"    url = 'http://127.0.0.1:{hub.ports['hub']}/hub/api/' + path\n"
        "    made = requests.request(method, url, headers=head, timeout=30,\n"
        "        json={'users': ['pmlab-max']} if method == 'post' else None)\n"
        "    print(path, made.status_code)"
    )
    told = dict(line.split() for line in visit("pmlab-max").run(code).splitlines())
    assert told.pop("user") == "200"
    assert set(told.values()) <= {"403", "404"}, told


def test_collecting_again_changes_nothing(hub, visit):
    teach(visit("pmlab-ines", server=False), "Collect", status=1)
    names = [path.name for path in (hub.place / "pm-spring" / "submitted").iterdir()]
    assert sorted(names) == ["pmlab-lea", "pmlab-max"]


# What breaks -------------------------------------------------------------------------


def server_of(grader):
    return next(
        number
        for number, words in processes_of(grader)
        if "jupyterhub.singleuser" in words.replace("\0", " ")
    )


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
        until(60, lambda: told.search(hub.log.read_text(errors="replace")))
        assert hub.alive()
        assert get(ines, "/hub/home").status_code == 200
        assert get(ines, "/services/pm-spring/teach").status_code == 200
    until(90, lambda: not port_is_free(port))


def bound(probe, port):
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def port_is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


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


def cullers(hub):
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (place / "cmdline").read_bytes().decode()
            if str(hub.place) in words and "idle_culler" in words:
                yield int(place.name)


def test_who_is_taken_off_the_roster_is_out_soon(hub, visit):
    max_ = visit("pmlab-max")
    assert get(max_, "/hub/home").url.endswith("/hub/home")
    hub.enroll(ROSTER.replace("pmlab-max,pm-spring,learner\n", ""))
    until(30, lambda: "/hub/login" in get(max_, "/hub/home").url)
    again = type(max_)("pmlab-max", hub.address)
    with pytest.raises(AssertionError, match="403"):
        again.log_in()
    assert get(visit("pmlab-lea"), "/hub/home").url.endswith("/hub/home")
    assert "pmlab-max" not in (hub.place / "pm-spring" / "students.csv").read_text()


def test_servers_that_nobody_uses_are_stopped(hub, visit):
    noor = visit("pmlab-noor")
    noor.socket.close()
    for kernel in noor.api("GET", "kernels"):
        noor.session.request(
            "DELETE",
            f"{noor.base}/api/kernels/{kernel['id']}",
            headers={"X-XSRFToken": [c.value for c in noor.session.cookies][-1]},
            timeout=60,
        )
    hub.process.terminate()
    hub.process.wait(60)
    assert list(processes_of("pmlab-noor")), "cleanup_servers=False keeps servers"
    hub.start(CULL_SECONDS="10")
    until(60, lambda: not list(processes_of("pmlab-noor")))


def test_a_backup_brings_everything_back_with_owners_and_modes(hub, visit):
    """As the hosts' page says: stop, tar; on a new disk tar again, start."""
    hub.process.terminate()
    hub.process.wait(60)
    parts = ["hub", "exchange", "pm-spring", "pm-autumn"]
    backup = hub.place / "backup.tar.gz"
    run("tar", "-czf", backup, "-C", hub.place, *parts)
    assert backup.stat().st_size > 10_000
    for name in parts:
        shutil.rmtree(hub.place / name)
    run("tar", "-xzpf", backup, "-C", hub.place)
    backup.unlink()
    hub.start()
    ines = visit("pmlab-ines", server=False)
    until(90, lambda: get(ines, "/services/pm-spring/teach").status_code == 200)
    row = get(ines, "/services/pm-spring/teach").text.partition(ENTRY.slug)[2]
    assert re.findall(r"<td>(\d+)</td>", row)[:3] == ["2", "2", "2"]


def test_the_doctor_finds_no_problem_but_says_what_is_at_risk(hub):
    told = subprocess.run(
        [str(hub.pmlab), "hub", "doctor", str(hub.config)],
        env=hub.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "No problem found." in told.stdout, told.stdout + told.stderr
    assert "only pmlab-g-spring can read solutions and grades" in told.stdout


def test_it_runs_on_the_older_jupyterhub_too(hub, visit):
    """JupyterHub 5.5, as The Littlest JupyterHub and Zero to JupyterHub ship it."""
    older = hub.place / "older"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", older]
    done = subprocess.run(
        [*map(str, pip), "jupyterhub==5.5.*"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"JupyterHub 5.5 can't be installed: {done.stderr[-200:]}")
    hub.process.terminate()
    hub.process.wait(60)
    for name in LEARNERS:
        for number, _ in processes_of(name):
            os.kill(number, signal.SIGKILL)
    for path in (hub.place / "hub").glob("hub.sqlite*"):
        path.unlink()
    hub.start(PYTHONPATH=str(older))
    assert "JupyterHub version 5.5" in hub.log.read_text(errors="replace")
    kind = type(visit("pmlab-lea", server=False))
    lea, ines = kind("pmlab-lea", hub.address), kind("pmlab-ines", hub.address)
    lea.log_in()
    lea.start_server()
    lea.start_kernel()
    assert lea.run("import jupyterhub; print(jupyterhub.__version__)").startswith("5.5")
    assert get(lea, "/services/pm-spring/teach").status_code == 403
    lea.socket.close()
    ines.log_in()
    until(90, lambda: get(ines, "/services/pm-spring/teach").status_code == 200)
    assert get(ines, "/services/pm-autumn/teach").status_code == 403
