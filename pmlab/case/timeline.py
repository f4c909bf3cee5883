"""The company's calendar: thirty months, counted from the day you are hired.

Month 0 is January 2024. The data end when month 30 begins, on July 1, 2026.
"""

import numpy as np
import numpy.typing as npt

from pmlab.case.draws import Ints

MONTHS = 30
FIRST_MONTH = np.datetime64("2024-01", "M")
LAUNCH_MONTH = 4
"""The month in which the app opens in the first three counties."""

Times = npt.NDArray[np.datetime64]


def month_start(month: int) -> np.datetime64:
    """Return the first moment of a month of the company's life."""
    start: np.datetime64 = (FIRST_MONTH + np.timedelta64(month, "M")).astype(
        "datetime64[us]"
    )
    return start


def day_of(month: int) -> int:
    """Return the number of days from the start of month 0 to the start of a month."""
    span = month_start(month).astype("datetime64[D]") - FIRST_MONTH.astype(
        "datetime64[D]"
    )
    return int(span.astype(np.int64))


def times(days: npt.NDArray[np.float64]) -> Times:
    """Return times, to the second, of days since the start of month 0."""
    seconds = np.floor(days * 86_400).astype(np.int64)
    start = month_start(0).astype("datetime64[s]")
    moments: Times = (start + seconds.astype("timedelta64[s]")).astype("datetime64[us]")
    return moments


def dates(days: Ints) -> Times:
    """Return dates of whole days since the start of month 0."""
    return times(days.astype(np.float64))


def months_of(days: npt.NDArray[np.float64]) -> Ints:
    """Return the month of the company's life in which each day falls."""
    month = times(days).astype("datetime64[M]") - FIRST_MONTH
    return month.astype(np.int64)
