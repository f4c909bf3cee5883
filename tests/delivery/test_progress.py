"""The fan of a delivery forecast."""

import numpy as np
import pytest

from pmlab.delivery import progress_fan


def test_a_steady_team_has_no_fan():
    table = progress_fan([4, 4, 4], items=10).to_frame()
    assert table["p85_items"].tolist() == [0, 4, 8, 12]
    assert (table["p85_items"] == table["p15_items"]).all()


def test_every_other_week_is_like_a_coin():
    # Done in 1 week 50 %, 2 weeks 75 %, 3 weeks 87.5 %.
    fan = progress_fan([10, 0], items=10, draws=20_000, rng=4)
    assert (fan.p50_weeks, fan.p85_weeks) in {(1, 3), (2, 3)}


def test_quantiles_agree_with_the_exact_distribution():
    past, items = [0, 2, 3, 5], 12
    one = np.bincount(past) / len(past)
    exact = np.array([1.0])
    table = progress_fan(past, items=items, draws=40_000, rng=2).to_frame()
    for week in table["week"].tolist()[1:]:
        exact = np.convolve(exact, one)
        at_least = exact[::-1].cumsum()[::-1]
        for column, chance in (("p85_items", 0.85), ("p50_items", 0.5)):
            found = table.loc[week, column]
            assert at_least[found] >= chance - 0.01
            assert at_least[found + 1] <= chance + 0.01


def test_the_lines_never_cross_or_fall():
    table = progress_fan([0, 1, 4, 6, 2], items=30, rng=1).to_frame()
    assert (table["p85_items"] <= table["p50_items"]).all()
    assert (table["p50_items"] <= table["p15_items"]).all()
    assert table.diff().dropna().min().min() >= 0


def test_work_that_takes_too_long_is_explained():
    with pytest.raises(ValueError, match="allow more weeks or take fewer items"):
        progress_fan([0, 0, 1], items=90, max_weeks=20)
