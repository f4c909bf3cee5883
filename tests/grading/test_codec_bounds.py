"""What is cheap to send and endless or dangerous to use does not cross the border."""

import decimal
import fractions

import numpy as np
import pytest

from pmlab.grading.codec import Decoder, Encoder, NotPlainError, PlainDataError
from pmlab.grading.codec.generators import holds_generator, move_on


def there_and_back(value):
    encoder = Encoder()
    node = encoder.encode(value)
    return Decoder(encoder.buffers).decode(node)


@pytest.mark.parametrize(
    "text", ["1e999999", "-1e999999", "1e-999999", "0e999999999", "1e999999999"]
)
def test_a_decimal_with_a_far_exponent_is_refused_on_both_sides(text):
    with pytest.raises(NotPlainError, match="exponent"):
        Encoder().encode(decimal.Decimal(text))
    with pytest.raises(PlainDataError, match="exponent"):
        Decoder([]).decode({"t": "decimal", "v": text})


@pytest.mark.parametrize("text", ["1e308", "1E-400", "0.10", "NaN", "-Infinity", "0"])
def test_a_decimal_of_a_usual_size_stays(text):
    assert str(there_and_back(decimal.Decimal(text))) == str(decimal.Decimal(text))


@pytest.mark.parametrize(
    "parts",
    [
        ["1e999999999"],
        ["1e999999999", 1],
        [{"t": "decimal", "v": "1"}],
        [1.5],
        [1, {"t": "decimal", "v": "2"}],
        [1, 0],
    ],
    ids=str,
)
def test_a_fraction_of_anything_but_two_whole_numbers_is_refused(parts):
    with pytest.raises(PlainDataError):
        Decoder([]).decode({"t": "fraction", "v": parts})


def test_a_fraction_of_numpy_numbers_stays():
    assert there_and_back(fractions.Fraction(np.int64(3), 7)) == fractions.Fraction(
        3, 7
    )


def with_state(kind, change):
    bits = getattr(np.random, kind)(7)
    state = bits.state
    change(state)
    encoder = Encoder()
    node = {"t": "rng", "v": encoder.encode(dict(state))}
    return node, encoder.buffers


IMPOSSIBLE = {
    "zeros alone": ("PCG64", lambda s: s.update(state={"state": 0, "inc": 0})),
    "an even step": ("PCG64DXSM", lambda s: s["state"].update(inc=2)),
    "a step of text": ("PCG64", lambda s: s["state"].update(inc="1")),
    "past the words": ("MT19937", lambda s: s["state"].update(pos=10**9)),
    "before the words": ("MT19937", lambda s: s["state"].update(pos=-1)),
    "words of zeros": ("MT19937", lambda s: s["state"]["key"].fill(0)),
    "few words": ("MT19937", lambda s: s["state"].update(key=s["state"]["key"][:3])),
    "past the buffer": ("Philox", lambda s: s.update(buffer_pos=5)),
    "before the buffer": ("Philox", lambda s: s.update(buffer_pos=-(10**8))),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_state_that_no_generator_has_is_refused(name):
    node, buffers = with_state(*IMPOSSIBLE[name])
    with pytest.raises(PlainDataError):
        Decoder(buffers).decode(node)


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_a_generator_moves_on_the_same_way_each_time(kind):
    first, second, still = (
        np.random.Generator(getattr(np.random, kind)(7)) for _ in range(3)
    )
    move_on(first)
    move_on(second)
    drawn = first.random(5).tolist()
    assert drawn == second.random(5).tolist()
    assert drawn != still.random(5).tolist()


def test_a_generator_is_found_wherever_it_is():
    dice = np.random.default_rng(7)
    assert holds_generator(dice)
    assert holds_generator([1, {"a": (dice,)}])
    assert not holds_generator([1, {"t": "rng"}, np.arange(3)])
