# %% [markdown]
# # Start here
#
# Welcome. This course walks through the whole job of a product manager. In each unit
# you compute the numbers a decision needs, make the decision, and write it down.
#
# Run the cell below (click it, then press Shift+Enter). It shows the map of the
# course, how far you are, and your next step. Run it again whenever you come back.

# %%
import pmlab as pm

pm.learner.course_map()

# %% [markdown]
# ## How a unit works
#
# 1. **Read the lesson.** Run its cells from top to bottom. Some ask you to predict a
#    number before you see it.
# 2. **Do the exercises.** Write your answer where it says *Write your code here*, run
#    the cell, then run the check cell under it.
# 3. **Read the verdict.** It says what you have, why it can't be right, and the idea
#    to look at. Change your answer and run both cells again, as often as you like.
#    The check cell is folded; click its grey line (`with pm.checks…`) to see the small
#    table that it uses.
# 4. **Stuck?** Run `pm.hint("…")` with the name of the exercise in a new cell. There
#    are two or three hints for each.
# 5. **Write the memo** at the end. A person reads it, with the rubric shown above it.
# 6. **Save** with Ctrl+S. The map reads your progress from the saved notebook.
#
# ## Good to know
#
# - A check that passes here is a *visible* check. Grading repeats it on other data, so
#   a number typed in by hand earns nothing; a method that works does.
# - Nothing leaves your computer while you work.
# - Fernbroom, its people and its data are invented for this course. Tables marked REAL
#   are public data about the real world and say nothing about Fernbroom.
