"""The same world at any size, written as Parquet in bounded memory."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt
import pandas as pd

from pmlab import _arguments
from pmlab.case.definitions import LABELS, Column, Table
from pmlab.case.tables import registry
from pmlab.case.variants import DEFAULT_VARIANT, checked_code

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

TABLES = (
    "users",
    "cleaners",
    "search_requests",
    "bookings",
    "plans",
    "availability",
    "visits",
    "tickets",
    "reviews",
)
_ID_STEP = 100_000_000


def write_world(
    folder: str | Path, *, bookings: int = 10_000_000, variant: str = DEFAULT_VARIANT
) -> pd.DataFrame:
    """Write the consumer app's tables with many more bookings, for benchmarks.

    The company then works in more counties: each part of the files is a market of three
    counties with its own users, cleaners and history, about 38,000 bookings. One part
    is in memory at a time. The same arguments give the same rows.

    Args:
        folder: Where to write ``users.parquet`` and the others; made if need be.
        bookings: Bookings to reach at least.
        variant: Variant code that seeds the world.

    Returns:
        One row for each file: ``table``, ``path``, ``rows``.

    Raises:
        ModuleNotFoundError: If pyarrow is not installed.
        ValueError: If the number or the variant has a form that can't be.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     files = write_world(folder, bookings=1_000)
        >>> sorted(files["table"])[:3]
        ['availability', 'bookings', 'cleaners']
    """
    try:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]
    except ModuleNotFoundError as problem:
        raise ModuleNotFoundError(
            "write_world needs pyarrow; install it with: pip install pyarrow"
        ) from problem
    wanted = _arguments.whole("bookings", bookings, minimum=1)
    code, target = checked_code(variant), Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    tables = [registry()[name] for name in TABLES]
    writers: dict[str, pq.ParquetWriter] = {}
    rows = dict.fromkeys(TABLES, 0)
    try:
        part = 0
        while rows["bookings"] < wanted:
            for table in tables:
                made = _part(table, f"{code}/{part}", part)
                if table.name not in writers:
                    path = _path(target, table.name, finished=False)
                    writers[table.name] = pq.ParquetWriter(path, made.schema)
                writers[table.name].write_table(made)
                rows[table.name] += made.num_rows
            part += 1
    finally:
        for writer in writers.values():
            writer.close()
    return _finish(target, rows)


def _finish(target: Path, rows: dict[str, int]) -> pd.DataFrame:
    """Give the whole files their names: nobody reads half of one."""
    for name in rows:
        _path(target, name, finished=False).replace(_path(target, name))
    return pd.DataFrame(
        {
            "table": list(rows),
            "path": [str(_path(target, name)) for name in rows],
            "rows": list(rows.values()),
        }
    )


def _path(target: Path, name: str, *, finished: bool = True) -> Path:
    return target / f"{name}.parquet{'' if finished else '.part'}"


def _part(table: Table, variant: str, part: int) -> "pa.Table":
    """Make one part of a table; a slash keeps its seed apart from learners' codes."""
    import pyarrow as pa

    arrays = table.arrays(variant)
    return pa.table(
        {column.name: _arrow(arrays, column, part) for column in table.columns}
    )


def _arrow(
    arrays: dict[str, npt.NDArray[Any]], column: Column, part: int
) -> "pa.Array":
    import pyarrow as pa

    values = arrays[column.name]
    if column.kind == "text":
        labels = arrays[column.name + LABELS]
        missing = (labels == "")[values] if column.optional else None
        codes = pa.array(values, mask=missing)
        return pa.DictionaryArray.from_arrays(codes, pa.array(labels.tolist()))
    if _is_id(column):
        mask = values < 0 if column.optional else None
        return pa.array(values + part * _ID_STEP, mask=mask)
    if column.kind == "whole" and column.optional:
        return pa.array(values, mask=values < 0)
    return pa.array(values)


def _is_id(column: Column) -> bool:
    return column.kind == "whole" and (
        column.name.endswith("_id") or column.name == "duplicate_of"
    )
