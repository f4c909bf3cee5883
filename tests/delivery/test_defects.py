import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.delivery import estimate_defects


def test_the_published_sheet():
    # FocusedObjective.Resources, Spreadsheets/Latent Defect Estimation.xlsx.
    result = estimate_defects(5, 4, found_by_both=2)
    assert (result.found, result.estimated_total, result.latent) == (7, 10, 3)
    assert "about 3 are still hidden" in result.summary()


def test_chapman_by_hand():
    # 6 x 5 / 3 - 1 = 9.
    result = estimate_defects(5, 4, found_by_both=2, estimator="chapman")
    assert result.estimated_total == pytest.approx(9)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 99))
def test_the_total_is_never_below_what_was_found(only_first, only_second, both):
    for estimator in ("lincoln_petersen", "chapman"):
        result = estimate_defects(
            only_first + both,
            only_second + both,
            found_by_both=both,
            estimator=estimator,
        )
        assert result.estimated_total >= result.found - 1e-9
        assert result.latent >= 0


def test_overlaps_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="found_by_both == 6, must be <= 4"):
        estimate_defects(5, 4, found_by_both=6)
    with pytest.raises(ValueError, match="nothing bounds the total"):
        estimate_defects(5, 4, found_by_both=0)
    with pytest.raises(ValueError, match="found_first == -1, must be a whole number"):
        estimate_defects(-1, 4, found_by_both=0)
