import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.errors import ColumnsMissingError
from pmlab.prioritization import ice, moscow, rice, weighted_scores

# McBride (2016), Intercom: the factor values of the three example projects.
INTERCOM = pd.DataFrame(
    {
        "item": ["1", "2", "3"],
        "reach": [450, 2000, 800],
        "impact": [3, 1, 2],
        "confidence": [1.0, 0.8, 0.5],
        "effort": [2, 4, 1],
    }
)


def test_rice_gives_the_scores_of_the_published_example():
    result = rice(INTERCOM).set_index("item")
    assert result.loc[["1", "2", "3"], "score"].tolist() == [675.0, 400.0, 800.0]
    assert result.loc[["1", "2", "3"], "rank"].tolist() == [2, 3, 1]


def test_rice_turns_150_a_month_into_450_a_quarter():
    # McBride (2016): project 1 reaches 150 customers a month, 450 a quarter.
    monthly = INTERCOM.assign(
        reach=[150, 2000, 800], period=["month", "quarter", "quarter"]
    )
    result = rice(monthly, period_column="period").set_index("item")
    assert result.loc["1", "reach_per_quarter"] == 450


def test_rice_lists_the_best_first_and_lets_ties_share_a_rank():
    tied = pd.concat([INTERCOM, INTERCOM.tail(1).assign(item="4")])
    result = rice(tied)
    assert result["rank"].tolist() == [1, 1, 3, 4]
    assert result["item"].tolist() == ["3", "4", "1", "2"]


@settings(deadline=None, max_examples=40)
@given(factor=st.floats(0.001, 1000), seed=st.integers(0, 1000))
def test_ranks_do_not_change_when_all_reaches_change_unit(factor, seed):
    rng = np.random.default_rng(seed)
    backlog = pd.DataFrame(
        {
            "item": [f"item {number}" for number in range(8)],
            "reach": rng.integers(1, 5000, 8),
            "impact": rng.choice([3, 2, 1, 0.5, 0.25], 8),
            "confidence": rng.choice([1, 0.8, 0.5], 8),
            "effort": rng.integers(1, 9, 8),
        }
    )
    scaled = backlog.assign(reach=backlog["reach"] * factor)
    ranks = rice(backlog).set_index("item")["rank"]
    pd.testing.assert_series_equal(
        rice(scaled).set_index("item")["rank"].sort_index(), ranks.sort_index()
    )


@pytest.mark.parametrize("engine", ["pandas", "polars", "lazy", "duckdb"])
def test_rice_reads_any_engine(engine):
    frame = {
        "pandas": lambda: INTERCOM,
        "polars": lambda: pl.from_pandas(INTERCOM),
        "lazy": lambda: pl.from_pandas(INTERCOM).lazy(),
        "duckdb": lambda: duckdb.from_df(INTERCOM),
    }[engine]()
    pd.testing.assert_frame_equal(rice(frame), rice(INTERCOM))


def test_duckdb_decimals_are_numbers():
    relation = duckdb.sql(
        "select 'A' as item, 100 as reach, 0.5 as impact, 0.8 as confidence, 2 effort"
    )
    assert rice(relation)["score"].tolist() == [20.0]


def test_rice_does_not_change_its_input():
    before = INTERCOM.copy()
    rice(INTERCOM.assign(period="month"), period_column="period")
    pd.testing.assert_frame_equal(INTERCOM, before)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("confidence", 80.0, "pass a fraction, not a percent"),
        ("confidence", 0.7, "confidence holds 0.7, must be one of 1, 0.8, 0.5"),
        ("impact", 5.0, "impact holds 5, must be one of 3, 2, 1, 0.5, 0.25"),
        ("effort", 0.0, "effort in row 0 == 0.0, must be > 0"),
        ("reach", -5.0, "reach in row 0 == -5.0, must be >= 0"),
        ("reach", np.nan, "reach in row 0 == nan, must be finite"),
    ],
)
def test_rice_refuses_values_that_break_a_rule(column, value, message):
    wrong = INTERCOM.astype({column: float})
    wrong.loc[0, column] = value
    with pytest.raises(ValueError, match=message):
        rice(wrong)


def test_rice_takes_other_steps_when_asked():
    result = rice(INTERCOM.assign(impact=[5, 1, 2]), scale="any")
    assert result.set_index("item").loc["1", "score"] == 450 * 5 / 2


def test_rice_names_the_columns_that_exist():
    with pytest.raises(ColumnsMissingError, match=r"not found: effort; .*has: item"):
        rice(INTERCOM.drop(columns="effort"))


