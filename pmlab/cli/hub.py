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
        "--exchange", type=Path, metavar="DIR", default=Path("/srv/pmlab/exchange")
    )
    course.set_defaults(run=_course)


_FROM = "course folder to copy (default: the one here)"


def _demo(options: argparse.Namespace) -> int:
    import time

    from pmlab.hub import demo

    with demo.demo_folder(options.keep) as folder:
        print("Starting a hub; this takes half a minute.", flush=True)
        running = demo.running_demo(folder, source=_source(options), port=options.port)
        with running as address:
            print(f"Log in at {address}")
            for entry in demo.PEOPLE:
                print(f"  {entry.user:<6} {entry.role} of {entry.course}")
            print(f"Password of all: {demo.PASSWORD}")
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


def _source(options: argparse.Namespace) -> Path:
    from pmlab.grading.course_folder import find_course_folder

    return find_course_folder(Path.cwd(), given=options.source).folder
