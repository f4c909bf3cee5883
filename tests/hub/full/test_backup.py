"""The hosts' page's own commands bring a graded course back, on another machine."""

import contextlib
import pwd
import re
import shutil
import sqlite3
from pathlib import Path

from pmlab.hub import demo
from tests.hub.full.machine import (
    ROOT,
    kill_all,
    make_accounts,
    processes_of,
    run,
    until,
)
from tests.hub.full.real_hub import GRADERS, LEARNERS, PEOPLE
from tests.hub.full.visitors import ENTRY, get

PAGE = ROOT / "pmlab" / "hub" / "README.md"


def commands(number):
    """The lines of a code block of the section on backups, by its number."""
    section = PAGE.read_text().partition("\n## Back up")[2].partition("\n## ")[0]
    return re.findall(r"```\n(.*?)```", section, re.S)[number].splitlines()


def follow(hub, lines, folder):
    """Run the page's lines with this hub's folders in place of a host's."""
    homes = " ".join(f"home/{name}" for name in PEOPLE)
    here = {
        " srv/pmlab home": f" {str(hub.data)[1:]} {homes}",
        "/srv/pmlab": str(hub.data),
        "/opt/pmlab": str(hub.place / "venv"),
        "/root/": f"{folder}/",
        "grader-COURSE": "pmlab-g-spring",
        "COURSE": "pm-spring",
        "DATE": "$(date +%F)",
    }
    for line in lines:
        if line.startswith("systemctl"):  # there is none in a container
            hub.stop() if "stop" in line else hub.start()
            continue
        for theirs, ours in here.items():
            line = line.replace(theirs, ours)  # noqa: PLW2901
        run("bash", "-ec", line)


def grades(path):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as book:
        question = "SELECT id, auto_score, manual_score FROM grade ORDER BY id"
        return book.execute(question).fetchall()


def standing(folder):
    """Owners by name, modes and sizes of everything in a folder."""
    return {
        str(path.relative_to(folder)): (
            path.owner(),
            path.group(),
            path.lstat().st_mode,
            path.lstat().st_size if path.is_file() else 0,
        )
        for path in folder.rglob("*")
        if not path.is_symlink() and not path.is_socket()
    }


def test_a_gradebook_copied_while_the_hub_runs_brings_grades_back(hub, visit, tmp_path):
    book = hub.data / "pm-spring" / "gradebook.db"
    before = grades(book)
    assert sum(auto or 0 for _, auto, _ in before) > 20
    follow(hub, commands(2), tmp_path)
    book.write_bytes(b"lost")
    follow(hub, commands(3), tmp_path)
    assert grades(book) == before
    assert (book.owner(), book.stat().st_mode & 0o077) == ("pmlab-g-spring", 0)
    assert counts(visit) == ["2", "2", "2"]


def test_a_backup_brings_all_back_on_a_machine_with_other_account_numbers(
    hub, visit, tmp_path
):
    stop, pack, start = commands(0)
    assert (stop, start) == ("systemctl stop pmlab-hub", "systemctl start pmlab-hub")
    unpack, start = commands(1)
    follow(hub, [stop], tmp_path)
    end_everything()
    places = [hub.data / name for name in ("pm-spring", "pm-autumn", "exchange")]
    places.append(Path("/home/pmlab-lea/pm-spring"))
    before = [standing(place) for place in places]
    scores = grades(hub.data / "pm-spring" / "gradebook.db")
    number = pwd.getpwnam("pmlab-lea").pw_uid
    follow(hub, [pack], tmp_path)
    shutil.rmtree(hub.data)
    make_accounts(PEOPLE[::-1], demo.PASSWORD)
    assert pwd.getpwnam("pmlab-lea").pw_uid != number
    follow(hub, [unpack], tmp_path)
    assert [standing(place) for place in places] == before
    assert grades(hub.data / "pm-spring" / "gradebook.db") == scores
    follow(hub, [start], tmp_path)
    assert counts(visit) == ["2", "2", "2"]  # with the cookies from before


def end_everything():
    """Our servers outlive the hub (cleanup_servers); a host's end with it."""
    for name in LEARNERS:
        kill_all(processes_of, name)
    until(40, lambda: not any(list(processes_of(name)) for name in GRADERS))


def counts(visit):
    """What *Teach here* counts: submitted, graded, with feedback."""
    ines = visit("pmlab-ines", server=False)
    until(90, lambda: get(ines, "/services/pm-spring/teach").status_code == 200)
    row = get(ines, "/services/pm-spring/teach").text.partition(ENTRY.slug)[2]
    return re.findall(r"<td>(\d+)</td>", row)[:3]
