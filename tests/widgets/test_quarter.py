"""The capacity widget shows the proven best plan and the price of a yes."""

from pmlab import widgets


def test_ten_weeks_hold_the_plan_found_by_trying_all_sets():
    live = widgets.capacity()
    live.controls["weeks"].value = 10
    assert live.result.items == ("receipts", "tidy up", "offices", "invoices")
    assert live.result.value == 66_000


def test_a_yes_names_what_falls_out():
    live = widgets.capacity()
    live.controls["weeks"].value = 10
    live.controls["wish"].value = "chat"
    # receipts, offices, invoices and chat: 10 weeks and 57,000.
    assert live.result.price == 9_000
    assert "tidy up would fall out" in live.conclusion
    assert live.chart.title == "A yes to chat pushes out 1 item"


def test_too_little_capacity_for_the_must_do_is_explained():
    live = widgets.capacity()
    live.controls["weeks"].value = 1
    assert "raise the capacity" in live.conclusion
    assert live.chart is None
