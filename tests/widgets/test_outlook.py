"""The fan widget says the weeks of the plain forecast."""

from pmlab import delivery, widgets


def test_the_words_are_those_of_the_plain_function():
    past = [3, 5, 0, 4, 6, 2]
    live = widgets.forecast_fan(past)
    plain = delivery.progress_fan(past, items=38, draws=4_000)
    assert live.conclusion == plain.summary()


def test_leaving_out_empty_weeks_makes_the_promise_shorter():
    live = widgets.forecast_fan([5, 0, 10, 0, 5])
    kept = live.result.p85_weeks
    live.controls["keep_empty_weeks"].value = False
    assert live.result.p85_weeks < kept


def test_the_fan_opens_with_the_items_asked_for():
    live = widgets.forecast_fan([5, 0, 10, 0, 5], items=60)
    assert live.controls["items"].value == 60
