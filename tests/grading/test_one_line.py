"""Text of learners on one line: nothing in it acts on a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.grading.codec import pack, unpack
from pmlab.grading.one_line import one_line


@pytest.mark.parametrize("text", ["\x1b]0;x\x07", "a\rb", "a\nb", "\u202ea", "\ud800"])
def test_what_acts_is_not_in_it(text):
    assert one_line(text).isprintable()
    assert one_line(text) != text


@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_every_text_becomes_one_that_can_be_printed(text):
    shown = one_line(text, most=100)
    assert shown.isprintable()
    assert len(shown) <= 100
    shown.encode()


def test_words_of_any_language_stay():
    assert one_line("Zoë “1 %” 日本 😀") == "Zoë “1 %” 日本 😀"


@pytest.mark.parametrize("key", ["value", "a\ud800"])
def test_half_a_surrogate_pair_does_not_cross_the_border(key):
    tree, _ = unpack(pack({key: "x\udfff\ud800y", "whole": "😀", "n": [1.5, None]}))
    json_keys = "".join(map(str, tree))
    assert (json_keys + str(tree)).encode()
    assert (tree["whole"], tree["n"]) == ("😀", [1.5, None])


def test_raw_bytes_of_a_half_pair_do_not_cross_the_border():
    raw = pack({"a": "x"}).replace(b'"x"', b'"\xed\xa0\x80"')
    head = (len(b'{"a":"\xed\xa0\x80"}')).to_bytes(4, "big")
    tree, _ = unpack(head + raw[4:])
    assert tree["a"].encode()
