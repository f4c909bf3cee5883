import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.metrics.funnels import funnel

DAY = pd.Timedelta(days=1)
START = pd.Timestamp("2025-03-01")


def log(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    """Rows of user, event, days after the start."""
    return pd.DataFrame(
        {
            "user_id": [user for user, _, _ in rows],
            "event": [event for _, event, _ in rows],
            "time": [START + days * DAY for _, _, days in rows],
        }
    )


# retentioneering tests/tools/funnel_test.py::test_funnel_basic
BASIC = log(
    [
        ("user_1", "A", 0),
        ("user_1", "B", 1),
        ("user_1", "C", 2),
        ("user_2", "A", 0),
        ("user_2", "B", 1),
        ("user_3", "A", 0),
        ("user_4", "B", 0),
    ]
)

# ClickHouse PR 9773, windowFunnel with and without strict_order
SEQUENCES = {
    "ABC": (3, 3),
    "ADBC": (3, 1),
    "AABBCC": (3, 3),
    "AAAABBCC": (3, 3),
    "AABBDCC": (3, 2),
    "BBCCAA": (1, 1),
}


def deepest(events: pd.DataFrame, **conventions) -> dict[str, int]:
    result = funnel(events, ["A", "B", "C"], **conventions)
    depth = dict.fromkeys(events["user_id"], 0)
    for step in (1, 2, 3):
        for user in result.users_at(step)["user_id"]:
            depth[user] = step
    return depth


def test_published_ordered_funnel_has_both_bases(to_engine):
    first = funnel(to_engine(BASIC), ["A", "B", "C"])
    every = funnel(to_engine(BASIC), ["A", "B", "C"], base="all_users")
    assert first.users == every.users == (3, 2, 1)
    assert every.base_users == 4
    assert every.to_frame()["rate_of_base"].tolist() == [0.75, 0.5, 0.25]
    rates = first.to_frame()["rate_of_previous"]
    assert pd.isna(rates[0])
    assert rates[1:].tolist() == pytest.approx([2 / 3, 0.5], abs=1e-12)


@pytest.mark.parametrize("entry", ["first", "any"])
def test_published_depths_of_ordered_and_strict_funnels(to_engine, entry):
    rows = [
        (sequence, event, float(at))
        for sequence in SEQUENCES
        for at, event in enumerate(sequence)
    ]
    for position, order in enumerate(["ordered", "strict"]):
        result = funnel(to_engine(log(rows)), list("ABC"), order=order, entry=entry)
        expected = [depths[position] for depths in SEQUENCES.values()]
        assert result.users == tuple(
            sum(depth >= k for depth in expected) for k in (1, 2, 3)
        )


def test_published_depths_hold_user_by_user():
    rows = [
        (sequence, event, float(at))
        for sequence in SEQUENCES
        for at, event in enumerate(sequence)
    ]
    ordered = {sequence: depths[0] for sequence, depths in SEQUENCES.items()}
    strict = {sequence: depths[1] for sequence, depths in SEQUENCES.items()}
    assert deepest(log(rows)) == ordered
    assert deepest(log(rows), order="strict") == strict


def test_users_at_agrees_with_the_count(to_engine, rows_of):
    result = funnel(to_engine(BASIC), ["A", "B", "C"])
    for step, users in zip(result.steps, result.users, strict=True):
        assert len(rows_of(result.users_at(step))) == users
    assert rows_of(result.users_at("B")) == [("user_1", 1.0), ("user_2", 1.0)]
    assert rows_of(result.users_at(3)) == [("user_1", 2.0)]


def test_the_answer_of_users_at_is_a_table_of_the_callers_kind(to_engine):
    table = to_engine(BASIC)
    assert type(funnel(table, ["A", "B"]).users_at(1)) is type(table)


def test_a_window_runs_from_step_one_and_ends_after_its_days(to_engine):
    events = log(
        [
            ("in_time", "A", 0),
            ("in_time", "B", 3),
            ("in_time", "C", 7),
            ("late", "A", 0),
            ("late", "B", 3),
            ("late", "C", 7.01),
            ("end", "B", 30),
        ]
    )
    result = funnel(to_engine(events), list("ABC"), window_days=7)
    assert result.users == (2, 2, 1)


def test_entrants_with_less_than_the_window_are_left_out(to_engine):
    events = log(
        [
            ("mature", "A", 0),
            ("mature", "B", 1),
            ("young", "A", 25),
            ("young", "B", 26),
            ("end", "B", 30),
        ]
    )
    table = to_engine(events)
    strictly = funnel(table, ["A", "B"], window_days=7)
    kept = funnel(table, ["A", "B"], window_days=7, immature="keep")
    later = funnel(table, ["A", "B"], window_days=7, observed_until="2025-04-15")
    assert (strictly.users, strictly.immature_users) == ((1, 1), 1)
    assert kept.users == later.users == (2, 2)


def test_events_after_the_end_of_the_data_do_not_count():
    events = log([("a", "A", 0), ("a", "B", 5), ("b", "A", 1), ("b", "B", 2)])
    result = funnel(events, ["A", "B"], observed_until="2025-03-04")
    assert result.users == (2, 1)


def test_a_second_start_counts_only_when_any_start_counts(to_engine):
    events = log([("a", "A", 0), ("a", "A", 20), ("a", "B", 21), ("b", "B", 40)])
    table = to_engine(events)
    assert funnel(table, ["A", "B"], window_days=7).users == (1, 0)
    best = funnel(table, ["A", "B"], window_days=7, entry="any")
    assert best.users == (1, 1)


def test_any_order_takes_the_steps_as_they_come(to_engine):
    events = log([("a", "B", 0), ("a", "A", 1), ("b", "A", 0), ("b", "C", 3)])
    result = funnel(to_engine(events), list("ABC"), order="any")
    assert result.users == (2, 1, 0)


def test_excluded_events_take_users_out_only_on_the_way(to_engine):
    events = log(
        [
            ("clean", "A", 0),
            ("clean", "B", 1),
            ("called", "A", 0),
            ("called", "call", 1),
            ("called", "B", 2),
            ("called_after", "A", 0),
            ("called_after", "B", 1),
            ("called_after", "call", 2),
        ]
    )
    result = funnel(to_engine(events), ["A", "B"], exclusions=["call"])
    assert result.users == (2, 2)
    assert result.excluded_users == 1


def test_events_at_one_moment_count_as_in_order():
    events = log([("a", "B", 0), ("a", "A", 0)])
    for order in ("ordered", "strict"):
        for entry in ("first", "any"):
            result = funnel(events, ["A", "B"], order=order, entry=entry)
            assert result.users == (1, 1), (order, entry)


def depth_by_hand(events, steps, *, window, order, entry) -> int:
    """A slow and plain reference: try each start, walk the events one by one."""
    best = 0
    starts = [i for i, (_, event) in enumerate(events) if event == steps[0]]
    for start in starts[:1] if entry == "first" else starts:
        depth, begin = 1, events[start][0]
        for time, event in events[start + 1 :]:
            if time - begin > window:
                break
            if depth < len(steps) and event == steps[depth]:
                depth += 1
            elif order == "strict" and event != steps[depth - 1]:
                break
        best = max(best, depth)
    return best


histories = st.dictionaries(
    st.sampled_from("pqrst"),
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from("ABCD")), min_size=1),
    min_size=1,
)