def test_rice_refuses_empty_tables_repeated_names_and_lists():
    with pytest.raises(ValueError, match="0 rows"):
        rice(INTERCOM.head(0))
    with pytest.raises(ValueError, match="item holds 1 more than once"):
        rice(pd.concat([INTERCOM, INTERCOM.head(1)]))
    with pytest.raises(TypeError, match="data is a list, must be a table"):
        rice([1, 2])


def test_rice_refuses_an_unknown_period():
    with pytest.raises(ValueError, match="must be one of week, month, quarter, year"):
        rice(INTERCOM.assign(period="day"), period_column="period")


def test_ice_multiplies_or_averages():
    # By hand: A 8 x 5 x 2 = 80, mean 5; B 5 x 9 x 7 = 315, mean 7.
    ideas = pd.DataFrame(
        {"item": ["A", "B"], "impact": [8, 5], "confidence": [5, 9], "ease": [2, 7]}
    )
    assert ice(ideas)["score"].tolist() == [315, 80]
    assert ice(ideas, rule="mean")["score"].tolist() == [7, 5]


def test_ice_refuses_fractions():
    ideas = pd.DataFrame({"item": ["A"], "impact": [8], "confidence": [0.8]})
    with pytest.raises(ValueError, match=r"confidence runs from 0.8 .* from 1 to 10"):
        ice(ideas.assign(ease=3))


def test_moscow_counts_effort_by_class_and_warns_of_full_must_haves():
    items = pd.DataFrame(
        {
            "item": list("abcd"),
            "moscow": ["must", "must", "should", "wont"],
            "effort": [4, 3, 2, 9],
        }
    )
    result = moscow(items, capacity=10).set_index("moscow")
    assert result["effort"].tolist() == [7, 2, 0, 9]
    assert result["cumulative_effort"].tolist() == [7, 9, 9, 9]
    assert result["fits"].tolist() == [True, True, True, False]
    assert "over 60% of the capacity" in result.loc["must", "note"]
    assert "exceed the capacity" in moscow(items, capacity=6)["note"][0]


def test_moscow_names_an_unknown_class():
    items = pd.DataFrame({"item": ["a"], "moscow": ["nice"], "effort": [1]})
    with pytest.raises(ValueError, match="'nice', must be one of must, should"):
        moscow(items, capacity=3)


RIVALS = pd.DataFrame(
    {"item": ["A", "B", "C"], "trust": [2, 4, 5], "price_usd": [60, 80, 90]}
)


def test_weighted_scores_reverse_price_and_scale_weights_to_one():
    # By hand: trust 0, 2/3, 1 at weight 3/4; price reversed 1, 1/3, 0 at weight 1/4.
    result = weighted_scores(
        RIVALS, {"trust": 30, "price_usd": 10}, lower_is_better=["price_usd"]
    ).set_index("item")
    assert result.loc["A", "score"] == pytest.approx(0.25)
    assert result.loc["B", "score"] == pytest.approx(0.5 + 1 / 12)
    assert result.loc["C", "score"] == pytest.approx(0.75)


def test_one_reversed_criterion_may_be_a_plain_name():
    weights = {"trust": 3, "price_usd": 1}
    one = weighted_scores(RIVALS, weights, lower_is_better="price_usd")
    listed = weighted_scores(RIVALS, weights, lower_is_better=["price_usd"])
    pd.testing.assert_frame_equal(one, listed)


def test_weighted_scores_of_ratings_stay_on_their_scale():
    ratings = pd.DataFrame({"item": ["A", "B"], "trust": [2, 4], "ease": [5, 1]})
    result = weighted_scores(ratings, {"trust": 1, "ease": 1}, scaling="none")
    assert result.set_index("item")["score"].to_dict() == {"A": 3.5, "B": 2.5}


@settings(deadline=None, max_examples=40)
@given(factor=st.floats(0.01, 100))
def test_weights_count_only_relative_to_each_other(factor):
    weights = {"trust": 2.0, "price_usd": 3.0}
    scaled = {name: weight * factor for name, weight in weights.items()}
    np.testing.assert_allclose(
        weighted_scores(RIVALS, scaled)["score"],
        weighted_scores(RIVALS, weights)["score"],
    )


def test_weighted_scores_refuse_a_criterion_without_differences():
    with pytest.raises(ValueError, match="trust is 3 for every item"):
        weighted_scores(RIVALS.assign(trust=3), {"trust": 1})


def test_weighted_scores_refuse_weights_that_make_no_sense():
    with pytest.raises(ValueError, match=r"weights\['trust'\] == 0, must be > 0"):
        weighted_scores(RIVALS, {"trust": 0})
    with pytest.raises(ValueError, match="weights is empty"):
        weighted_scores(RIVALS, {})
    with pytest.raises(ColumnsMissingError, match="not found: speed"):
        weighted_scores(RIVALS, {"trust": 1}, lower_is_better=["speed"])
