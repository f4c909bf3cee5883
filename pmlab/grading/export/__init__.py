"""Grades for an LMS or a spreadsheet, as CSV that quotes what must be quoted.

========  =====================================================================
``csvs``  writes CSV; no cell of it runs as a formula in a spreadsheet
``lms``   the columns that Canvas and Moodle read, and a table with everything
========  =====================================================================
"""

from pmlab.grading.export.lms import Export, export_grades

__all__ = ["Export", "export_grades"]
