"""Is a row a user? Columns that name users say whether they come more than once."""

from typing import TYPE_CHECKING

from pmlab.experiments._engines import collected

if TYPE_CHECKING:
    from pmlab.experiments._engines import Frame

_USER_COLUMNS = {
    "userid",
    "customerid",
    "visitorid",
    "memberid",
    "learnerid",
    "subscriberid",
    "playerid",
}


def user_columns(frame: "Frame") -> list[str]:
    """Return the columns whose names say that they hold users."""
    return [
        name
        for name in frame.collect_schema().names()
        if name.lower().replace("_", "").replace(" ", "") in _USER_COLUMNS
    ]


def refuse_repeated_users(frame: "Frame") -> None:
    """Raise if a column that names users repeats and none has each user once."""
    import narwhals.stable.v2 as nw

    named = user_columns(frame)
    if not named:
        return
    users = [
        nw.col(name).n_unique().alias(f"users_{position}")
        for position, name in enumerate(named)
    ]
    counts = collected(frame.select(nw.len().alias("rows"), *users)).iloc[0]
    rows, fewest = int(counts["rows"]), int(counts["users_0"])
    if rows == 0 or any(counts[f"users_{i}"] == rows for i in range(len(named))):
        return
    copies = exact_copies(frame)
    twice = f" ({copies:,} rows are exact copies)" if copies else ""
    raise ValueError(
        f"data has {rows:,} rows for {fewest:,} values of {named[0]!r}{twice}, must "
        f"have one row for each randomized user; pass unit_column={named[0]!r} to sum "
        "a user's rows, or drop the column if rows were randomized"
    )


def exact_copies(frame: "Frame") -> int:
    """Return how many rows equal another row in all columns."""
    import narwhals.stable.v2 as nw

    kinds = frame.collect_schema().dtypes()
    if any(kind.is_nested() or kind == nw.Object for kind in kinds):
        return 0  # engines can't compare lists and objects
    rows = collected(frame.select(nw.len().alias("rows")))["rows"].iloc[0]
    different = collected(frame.unique().select(nw.len().alias("rows")))
    return int(rows - different["rows"].iloc[0])
