import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.metrics.conversion import proportion


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe (1998), table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_wilson_intervals(successes, trials, low, high):
    result = proportion(successes, trials)
    assert (result.low, result.high) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500), st.data(), st.floats(0.5, 0.999))
def test_intervals_hold_the_share_and_agree_with_scipy(trials, data, level):
    from scipy.stats import binomtest

    successes = data.draw(st.integers(0, trials))
    result = proportion(successes, trials, confidence_level=level)
    assert result.low <= result.rate <= result.high
    oracle = binomtest(successes, trials).proportion_ci(level, method="wilson")
    assert (result.low, result.high) == pytest.approx(tuple(oracle), abs=1e-9)


@pytest.mark.parametrize(
    ("successes", "trials", "message"),
    [
        (3, 2, r"successes == 3, must be <= trials \(2\)"),
        (0, 0, "trials == 0, must be a whole number >= 1"),
        (-1, 5, "successes == -1, must be a whole number >= 0"),
        (0.5, 5, "must be a whole number"),
    ],
)
def test_bad_counts_are_refused(successes, trials, message):
    with pytest.raises(ValueError, match=message):
        proportion(successes, trials)
