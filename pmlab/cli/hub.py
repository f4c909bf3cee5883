"""``pmlab hub``: try a hub out, set one up, keep its roster, examine it."""

import argparse
from pathlib import Path
from typing import Any


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``hub`` and its parts."""
    hub = commands.add_parser("hub", help="host the course on JupyterHub")
    parts = hub.add_subparsers(title="commands", required=True, metavar="COMMAND")
    demo = parts.add_parser("demo", help="a whole hub on this machine, to try it out")
    demo.add_argument("--port", type=int, default=8000, help="where to log in")
    demo.add_argument("--from", dest="source", type=Path, metavar="DIR", help=_FROM)
    demo.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep its files here (default: none)"
    )
    demo.set_defaults(run=_demo)
    course = parts.add_parser("course", help="make the course folder of a cohort")
    course.add_argument("id", help="short name, such as pm-spring")
    course.add_argument("folder", type=Path, metavar="DIR", help="where to make it")
    course.add_argument("--from", dest="source", type=Path, metavar="DIR", help=_FROM)
    course.add_argument(
        "--exchange",
        type=Path,
        metavar="DIR",
        default=Path("/srv/pmlab/exchange"),
        help="where the hub hands work over (default: /srv/pmlab/exchange)",
    )
    course.set_defaults(run=_course)
    init = parts.add_parser("init", help="write a commented starting point")
    init.add_argument("folder", type=Path, metavar="DIR", help="where to write it")
    init.add_argument(
        "--tier",
        choices=("box", "kubernetes", "binder"),
        default="box",
        help="one machine, a cluster, or a try-it server (default: box)",
    )
    init.set_defaults(run=_init)
    roster = parts.add_parser("roster", help="add and remove learners and instructors")
    roster.add_argument("file", type=Path, metavar="FILE", help="user,course,role")
    roster.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        default=_STATE,
        help=f"the hub's own folder (default: {_STATE})",
    )
    roster.set_defaults(run=_roster)
    doctor = parts.add_parser("doctor", help="examine a hub and name what to mend")
    doctor.add_argument(
        "configuration",
        type=Path,
        metavar="FILE",
        help="the hub's jupyterhub_config.py",
    )
    doctor.set_defaults(run=_doctor)


_STATE = Path("/srv/pmlab/hub")
_FROM = "course folder to copy (default: the one here)"


def _demo(options: argparse.Namespace) -> int:
    import signal
    import time

    from pmlab.hub import demo

    # A terminal that is closed ends the hub as Ctrl-C does.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with demo.demo_folder(options.keep) as folder:
        print("Starting a hub; this takes half a minute.", flush=True)
        running = demo.running_demo(folder, source=_source(options), port=options.port)
        with running as address:
            print(f"Log in at {address}")
            for entry in demo.PEOPLE:
                print(f"  {entry.user:<6} {entry.role} of {entry.course}")
            print(f"Password of all: {demo.PASSWORD}")
            print("Instructors find their course here, after logging in:")
            for entry in demo.PEOPLE:
                if entry.role == "instructor":
                    print(f"  {entry.user:<6} {address}/services/{entry.course}/")
            print("A unit can be handed in once its instructor has released it.")
            print("Everyone here has your own rights: for trying, not for a class.")
            print(f"Its log: {folder / 'hub.log'}. Ctrl-C ends it.", flush=True)
            try:
                while True:
                    time.sleep(3600)
            except KeyboardInterrupt:
                print("\nEnding the hub.")
    return 0


def _course(options: argparse.Namespace) -> int:
    from pmlab.hub.cohort import make_cohort
    from pmlab.hub.course import HubCourse

    course = HubCourse(id=options.id, folder=options.folder, port=1024)
    made = make_cohort(course, source=_source(options), exchange=options.exchange)
    print(f"{course.folder}: made {', '.join(made) or 'nothing, all was there'}.")
    print("Give it to the grader's account: chown -R GRADER: " + str(course.folder))
    return 0


def _init(options: argparse.Namespace) -> int:
    from pmlab.hub.starting_point import write_starting_point

    written = write_starting_point(options.folder, tier=options.tier)
    for path in written:
        print(f"wrote {path}")
    if not written:
        print(f"All files are in {options.folder} already; nothing was changed.")
    print("Next: read README.md beside them.")
    return 0


def _roster(options: argparse.Namespace) -> int:
    from pmlab.hub.configuration import ROSTER_FILE
    from pmlab.hub.faults import HubError
    from pmlab.hub.roster import read_roster, renew_roster

    if not options.file.is_file():
        raise HubError(f"no file {options.file}; give a CSV file: user,course,role")
    if not options.state.is_dir():
        raise HubError(
            f"there is no hub at {options.state}; name its folder with --state, or "
            f"make it first: install -d -m 700 {options.state}"
        )
    change = renew_roster(options.state / ROSTER_FILE, read_roster(options.file))
    for word, entries in (("added", change.added), ("removed", change.removed)):
        for entry in entries:
            print(f"{word} {entry.user}, {entry.role} of {entry.course}")
    print(
        f"{len(change.added)} added, {len(change.removed)} removed, {change.kept} as "
        "before. It holds from the next log-in on, and within a minute for those who "
        "are logged in."
    )
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from pmlab.hub.doctor import examine

    findings = examine(options.configuration)
    for finding in findings:
        print(f"{finding.level:<8} {finding.about}: {finding.text}")
        if finding.mend:
            print(f"{'':<8} mend: {finding.mend}")
    count = sum(finding.level == "problem" for finding in findings)
    print(f"{count} problem(s)." if count else "No problem found.")
    return 1 if count else 0


def _source(options: argparse.Namespace) -> Path:
    from pmlab.grading.course_folder import find_course_folder

    return find_course_folder(Path.cwd(), given=options.source).folder
