import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.metrics.decomposition import log_contributions, mix_shift

values = st.floats(0.01, 1000)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=5))
def test_contributions_add_up_to_the_change(pairs):
    before = {f"f{i}": a for i, (a, _) in enumerate(pairs)}
    after = {f"f{i}": b for i, (_, b) in enumerate(pairs)}
    result = log_contributions(before, after)
    change = math.prod(after.values()) - math.prod(before.values())
    scale = max(result.before, result.after)
    total = result.table["contribution"].sum()
    assert total == pytest.approx(change, rel=1e-6, abs=1e-6 * scale)
    if result.table["share"].notna().all():
        assert result.table["share"].sum() == pytest.approx(1)


def test_contributions_do_not_depend_on_the_order_of_factors():
    before, after = {"a": 2, "b": 3, "c": 5}, {"a": 3, "b": 2, "c": 6}
    forward = log_contributions(before, after).table.set_index("factor")["share"]
    back = log_contributions(
        dict(reversed(before.items())), dict(reversed(after.items()))
    ).table.set_index("factor")["share"]
    for name in before:
        assert forward[name] == pytest.approx(back[name])


def test_a_doubling_and_a_quadrupling_share_one_to_two():
    table = log_contributions({"a": 1, "b": 1}, {"a": 2, "b": 4}).table
    assert table["share"].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert table["contribution"].tolist() == pytest.approx([7 / 3, 14 / 3])


def test_factors_that_cancel_have_no_shares_and_the_text_says_why():
    result = log_contributions({"a": 2, "b": 3}, {"a": 3, "b": 2})
    assert result.table["share"].isna().all()
    assert result.table["contribution"].sum() == pytest.approx(0)
    assert "They cancel out, so there are no shares" in repr(result)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ({}, {}, "at least one"),
        ({"a": 1}, {"b": 1}, "must name the same factors"),
        ({"a": 0}, {"a": 1}, r"before\['a'\] == 0, must be > 0"),
        ({"a": 1}, {"a": float("nan")}, "must be finite"),
    ],
)
def test_bad_factors_are_refused(before, after, message):
    with pytest.raises(ValueError, match=message):
        log_contributions(before, after)


segments = st.lists(
    st.tuples(st.floats(1, 100), st.floats(0, 1), st.floats(1, 100), st.floats(0, 1)),
    min_size=1,
    max_size=6,
)


@given(segments)
def test_mix_and_within_add_up_to_the_change(rows):
    w0, r0, w1, r1 = map(np.array, zip(*rows, strict=True))
    result = mix_shift(
        [str(i) for i in range(len(rows))],
        sizes_before=w0,
        rates_before=r0,
        sizes_after=w1,
        rates_after=r1,
    )
    change = w1 @ r1 / w1.sum() - w0 @ r0 / w0.sum()
    assert result.within_effect + result.mix_effect == pytest.approx(change, abs=1e-12)


def test_every_segment_can_rise_while_the_whole_falls():
    # by hand: 0.35 * 0.01 + 0.65 * 0.01 = 0.01; -0.3 * 0.105 + 0.3 * 0.025 = -0.024
    result = mix_shift(
        ["web", "app"],
        sizes_before=[500, 500],
        rates_before=[0.10, 0.02],
        sizes_after=[200, 800],
        rates_after=[0.11, 0.03],
    )
    assert result.within_effect == pytest.approx(0.01)
    assert result.mix_effect == pytest.approx(-0.024)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rates_after": [5, 3]}, "pass a fraction, not a percent"),
        ({"sizes_after": [-1, 3]}, "must be >= 0 and not all zero"),
        ({"sizes_before": [0, 0]}, "must be >= 0 and not all zero"),
        ({"sizes_before": [1]}, r"has 1 value\(s\), must have one for each of the 2"),
    ],
)
def test_bad_segments_are_refused(change, message):
    arguments = {
        "sizes_before": [1, 1],
        "rates_before": [0.1, 0.2],
        "sizes_after": [1, 1],
        "rates_after": [0.1, 0.2],
    }
    with pytest.raises(ValueError, match=message):
        mix_shift(["a", "b"], **(arguments | change))


def test_an_effect_that_rounds_to_nothing_has_no_minus_before_its_zeros():
    # One visitor in 100,000 moves to the group with the lower rate.
    result = mix_shift(
        ["a", "b"],
        sizes_before=[50_000, 50_000],
        rates_before=[0.2, 0.1],
        sizes_after=[49_999, 50_001],
        rates_after=[0.2, 0.1],
    )
    assert result.mix_effect < 0
    assert "+0.00 from the mix" in repr(result)
