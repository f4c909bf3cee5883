"""Data packages (version 2) on disk: their descriptions, and tables that are verified.

A data set is a folder with its tables and a ``datapackage.json`` that names license,
source, checksum, and the type and unit of each column. Tables are read by that
description, so codes keep their leading zeros. A table whose bytes differ from the
description is refused.
"""

import dataclasses
import functools
import gzip
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pmlab.errors import DataError
from pmlab.results import Result

DESCRIPTION = "datapackage.json"
# Schema type -> pandas type where no value is missing, and where some are.
_PANDAS_TYPES = {
    "string": ("str", "str"),
    "integer": ("int64", "Int64"),
    "year": ("int64", "Int64"),
    "number": ("float64", "float64"),
    "boolean": ("bool", "boolean"),
    "date": ("str", "str"),
    "datetime": ("str", "str"),
}
# Keys of a package that are taken over as they are.
_TEXTS = (
    "name",
    "title",
    "description",
    "use",
    "kind",
    "license_note",
    "caution",
    "citation",
)
_TIME_FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table, as its data package describes it."""

    name: str
    type: str
    unit: str
    description: str
    time_format: str
    always_filled: bool

    @property
    def pandas_type(self) -> str:
        """The pandas type in which the column is read from its file."""
        return _PANDAS_TYPES[self.type][0 if self.always_filled else 1]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table:
    """One file of a data set, as its data package describes it."""

    name: str
    path: Path
    description: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[Column, ...]
    missing_values: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class DataSet(Result):
    """What a data set is, where it comes from and what to watch."""

    name: str
    title: str
    description: str
    use: str
    kind: str
    license: str
    license_note: str
    citation: str
    caution: str
    caveats: tuple[str, ...]
    changes: tuple[str, ...]
    published_results: tuple[str, ...]
    sources: tuple[str, ...]
    tables: tuple[Table, ...]
    main_table: str

    @property
    def rows(self) -> int:
        """Rows over all tables."""
        return sum(table.rows for table in self.tables)

    def summary(self) -> str:
        """Return title, size, license, source and the first thing to watch."""
        sizes = ", ".join(
            f"{table.name} ({table.rows:,} rows)" for table in self.tables
        )
        return (
            f"{self.title}. {self.kind.capitalize()} data. Tables: {sizes}. "
            f"License: {self.license}. Source: {self.citation} Caution: {self.caution}"
        )


@functools.lru_cache(maxsize=256)
def read_description(root: Path, name: str) -> DataSet:
    """Read the description of the data set ``name`` below ``root``.

    Args:
        root: Folder of data packages.
        name: Name of a folder with a description in it.

    Returns:
        The parsed description.

    Raises:
        DataError: If it is not JSON, lacks a key or names an unknown type.
    """
    path = root / name / DESCRIPTION
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")), path.parent)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path} is not a data package that can be read ({error!r}); "
            "compare it with those of other data sets"
        ) from error


def _parse(package: Mapping[str, Any], folder: Path) -> DataSet:
    tables = tuple(_parse_table(item, folder) for item in package["resources"])
    only = tables[0].name if len(tables) == 1 else ""
    return DataSet(
        **{key: package[key] for key in _TEXTS},
        license=", ".join(item["title"] for item in package["licenses"]),
        caveats=tuple(package["caveats"]),
        changes=tuple(package["changes"]),
        published_results=tuple(package["published_results"]),
        sources=tuple(item["path"] for item in package["sources"]),
        tables=tables,
        main_table=package.get("main_resource", only),
    )


def _parse_table(resource: Mapping[str, Any], folder: Path) -> Table:
    schema = resource["schema"]
    return Table(
        name=resource["name"],
        path=folder / resource["path"],
        description=resource["description"],
        rows=resource["rows"],
        bytes=resource["bytes"],
        sha256=_sha256(resource["hash"]),
        columns=tuple(_parse_column(field) for field in schema["fields"]),
        missing_values=tuple(schema["missingValues"]),
    )


def _sha256(checksum: str) -> str:
    algorithm, _, digest = checksum.partition(":")
    if algorithm != "sha256":
        raise ValueError(f"hash == {checksum!r}, must start with 'sha256:'")
    return digest


def _parse_column(field: Mapping[str, Any]) -> Column:
    kind = field["type"]
    if kind not in _PANDAS_TYPES:
        raise ValueError(
            f"column {field['name']!r} has type {kind!r}, "
            f"must be one of {', '.join(_PANDAS_TYPES)}"
        )
    return Column(
        name=field["name"],
        type=kind,
        unit=field.get("unit", ""),
        description=field["description"],
        time_format=field.get("format", _TIME_FORMATS.get(kind, "")),
        always_filled=field.get("constraints", {}).get("required", False),
    )


@functools.lru_cache(maxsize=64)
def read_table(table: Table) -> pd.DataFrame:
    """Read, verify and type a table, once in a process; callers copy it.

    Args:
        table: The description of the table.

    Returns:
        The one frame that is kept; never hand it out uncopied.

    Raises:
        DataError: If the file is missing, changed, or unlike its description.
    """
    content = _verified(table)
    if table.path.suffix == ".gz":
        content = gzip.decompress(content)
    try:
        frame = pd.read_csv(
            io.BytesIO(content),
            dtype={column.name: column.pandas_type for column in table.columns},
            keep_default_na=False,
            na_values=list(table.missing_values),
        )
        _require_columns(table, frame)
        for column in table.columns:
            if column.time_format:
                frame[column.name] = pd.to_datetime(
                    frame[column.name], format=column.time_format
                ).astype("datetime64[us]")
    except ValueError as error:
        raise DataError(
            f"{table.path} can't be read as its {DESCRIPTION} describes it: {error}"
        ) from error
    return frame


def _require_columns(table: Table, frame: pd.DataFrame) -> None:
    described = [column.name for column in table.columns]
    if list(frame.columns) != described:
        raise ValueError(
            f"the file has the columns {', '.join(frame.columns)}; "
            f"described are {', '.join(described)}"
        )


def _verified(table: Table) -> bytes:
    """Return the bytes of a table's file if they are those that were described."""
    try:
        content = table.path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{table.path} can't be read ({error.strerror}); {_mend(table)}"
        ) from error
    sha256 = hashlib.sha256(content).hexdigest()
    if len(content) != table.bytes or sha256 != table.sha256:
        raise DataError(
            f"{table.path} has changed: {len(content):,} bytes with SHA-256 {sha256}, "
            f"must be {table.bytes:,} bytes with SHA-256 {table.sha256}; {_mend(table)}"
        )
    return content


def _mend(table: Table) -> str:
    return (
        f"restore it (git checkout -- {table.path.name} in its folder, or install "
        "pmlab again), or if the change is meant, write the new bytes and hash into "
        f"{DESCRIPTION}"
    )
