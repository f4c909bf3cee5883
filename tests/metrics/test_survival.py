import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.metrics.survival import kaplan_meier, survival_of_spells
from pmlab.metrics.survival_comparison import log_rank

# Freireich et al. (1963), weeks of remission in acute leukemia
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
TREATED_ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_the_leukemia_trial_gives_the_published_curve():
    # Kleinbaum & Klein, table of the 6-MP arm
    curve = kaplan_meier(TREATED, observed=TREATED_ENDED)
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538}
    for week, survival in (published | {23: 0.448}).items():
        assert curve.survival_at(week) == pytest.approx(survival, abs=0.001)
    for week, error in {6: 0.0764, 10: 0.0963, 23: 0.1346}.items():
        assert curve.row_at(week)["standard_error"] == pytest.approx(error, abs=0.001)
    assert curve.median == 23


def test_the_placebo_arm_has_its_published_median():
    assert kaplan_meier(PLACEBO).median == 8


def test_the_end_of_follow_up_of_the_recidivism_study():
    # Rossi, Berk & Lenihan (1980): 114 of 432 arrested, all others censored at week 52
    weeks = np.r_[np.arange(114) % 51 + 1, np.full(318, 52)]
    curve = kaplan_meier(weeks, observed=np.r_[np.ones(114), np.zeros(318)])
    assert curve.survival_at(52) == pytest.approx(0.7361111111111112, abs=1e-9)
    assert curve.events == 114
    assert curve.median is None
    assert "Median not reached: 73.6 % last longer than 52" in repr(curve)


def test_log_rank_of_the_leukemia_trial_agrees_with_r():
    # R survival::survdiff
    test = log_rank(PLACEBO, TREATED, observed_b=TREATED_ENDED)
    assert test.chi_square == pytest.approx(16.79, abs=0.005)
    assert test.p_value == pytest.approx(4.17e-05, rel=0.005)


@pytest.mark.parametrize(
    ("ended", "chi_square", "p_value"),
    [
        # lifelines tests, from R survdiff
        (([1, 0, 1], [1, 0, 1]), 0.384615, 0.535143),
        (([1, 1, 1], [1, 1, 1]), 0.254237, 0.614107),
    ],
)
def test_small_log_rank_tests_agree_with_r(ended, chi_square, p_value):
    test = log_rank(
        [10, 20, 30], [10, 20, 50], observed_a=ended[0], observed_b=ended[1]
    )
    assert test.chi_square == pytest.approx(chi_square, abs=1e-5)
    assert test.p_value == pytest.approx(p_value, abs=1e-5)


lives = st.lists(
    st.tuples(st.integers(1, 12), st.booleans()), min_size=2, max_size=40
).filter(lambda rows: any(ended for _, ended in rows))


