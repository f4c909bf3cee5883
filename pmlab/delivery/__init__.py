"""When it is done: forecasts from throughput, flow, defects, roadmap checks.

``forecast`` turns past weeks into a date with a chance, ``flow`` holds Little's law,
waiting times and cycle times, ``progress`` how far the work gets week by week,
``defects`` estimates what is still hidden, ``roadmap`` finds rows of a roadmap that
promise too much or say too little, and ``roadmap_page`` writes it for its reader. All
public names are available as ``pmlab.delivery.NAME``.
"""

from pmlab.delivery.defects import DefectEstimate, estimate_defects
from pmlab.delivery.flow import (
    CycleTimes,
    FlowBalance,
    cycle_times,
    kingman_wait,
    littles_law,
)
from pmlab.delivery.forecast import (
    DateForecast,
    ItemsForecast,
    forecast_items,
    forecast_weeks,
)
from pmlab.delivery.progress import ProgressFan, progress_fan
from pmlab.delivery.roadmap import roadmap_findings
from pmlab.delivery.roadmap_page import Roadmap, roadmap_for

__all__ = [
    "CycleTimes",
    "DateForecast",
    "DefectEstimate",
    "FlowBalance",
    "ItemsForecast",
    "ProgressFan",
    "Roadmap",
    "cycle_times",
    "estimate_defects",
    "forecast_items",
    "forecast_weeks",
    "kingman_wait",
    "littles_law",
    "progress_fan",
    "roadmap_findings",
    "roadmap_for",
]