@pytest.mark.parametrize("order", ["ordered", "strict"])
@pytest.mark.parametrize("entry", ["first", "any"])
@given(histories=histories, window=st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_random_histories_agree_with_a_walk_by_hand(order, entry, histories, window):
    # One event a moment: what is in order at equal times is a convention.
    histories = {user: sorted(dict(rows).items()) for user, rows in histories.items()}
    rows = [(u, e, float(t)) for u, history in histories.items() for t, e in history]
    depths = [
        depth_by_hand(history, "ABC", window=window, order=order, entry=entry)
        for history in histories.values()
    ]
    expected = tuple(sum(depth >= k for depth in depths) for k in (1, 2, 3))
    events = log([*rows, ("all", "A", 0), ("all", "B", 0.5), ("all", "C", 0.7)])
    result = funnel(
        events,
        list("ABC"),
        window_days=window,
        order=order,
        entry=entry,
        immature="keep",
    )
    assert result.users == tuple(n + 1 for n in expected)


@given(histories=histories)
@settings(max_examples=30, deadline=None)
def test_counts_never_rise_from_step_to_step(histories):
    rows = [(u, e, float(t)) for u, history in histories.items() for t, e in history]
    events = log([*rows, ("all", "A", 0), ("all", "B", 0.5), ("all", "C", 0.7)])
    for order in ("ordered", "strict", "any"):
        users = funnel(events, list("ABC"), order=order).users
        assert list(users) == sorted(users, reverse=True)


def test_strict_is_within_ordered_and_ordered_within_any_order():
    rows = [
        (sequence, event, float(at))
        for sequence in SEQUENCES
        for at, event in enumerate(sequence)
    ]
    strict, ordered, free = (
        funnel(log(rows), list("ABC"), order=order)
        for order in ("strict", "ordered", "any")
    )
    for a, b, c in zip(strict.users, ordered.users, free.users, strict=True):
        assert a <= b <= c


def test_aware_times_use_elapsed_hours_across_a_clock_change(to_engine):
    # In New York the clock jumped on 9 March 2025; 24 hours are not a clock day.
    times = pd.to_datetime(["2025-03-08 12:00", "2025-03-09 12:30", "2025-03-20 00:00"])
    events = pd.DataFrame(
        {
            "user_id": ["a", "a", "b"],
            "event": ["A", "B", "A"],
            "time": times.tz_localize("America/New_York"),
        }
    )
    # 24.5 clock hours are 23.5 hours
    result = funnel(to_engine(events), ["A", "B"], window_days=1, immature="keep")
    assert result.users == (2, 1)


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        ({}, {"steps": ["A"]}, r"steps == \['A'\], must be two or more"),
        ({}, {"steps": ["A", "A"]}, "must be two or more different event names"),
        ({}, {"steps": ["A", "X"]}, r"never seen in the events: 'X'; .*A, B, C"),
        ({}, {"window_days": 0}, "window_days == 0, must be > 0"),
        ({}, {"window_days": 60}, "nobody is left at step 'A'"),
        ({}, {"order": "loose"}, "order == 'loose', must be one of ordered"),
        ({}, {"order": "any", "entry": "any"}, "is not offered"),
        ({}, {"entry": "any", "exclusions": ["C"]}, "exclusions need entry='first'"),
        ({}, {"observed_until": "soon"}, "observed_until == 'soon', must be a date"),
        ({}, {"observed_until": "2020-01-01"}, "must lie after the first"),
        ({}, {"observed_until": "2025-04-01T00:00Z"}, "time zones are mixed"),
        ({}, {"user_column": "who"}, "not found: who; the table has: user_id, event"),
        ({"user_id": None}, {}, r"7 row\(s\) of events have no user"),
        ({"time": pd.NaT}, {}, r"7 row\(s\) of events have no time"),
    ],
)
def test_bad_input_is_refused_with_the_next_step(change, arguments, message):
    with pytest.raises(ValueError, match=message):
        funnel(BASIC.assign(**change), **{"steps": ["A", "B"], **arguments})


