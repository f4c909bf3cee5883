import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab import case
from pmlab.checks import rng, use_root, variants
from pmlab.checks.variants import times_drawn


def test_grading_twice_draws_the_same_variants():
    assert variants(4) == variants(4)
    assert len(set(variants(4))) == 4
    assert variants(4)[:2] == variants(2)


def test_another_root_draws_others_and_ends_with_the_block():
    before = variants(3)
    with use_root("verify-1"):
        inside = variants(3)
    assert not set(before) & set(inside)
    assert variants(3) == before


def test_a_block_may_bound_how_many_are_drawn():
    with use_root("verify-1", count=1):
        assert len(variants(5)) == 1
    assert len(variants(5)) == 5


def test_the_root_comes_back_after_an_error():
    before = variants(1)
    with pytest.raises(KeyboardInterrupt, match="stop"), use_root("verify-1"):
        raise KeyboardInterrupt("stop")
    assert variants(1) == before


def test_each_code_is_a_variant_of_the_case():
    for code in variants(5):
        with case.use_variant(code):
            assert case.current_variant() == code


@given(st.text(max_size=30))
def test_a_generator_depends_on_the_code_only(code):
    assert rng(code).integers(2**62) == rng(code).integers(2**62)
    assert rng(code).integers(2**62) != rng(code + "x").integers(2**62)


def test_drawing_is_counted():
    before = times_drawn()
    variants(2)
    variants(2)
    assert times_drawn() == before + 2
