"""Tokens of the course servers."""

import stat

import pytest

from pmlab.hub.faults import HubError
from pmlab.hub.tokens import course_tokens


def test_tokens_are_long_differ_and_stay_the_same(tmp_path):
    path = tmp_path / "hub" / "tokens.json"
    first = course_tokens(path, ["a", "b"])
    assert len(first["a"]) == 64
    assert first["a"] != first["b"]
    assert course_tokens(path, ["b", "c"])["b"] == first["b"]
    assert course_tokens(path, ["a"]) == {"a": first["a"]}


def test_only_their_owner_can_read_them(tmp_path):
    path = tmp_path / "tokens.json"
    course_tokens(path, ["a"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "tokens.json"
    course_tokens(path, ["a"])
    path.chmod(0o644)
    with pytest.raises(HubError, match="others can read tokens"):
        course_tokens(path, ["a"])


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "tokens.json"
    path.touch(mode=0o600)
    path.write_text('{"a": ')
    with pytest.raises(HubError, match="damaged"):
        course_tokens(path, ["a"])