def test_an_empty_log_is_refused(to_engine):
    empty = to_engine(BASIC.iloc[:0])
    with pytest.raises(ValueError, match="events hold no rows"):
        funnel(empty, ["A", "B"])


def test_text_and_mixed_zones_are_no_times():
    text = BASIC.assign(time=BASIC["time"].astype(str))
    with pytest.raises(TypeError, match="must hold times of one kind"):
        funnel(text, ["A", "B"])
    zones = pd.Series([START, START.tz_localize("UTC")], dtype=object)
    mixed = BASIC.iloc[:2].assign(time=zones)
    with pytest.raises(TypeError, match="all with or all without a time zone"):
        funnel(mixed, ["A", "B"])


@pytest.mark.parametrize("kind", ["polars", "duckdb", "pyarrow dates in pandas"])
def test_plain_dates_are_times_at_midnight(kind):
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    dates = polars.from_pandas(BASIC).with_columns(polars.col("time").dt.date())
    connection = duckdb.connect()
    table = {
        "polars": dates,
        "duckdb": connection.from_arrow(dates.to_arrow()),
        "pyarrow dates in pandas": dates.to_pandas(use_pyarrow_extension_array=True),
    }[kind]
    result = funnel(table, ["A", "B", "C"], window_days=1, immature="keep")
    assert result.users == (3, 2, 0)


