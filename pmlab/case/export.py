"""The small tables of the default variant as CSV, for people who use a spreadsheet.

They are a data package like the real sets, so type, unit and meaning of each column
travel with them. ``pmlab author tables`` writes them, ``--check`` says what differs.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from pmlab.case.definitions import Column, Table
from pmlab.case.tables import load, registry
from pmlab.case.variants import DEFAULT_VARIANT

PACKAGE = "fernbroom"
"""Name of the data package and of its folder."""
LARGEST_TABLE_BYTES = 150_000
"""Larger tables stay out: read them with ``pmlab.case.load``."""
_DESCRIPTION = "datapackage.json"
_TYPES = {
    "whole": "integer",
    "number": "number",
    "yes/no": "boolean",
    "text": "string",
    "time": "datetime",
    "date": "date",
}
_TIME_FORMATS = {"time": "%Y-%m-%dT%H:%M:%S", "date": "%Y-%m-%d"}


def files() -> dict[str, bytes]:
    """Make all files of the package.

    Returns:
        The content by name of the file: the tables and their description.
    """
    small = {name: pair for name in registry() if (pair := _csv(name)) is not None}
    resources = [
        _resource(registry()[name], text, content)
        for name, (text, content) in small.items()
    ]
    described = json.dumps(_package(resources), indent=2, ensure_ascii=False) + "\n"
    tables = {f"{name}.csv": content for name, (_, content) in small.items()}
    return {**tables, _DESCRIPTION: described.encode()}


def drift(folder: Path) -> list[str]:
    """Say which files of the package differ from what the generator makes.

    Args:
        folder: Folder of the package.

    Returns:
        One sentence for each file that is missing, changed or not ours.
    """
    wanted, present = files(), _present(folder)
    found = [f"{folder / name} is missing" for name in sorted(set(wanted) - present)]
    found += [
        f"{folder / name} differs from the case's tables"
        for name in sorted(set(wanted) & present)
        if (folder / name).read_bytes() != wanted[name]
    ]
    found += [
        f"{folder / name} is no table of the package"
        for name in sorted(present - set(wanted))
    ]
    return found


def write(folder: Path) -> list[Path]:
    """Write the package; files that are right already stay untouched.

    Args:
        folder: Folder of the package; made if it is not there.

    Returns:
        The files that were written or removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted, touched = files(), []
    for name, content in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
            touched.append(path)
    for name in sorted(_present(folder) - set(wanted)):
        (folder / name).unlink()
        touched.append(folder / name)
    return touched


def _present(folder: Path) -> set[str]:
    """Return the names of the files in the folder that this module may write."""
    found = {path.name for path in folder.glob("*.csv")}
    return found | {path.name for path in folder.glob(_DESCRIPTION)}


def _csv(name: str) -> tuple[pd.DataFrame, bytes] | None:
    """Return a table with times as texts and its CSV file, or none if it is large."""
    columns = {column.name: column for column in registry()[name].columns}
    frame = load(name, variant=DEFAULT_VARIANT)
    if frame.size > LARGEST_TABLE_BYTES:  # a cell takes a byte or more
        return None
    for column, values in frame.items():
        kind = columns[str(column)].kind
        if kind in _TIME_FORMATS:
            frame[column] = values.dt.strftime(_TIME_FORMATS[kind])
    content = frame.to_csv(index=False, lineterminator="\n").encode()
    return (frame, content) if len(content) <= LARGEST_TABLE_BYTES else None


def _resource(table: Table, frame: pd.DataFrame, content: bytes) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "description": table.about,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
        "rows": len(frame),
        "schema": {
            "fields": [_field(column, frame[column.name]) for column in table.columns],
            "missingValues": [""],
        },
    }


def _field(column: Column, values: pd.Series) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.kind],
        "description": column.meaning,
    }
    if column.kind in _TIME_FORMATS:
        field["format"] = _TIME_FORMATS[column.kind]
    if column.unit:
        field["unit"] = column.unit
    if values.notna().all() and not values.astype("str").eq("").any():
        field["constraints"] = {"required": True}
    return field


def _package(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": PACKAGE,
        "title": "Made-up tables of Fernbroom, the company of the course",
        "description": (
            "The small tables of the running case in its default variant: surveys, "
            "plans, costs, accounts and calendars of a fictional company that arranges "
            "home cleaning."
        ),
        "version": "1.0.0",
        "created": "2026-11-22T00:00:00Z",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "Creative Commons Attribution 4.0 International",
            }
        ],
        "license_note": "Made by the course, under the license of its texts.",
        "sources": [
            {
                "title": f"Generator pmlab.case, variant {DEFAULT_VARIANT}",
                "path": "../pmlab/case",
            }
        ],
        "contributors": [{"title": "The authors of the course"}],
        "citation": (
            "Fernbroom, the invented company of the pmlab course; generator "
            f"pmlab.case, variant {DEFAULT_VARIANT}. CC BY 4.0."
        ),
        "use": "The running case in a spreadsheet",
        "kind": "synthetic",
        "caution": (
            "Synthetic: Fernbroom is invented, and so are its people and numbers."
        ),
        "caveats": [
            "Fernbroom, its people and its data are invented for the course; only the "
            "names and household counts of counties are real (U.S. Census Bureau).",
            "These are the tables of the default variant. A learner with a code of her "
            "own sees other numbers: exercises are graded on those.",
            f"Tables above {LARGEST_TABLE_BYTES:,} bytes are left out, among them "
            "visits, users and bookings: read them with pmlab.case.load.",
        ],
        "changes": ["None: `pmlab author tables` writes the files as they are."],
        "published_results": ["None: nobody has published about a company that isn't."],
        "resources": resources,
    }
