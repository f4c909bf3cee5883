"""The course's settings for nbgrader hold all that they promise."""

from pathlib import Path

from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.feedback.exporter import FeedbackPage
from pmlab.grading.late_penalty import LatePolicy

COURSE = Path(__file__).resolve().parents[2] / "course"


def test_feedback_pages_and_late_policy_are_switched_on():
    config = CourseFolder(COURSE).config
    assert config.GenerateFeedback.exporter_class is FeedbackPage
    assert config.AssignLatePenalties.plugin_class is LatePolicy
