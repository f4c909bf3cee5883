import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab import checks
from pmlab.checks import messages
from pmlab.checks.messages import ExerciseMessages, Messages, Trap

GOOD = Messages(
    {"tam": ExerciseMessages(hints=("one", "two"), traps={"people": Trap("No.", 0.5)})}
)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


def write(path, text=None):
    path.mkdir(parents=True, exist_ok=True)
    (path / "messages.json").write_text(text or GOOD.to_json(), encoding="utf-8")


_NAMES = st.text(min_size=1, max_size=8)


@given(
    st.dictionaries(
        _NAMES,
        st.builds(
            ExerciseMessages,
            hints=st.lists(st.text()).map(tuple),
            traps=st.dictionaries(
                _NAMES,
                st.builds(Trap, st.text(), st.floats(0, 1, exclude_max=True)),
            ),
        ),
    )
)
def test_messages_come_back_from_json_as_they_were(exercises):
    made = Messages(exercises)
    assert Messages.from_json(made.to_json()) == made


def test_the_file_beside_the_notebook_is_found(tmp_path):
    write(tmp_path)
    assert messages.current() == GOOD


def test_the_file_beside_the_notebook_is_found_from_another_folder(
    tmp_path, monkeypatch
):
    write(tmp_path / "unit")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "unit" / "03.ipynb"))
    assert messages.current() == GOOD


def test_a_changed_file_is_read_again(tmp_path):
    write(tmp_path)
    assert messages.current() == GOOD
    path = tmp_path / "messages.json"
    path.write_text("{}", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert messages.current() == Messages()


def test_messages_in_force_go_before_the_file(tmp_path):
    write(tmp_path)
    with checks.use_messages(Messages()):
        assert messages.current() == Messages()
    assert messages.current() == GOOD


def damaged(change):
    data = json.loads(GOOD.to_json())
    change(data["tam"])
    return json.dumps(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        '{"tam": 3}',
        '{"tam": {}}',
        '{"tam": {"hints": 3, "traps": {}}}',
        '{"tam": {"hints": [3], "traps": {}}}',
        '{"tam": {"hints": [], "traps": []}}',
        '{"tam": {"hints": [], "traps": {"people": "No."}}}',
        damaged(lambda tam: tam["traps"]["people"].pop("message")),
        damaged(lambda tam: tam["traps"]["people"].update(message=None)),
        damaged(lambda tam: tam["traps"]["people"].update(credit=1)),
        damaged(lambda tam: tam["traps"]["people"].update(credit=9)),
        damaged(lambda tam: tam["traps"]["people"].update(credit=-1)),
        damaged(lambda tam: tam["traps"]["people"].update(credit="all")),
        damaged(lambda tam: tam["traps"]["people"].update(credit=True)),
        damaged(lambda tam: tam["traps"]["people"].update(credit=float("nan"))),
    ],
)
def test_a_damaged_file_costs_the_words_and_nothing_else(tmp_path, text):
    write(tmp_path, text or " ")
    assert messages.current() == Messages()
    for value, credit in ((100, 5), (260, 0)):
        with checks.exercise("tam", points=5) as check:
            check.number(value, 100, traps={"people": 260})
        assert check.verdict().credit == credit


def test_a_file_that_is_no_text_is_a_damaged_one(tmp_path):
    (tmp_path / "messages.json").write_bytes(b"\xff\xfe\x00")
    assert messages.current() == Messages()


def test_a_folder_that_is_gone_costs_the_words_only(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert messages.current() == Messages()
    monkeypatch.chdir(tmp_path)
