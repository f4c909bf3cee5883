"""The roster: reading, renewing, refusing."""

import pytest

from pmlab.cli.main import main
from pmlab.grading.variants import read_roster as read_people
from pmlab.hub.faults import HubError
from pmlab.hub.roster import (
    Entry,
    groups_of,
    parse_roster,
    read_roster,
    renew_roster,
    tell_grader,
)

LEA = Entry("lea", "pm-spring", "learner")
INES = Entry("ines", "pm-spring", "instructor")
NOOR = Entry("noor", "pm-autumn", "learner")


def test_a_roster_is_read_whatever_the_order_of_its_columns():
    text = "role,user,course\nlearner, Lea ,PM-Spring\n\ninstructor,ines,pm-spring\n"
    assert parse_roster(text, name="r") == [INES, LEA]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: no column user and course and role"),
        ("user,course\nlea,pm", "line 1: no column role"),
        ("user,course,role\nlea,pm\n", "line 2: 2 cells, must be 3"),
        ("user,course,role\nlea,pm,boss\n", "line 2: role 'boss'"),
        ("user,course,role\n../etc,pm,learner\n", "line 2: user '../etc'"),
        ("user,course,role\nl+a,pm,learner\n", "line 2: user 'l\\+a'"),
        ("user,course,role\nlea,,learner\n", "line 2: the course is empty"),
        ("user,course,role\nroot,pm,learner\n", "line 2: root runs the hub"),
        (
            "user,course,role\nlea,pm,learner\nlea,pm,instructor\n",
            "lea is learner and instructor of pm",
        ),
    ],
)
def test_a_malformed_roster_is_refused_with_its_line(text, message):
    with pytest.raises(HubError, match=message):
        parse_roster(text, name="r.csv")


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(HubError, match="save it as CSV in UTF-8"):
        read_roster(path)


def test_renewing_adds_removes_and_leaves_other_courses_alone(tmp_path):
    path = tmp_path / "hub" / "roster.csv"
    first = renew_roster(path, [LEA, INES, NOOR])
    assert first.added == (INES, LEA, NOOR)
    change = renew_roster(path, [INES, Entry("max", "pm-spring", "learner")])
    assert change.added == (Entry("max", "pm-spring", "learner"),)
    assert change.removed == (LEA,)
    assert NOOR in read_roster(path)


def test_renewing_twice_changes_nothing_the_second_time(tmp_path):
    path = tmp_path / "roster.csv"
    renew_roster(path, [LEA, INES])
    before = path.stat().st_ino, path.read_bytes()
    again = renew_roster(path, [INES, LEA])
    assert (again.added, again.removed, again.kept) == ((), (), 2)
    assert (path.stat().st_ino, path.read_bytes()) == before


def test_groups_follow_from_the_roster_for_courses_of_this_hub_only(courses):
    entries = [
        LEA,
        Entry("lea", "pm-autumn", "instructor"),
        Entry("lea", "elsewhere", "instructor"),
    ]
    assert groups_of("lea", entries, courses) == [
        "nbgrader-pm-spring",
        "formgrade-pm-autumn",
    ]
    assert groups_of("max", entries, courses) == []


def test_the_grader_gets_the_cohorts_learners_and_no_other_names(courses):
    tell_grader(courses[0], [LEA, INES, NOOR])
    path = courses[0].folder / "students.csv"
    assert read_people(path) == ["lea"]


def test_what_an_instructor_added_about_a_learner_stays(courses):
    path = courses[0].folder / "students.csv"
    path.write_text("id,email\nlea,lea@example.org\nold,old@example.org\n")
    tell_grader(courses[0], [LEA, Entry("max", "pm-spring", "learner")])
    assert path.read_text().split() == ["id,email", "lea,lea@example.org", "max,"]
    before = path.stat().st_ino
    tell_grader(courses[0], [LEA, Entry("max", "pm-spring", "learner")])
    assert path.stat().st_ino == before


def test_a_broken_roster_of_the_hub_says_how_to_go_on(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("user,course,role\nlea,pm,boss\n")
    with pytest.raises(
        HubError, match=r"own roster is broken: .* Mend what is named, or"
    ):
        renew_roster(path, [LEA])


def test_a_roster_in_another_encoding_is_not_called_a_broken_line(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"user,course,role\nl\xe9a,pm,learner\n")
    with pytest.raises(HubError, match=r"^\S+roster.csv can't be read"):
        renew_roster(path, [LEA])


def test_people_are_added_to_a_hub_that_is_there(tmp_path, capsys):
    people = tmp_path / "people.csv"
    people.write_text("user,course,role\nlea,pm-spring,learner\n")
    state = tmp_path / "hub"
    command = ["hub", "roster", str(people), "--state", str(state)]
    assert main(command) == 1
    assert f"there is no hub at {state}" in capsys.readouterr().err
    state.mkdir()
    assert main(command) == 0
    assert "added lea, learner of pm-spring" in capsys.readouterr().out
