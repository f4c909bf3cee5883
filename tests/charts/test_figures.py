"""Each family of figures: drawn from the numbers, told in words, strict about input."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from pmlab import charts, market
from pmlab.errors import ColumnsMissingError
from pmlab.metrics import cohort_triangle, funnel

FAMILIES = {
    "bars": (charts.bars, {"label": ["a", "b"], "value": [2.0, 1.0]}),
    "nested": (charts.nested, {"level": ["TAM", "SAM"], "value": [2.0, 1.0]}),
    "waterfall": (charts.waterfall, {"part": ["a", "b"], "contribution": [2.0, 1.0]}),
    "funnel": (charts.funnel, {"step": ["a", "b"], "users": [2, 1]}),
    "line": (charts.line, {"x": [1, 2], "y": [2.0, 1.0]}),
    "step": (charts.step, {"time": [1, 2], "survival": [0.9, 0.5]}),
    "heat_table": (
        charts.heat_table,
        {"cohort": ["a", "b"], "period": [0, 0], "rate": [1.0, 0.5]},
    ),
    "interval_plot": (
        charts.interval_plot,
        {"label": ["a", "b"], "estimate": [2.0, 1.0], "low": [0, 0], "high": [4, 4]},
    ),
    "tornado": (
        lambda data: charts.tornado(data, base=1.5),
        {"input": ["a", "b"], "outcome_at_low": [1.0, 1], "outcome_at_high": [3.0, 2]},
    ),
    "histogram": (
        lambda data: charts.histogram(data, value_column="value"),
        {"value": [1.0, 2.0]},
    ),
}
EACH = pytest.mark.parametrize("family", FAMILIES)


@EACH
def test_every_family_takes_a_pandas_or_a_polars_table(family):
    draw, columns = FAMILIES[family]
    one, two = draw(pd.DataFrame(columns)), draw(pl.DataFrame(columns).lazy())
    assert repr(one) == repr(two)
    assert one.plotly_json() == two.plotly_json()


@EACH
def test_every_family_refuses_an_empty_table(family):
    draw, columns = FAMILIES[family]
    with pytest.raises(ValueError, match="data has 0 rows, must have at least 1"):
        draw(pd.DataFrame(columns).head(0))


@EACH
def test_every_family_says_which_columns_exist(family):
    draw, _ = FAMILIES[family]
    with pytest.raises(ColumnsMissingError, match=r"the table has: other. Name yours"):
        draw(pd.DataFrame({"other": [1]}))


@EACH
def test_every_family_refuses_texts_for_numbers(family):
    draw, columns = FAMILIES[family]
    name = list(columns)[-1]
    with pytest.raises(TypeError, match="must hold numbers; convert it"):
        draw(pd.DataFrame(columns | {name: ["many"] * len(columns[name])}))


@EACH
def test_every_family_refuses_infinity(family):
    draw, columns = FAMILIES[family]
    name = list(columns)[-1]
    bad = [np.inf] * len(columns[name])
    with pytest.raises(ValueError, match="missing or infinite"):
        draw(pd.DataFrame(columns | {name: bad}))


@EACH
def test_every_family_refuses_a_column_without_any_value(family):
    draw, columns = FAMILIES[family]
    name = list(columns)[-1]
    bad = [np.nan] * len(columns[name])
    with pytest.raises(ValueError, match=r"missing or infinite|no value at all"):
        draw(pd.DataFrame(columns | {name: bad}))


@EACH
def test_every_family_draws_a_single_row_or_says_why_not(family):
    draw, columns = FAMILIES[family]
    first = {name: values[:1] for name, values in columns.items()}
    if family == "histogram":
        with pytest.raises(ValueError, match="must vary"):
            draw(first)
    else:
        assert len(draw(first).finding) > 5


@EACH
def test_every_family_names_units_in_an_axis_or_in_words(family):
    draw, columns = FAMILIES[family]
    layout = draw(columns).figure.layout
    assert layout.xaxis.title.text or layout.yaxis.title.text


@pytest.mark.parametrize("family", ["bars", "nested", "waterfall", "funnel", "tornado"])
def test_repeated_labels_are_refused_as_bars_would_cover_each_other(family):
    draw, columns = FAMILIES[family]
    doubled = pd.concat([pd.DataFrame(columns).tail(1)] * 2)
    with pytest.raises(ValueError, match="occurs more than once, must be unique"):
        draw(doubled)


def test_something_that_is_no_table_is_refused():
    with pytest.raises(TypeError, match="data is a int, must be a table or a result"):
        charts.bars(7)


def test_bars_are_sorted_with_the_largest_on_top_and_carry_their_values():
    chart = charts.bars({"b": 80_100, "a": 120_500}, unit="USD")
    assert list(chart.figure.data[0].y) == ["a", "b"]
    assert list(chart.figure.data[0].text) == ["&#36;120 k", "&#36;80,100"]
    assert chart.figure.layout.yaxis.autorange == "reversed"


def test_bars_can_keep_the_given_order():
    chart = charts.bars({"low": 1, "high": 2}, order="given")
    assert chart.table["label"].tolist() == ["low", "high"]


def test_bars_start_at_zero_also_below_it():
    low, high = charts.bars({"a": 10, "b": -5}).figure.layout.xaxis.range
    assert low < -5
    assert high > 10
    assert charts.bars({"a": 10, "b": 5}).figure.layout.xaxis.range[0] == 0


def test_unit_follows_from_the_name_of_the_column():
    frame = {"label": ["a", "b"], "open_rate": [0.25, 0.5], "revenue_usd": [1, 2]}
    rate = charts.bars(frame, value_column="open_rate")
    money = charts.bars(frame, value_column="revenue_usd")
    assert rate.figure.layout.xaxis.title.text == "Open rate (%)"
    assert "a with 25.0 %" in rate.finding
    assert money.figure.layout.xaxis.title.text == "Revenue (USD)"


def test_bars_take_a_series_with_labels_in_its_index():
    counts = pd.Series({2024: 3, 2025: 5}, name="value")
    chart = charts.bars(counts)
    assert list(chart.figure.data[0].y) == ["2025", "2024"]


def test_bars_name_all_that_share_the_first_place():
    chart = charts.bars({"a": 2, "b": 1, "c": 2})
    assert chart.finding == "Largest: a, c with 2. Smallest: b with 1."


def test_bars_that_are_equal_have_no_largest():
    chart = charts.bars(dict.fromkeys("abcde", 0))
    assert chart.title == "Value: all 5 are equal"
    assert chart.finding == "a, b, c and 2 more with 0."


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1e300, "", "1e+300"),
        (2e-9, "%", "2.0e-07 %"),
        (0.00034, "%", "0.034 %"),
        (0.0, "%", "0.0 %"),
        (2.5, "%", "250.0 %"),
        (-1250, "EUR", "-€1,250"),
        (1234.5, "users", "1,234 users"),
        (0.123456, "", "0.123"),
    ],
)
def test_values_are_written_for_people(value, unit, text):
    assert list(charts.bars({"a": value}, unit=unit).figure.data[0].text) == [text]


@pytest.mark.parametrize(
    ("draw", "argument", "name"),
    [
        (charts.waterfall, "value_column", "total"),
        (charts.nested, "value_column", "share_of_first"),
        (charts.funnel, "count_column", "share_of_previous"),
    ],
)
def test_a_column_named_like_one_of_the_charts_own_is_refused(draw, argument, name):
    with pytest.raises(ValueError, match=f"column '{name}' has a name that this chart"):
        draw({"a": 2, "b": 1}, **{argument: name})


def test_one_column_cannot_play_two_parts():
    with pytest.raises(ValueError, match="columns == x, x, must differ"):
        charts.line({"x": [1]}, y_column="x")


@pytest.mark.parametrize(
    "values",
    [[1j], [pd.Timedelta(days=1)], [True], ["7"], [pd.Timestamp("2025-01-01")]],
)
def test_what_is_no_number_is_not_turned_into_one(values):
    with pytest.raises(TypeError, match="must hold numbers"):
        charts.bars({"label": ["a"], "value": values})


def test_histogram_refuses_a_matrix_and_a_text():
    with pytest.raises(ValueError, match=r"data has shape \(1, 2\), must be one list"):
        charts.histogram([[1, 2]])
    with pytest.raises(TypeError, match="data is a str, must be a table"):
        charts.histogram("123")


def test_mixed_time_zones_are_refused():
    times = [pd.Timestamp("2025-01-01"), pd.Timestamp("2025-01-02", tz="UTC")]
    with pytest.raises(ValueError, match="x mixes time zones, must have one"):
        charts.line({"x": times, "y": [1, 2]})


def test_line_without_values_is_named():
    frame = {"x": [1, 2, 1], "y": [1, 2, np.nan], "name": ["a", "a", "b"]}
    chart = charts.line(frame, series_column="name")
    assert chart.finding.endswith("b: no values.")


def test_periods_of_pandas_are_drawn_by_their_names():
    months = pd.period_range("2025-01", periods=2, freq="M")
    chart = charts.line({"month": months, "y": [1, 2]}, x_column="month")
    assert list(chart.figure.data[0].x) == ["2025-01", "2025-02"]


def test_nested_shows_each_level_as_a_share_of_the_one_above_and_of_the_first():
    chart = charts.nested({"TAM": 1000, "SAM": 200, "SOM": 10})
    assert chart.table["share_of_previous"].tolist()[1:] == [0.2, 0.05]
    assert chart.table["share_of_first"].tolist() == [1, 0.2, 0.01]


def test_nested_refuses_a_part_larger_than_the_whole():
    with pytest.raises(ValueError, match="SAM == 300 is larger than TAM == 200"):
        charts.nested({"TAM": 200, "SAM": 300})


def test_nested_on_a_log_scale_has_points_as_lengths_would_mean_nothing():
    chart = charts.nested({"TAM": 1e9, "SOM": 1e4}, scale="log")
    assert chart.figure.data[0].type == "scatter"
    assert chart.figure.layout.xaxis.type == "log"
    low, high = chart.figure.layout.xaxis.range
    assert low < 4
    assert high > 9


def test_nested_refuses_an_unknown_scale():
    with pytest.raises(ValueError, match="scale == 'sqrt', must be one of linear, log"):
        charts.nested({"TAM": 2}, scale="sqrt")


def test_tornado_of_a_market_draws_the_outcomes_around_its_base():
    result = market.tornado(
        lambda units, price: units * price,
        {"units": market.value_range(10, 1000), "price": market.value_range(4, 9)},
    )
    chart = charts.tornado(result, unit="USD")
    low, high = chart.figure.data
    assert low.y[0] == high.y[0] == "units"
    assert low.base == pytest.approx(result.base, rel=1e-5)
    frame = result.to_frame()
    assert np.add(low.x, low.base) == pytest.approx(frame["outcome_at_low"], rel=1e-4)
    assert np.add(high.x, high.base) == pytest.approx(
        frame["outcome_at_high"], rel=1e-4
    )


def test_tornado_tells_sides_apart_without_color():
    chart = FAMILIES["tornado"][0](FAMILIES["tornado"][1])
    low, high = chart.figure.data
    assert low.marker.pattern.shape != high.marker.pattern.shape
    assert chart.figure.layout.showlegend


def test_tornado_of_a_plain_table_needs_a_base():
    with pytest.raises(ValueError, match="base == None, must be the outcome"):
        charts.tornado(FAMILIES["tornado"][1])


def test_histogram_counts_every_outcome_of_a_simulation():
    result = market.simulate(
        lambda units, price: units * price,
        {"units": market.value_range(10, 1000), "price": market.value_range(4, 9)},
        draws=2000,
        rng=3,
    )
    chart = charts.histogram(result, unit="USD", quantiles=(0.1, 0.5, 0.9), reference=0)
    assert sum(chart.figure.data[0].y) == 2000
    shown = chart.table.set_index("statistic")["outcome"]
    assert shown[["P10", "Median", "P90"]].tolist() == [
        result.p10,
        result.p50,
        result.p90,
    ]
    assert len(chart.plotly_json()["data"][0]["x"]) == 40


def test_histogram_reports_the_share_below_the_reference():
    chart = charts.histogram([-1, 1, 2, 6], reference=0)
    assert chart.finding.endswith("25.0 % lie below 0.")


def test_histogram_labels_of_near_quantiles_stand_in_different_rows():
    chart = charts.histogram([0, *[50] * 98, 100], quantiles=(0.4, 0.5, 0.6))
    shifts = {label.yshift for label in chart.figure.layout.annotations}
    assert len(shifts) == 3


def test_histogram_refuses_a_percent_as_quantile():
    with pytest.raises(ValueError, match="pass a fraction, not a percent"):
        charts.histogram([1, 2], quantiles=(5, 95))


def test_histogram_without_quantiles_still_has_median_in_words():
    chart = charts.histogram([1, 2, 9], quantiles=())
    assert chart.finding == "3 outcomes; the median is 2."


def test_intervals_count_what_lies_beyond_the_reference():
    effects = {
        "label": ["a", "b", "c"],
        "estimate": [2, 5, -3],
        "low": [-1, 1, -5],
        "high": [5, 9, -1],
    }
    chart = charts.interval_plot(effects, unit="days")
    assert chart.title == "1 of 3 intervals lies entirely above 0 days, 1 below"
    assert list(chart.figure.data[0].error_x.arrayminus) == [3, 4, 2]
    assert chart.figure.layout.shapes[0].x0 == 0


def test_interval_without_its_estimate_is_refused():
    bad = {"label": ["a"], "estimate": [2], "low": [3], "high": [5]}
    with pytest.raises(ValueError, match="lies outside its interval 3 to 5"):
        charts.interval_plot(bad)


def test_intervals_without_reference_have_no_line():
    data = FAMILIES["interval_plot"][1]
    chart = charts.interval_plot(data, reference=None)
    assert not chart.figure.layout.shapes


def test_line_reports_change_and_first_crossing_of_the_reference():
    cash = {"month": [0, 1, 2, 3], "cash_usd": [-50, -10, 40, 90]}
    chart = charts.line(cash, x_column="month", y_column="cash_usd", reference=0)
    assert "It first reaches $0 at month 2." in chart.finding
    falling = charts.line({"x": [0, 1], "y": [5, -5]}, reference=0)
    assert "It first falls below 0 at x 1." in falling.finding
    above = charts.line({"x": [0, 1], "y": [5, 6]}, reference=0)
    assert "It stays at or above 0." in above.finding


def test_two_lines_report_where_one_passes_the_other():
    frame = {
        "x": [1, 2, 3] * 2,
        "y": [1, 5, 9, 4, 4, 4],
        "name": ["new"] * 3 + ["old"] * 3,
    }
    chart = charts.line(frame, series_column="name")
    assert chart.finding.endswith("new passes old at x 2.")


def test_lines_that_meet_but_do_not_cross_are_not_said_to_cross():
    frame = {
        "x": [1, 2, 3] * 2,
        "y": [5, 4, 5, 4, 4, 4],
        "name": ["a"] * 3 + ["b"] * 3,
    }
    chart = charts.line(frame, series_column="name")
    assert chart.finding.endswith("a is never below b.")


def test_lines_carry_their_names_at_the_end_and_differ_in_dash_and_marker():
    frame = {"x": [1, 2] * 2, "y": [1, 2, 1, 2.01], "name": ["a", "a", "b", "b"]}
    figure = charts.line(frame, series_column="name").figure
    assert [label.text for label in figure.layout.annotations] == ["a", "b"]
    shifts = [label.yshift for label in figure.layout.annotations]
    assert shifts[1] - shifts[0] >= 10
    assert figure.data[0].line.dash != figure.data[1].line.dash
    assert figure.data[0].marker.symbol != figure.data[1].marker.symbol


def test_lines_that_end_too_close_for_labels_get_a_legend():
    names = list("abcdef")
    frame = {"x": [1] * 6 + [2] * 6, "y": [*range(6)] + [9] * 6, "name": names * 2}
    layout = charts.line(frame, series_column="name").figure.layout
    assert layout.showlegend
    assert not layout.annotations


def test_seven_lines_are_too_many_to_tell_apart():
    frame = {"x": [1] * 7, "y": [1] * 7, "name": list("abcdefg")}
    with pytest.raises(ValueError, match="names 7 lines, must be at most 6"):
        charts.line(frame, series_column="name")


def test_line_keeps_gaps_open():
    chart = charts.line({"x": [1, 2, 3], "y": [1, None, 3]})
    assert chart.figure.data[0].y == (1, None, 3)
    assert chart.finding == "Y: from 1 (x 1) to 3 (x 3), up by 2."


def test_line_sorts_numbers_and_dates_but_not_names():
    days = [dt.datetime(2025, 2, 1), dt.datetime(2025, 1, 1)]
    chart = charts.line({"day": days, "y": [2, 1]}, x_column="day")
    assert list(chart.figure.data[0].x) == ["2025-01-01", "2025-02-01"]
    assert "from 1 (2025-01-01) to 2 (2025-02-01)" in chart.finding
    quarters = charts.line({"x": ["Q4", "Q1"], "y": [1, 2]})
    assert list(quarters.figure.data[0].x) == ["Q4", "Q1"]


def test_line_sorts_dates_without_times_too_and_keeps_hours_apart():
    days = [dt.date(2025, 2, 1), dt.date(2025, 1, 1)]
    chart = charts.line({"day": days, "y": [2, 1]}, x_column="day")
    assert list(chart.figure.data[0].x) == ["2025-01-01", "2025-02-01"]
    hours = pd.date_range("2025-01-01 10:00", periods=2, freq="h", tz="UTC")
    text = repr(charts.line({"hour": hours, "y": [2, 1]}, x_column="hour"))
    assert "2025-01-01T10:00:00+00:00" in text
    assert "2025-01-01T11:00:00+00:00" in text


def test_years_have_no_thousands_separator():
    chart = charts.line({"year": [2024, 2025], "y": [1, 2]}, x_column="year")
    assert chart.finding == "Y: from 1 (year 2024) to 2 (year 2025), up by 1."
    assert repr(chart).splitlines()[-1].split() == ["2025", "2"]


def test_band_needs_both_edges():
    with pytest.raises(ValueError, match="must both be named or both be None"):
        charts.line({"x": [1], "y": [1], "low": [0]}, low_column="low")


def test_band_encloses_the_line():
    data = {"x": [1, 2], "y": [5, 6], "low": [4, 5], "high": [6, 7]}
    chart = charts.line(data, low_column="low", high_column="high")
    band, line = chart.figure.data
    assert list(band.y) == [6, 7, 5, 4]
    assert band.fill == "toself"
    assert list(line.y) == [5, 6]


def test_step_band_follows_the_corners_of_the_steps():
    data = {"time": [0, 10], "survival": [1, 0.5], "low": [1, 0.4], "high": [1, 0.6]}
    chart = charts.step(data, low_column="low", high_column="high")
    band, line = chart.figure.data
    assert list(zip(band.x, band.y, strict=True)) == [
        (0, 1), (10, 1), (10, 0.6), (10, 0.4), (10, 1), (0, 1),
    ]  # fmt: skip
    assert line.line.shape == "hv"


def test_step_refuses_percent():
    with pytest.raises(ValueError, match="pass a fraction, not a percent"):
        charts.step({"time": [0, 1], "survival": [100, 80]})


def test_step_names_median_only_when_it_is_reached():
    chart = charts.step(
        {"time_days": [0, 9], "survival": [1, 0.7]}, time_column="time_days"
    )
    assert chart.title == "More than half are still there"


def test_waterfall_ends_at_start_plus_all_parts():
    chart = charts.waterfall({"a": 30, "b": -12}, start=100)
    assert chart.table["total"].tolist() == [100, 130, 118, 118]
    bar = chart.figure.data[0]
    assert np.add(bar.base, bar.x).tolist() == [100, 130, 118, 118]
    assert list(bar.marker.pattern.shape) == ["", "", "/", ""]


def test_waterfall_says_when_parts_cancel():
    assert charts.waterfall({"a": 5, "b": -5}).title == "No change in total"


def test_funnel_shares_are_of_the_step_before_and_of_the_first():
    chart = charts.funnel({"visit": 1000, "search": 400, "book": 40})
    assert chart.table["share_of_previous"].tolist()[1:] == [0.4, 0.1]
    assert chart.table["share_of_first"].tolist() == [1, 0.4, 0.04]


def test_funnel_that_grows_is_refused():
    with pytest.raises(ValueError, match="users == 5 of 'b' is more than the 4"):
        charts.funnel({"a": 4, "b": 5})


def test_funnel_with_a_negative_count_is_refused():
    with pytest.raises(ValueError, match=r"users == -1\.0, must be >= 0"):
        charts.funnel({"a": 4, "b": -1})


def test_funnel_that_runs_dry_has_no_rate_after_that():
    chart = charts.funnel({"a": 4, "b": 0, "c": 0})
    assert "b to c: no one left before it" in chart.finding
    assert np.isnan(chart.table["share_of_previous"].iloc[2])


def test_cells_of_young_cohorts_are_empty_and_not_zero():
    cells = {
        "cohort": ["Jan", "Jan", "Feb", "Feb"],
        "period": [0, 1, 0, 1],
        "rate": [1, 0.4, 1, np.nan],
    }
    chart = charts.heat_table(cells)
    assert chart.figure.data[0].z[1] == [1, None]
    assert chart.figure.data[0].text[1] == ["100 %", ""]
    assert "1 of 4 cells is empty" in chart.finding


def test_grid_orders_numbers_and_keeps_the_order_of_names():
    cells = {"cohort": ["Mar", "Jan"], "period": [10, 9], "rate": [0.1, 0.2]}
    chart = charts.heat_table(cells)
    assert list(chart.figure.data[0].x) == ["9", "10"]
    assert list(chart.figure.data[0].y) == ["Mar", "Jan"]


@pytest.fixture(scope="module")
def events():
    """Four users who start a week apart; the even ones come back and book."""
    start = pd.Timestamp("2025-01-06")
    rows = [
        (user, start + pd.Timedelta(days=7 * user + day), step)
        for user in range(4)
        for day, step in ((0, "visit"), (8, "book"))
        if step == "visit" or user % 2 == 0
    ]
    return pd.DataFrame(rows, columns=["user_id", "time", "event"])


def test_funnel_of_the_metrics_is_drawn_as_it_is(events):
    chart = charts.funnel(funnel(events, ["visit", "book"]))
    assert chart.table["users"].tolist() == [4, 2]


def test_cohort_triangle_of_the_metrics_is_drawn_with_empty_immature_cells(events):
    triangle = cohort_triangle(events, cohort="week", observed_until="2025-02-03")
    drawn = charts.heat_table(triangle).figure.data[0]
    assert list(drawn.y) == ["2025-01-06", "2025-01-13", "2025-01-20", "2025-01-27"]
    assert drawn.z[0][:2] == [1, 1]
    assert drawn.z[3] == [1, None, None, None]


def test_tables_of_duckdb_are_drawn_too():
    duckdb = pytest.importorskip("duckdb")
    query = """
        select date '2025-02-01' as day, sum(2)::decimal(9, 2) as y
        union all select date '2025-01-01', sum(1)
    """
    with duckdb.connect() as connection:
        chart = charts.line(connection.sql(query), x_column="day")
    assert list(chart.figure.data[0].x) == ["2025-01-01", "2025-02-01"]
    assert list(chart.figure.data[0].y) == [1, 2]
