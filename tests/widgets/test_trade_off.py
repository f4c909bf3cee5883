"""The sample-size widget follows its plain function."""

from pmlab import experiments, widgets


def test_words_and_bars_follow_the_plain_function():
    live = widgets.sample_size()
    live.controls["baseline_percent"].value = 4.8
    plain = experiments.size_trade_off(
        0.048, relative_lift=0.10, new_users_per_day=1_500
    )
    assert live.conclusion == plain.summary()
    assert live.chart.table["weeks"].tolist() == list(plain.weeks)


def test_a_larger_effect_ends_sooner():
    live = widgets.sample_size()
    before = live.result.plan.days
    live.controls["lift_percent"].value = 20
    assert live.result.plan.days < before
    assert "+20 %" in live.conclusion


def test_the_title_says_how_many_times_the_users():
    live = widgets.sample_size()
    smaller, planned = live.result.users_per_arm[0], live.result.users_per_arm[2]
    assert f"{smaller / planned:.1f} times" in live.chart.title


def test_every_end_of_every_slider_gives_an_answer():
    live = widgets.sample_size()
    for control in live.controls.values():
        start = control.value
        for end in (control.min, control.max):
            control.value = end
            assert "weeks" in live.conclusion or "1 week" in live.conclusion
        control.value = start
