import numpy as np
import pandas as pd
import pytest

from pmlab.experiments import (
    Analysis,
    Mean,
    Rate,
    Ratio,
    analyze,
    arm_totals,
    compare_means,
    compare_rates,
    readout,
)


@pytest.fixture
def sessions() -> pd.DataFrame:
    """One row per session; each of 60 users has 2 to 4."""
    users = np.arange(60)
    rows = pd.DataFrame({"user_id": np.repeat(users, 2 + users % 3)})
    rows["session_id"] = np.arange(len(rows))
    rows["variant"] = np.where(rows["user_id"] % 2 == 0, "control", "treatment")
    rows["booked"] = (rows["session_id"] % 3 > 0).astype(int)
    rows["sessions"] = 1
    return rows


@pytest.mark.parametrize("measure", [Rate("booked"), Ratio("booked", "sessions")])
def test_sessions_of_returning_users_are_not_read_as_users(sessions, measure):
    with pytest.raises(ValueError, match=r"180 rows for 60 values of 'user_id'"):
        analyze(sessions, {"x": measure})
    with pytest.raises(ValueError, match="pass unit_column='user_id'"):
        arm_totals(sessions, value_columns=["booked"])


def test_the_engines_agree_that_users_repeat(sessions):
    import duckdb
    import polars as pl

    with duckdb.connect() as connection:
        connection.register("sessions", sessions)
        for data in (
            pl.from_pandas(sessions),
            pl.from_pandas(sessions).lazy(),
            connection.sql("from sessions"),
        ):
            with pytest.raises(ValueError, match="180 rows for 60 values"):
                analyze(data, {"x": Mean("booked")})
            measures = {"x": Ratio("booked", "sessions")}
            result = analyze(data, measures, unit_column="user_id")
            assert dict(result.arm_users) == {"control": 30, "treatment": 30}
            assert result.unit == "user"


def test_summed_rows_of_a_rate_are_told_to_be_a_ratio(sessions):
    with pytest.raises(ValueError, match="Ratio where unit_column summed"):
        analyze(sessions, {"x": Rate("booked")}, unit_column="user_id")


def test_one_row_for_each_user_is_read_even_if_another_id_repeats():
    users = pd.DataFrame(
        {
            "User ID": range(8),
            "customer_id": [1, 1, 2, 2, 3, 3, 4, 4],
            "variant": ["control", "treatment"] * 4,
            "orders": [1, 2, 3, 5, 1, 2, 2, 4],
        }
    )
    result = analyze(users, {"orders": Mean("orders")})
    assert repr(result).startswith("Users: control 4, treatment 4.\norders: ")


def test_rows_without_a_name_are_said_to_be_taken_as_users(forty_users):
    result = analyze(forty_users, {"clicks": Mean("clicks"), "views": Mean("views")})
    lines = repr(result).splitlines()
    assert lines[0] == "Rows taken as users: control 20, treatment 20."
    assert [line.split(":")[0] for line in lines[1:]] == ["clicks", "views"]
    assert "<br>clicks: " in result._repr_html_()
    read = readout(result, primary="clicks", days_run=14)
    assert "Each row was taken as one user." in read.reasons


def test_units_of_another_kind_are_named(forty_users):
    zones = forty_users.assign(zone=np.arange(40) // 2)
    result = analyze(zones, {"clicks": Mean("clicks")}, unit_column="zone")
    assert repr(result).startswith("Units by zone: control 10, treatment 10.")


def test_exact_copies_are_counted(sessions):
    twice = pd.concat([sessions, sessions.iloc[:3]])
    measures = {"x": Ratio("booked", "sessions")}
    result = analyze(twice, measures, unit_column="user_id")
    assert "3 row(s) are exact copies" in repr(result)
    assert not analyze(sessions, measures, unit_column="user_id").notes
    with pytest.raises(ValueError, match=r"\(3 rows are exact copies\)"):
        analyze(twice, {"x": Mean("booked")})


def test_filled_histories_are_counted_and_adjusted_means_are_named(many_users):
    users = many_users.astype({"orders_before": float})
    users.loc[::5, "orders_before"] = np.nan
    measures = {"orders": Mean("orders", covariate_column="orders_before")}
    effect = analyze(users, measures).effect("orders")
    assert effect.filled_users == 800
    assert "800 of 4,000 users had no history" in repr(effect)
    assert "(means adjusted by CUPED)" in repr(effect)
    whole = analyze(many_users, measures).effect("orders")
    assert whole.filled_users == 0
    assert "no history" not in repr(whole)
    assert analyze(users, {"x": Mean("orders")}).effect("x").filled_users is None


def test_a_covariate_that_knows_the_outcome_is_flagged(many_users):
    leaky = many_users.assign(seen=many_users["orders"] + 0.01 * many_users["bought"])
    measures = {"orders": Mean("orders", covariate_column="seen")}
    effect = analyze(leaky, measures).effect("orders")
    assert effect.variance_reduction > 0.95
    assert "likely measured during the test" in effect.note


def hand_made(**changes):
    parts = {
        "arm_users": {"control": 1_000, "treatment": 1_010},
        "control": "control",
        "treatment": "treatment",
        "effects": {"booked": compare_rates((50, 1_000), (70, 1_010))},
    }
    return Analysis(**{**parts, **changes})


def test_a_consistent_analysis_may_be_made_by_hand():
    assert hand_made().effect("booked").control_users == 1_000


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arm_users": {"control": 1_000, "treatment": 990}}, "990 but.*counts 1010"),
        ({"control": "A"}, "control == 'A', must be one of control, treatment"),
        ({"treatment": "control"}, "must differ from the control"),
    ],
)
def test_a_hand_made_analysis_that_contradicts_itself_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        hand_made(**changes)


def test_what_is_no_effect_or_measure_is_named(forty_users):
    with pytest.raises(TypeError, match=r"effects\['x'\] is a float"):
        hand_made(effects={"x": 0.2})
    with pytest.raises(TypeError, match="must map names to measures"):
        analyze(forty_users, "clicks")
    with pytest.raises(TypeError, match=r"measures\['clicks'\] == 'rate', must be a"):
        analyze(forty_users, {"clicks": "rate"})


def test_compared_values_are_not_called_adjusted():
    assert "adjusted" not in repr(compare_means([1, 2, 3], [2, 3, 5]))
