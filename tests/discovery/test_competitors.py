import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.discovery import competitor_matrix, market_concentration
from pmlab.prioritization import weighted_scores


def test_hhi_by_hand():
    # 40^2 + 30^2 + 20^2 + 10^2 = 3,000.
    result = market_concentration([4, 3, 2, 1])
    assert result.hhi_points == pytest.approx(3000)
    assert result.equal_suppliers == pytest.approx(10 / 3)
    assert result.level == "highly concentrated"


def test_the_example_of_the_merger_guidelines():
    # U.S. DOJ: four firms with 30, 30, 20 and 20 percent have an HHI of 2,600.
    assert market_concentration([30, 30, 20, 20]).hhi_points == pytest.approx(2600)


def test_the_lines_of_2010_and_2023_differ():
    sizes = [25, 25, 25, 15, 10]  # 2,200 points
    assert market_concentration(sizes).level == "highly concentrated"
    moderate = market_concentration(sizes, guidelines="us_2010")
    assert moderate.level == "moderately concentrated"
    assert "1,500 and 2,500" in moderate.summary()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0.001, 1e9), min_size=1, max_size=30))
def test_hhi_lies_between_equal_shares_and_monopoly(sizes):
    points = market_concentration(sizes).hhi_points
    assert 10_000 / len(sizes) - 1e-6 <= points <= 10_000 + 1e-6


def test_a_merger_never_lowers_the_index():
    apart = market_concentration([3, 2, 1]).hhi_points
    assert market_concentration([3, 3]).hhi_points > apart


def test_hhi_refuses_bad_sizes():
    with pytest.raises(ValueError, match="zero or more and not all zero"):
        market_concentration([0, 0])
    with pytest.raises(ValueError, match="zero or more"):
        market_concentration([5, -1])
    with pytest.raises(ValueError, match="missing or infinite"):
        market_concentration([5, float("nan")])


def test_the_matrix_keeps_doing_it_oneself_and_shows_gaps():
    rivals = pd.DataFrame(
        {"competitor": ["Agency", "Do it oneself"], "quality": [5, 3]}
    ).assign(price_usd=[90, 0])
    weights = {"quality": 3, "price_usd": 1}
    matrix = competitor_matrix(rivals, weights, lower_is_better=["price_usd"])
    expected = weighted_scores(
        rivals, weights, item_column="competitor", lower_is_better=["price_usd"]
    )
    assert matrix["score"].tolist() == expected["score"].tolist()
    assert matrix["gap_to_best"].tolist() == [0, 0.5]
