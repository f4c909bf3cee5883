"""The prediction widget scores what was stated before the outcome was shown."""

import pytest

from pmlab import datasets, experiments, widgets
from pmlab.widgets.prediction import headline_pairs


@pytest.fixture
def live():
    return widgets.predict_then_reveal()


def stated(live, chances):
    for number, chance in enumerate(chances, start=1):
        live.controls[f"pair_{number}"].value = chance


def test_nothing_is_told_before_the_reveal(live):
    stated(live, [80, 20, 60, 40, 55, 45])
    assert live.chart is None
    text = live._repr_mimebundle_()["text/html"]
    assert " won" not in live.conclusion
    assert "Brier" not in text


def test_the_reveal_scores_the_chances_with_the_plain_function(live):
    stated(live, [90, 10, 75, 30, 50, 60])
    live.controls["reveal"].value = True
    plain = experiments.brier_score(
        [0.90, 0.10, 0.75, 0.30, 0.50, 0.60], headline_pairs()["b_won"]
    )
    assert live.result.score == pytest.approx(plain.score)
    assert "Brier score" in live.conclusion
    assert live.chart.table["squared_distance"].mean() == pytest.approx(plain.score)


def test_the_reveal_locks_the_chances(live):
    live.controls["reveal"].value = True
    assert live.result.score == 0.25
    assert all(control.disabled for control in live.controls.values())


def test_both_headlines_of_each_pair_stand_above_its_slider(live):
    first = headline_pairs().iloc[0]
    texts = [getattr(child, "value", "") for child in live.children]
    place = live.children.index(live.controls["pair_1"])
    assert first["headline_a"] in texts[place - 1]
    assert first["headline_b"] in texts[place - 1]


def test_the_pairs_are_sound_tests_of_one_picture_with_a_clear_winner():
    packages = datasets.load("upworthy_headline_tests").set_index("test_id")
    pairs = headline_pairs()
    for test in pairs["test_id"]:
        rows = packages.loc[test]
        assert len(rows) == 2
        assert rows["image_id"].nunique() == 1
        assert not rows["randomization_risk"].any()
        assert experiments.srm_check(rows["impressions"].tolist()).trusted
        counts = list(zip(rows["clicks"], rows["impressions"], strict=True))
        assert experiments.compare_rates(*counts).p_value < 0.05
    assert pairs["b_won"].sum() == 3
