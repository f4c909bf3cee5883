"""What a class did with a unit: which exercises work, which mistakes it made.

=================  ==========================================================
``results``        one row for each learner and check, from the graded notebooks
``items``          difficulty and discrimination of each exercise
``wrong_answers``  known mistakes counted, unknown ones grouped
``help_needed``    learners who may need help, with the reason
``page``           all of it as a web page
``write``          page and CSV files, in ``reports/UNIT``
=================  ==========================================================
"""
