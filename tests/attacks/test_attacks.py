"""No attack earns a point, reads or changes a thing, or stops anyone else's grading."""

import contextlib
import dataclasses
import json

import pytest

pytestmark = pytest.mark.slow


def test_there_are_many_attacks(attacked):
    assert len(attacked.attacks) > 120


def test_no_attack_earns_a_point_that_it_does_not_deserve(attacked):
    earned = {
        name: sum(score or 0 for score in attacked.scores[name].values())
        for name in attacked.attacks
    }
    undeserved = {
        name: points
        for name, points in earned.items()
        if points > attacked.attacks[name].most
    }
    assert undeserved == {}


def test_every_attack_ends_in_one_status(attacked):
    statuses = {name: line.outcome for name, line in attacked.lines.items()}
    assert [name for name, outcome in statuses.items() if outcome is None] == []
    assert {outcome.status for outcome in statuses.values()} <= set(attacked.statuses)


def test_known_attacks_end_in_the_status_that_names_them(attacked):
    wrong = {
        name: attacked.lines[name].outcome.status
        for name, attack in attacked.attacks.items()
        if attack.status is not None
        and attacked.lines[name].outcome.status != attack.status
    }
    assert wrong == {}


def test_honest_submissions_before_and_after_get_all_points(attacked):
    for learner in ("a-honest", "z-honest"):
        assert attacked.lines[learner].outcome.status == "graded"
        assert attacked.scores[learner]["double-check"] == 5
        assert attacked.scores[learner]["total-check"] == 5


def test_nothing_of_the_course_is_read(attacked):
    leaks = {}
    for name in attacked.attacks:
        cells = attacked.course.graded(name)["cells"]
        shown = json.dumps([item.get("outputs", []) for item in cells])
        if "LEAK" in shown.replace("'LEAK'", "") or attacked.secret in shown:
            leaks[name] = shown[:500]
    assert leaks == {}


def test_attempts_to_read_write_or_reach_out_ran_and_found_nothing(attacked):
    names = [name for name in attacked.attacks if name in attacked.readers]
    assert len(names) >= 9
    for name in names:
        shown = [
            "".join(output.get("text", ""))
            for item in attacked.course.graded(name)["cells"]
            for output in item.get("outputs", [])
        ]
        assert any(text.startswith("nothing") for text in shown), name


def test_nothing_of_the_course_is_changed(attacked):
    assert attacked.after == attacked.before


def test_no_process_is_left(attacked):
    assert attacked.left == set()


def test_each_manual_answer_still_waits_for_a_person_or_is_untouched(attacked):
    for name in attacked.attacks:
        assert attacked.scores[name]["essay"] in (None, 0.0)


def test_graded_notebooks_are_valid_and_small(attacked):
    import nbformat

    for name in attacked.attacks:
        notebook = attacked.course.graded(name)
        nbformat.validate(nbformat.from_dict(notebook))
        assert len(json.dumps(notebook)) < 5_000_000


def test_no_script_reaches_the_instructors_browser(attacked):
    for name in attacked.attacks:
        with contextlib.suppress(KeyError):
            for item in attacked.course.graded(name)["cells"]:
                for output in item.get("outputs", []):
                    page = "".join(output.get("data", {}).get("text/html", ""))
                    assert "<script" not in page.lower()


def test_memory_spread_over_many_processes_ends_the_session(attack_course, tmp_path):
    code = (
        "import os, time\nfor _ in range(30):\n    if os.fork() == 0:\n"
        "        try:\n            x = b'x' * (100 * 2**20)\n"
        "            time.sleep(60)\n        finally: os._exit(0)\ntime.sleep(60)\n"
    )
    course = attack_course.Course(tmp_path)
    course.submit("a", attack_course.submitted(extra=code))
    limits = dataclasses.replace(
        attack_course.LIMITS, cell_seconds=20, total_seconds=60, memory_mb=2048
    )
    outcome = course.grade(limits=limits)["a"].outcome
    assert outcome.findings == ("The code ended the program, 1 time(s).",)
