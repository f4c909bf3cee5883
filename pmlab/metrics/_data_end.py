"""Where the data end, in words: one wrong date at the end would go unseen else."""

from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from pmlab.formatting import count
from pmlab.metrics import _tables

_GAP_DAYS = 30
_FEW = 0.001
_FEWEST_EVENTS = 50


def end_note(
    log: nw.LazyFrame[Any], until: datetime | None, *, zone: _tables.Zone, end_us: int
) -> str:
    """Say where the data end, by whom, and whether that is far from the events.

    Args:
        log: Column ``time`` in microseconds, cut at the end.
        until: End of the data as given by the caller, or None for the last event.
        zone: What the time column holds, for the date shown.
        end_us: End of the data in microseconds, itself not included.

    Returns:
        One sentence. It has a warning if at most 0.1 % of the events (or one) lie in
        the last 30 days before the last event, which a wrong date looks like.
    """
    if until is not None:
        last = int(_tables.fetch(log.select(nw.col("time").max()))["time"].iloc[0])
        later = (end_us - last) // _tables.DAY_US
        gap = f", {count(later)} days after the last event" if later > 1 else ""
        return f"Data end on {_date(end_us, zone)} (observed_until){gap}."
    edge = end_us - 1 - _GAP_DAYS * _tables.DAY_US
    late = nw.when(nw.col("time") > edge).then(nw.lit(1)).otherwise(nw.lit(0))
    rest = nw.when(nw.col("time") <= edge).then(nw.col("time"))
    facts = _tables.fetch(
        log.select(late=late, rest=rest).select(
            rows=nw.len(), late=nw.col("late").sum(), rest=nw.col("rest").max()
        )
    ).iloc[0]
    text = f"Data end on {_date(end_us - 1, zone)} (last event)"
    rows, few = int(facts["rows"]), int(facts["late"])
    if rows < _FEWEST_EVENTS or few > max(1.0, _FEW * rows):
        return f"{text}."
    return (
        f"{text}, but only {count(few)} of {count(rows)} events lie after "
        f"{_date(int(facts['rest']), zone)}: if that is a wrong date, drop it or pass "
        "observed_until."
    )


def _date(moment_us: int, zone: _tables.Zone) -> str:
    if zone.kind != "aware":
        return str(pd.Timestamp(moment_us, unit="us").date())
    stamp = pd.Timestamp(moment_us, unit="us", tz="UTC")
    return str(stamp.tz_convert(zone.name).date())
