"""Late work, extensions and attempts follow one table of settings."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.errors import CourseError
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.policies import Policy, apply_policy, read_policy
from tests.grading.plain_course import UNIT, make_course

# nbgrader's own way to add a submission draws a warning of SQLAlchemy.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Sub")
DAY = 86400
SETTINGS = f"""
[grading]
late_loss_per_day = 0.1
late_loss_at_most = 0.5
grace_minutes = 15
closed_after_days = 10
attempts = 2
[grading.due]
{UNIT} = 2026-11-20T13:00:00+01:00
[grading.extension_days.{UNIT}]
bo = 2
"""


def policy_of(tmp_path, settings=SETTINGS):
    return read_policy(CourseFolder(make_course(tmp_path, settings=settings)), UNIT)


def test_settings_are_read(tmp_path):
    policy = policy_of(tmp_path)
    assert policy.due == dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    assert policy.extension_days == {"bo": 2.0}
    assert policy.attempts == 2


@pytest.mark.parametrize(
    ("seconds", "lost"),
    [
        (0, 0),
        (15 * 60, 0),  # within the grace
        (15 * 60 + 1, 0.1),
        (DAY, 0.1),
        (DAY + 1, 0.2),
        (9 * DAY, 0.5),  # at most
        (10 * DAY + 1, 1.0),  # closed
    ],
)
def test_each_day_begun_costs_its_share(tmp_path, seconds, lost):
    assert policy_of(tmp_path).share_lost(seconds) == pytest.approx(lost)


@given(st.floats(0, 1e7), st.floats(0, 1e7), st.floats(0, 1), st.floats(0, 1))
def test_later_never_costs_less(one, other, per_day, most):
    policy = Policy(late_loss_per_day=per_day, late_loss_at_most=most)
    early, late = sorted((one, other))
    assert 0 <= policy.share_lost(early) <= policy.share_lost(late) <= 1


def test_a_course_without_the_table_has_no_policy(tmp_path):
    assert policy_of(tmp_path, settings="") is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("late_loss_per_day = 10", "late_loss_per_day == 10, must be a number, from 0"),
        ("late_per_day = 0.1", "unknown late_per_day; it takes attempts"),
        ("attempts = 0", "attempts == 0, must be 1, 2"),
        (f"due = {{ {UNIT} = 2026-11-20 }}", "must be a time with its zone"),
        (f"due = {{ {UNIT} = 2026-11-20T10:00:00 }}", "must be a time with its zone"),
        (f"extension_days = {{ {UNIT} = 3 }}", "must be a table, learner = days"),
        ("due = 3", r"must be a table, \[grading.due\]"),
    ],
)
def test_a_broken_setting_is_named(tmp_path, line, message):
    with pytest.raises(CourseError, match=message):
        policy_of(tmp_path, settings=f"[grading]\n{line}\n")


def late_submission(gradebook, learner, hours):
    """Add a submission with 4 points, some hours after 12:00 UTC."""
    gradebook.add_student(learner)
    moment = dt.datetime(2026, 11, 20, 12) + dt.timedelta(hours=hours)
    gradebook.add_submission(UNIT, learner, timestamp=moment)
    grade = gradebook.find_grade("square-test", UNIT, UNIT, learner)
    grade.auto_score = 4.0
    gradebook.db.commit()


def test_deadline_extension_and_penalty_reach_the_gradebook(tmp_path):
    course = CourseFolder(make_course(tmp_path, settings=SETTINGS, released=True))
    with course.gradebook() as gradebook:
        late_submission(gradebook, "ada", 30)
        late_submission(gradebook, "bo", 30)
        for _ in range(2):  # again changes nothing
            assert apply_policy(course, UNIT, gradebook) == {"ada": 0.8}
        duedate = gradebook.find_assignment(UNIT).duedate
        assert duedate == dt.datetime(2026, 11, 20, 12)
        assert gradebook.find_submission(UNIT, "ada").late_submission_penalty == 0.8
        assert gradebook.find_submission(UNIT, "bo").total_seconds_late == 0


def test_penalties_follow_a_grade_given_by_hand(tmp_path):
    course = CourseFolder(make_course(tmp_path, settings=SETTINGS, released=True))
    with course.gradebook() as gradebook:
        late_submission(gradebook, "ada", 30)
        gradebook.find_grade("essay", UNIT, UNIT, "ada").manual_score = 6.0
        gradebook.db.commit()
        assert apply_policy(course, UNIT, gradebook) == {"ada": 2.0}
