import pandas as pd
import pytest

from pmlab.lifecycle import retire_or_keep

FLOWS = pd.DataFrame(
    [
        ("keep", 12, 50_000, True),
        ("keep", 12, -60_000, False),  # allocated overhead, stays anyway
        ("migrate", 0, -20_000, True),
        ("migrate", 12, 75_000, True),
        ("migrate", 12, -45_000, False),
        ("sell", 0, 30_000, True),
    ],
    columns=["option", "month", "amount_usd", "avoidable"],
)


def test_values_by_hand():
    # At 25 % a year: keep 50 / 1.25 = 40; migrate 75 / 1.25 - 20 = 40; sell 30.
    result = retire_or_keep(
        FLOWS.replace({"amount_usd": {75_000: 80_000}}), annual_rate=0.25
    )
    table = result.to_frame().set_index("option")
    assert table["npv_usd"].to_dict() == pytest.approx(
        {"migrate": 44_000, "keep": 40_000, "sell": 30_000}
    )
    assert result.best_option == "migrate"
    assert result.lead_usd == pytest.approx(4_000)


def test_overhead_that_stays_is_left_out_and_its_pull_is_named():
    # With overhead: keep 40 - 48 = -8, migrate 40 - 36 = 4, sell 30.
    result = retire_or_keep(FLOWS, annual_rate=0.25)
    table = result.options.set_index("option")
    assert table["excluded_usd"].to_dict() == pytest.approx(
        {"keep": -48_000, "migrate": -36_000, "sell": 0}
    )
    assert result.choice_if_all_counted == "sell"
    assert "would wrongly point to sell" in result.summary()


def test_equal_options_share_a_rank():
    assert retire_or_keep(FLOWS, annual_rate=0.25).options["rank"].tolist() == [1, 1, 3]


def test_bad_flows_are_refused():
    with pytest.raises(ValueError, match="only the option keep is given"):
        retire_or_keep(FLOWS.head(2), annual_rate=0.25)
    with pytest.raises(ValueError, match="money spent before today"):
        retire_or_keep(FLOWS.assign(month=-1), annual_rate=0.25)
    with pytest.raises(ValueError, match=r"option\(s\) sell have no avoidable"):
        retire_or_keep(
            FLOWS.assign(avoidable=FLOWS["option"] != "sell"), annual_rate=0.25
        )
    with pytest.raises(ValueError, match=r"annual_rate == 12, .* not a percent"):
        retire_or_keep(FLOWS, annual_rate=12)
