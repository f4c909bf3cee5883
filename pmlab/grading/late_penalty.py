"""nbgrader's own autograding follows the course's late policy, by one line of settings.

In ``nbgrader_config.py``::

    from pmlab.grading.late_penalty import use_late_policy
    use_late_policy(c)
"""

import datetime as dt
from pathlib import Path

from nbgrader.plugins import LateSubmissionPlugin
from traitlets.config import Config

from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.policies import read_policy


class LatePolicy(LateSubmissionPlugin):  # type: ignore[misc] # nbgrader has no types
    """Takes what ``[grading]`` says; without that table nbgrader's own method."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points that a late submission loses.

        Args:
            student_id: The learner.
            score: Points of the notebook.
            total_seconds_late: Seconds after the deadline in the gradebook.

        Returns:
            The points, or None for no penalty.
        """
        # nbgrader works in the course folder while it converts; the step that asks
        # knows the unit.
        unit = str(getattr(self.parent, "assignment_id", ""))
        policy = read_policy(CourseFolder(Path.cwd()), unit)
        if policy is None:
            penalty: float | None = super().late_submission_penalty(
                student_id, score, total_seconds_late
            )
            return penalty
        late = total_seconds_late - self._more_seconds(
            student_id, unit, policy.extension_days.get(student_id)
        )
        return round(policy.share_lost(late) * score, 2) or None

    def _more_seconds(self, student_id: str, unit: str, days: float | None) -> float:
        """Return what the settings grant beyond what the gradebook counted."""
        gradebook = getattr(self.parent, "gradebook", None)
        if days is None or gradebook is None:
            return 0.0
        known = gradebook.find_submission(unit, student_id).extension
        return (dt.timedelta(days=days) - (known or dt.timedelta())).total_seconds()


def use_late_policy(config: Config) -> None:
    """Let ``nbgrader autograde`` follow the course's late policy.

    Args:
        config: The ``c`` of ``nbgrader_config.py``.
    """
    config.AssignLatePenalties.plugin_class = LatePolicy
