"""What a learner gets: the course folder, *Start here*, progress.

==================  ==========================================================
``course_files``    the lessons and exercises that came with this installation
``folder``          copies them into a learner's folder, never over her work
``course_map``      the map on *Start here*: units, progress, next step
``lab``             opens JupyterLab on *Start here*
==================  ==========================================================
"""

from pmlab.learner.course_map import CourseMap, course_map

__all__ = ["CourseMap", "course_map"]
