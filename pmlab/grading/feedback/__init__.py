"""Feedback pages: what a submission earned, why, and never what hidden tests hold.

============  ============================================================
``hidden``    takes hidden tests out of what is shown
``rubric``    reads rubric tables, and the levels that graders name
``clean``     makes HTML and Markdown of a submission harmless
``content``   finds in a graded notebook what belongs to each exercise
``page``      writes the page
``exporter``  lets nbgrader itself make these pages, too
============  ============================================================
"""
