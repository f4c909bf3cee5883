import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa as oracle

from pmlab.discovery import cohens_kappa


def codes(counts: dict[tuple[str, str], int]) -> pd.DataFrame:
    rows = [pair for pair, count in counts.items() for _ in range(count)]
    return pd.DataFrame(rows, columns=["first_coder", "second_coder"])


GRANTS = codes({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15})


def test_kappa_by_hand():
    # p_o = 35 / 50 = 0.7; p_e = 0.5 x 0.6 + 0.5 x 0.4 = 0.5; (0.7 - 0.5) / 0.5 = 0.4.
    result = cohens_kappa(GRANTS)
    assert result.observed_agreement == pytest.approx(0.7)
    assert result.chance_agreement == pytest.approx(0.5)
    assert result.kappa == pytest.approx(0.4)
    assert not result.usable
    assert "code again" in result.summary()


def test_kappa_of_cohens_own_table():
    # Cohen (1960), table 1: 200 items in three categories, kappa = .492.
    table = codes(
        {
            ("a", "a"): 88,
            ("a", "b"): 14,
            ("a", "c"): 18,
            ("b", "a"): 10,
            ("b", "b"): 40,
            ("b", "c"): 10,
            ("c", "a"): 2,
            ("c", "b"): 6,
            ("c", "c"): 12,
        }
    )
    assert cohens_kappa(table).kappa == pytest.approx(0.492, abs=0.0005)


LABELS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=5, max_size=60
)


@settings(deadline=None, max_examples=40)
@given(LABELS)
def test_kappa_and_its_error_agree_with_statsmodels(pairs):
    frame = pd.DataFrame(pairs, columns=["first_coder", "second_coder"])
    assume(frame.nunique().min() > 1)
    names = sorted(set(frame.stack()))
    table = np.array(
        [[pairs.count((row, column)) for column in names] for row in names]
    )
    expected = oracle(table)
    result = cohens_kappa(frame)
    assert result.kappa == pytest.approx(expected.kappa)
    assert result.standard_error == pytest.approx(np.sqrt(expected.var_kappa), abs=1e-6)
    if result.low is not None:
        assert result.low <= result.kappa <= result.high


@settings(deadline=None, max_examples=40)
@given(LABELS)
def test_kappa_does_not_care_who_is_first(pairs):
    frame = pd.DataFrame(pairs, columns=["first_coder", "second_coder"])
    assume(frame.stack().nunique() > 1)
    swapped = cohens_kappa(
        frame, first_column="second_coder", second_column="first_coder"
    )
    assert cohens_kappa(frame).kappa == pytest.approx(swapped.kappa)


def test_full_agreement_is_one():
    result = cohens_kappa(codes({("y", "y"): 4, ("n", "n"): 6}))
    assert result.kappa == pytest.approx(1)
    assert result.usable
    assert result.low is None
    assert "no interval" in result.summary()


def test_a_coder_with_one_label_says_nothing_about_agreement():
    result = cohens_kappa(codes({("y", "y"): 9, ("y", "n"): 3}))
    assert result.kappa == pytest.approx(0)
    assert result.low is None


def test_the_counts_hold_every_pair():
    counts = cohens_kappa(GRANTS).counts.set_index(["first", "second"])["items"]
    assert counts.to_dict() == {
        ("n", "n"): 15,
        ("n", "y"): 10,
        ("y", "n"): 5,
        ("y", "y"): 20,
    }


def test_one_label_only_is_an_error():
    with pytest.raises(ValueError, match="both coders use only the label 'y'"):
        cohens_kappa(codes({("y", "y"): 9}))


def test_missing_labels_are_an_error():
    gap = GRANTS.copy()
    gap.loc[3, "second_coder"] = None
    with pytest.raises(ValueError, match=r"second_coder holds 1 missing value"):
        cohens_kappa(gap)


@pytest.mark.slow
def test_the_interval_covers_the_planted_kappa():
    # Each coder is right with chance 0.8 on two equal classes: p_o = 0.68, kappa 0.36.
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(400):
        truth = rng.random(150) < 0.5
        first, second = (truth ^ (rng.random(150) < 0.2) for _ in range(2))
        result = cohens_kappa(
            pd.DataFrame({"first_coder": first, "second_coder": second})
        )
        covered += result.low <= 0.36 <= result.high
    assert 0.93 <= covered / 400 <= 0.97


def test_a_high_kappa_of_few_items_is_not_yet_sure():
    few = codes({("a", "a"): 3, ("b", "b"): 2, ("a", "b"): 1})
    result = cohens_kappa(few)
    assert result.usable
    assert result.low < 0.6
    assert "not yet sure: code more items" in repr(result)
    many = codes({("a", "a"): 300, ("b", "b"): 200, ("a", "b"): 20})
    assert "the codes can be used" in repr(cohens_kappa(many))
