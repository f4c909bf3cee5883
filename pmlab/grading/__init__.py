"""What an instructor does with a class: release, collect, grade, feedback, report.

==================  ==========================================================
``course_folder``   a course as nbgrader sees it: settings, steps, gradebook
``policies``        deadlines, late work, extensions, attempts
``release``         the learners' version
``collect``         hand-ins from zips, LMS downloads and the exchange
``grade``           all submissions of a unit, sandboxed, into the gradebook
``door``            nbgrader autograde through the same engine
``pool``            engines and executors: this machine, or a Dask cluster
``rebuild``         the notebook that is graded: the instructor's, her answers
``judge``           the trusted process that runs the check cells
``runner``          the shut-in process that runs learners' code
``sandbox``         the walls around it
``codec``           plain data between the two
``gradebook``       the one writer
``feedback``        pages that say what was earned and why
``report``          which exercises and mistakes, and who may need help
``answers``         the code that was handed in, for a comparison
``similarity``      submissions that share much code
``export``          grades for Canvas, Moodle and spreadsheets
``one_line``        text of learners, fit for a terminal and a log
``writable``        text of learners, fit for a file
``variants``        the course's secret, and the variant codes of a roster
``owners_variant``  nbgrader grades each submission on its owner's variant
==================  ==========================================================
"""
