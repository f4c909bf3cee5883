"""From the text of a unit to its notebooks, and the rules every unit must pass.

=====================  =======================================================
``course``             the list of units: ``course/course.toml``
``model``              what a unit is made of
``parse``              text (jupytext py:percent) to model
``notebooks``          model to notebook
``learner_version``    instructor's notebook to the learner's, nothing given away
``build``              writes what is generated, or says what has drifted
``verify``             proves a unit: solutions pass, wrong answers are named
``lint``               what can be seen in the text alone: headings, hints, rubrics
``access``             what stands in the way of readers who can't see, or no colors
``scaffold``           the first text of a new unit
=====================  =======================================================
"""
