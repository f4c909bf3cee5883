"""Pictures of the results, with words and a table.

``bars``, ``nested``, ``tornado``   amounts side by side
``waterfall``, ``funnel``           from a start to an end, in parts or steps
``line``, ``step``                  change over time; survival
``histogram``, ``interval_plot``    how uncertain it is
``heat_table``                      a triangle of cohorts
``forecast_fan``                    how far the work gets, with P50 and P85
``roadmap_timeline``                now, next and later, by theme

Each takes a tidy table (pandas, Polars, DuckDB, Arrow) or a result with ``to_frame()``
and returns a ``Chart``: figure, title, finding in words, table with units.
"""

from pmlab.charts.chart import Chart
from pmlab.charts.fan import forecast_fan
from pmlab.charts.flow import funnel, waterfall
from pmlab.charts.grid import heat_table
from pmlab.charts.intervals import interval_plot
from pmlab.charts.lines import line, step
from pmlab.charts.markets import nested
from pmlab.charts.rows import bars
from pmlab.charts.spread import histogram
from pmlab.charts.swings import tornado
from pmlab.charts.timeline import roadmap_timeline

__all__ = [
    "Chart",
    "bars",
    "forecast_fan",
    "funnel",
    "heat_table",
    "histogram",
    "interval_plot",
    "line",
    "nested",
    "roadmap_timeline",
    "step",
    "tornado",
    "waterfall",
]
