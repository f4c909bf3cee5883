import hashlib
import hmac

import pytest

from pmlab import case
from pmlab.errors import DataError

SECRET = "fernbroom, spring course"  # noqa: S105


@pytest.fixture(autouse=True)
def _no_variant_from_outside(monkeypatch, tmp_path):
    monkeypatch.delenv("PMLAB_VARIANT", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_default_variant_is_the_last_resort():
    assert case.current_variant() == case.DEFAULT_VARIANT


def test_the_block_wins_over_environment_and_folder(monkeypatch, tmp_path):
    (tmp_path / ".pmlab").mkdir()
    (tmp_path / ".pmlab" / "variant").write_text("from-file\n")
    assert case.current_variant() == "from-file"
    monkeypatch.setenv("PMLAB_VARIANT", "from-env")
    assert case.current_variant() == "from-env"
    with case.use_variant("outer"):
        with case.use_variant("inner"):
            assert case.current_variant() == "inner"
        assert case.current_variant() == "outer"
    assert case.current_variant() == "from-env"


def test_the_file_is_found_from_a_folder_below(monkeypatch, tmp_path):
    (tmp_path / ".pmlab").mkdir()
    (tmp_path / ".pmlab" / "variant").write_text("k3fq9x2m")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert case.current_variant() == "k3fq9x2m"


@pytest.mark.parametrize("text", ["", "two words", "x" * 33, "../../etc"])
def test_a_bad_variant_file_is_named(tmp_path, text):
    (tmp_path / ".pmlab").mkdir()
    (tmp_path / ".pmlab" / "variant").write_text(text)
    with pytest.raises(DataError, match=r"variant == .*must be 1 to 32 letters"):
        case.current_variant()


def test_a_bad_variant_in_the_environment_is_named(monkeypatch):
    monkeypatch.setenv("PMLAB_VARIANT", "a/b")
    with pytest.raises(ValueError, match="PMLAB_VARIANT == 'a/b', must be 1 to 32"):
        case.current_variant()


@pytest.mark.parametrize("code", ["", "a b", "a_b", "é", "x" * 33, "a\n"])
def test_a_badly_formed_code_is_refused(code):
    with (
        pytest.raises(ValueError, match="must be 1 to 32 letters, digits or hyphens"),
        case.use_variant(code),
    ):
        pass
    with pytest.raises(ValueError, match="must be 1 to 32 letters"):
        case.load("launch_plan", variant=code)


def test_a_code_is_an_hmac_that_anyone_with_the_secret_can_make_again():
    import base64

    digest = hmac.new(SECRET.encode(), b"pmlab case 1\0ada", hashlib.sha256).digest()
    expected = base64.b32encode(digest[:5]).decode().lower()
    assert case.variant_code(SECRET, "ada") == expected
    assert case.variant_code(SECRET.encode(), "ada") == expected


def test_codes_differ_by_learner_and_by_secret():
    codes = {case.variant_code(SECRET, f"learner-{n}") for n in range(2000)}
    assert len(codes) == 2000
    assert case.variant_code(SECRET + "!", "ada") != case.variant_code(SECRET, "ada")


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="secret has 5 bytes, must have at least 16"):
        case.variant_code("short", "ada")
    with pytest.raises(TypeError, match="secret is a NoneType, must be text or bytes"):
        case.variant_code(None, "ada")


@pytest.mark.parametrize("learner", ["", " ada", "ada ", "a\nb", "x" * 129])
def test_a_badly_formed_learner_id_is_refused(learner):
    with pytest.raises(ValueError, match=r"learner_id == .*must be 1 to 128"):
        case.variant_code(SECRET, learner)


def test_a_learner_id_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match="learner_id == 12, must be a text"):
        case.variant_code(SECRET, 12)
