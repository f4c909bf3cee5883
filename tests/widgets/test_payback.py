"""The widget on lifetime value says what the plain function says."""

from pmlab import metrics, widgets


def test_the_words_are_those_of_the_plain_function():
    live = widgets.lifetime_value()
    plain = metrics.unit_economics(
        first_month_survival=0.8,
        monthly_retention=0.9,
        contribution_usd_per_month=50,
        acquisition_cost_usd=300,
    )
    assert live.conclusion == plain.summary()


def test_a_stronger_leak_moves_words_and_chart():
    live = widgets.lifetime_value()
    before = live.chart.title
    live.controls["stay_later"].value = 60
    assert "not earned back" in live.conclusion
    assert live.chart.title == "Not earned back in 24 months" != before


def test_the_ends_of_every_slider_give_words_and_a_chart():
    for name in widgets.lifetime_value().controls:
        for end in ("min", "max"):
            live = widgets.lifetime_value()
            control = live.controls[name]
            control.value = getattr(control, end)
            assert live.conclusion.startswith(f"{live.values['stay_first']} % stay")
            assert live.chart is not None
