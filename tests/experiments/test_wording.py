import numpy as np
import pandas as pd
import pytest

from pmlab.experiments import (
    Mean,
    Ratio,
    analyze,
    compare_rates,
    sample_size,
    srm_check,
)


def test_a_tiny_p_value_reads_as_less_than():
    assert ": p < 0.0001." in repr(srm_check([50_000, 45_000]))
    assert "(p < 0.0001)" in repr(compare_rates((100, 1_000), (300, 1_000)))


def test_no_zero_has_a_sign():
    # A difference of -0.001 points, next to an interval of some points
    effect = compare_rates((50_001, 100_000), (50_000, 100_000))
    assert "difference 0.00 percentage points" in repr(effect)
    assert "-0.00 " not in repr(effect)
    assert "-0.0 %" not in repr(effect)


def test_means_and_ratios_carry_their_units(forty_users):
    measures = {"mean": Mean("clicks"), "ratio": Ratio("clicks", "views")}
    result = analyze(forty_users, measures)
    assert " clicks per user, 95 %" in repr(result.effect("mean"))
    assert result.effect("ratio").unit == "clicks per views"
    renamed = forty_users.rename(columns={"clicks": "paid_orders"})
    effect = analyze(renamed, {"x": Mean("paid_orders")}).effect("x")
    assert effect.unit == "paid orders per user"


def test_errors_show_plain_numbers():
    with pytest.raises(ValueError, match=r"baseline_rate == 4\.8, must"):
        sample_size(np.float64(4.8), relative_lift=0.1)
    with pytest.raises(ValueError, match="power == 80, must"):
        sample_size(0.048, relative_lift=0.1, power=pd.Series([80]).max())
