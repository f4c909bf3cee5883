import pandas as pd
import pytest

from pmlab.feedback import fit_score, system_usability_scale

ITEMS = [f"q{item}" for item in range(1, 11)]


def test_sus_reverses_the_even_items():
    # Brooke (1996), the worked questionnaire: 22 points of 40 give 55
    answers = pd.DataFrame([[5, 4, 2, 1, 2, 3, 2, 4, 5, 2]], columns=ITEMS)
    assert system_usability_scale(answers).score == pytest.approx(55)


def test_sus_has_an_interval_for_its_mean_but_not_for_one_person():
    from scipy.stats import t

    answers = pd.DataFrame([[4, 2] * 5, [5, 1] * 5, [3, 3] * 5], columns=ITEMS)
    result = system_usability_scale(answers)
    assert result.scores == (75.0, 100.0, 50.0)
    low, high = t.interval(0.95, 2, loc=75, scale=25 / 3**0.5)
    assert (result.low, result.high) == pytest.approx((max(low, 0), min(high, 100)))
    assert "one participant gives no interval" in repr(
        system_usability_scale(answers.head(1))
    )


@pytest.mark.parametrize("wrong", [0, 6, 2.5])
def test_sus_answers_lie_on_the_scale(wrong):
    answers = pd.DataFrame([[wrong] + [3] * 9], columns=ITEMS)
    with pytest.raises(ValueError, match=r"must be 1, 2, 3, 4 or 5"):
        system_usability_scale(answers)


def test_sus_needs_ten_items():
    with pytest.raises(ValueError, match="must have the ten items"):
        system_usability_scale(pd.DataFrame([[3]], columns=["q1"]), item_columns=["q1"])


def survey(very: int, other: int, **columns) -> pd.DataFrame:
    answers = ["very disappointed"] * very + ["somewhat disappointed"] * other
    base = {"answer": answers, "completed_cleans": 3, "days_since_last_activity": 5}
    return pd.DataFrame(base | columns)


@pytest.mark.parametrize(
    ("very", "other", "verdict"),
    # Wilson bounds of 60/100: 50.2 to 69.1; 20/100: 13.3 to 28.9; 45/100: 35.6 to 54.8
    [(60, 40, "pass"), (20, 80, "fail"), (45, 55, "not yet known")],
)
def test_the_verdict_follows_the_interval_not_the_point(very, other, verdict):
    assert fit_score(survey(very, other)).verdict == verdict


def test_only_users_who_know_the_product_are_asked():
    data = survey(50, 50, completed_cleans=[1] * 30 + [2] * 70)
    data.loc[99, "days_since_last_activity"] = 15
    result = fit_score(data)
    assert (result.very_disappointed, result.qualified) == (20, 69)
    assert result.respondents == 100


def test_segments_have_their_own_verdict():
    data = survey(60, 60, segment=["busy"] * 50 + ["calm"] * 70)
    result = fit_score(data, segment_column="segment")
    assert result.segments["verdict"].tolist() == ["pass", "fail"]
    assert "busy 100.0 % (pass), calm 14.3 % (fail)" in repr(result)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"threshold": 40}, "pass a fraction, not a percent"),
        ({"min_uses": 9}, "nobody qualifies with min_uses=9"),
        ({"very_disappointed": "Very"}, "is no answer in the table; the answers are"),
        ({"uses_column": "orders"}, "not found: orders; the table has: answer"),
    ],
)
def test_bad_questions_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit_score(survey(3, 3), **arguments)


def test_equal_sus_scores_have_no_interval():
    answers = pd.DataFrame([[3] * 10, [3] * 10], columns=ITEMS)
    result = system_usability_scale(answers)
    assert (result.low, result.high) == (None, None)
    assert "no interval, all are equal" in repr(result)
