"""The peeking widget follows its plain function."""

from pmlab import experiments, widgets
from pmlab.widgets.looking import SIMULATIONS


def test_words_and_bars_follow_the_plain_function():
    live = widgets.peeking()
    live.controls["looks"].value = 10
    plain = experiments.simulate_peeking(10, simulations=SIMULATIONS)
    assert live.conclusion == plain.summary()
    assert live.chart.table["alarm_rate"].tolist() == list(plain.alarm_rates)


def test_more_looks_make_naive_peeking_worse_and_leave_planned_rules_alone():
    live = widgets.peeking()
    few = live.result
    live.controls["looks"].value = 20
    many = live.result
    assert many.alarm_rates[1] > few.alarm_rates[1] + 0.05
    assert set(many.holding) == {"fixed_horizon", "pocock", "obrien_fleming"}


def test_with_an_effect_the_words_speak_of_effects_announced():
    live = widgets.peeking()
    assert "False alarms" in live.conclusion
    live.controls["effect_z"].value = 2.8
    assert "Effect announced" in live.conclusion
    assert "false" not in live.chart.title


def test_one_look_is_the_same_for_all_rules():
    live = widgets.peeking()
    live.controls["looks"].value = 1
    assert len(set(live.result.alarm_rates)) == 1
    assert "one look" in live.chart.title
