"""Real open data that come with the course: list, load, describe and cite them."""

import difflib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pmlab._data_packages import (
    DESCRIPTION,
    DataSet,
    Table,
    read_description,
    read_table,
)
from pmlab._whole_text import WholeText
from pmlab.errors import DataError


def load(
    name: str, resource: str | None = None, *, folder: str | Path | None = None
) -> pd.DataFrame:
    """Load one table of a data set.

    The first load in a process reads the file, compares its size and SHA-256 with the
    data package, and types each column: ``string`` stays text (codes keep leading
    zeros), ``integer`` and ``year`` become ``int64``, or ``Int64`` where values may be
    missing, ``number`` becomes ``float64``, ``boolean`` becomes ``bool``, ``date`` and
    ``datetime`` become time stamps without a zone. Later loads copy the parsed table.

    Args:
        name: Name of the data set, see ``available()``.
        resource: Name of the table. May be left out where the data set has only one,
            or declares a main one.
        folder: Folder of data packages to read from instead of the course's own.

    Returns:
        A fresh copy: changing it does not reach the next load.

    Raises:
        TypeError: If ``name`` or ``resource`` is not a text.
        DataError: If the data set or table does not exist, or its file is missing,
            changed, or unlike its description.

    Examples:
        >>> counties = load("us_local_markets", "counties")
        >>> counties[["county_fips", "county", "households"]].head(2)
          county_fips          county  households
        0       01001  Autauga County       21115
        1       01003  Baldwin County       78622

    References:
        Open Knowledge Foundation (2024), Data Package Standard, version 2.0.
    """
    table = _choose(about(name, folder=folder), resource)
    return read_table(table).copy()


def describe(name: str, *, folder: str | Path | None = None) -> pd.DataFrame:
    """List the columns of a data set with type, unit and meaning.

    A notebook shows it whole; a terminal breaks long lines.

    Args:
        name: Name of the data set, see ``available()``.
        folder: Folder of data packages to read from instead of the course's own.

    Returns:
        One row per column: ``resource``, ``column``, ``type`` (of the data package),
        ``unit`` (empty for codes, names and dates), ``description``.

    Raises:
        TypeError: If ``name`` is not a text.
        DataError: If the data set does not exist.

    Examples:
        >>> units = describe("us_business_counts").set_index(["resource", "column"])
        >>> units.loc[("totals", "annual_payroll_kusd"), "unit"]
        '1,000 US$'
    """
    return WholeText(
        [
            {
                "resource": table.name,
                "column": column.name,
                "type": column.type,
                "unit": column.unit,
                "description": column.description,
            }
            for table in about(name, folder=folder).tables
            for column in table.columns
        ]
    )


def available(*, folder: str | Path | None = None) -> pd.DataFrame:
    """List the data sets.

    A wide table is cut on screen; ``print(available().to_string())`` shows it whole,
    and ``about(name)`` tells of one data set in sentences.

    Args:
        folder: Folder of data packages to list instead of the course's own.

    Returns:
        One row per data set, by name: ``name``, ``title``, ``use``, ``kind``
        (observed, sample or synthetic), ``resources`` (names of the tables, the main
        one first), ``rows`` (over all tables), ``license``, ``caution``, ``citation``.

    Raises:
        DataError: If the folder does not exist or a description can't be read.

    Examples:
        >>> "world_indicators" in available()["name"].tolist()
        True
    """
    root = _root(folder)
    return pd.DataFrame(
        [_listing(read_description(root, name)) for name in _names(root)],
        columns=[
            "name",
            "title",
            "use",
            "kind",
            "resources",
            "rows",
            "license",
            "caution",
            "citation",
        ],
    )


def about(name: str, *, folder: str | Path | None = None) -> DataSet:
    """Tell what a data set is, where it comes from and what to watch.

    Args:
        name: Name of the data set, see ``available()``.
        folder: Folder of data packages to read from instead of the course's own.

    Returns:
        The description, with caveats, changes and published results to compare with.

    Raises:
        TypeError: If ``name`` is not a text.
        DataError: If the data set does not exist or its description can't be read.

    Examples:
        >>> about("world_indicators").caution
        'Holds countries and groups of countries side by side: keep one of them before \
adding up.'
    """
    root = _root(folder)
    _require_text("name", name)
    names = _names(root)
    if name not in names:
        raise DataError(f"there is no data set {name!r}; {_alternatives(name, names)}")
    return read_description(root, name)


def cite(name: str, *, folder: str | Path | None = None) -> str:
    """Return how to credit the data set, license included.

    Args:
        name: Name of the data set, see ``available()``.
        folder: Folder of data packages to read from instead of the course's own.

    Returns:
        One line to put under a chart or into a memo.

    Raises:
        TypeError: If ``name`` is not a text.
        DataError: If the data set does not exist.

    Examples:
        >>> cite("us_business_counts")
        'U.S. Census Bureau, Statistics of U.S. Businesses (SUSB), 2021 annual data \
tables by establishment industry. Public domain.'
    """
    return about(name, folder=folder).citation


def _root(folder: str | Path | None) -> Path:
    """Find the folder of data packages: given, in the wheel, or beside the package."""
    package = Path(__file__).resolve().parent
    shipped = (package / "_datasets", package.parent / "datasets")
    candidates = shipped if folder is None else (Path(folder).resolve(),)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise DataError(
        f"no folder of data sets at {' or '.join(map(str, candidates))}; "
        "reinstall pmlab, or name the folder with folder="
    )


def _names(root: Path) -> list[str]:
    return sorted(path.parent.name for path in root.glob(f"*/{DESCRIPTION}"))


def _alternatives(wanted: str, names: Iterable[str]) -> str:
    names = list(names)
    close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}There are: {', '.join(names)}"


def _require_text(parameter: str, value: object) -> None:
    if not isinstance(value, str):
        lister = "available" if parameter == "name" else "about"
        raise TypeError(
            f"{parameter} == {value!r}, must be a text; "
            f"pm.datasets.{lister}() shows the names"
        )


def _choose(data_set: DataSet, resource: str | None) -> Table:
    tables = {table.name: table for table in data_set.tables}
    if resource is None:
        resource = data_set.main_table
    _require_text("resource", resource)
    if not resource:
        raise DataError(
            f"data set {data_set.name!r} has {len(tables)} tables: "
            f"{', '.join(tables)}; name one: "
            f"load({data_set.name!r}, {next(iter(tables))!r})"
        )
    if resource not in tables:
        raise DataError(
            f"data set {data_set.name!r} has no table {resource!r}; "
            f"{_alternatives(resource, tables)}"
        )
    return tables[resource]


def _listing(data_set: DataSet) -> dict[str, object]:
    tables = sorted(table.name for table in data_set.tables)
    tables.sort(key=lambda table: table != data_set.main_table)
    return {
        "name": data_set.name,
        "title": data_set.title,
        "use": data_set.use,
        "kind": data_set.kind,
        "resources": ", ".join(tables),
        "rows": data_set.rows,
        "license": data_set.license,
        "caution": data_set.caution,
        "citation": data_set.citation,
    }
