"""What a learner tries against the course, the exchange, and the others on the hub."""

import json
from pathlib import Path

import pytest

from tests.hub.full.machine import processes_of
from tests.hub.full.visitors import ENTRY, attempt, get, teach


def test_what_learners_must_not_read_they_cannot(hub, visit):
    max_, data = visit("pmlab-max"), hub.data
    inbound = hub.exchange / "pm-spring" / "inbound"
    feedback = hub.exchange / "pm-spring" / "feedback"
    server = next(n for n, _ in processes_of("pmlab-g-spring"))
    lea = next(n for n, words in processes_of("pmlab-lea") if "singleuser" in words)
    for path in (
        data / "pm-spring" / "source" / ENTRY.slug / f"{ENTRY.slug}.ipynb",
        data / "pm-spring" / "gradebook.db",
        data / "pm-spring" / ".pmlab" / "secret",
        data / "pm-spring" / "students.csv",
        data / "hub" / "tokens.json",
        data / "hub" / "roster.csv",
        data / "hub" / "hub.sqlite",
        data / "hub" / "cookie_secret",
        Path("/home/pmlab-lea/pm-spring/Start here.ipynb"),
        Path(f"/proc/{server}/environ"),
        Path(f"/proc/{lea}/environ"),
    ):
        assert path.exists(), path
        told = attempt(max_, f"open({str(path)!r}, 'rb').read()[:50]")
        assert told == "refused PermissionError", path
    assert (data / "hub").stat().st_mode & 0o077 == 0
    for folder in (inbound, feedback, data / "pm-spring", data / "hub"):
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
    packages = next((hub.place / "venv" / "lib").glob("python3*")) / "site-packages"
    assert told == f"{packages} [] False"


def test_the_exchange_cannot_be_taken_over(hub, visit):
    max_ = visit("pmlab-max")
    course = hub.exchange / "pm-spring"
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
    inbound = hub.exchange / "pm-spring" / "inbound"
    mine = f"/home/pmlab-max/pm-spring/exercises/{ENTRY.slug}"
    hers = f"/home/pmlab-noor/pm-autumn/exercises/{ENTRY.slug}"
    for person, source, name in (
        (max_, mine, f"pmlab-lea+{ENTRY.slug}+2026-01-01 10:00:00 UTC+forged"),
        (max_, mine, f"pmlab-max+{ENTRY.slug}+2199-01-01 10:00:00 UTC+future"),
        (max_, mine, f"pmlab-max+{ENTRY.slug}+2026-01-03 10:00:00 UTC+oversize"),
        (max_, mine, f"pmlab-max+{ENTRY.slug}+2026-01-04 10:00:00 UTC+inside"),
        (noor, hers, f"pmlab-noor+{ENTRY.slug}+2026-01-01 10:00:00 UTC+stranger"),
    ):
        target = str(inbound / name)
        code = f"shutil.copytree({source!r}, {target!r}), os.chmod({target!r}, 0o755)"
        assert attempt(person, code).startswith("GOT")
    made = str(inbound / f"pmlab-max+{ENTRY.slug}+2026-01-0")
    lea = next(str(p) for p in inbound.iterdir() if p.name.startswith("pmlab-lea"))
    secret = str(hub.data / "pm-spring" / ".pmlab" / "secret")
    for code in (
        f"os.symlink({lea!r}, {made + '2 10:00:00 UTC+link'!r})",
        f"os.symlink({secret!r}, {made + '4 10:00:00 UTC+inside/notes.txt'!r})",
        f"open({made + '3 10:00:00 UTC+oversize/big'!r}, 'wb').truncate(60_000_000)",
    ):
        assert attempt(max_, code).startswith("GOT"), code
    text = teach(visit("pmlab-ines", server=False), "Collect", status=1)
    lines = hub.data / "pm-spring" / ".pmlab" / "collect.jsonl"
    entries = [json.loads(line) for line in lines.read_text().splitlines()]
    refused = {
        e["origin"].rpartition("+")[2]: e["reason"]
        for e in entries
        if e["status"] == "set aside"
    }
    said = {
        "forged": "pmlab-max owns the files",
        "future": "still to come",
        "stranger": "not on the roster",
        "link": "link",
        "inside": "notes.txt is a link",
        "oversize": "more than 50 MB",
    }
    assert refused.keys() == said.keys(), text
    assert not {name for name in said if said[name] not in refused[name]}, refused
    placed = {e["learner"] for e in entries if e["status"] == "placed"}
    assert placed == {"pmlab-lea", "pmlab-max"}
    kept = hub.data / "pm-spring" / ".pmlab" / "quarantine"
    told = [path.read_text() for path in kept.rglob("reason.txt")]
    assert len(told) == len(said)
    assert secret_of(hub) not in "".join(
        path.read_text(errors="replace") for path in kept.rglob("*") if path.is_file()
    )


def secret_of(hub):
    return (hub.data / "pm-spring" / ".pmlab" / "secret").read_text().strip()


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
