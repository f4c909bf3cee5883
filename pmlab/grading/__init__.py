"""What an instructor does with a class: release, collect, grade, feedback, report.

==================  ==========================================================
``course_folder``   a course as nbgrader sees it: settings, steps, gradebook
``policies``        deadlines, late work, extensions, attempts
``release``         the learners' version
``collect``         hand-ins from zips, LMS downloads and the exchange
``feedback``        pages that say what was earned and why
``report``          which exercises and mistakes, and who may need help
``similarity``      submissions that share much code
``export``          grades for Canvas, Moodle and spreadsheets
``variants``        the course's secret, and the variant codes of a roster
``owners_variant``  nbgrader grades each submission on its owner's variant
==================  ==========================================================
"""