def test_a_table_of_another_engine_is_refused():
    arrow = pytest.importorskip("polars").from_pandas(BASIC).to_arrow()
    with pytest.raises(TypeError, match=r"data is a Table, must be .*; convert it"):
        funnel(arrow, ["A", "B"])


def test_something_else_than_a_table_is_refused():
    with pytest.raises(TypeError, match="data is a list, must be a table"):
        funnel([1, 2], ["A", "B"])


def test_the_input_stays_as_it_was():
    before = BASIC.copy(deep=True)
    funnel(BASIC, ["A", "B"], window_days=1, immature="keep")
    pd.testing.assert_frame_equal(BASIC, before)


def test_the_summary_says_number_and_convention():
    text = repr(funnel(BASIC, ["A", "B"], window_days=7, immature="keep"))
    assert "66.7 % of users at step 1" in text
    assert "within 7 days from the user's first start" in text


def daily_log(days):
    times = pd.date_range("2025-01-01", periods=days, freq="D")
    return pd.DataFrame(
        {"user_id": range(days), "event": ["visit", "book"] * (days // 2)}
    ).assign(time=times)


def test_one_wrong_date_at_the_end_is_named(to_engine):
    # Planted: 60 daily events, then one in the year 2099.
    log = daily_log(60)
    log.loc[len(log)] = [99, "visit", pd.Timestamp("2099-01-01")]
    result = funnel(to_engine(log), ["visit", "book"], window_days=7)
    assert "Data end on 2099-01-01 (last event), but only 1 of 61" in repr(result)
    assert "lie after 2025-03-01: if that is a wrong date" in result.end_note
    cut = funnel(
        to_engine(log), ["visit", "book"], window_days=7, observed_until="2025-03-02"
    )
    assert cut.end_note == "Data end on 2025-03-02 (observed_until)."


def test_an_end_long_after_the_last_event_is_allowed_and_noted():
    result = funnel(daily_log(60), ["visit", "book"], observed_until="2025-03-13")
    assert "2025-03-13 (observed_until), 12 days after the last" in repr(result)
    assert funnel(daily_log(60), ["visit", "book"]).end_note == (
        "Data end on 2025-03-01 (last event)."
    )


def test_rows_without_an_event_name_are_refused(to_engine):
    log = daily_log(4)
    log.loc[2, "event"] = None
    with pytest.raises(ValueError, match=r"1 row\(s\) of events have no event"):
        funnel(to_engine(log), ["visit", "book"])


def test_an_end_without_a_zone_is_told_how_to_get_one():
    log = daily_log(4)
    log["time"] = log["time"].dt.tz_localize("UTC")
    with pytest.raises(ValueError, match=r"pandas.Timestamp\('2025-03-01', tz='UTC'\)"):
        funnel(log, ["visit", "book"], observed_until="2025-03-01")
    with pytest.raises(TypeError, match="say format= for texts, unit= for numbers"):
        funnel(log.assign(time="2025-03-01"), ["visit", "book"])
