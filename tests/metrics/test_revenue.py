import pandas as pd
import pytest

from pmlab.metrics.revenue import revenue_retention

MOVEMENTS = pd.DataFrame(
    [
        ("a", "2024-01-01", "new", 100.0),
        ("b", "2024-02-01", "new", 200.0),
        ("c", "2024-03-01", "new", 300.0),
        ("d", "2024-03-01", "new", 50.0),
        ("d", "2024-09-01", "churn", -50.0),
        ("a", "2025-02-01", "expansion", 60.0),
        ("b", "2025-03-01", "contraction", -80.0),
        ("c", "2025-04-01", "expansion", 100.0),
        ("c", "2025-06-01", "churn", -400.0),
        ("d", "2025-07-01", "reactivation", 50.0),
        ("e", "2025-05-01", "new", 500.0),
        ("e", "2025-08-01", "contraction", -100.0),
        ("a", "2026-02-01", "churn", -160.0),
    ],
    columns=["account_id", "month", "kind", "change_usd"],
).assign(month=lambda table: pd.to_datetime(table["month"]))
YEAR = {"start": "2025-01-01", "end": "2026-01-01"}


def test_account_net_compares_start_and_end_of_each_account(to_engine):
    result = revenue_retention(to_engine(MOVEMENTS), **YEAR)
    # start: a 100, b 200, c 300; end: a 160, b 120, c 0
    assert result.start_mrr_usd == pytest.approx(600)
    assert result.grr == pytest.approx((600 - 80 - 300) / 600)
    assert result.nrr == pytest.approx((160 + 120) / 600)
    assert result.logo_churn == pytest.approx(1 / 3)
    assert result.quick_ratio == pytest.approx((400 + 60) / (80 + 300))
    assert result.reactivation_usd == pytest.approx(50)


def test_movements_are_the_other_named_method(to_engine):
    result = revenue_retention(to_engine(MOVEMENTS), **YEAR, method="movements")
    assert result.grr == pytest.approx((600 - 80 - 400) / 600)
    assert result.nrr == pytest.approx((600 - 80 - 400 + 160) / 600)
    assert result.new_usd == pytest.approx(500)
    # all accounts: 500 new and 160 expansion; 80, 400 and 100 lost
    assert result.quick_ratio == pytest.approx(660 / 580)


def test_both_methods_agree_when_nothing_is_gained_and_lost_again():
    plain = MOVEMENTS[~MOVEMENTS["account_id"].isin(["c", "d", "e"])]
    net, moved = (
        revenue_retention(plain, **YEAR, method=method)
        for method in ("account_net", "movements")
    )
    assert (net.grr, net.nrr) == pytest.approx((moved.grr, moved.nrr))


def test_losses_may_be_written_without_a_minus():
    positive = MOVEMENTS.assign(change_usd=MOVEMENTS["change_usd"].abs())
    assert revenue_retention(positive, **YEAR) == revenue_retention(MOVEMENTS, **YEAR)


def test_gross_retention_never_counts_expansion():
    only = MOVEMENTS[MOVEMENTS["account_id"] == "a"]
    result = revenue_retention(only, **YEAR)
    assert (result.grr, result.nrr, result.quick_ratio) == (
        1.0,
        pytest.approx(1.6),
        None,
    )


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        ({}, {"start": "2026-01-01"}, "must lie before end"),
        ({}, {"start": "2023-01-01", "end": "2024-06-01"}, "no account pays at start"),
        ({"kind": "upsell"}, {}, "movement == 'upsell', must be one of new, expansion"),
        ({"kind": "new"}, {}, "a new movement is -400, must be >= 0"),
        ({"kind": "churn"}, {}, "must all have the same sign"),
        ({"change_usd": None}, {}, "movements lack amounts"),
    ],
)
def test_bad_movements_are_refused(change, arguments, message):
    with pytest.raises(ValueError, match=message):
        revenue_retention(MOVEMENTS.assign(**change), **{**YEAR, **arguments})


@pytest.mark.parametrize("method", ["account_net", "movements"])
def test_an_account_that_loses_more_than_it_had_is_refused(method):
    lost = pd.DataFrame(
        [("b", pd.Timestamp("2025-08-01"), "churn", -500.0)], columns=MOVEMENTS.columns
    )
    with pytest.raises(ValueError, match=r"add up to -380\.00, must be >= 0"):
        revenue_retention(pd.concat([MOVEMENTS, lost]), method=method, **YEAR)
