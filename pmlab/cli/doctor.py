"""``pmlab doctor``: look at the installation and the folder, and say the mend."""

import argparse
from pathlib import Path
from typing import Any

from pmlab.cli.learner_options import add_folder


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``doctor``."""
    doctor = commands.add_parser("doctor", help="find what does not work, and its mend")
    doctor.add_argument("--json", action="store_true", help="print it as JSON")
    add_folder(doctor)
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from pmlab.learner import place
    from pmlab.learner.doctor import as_json, examine
    from pmlab.learner.folder import FolderError

    try:
        folder = place.find_folder(Path.cwd(), given=options.folder)
    except FolderError:
        folder = None
    found = []
    for item in examine(folder):
        found.append(item)
        if not options.json:
            print(f"{'mend' if item.mend else 'ok':<5} {item.what}: {item.seen}")
            if item.mend:
                print(f"      -> {item.mend}", flush=True)
    if options.json:
        print(as_json(found))
    return int(any(item.mend for item in found))