@given(rows=lives)
@settings(max_examples=40, deadline=None)
def test_curves_agree_with_statsmodels(rows):
    from statsmodels.duration.survfunc import SurvfuncRight

    times, ended = zip(*rows, strict=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        oracle = SurvfuncRight(times, ended)
        errors = oracle.surv_prob_se
    curve = kaplan_meier(times, observed=ended)
    for at, survival, error in zip(
        oracle.surv_times, oracle.surv_prob, errors, strict=True
    ):
        assert curve.survival_at(at) == pytest.approx(survival, abs=1e-12)
        if survival > 1e-9:
            row = curve.row_at(at)
            assert row["standard_error"] == pytest.approx(error, abs=1e-9)


@given(rows=lives)
@settings(max_examples=40, deadline=None)
def test_curves_fall_and_bands_hold_the_estimate(rows):
    times, ended = zip(*rows, strict=True)
    for band in ("log-log", "linear"):
        table = kaplan_meier(times, observed=ended, band=band).table
        assert (table["survival"].diff().dropna() <= 1e-12).all()
        known = table.dropna()
        assert (known["low"] <= known["survival"] + 1e-12).all()
        assert (known["high"] >= known["survival"] - 1e-12).all()
        assert table.loc[table["survival"] > 1e-9, ["low", "high"]].notna().all().all()


@given(rows=lives)
@settings(max_examples=30, deadline=None)
def test_the_table_counts_every_duration_once(rows):
    times, ended = zip(*rows, strict=True)
    table = kaplan_meier(times, observed=ended).table
    assert table["events"].sum() + table["censored"].sum() == len(rows)
    assert table["at_risk"].iloc[0] == len(rows)


def test_the_log_log_band_agrees_with_statsmodels():
    from statsmodels.duration.survfunc import SurvfuncRight

    oracle = SurvfuncRight(TREATED, TREATED_ENDED)
    low, high = oracle.quantile_ci(0.5, alpha=0.05, method="cloglog")
    curve = kaplan_meier(TREATED, observed=TREATED_ENDED)
    assert curve.median_low == low
    # the band never falls to one half: statsmodels says infinity, we say unknown
    assert np.isinf(high)
    assert curve.median_high is None


START = pd.Timestamp("2025-01-01")
SPELLS = pd.DataFrame(
    {
        "started_at": [START, START, START, START + pd.Timedelta(days=40)],
        "ended_at": [
            START + pd.Timedelta(days=30),
            START + pd.Timedelta(days=60, hours=5),
            pd.NaT,
            START + pd.Timedelta(days=200),
        ],
    }
)


def test_open_spells_are_censored_at_the_end_of_the_data(to_engine):
    curve = survival_of_spells(to_engine(SPELLS), observed_until="2025-04-11")
    by_hand = kaplan_meier([30, 60, 100, 60], observed=[1, 1, 0, 0])
    pd.testing.assert_frame_equal(curve.table, by_hand.table)
    assert curve == by_hand


def test_spells_that_start_after_the_end_of_the_data_are_left_out():
    assert survival_of_spells(SPELLS, observed_until="2025-02-05").subjects == 3


@pytest.mark.parametrize(
    ("durations", "observed", "message"),
    [
        ([], None, "durations has shape"),
        ([1.0, float("nan")], None, "durations holds 1 missing"),
        ([-1, 2], None, "durations hold -1, must be >= 0"),
        ([1, 2], [0, 0], "observed holds no end among 2 durations"),
        ([1, 2], [1, 2], "one true or false for each"),
        ([1, 2], [1], "observed has 1 value"),
    ],
)
def test_bad_durations_are_refused(durations, observed, message):
    with pytest.raises(ValueError, match=message):
        kaplan_meier(durations, observed=observed)


def test_an_end_before_its_start_is_refused():
    wrong = SPELLS.assign(ended_at=START - pd.Timedelta(days=1))
    with pytest.raises(ValueError, match="an end lies before its start"):
        survival_of_spells(wrong, observed_until="2025-04-11")


def test_nothing_is_said_beyond_the_data():
    with pytest.raises(ValueError, match="time == 36, must be <= 35"):
        kaplan_meier(TREATED, observed=TREATED_ENDED).survival_at(36)


def test_two_groups_without_an_end_are_refused():
    with pytest.raises(ValueError, match="no end was seen in either group"):
        log_rank([1, 2], [3, 4], observed_a=[0, 0], observed_b=[0, 0])


@pytest.mark.parametrize(
    ("a", "b", "seen_a", "seen_b"),
    [([5], [5], [1], [1]), ([5, 6], [7, 8], [0, 0], [1, 0])],
)
def test_groups_that_were_never_there_together_are_refused(a, b, seen_a, seen_b):
    with pytest.raises(ValueError, match="never there together"):
        log_rank(a, b, observed_a=seen_a, observed_b=seen_b)


@pytest.mark.parametrize(
    "durations",
    [
        pd.Series(pd.to_timedelta([1, 2, 3], unit="D")),
        np.array([1, 2, 3], dtype="timedelta64[D]"),
        ["1", "2", "3"],
    ],
)
def test_durations_that_are_no_numbers_are_refused(durations):
    # NumPy would take them for nanoseconds, or read the texts.
    with pytest.raises(TypeError, match=r"durations holds .* must hold numbers"):
        kaplan_meier(durations)
