"""The one who judges: runs check cells, and asks the runner for the learner's part.

A learner's name in a check cell stands for a plain-data copy or, if it is a function,
for a stand-in that has it called in the runner. Expected values stay here.

================  ===========================================================
``names``         which names a cell binds and uses; which are the learner's
``lasting``       which checks may ask when all cells have run
``runner_link``   one submission's runner: cells, values, calls, deadlines
``changes``       what a call did to its arguments
``origins``       where objects of classes may come from
``stand_ins``     functions and objects of the learner's, as the judge holds them
``faults``        the learner's exceptions, as safe equivalents
``check_cells``   runs one check cell, and reads credit and reasons
``judging``       a whole submission, from two notebooks to the graded one
``told_outputs``  outputs as the runner tells them, fit for a notebook
``case_tables``   tables of the running case, made before a notebook runs
``paper``         the graded notebook as nbgrader and people read it
``server``        the pre-imported parent that forks a judge for each submission
================  ===========================================================
"""
