import numpy as np
import pandas as pd
import pytest

from pmlab.discovery import post_stratified_share

SAMPLE = pd.DataFrame(
    {
        "cell": ["city"] * 80 + ["country"] * 20,
        "answer": [1] * 40 + [0] * 40 + [1] * 4 + [0] * 16,
    }
)
CELLS = pd.DataFrame({"cell": ["country", "city"], "households": [700, 300]})


def test_share_and_error_by_hand():
    # 0.3 x 0.5 + 0.7 x 0.2 = 0.29;
    # variance 0.09 x 0.25 / 80 + 0.49 x 0.16 / 20 = 0.00028125 + 0.00392.
    result = post_stratified_share(SAMPLE, CELLS)
    assert result.share == pytest.approx(0.29)
    assert result.standard_error == pytest.approx(np.sqrt(0.00420125))
    assert result.low == pytest.approx(0.29 - 1.959964 * np.sqrt(0.00420125))
    assert result.unweighted_share == pytest.approx(0.44)
    assert "29.0 %" in result.summary()


def test_weights_that_match_the_sample_change_nothing():
    cells = CELLS.assign(households=[20, 80])
    result = post_stratified_share(SAMPLE, cells)
    assert result.share == pytest.approx(result.unweighted_share)


def test_only_the_proportions_of_sizes_matter():
    shares = CELLS.assign(households=[0.7, 0.3])
    counts = post_stratified_share(SAMPLE, CELLS)
    assert post_stratified_share(SAMPLE, shares).low == pytest.approx(counts.low)


def test_cells_without_answers_and_answers_without_cells_are_errors():
    extra = pd.concat([CELLS, pd.DataFrame({"cell": ["island"], "households": [5]})])
    with pytest.raises(ValueError, match=r"no answers in cell\(s\) island; merge"):
        post_stratified_share(SAMPLE, extra)
    with pytest.raises(ValueError, match=r"answers in cell\(s\) country, which"):
        post_stratified_share(SAMPLE, CELLS.tail(1))


def test_equal_answers_give_no_interval_and_say_why():
    result = post_stratified_share(SAMPLE.assign(answer=1), CELLS)
    assert result.share == 1
    assert result.low is None
    assert "can't be estimated" in result.summary()
    assert "no interval" in result.summary()


def test_thin_cells_are_named():
    thin = pd.concat([SAMPLE.head(80), SAMPLE.tail(20).iloc[::4]])
    thin.loc[thin["cell"] == "country", "answer"] = [1, 0, 0, 0, 1]
    assert "Fewer than 10 answers in country" in post_stratified_share(thin, CELLS).note


def test_answers_that_are_not_yes_or_no_are_refused():
    with pytest.raises(ValueError, match="answer holds 3, must be True or False"):
        post_stratified_share(SAMPLE.assign(answer=3), CELLS)
    with pytest.raises(ValueError, match="households in row 0 == -1, must be > 0"):
        post_stratified_share(SAMPLE, CELLS.assign(households=-1))


@pytest.mark.slow
def test_the_interval_covers_the_planted_share():
    rng = np.random.default_rng(11)
    truth = np.array([0.5, 0.2])
    planted = 0.3 * 0.5 + 0.7 * 0.2
    covered = 0
    for _ in range(600):
        answers = np.concatenate(
            [rng.random(120) < truth[0], rng.random(80) < truth[1]]
        )
        sample = pd.DataFrame(
            {"cell": ["city"] * 120 + ["country"] * 80, "answer": answers}
        )
        result = post_stratified_share(sample, CELLS)
        covered += result.low <= planted <= result.high
    assert 0.93 <= covered / 600 <= 0.97


def test_a_cell_of_equal_answers_is_named():
    # 15 answers at a true 8 %: the interval holds in 70 % of samples only.
    sample = pd.DataFrame(
        {"cell": ["a"] * 15 + ["b"] * 15, "answer": [0] * 15 + [1] * 7 + [0] * 8}
    )
    population = pd.DataFrame({"cell": ["a", "b"], "households": [90, 10]})
    result = post_stratified_share(sample, population)
    assert "All answers in a are equal" in result.note
