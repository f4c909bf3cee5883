# %% [markdown]
# # Start here
#
# Welcome. This course walks through the whole job of a product manager. In each unit
# you compute the numbers a decision needs, make the decision, and write it down.
#
# Below is the map of the course: the units there are, how far you are, and **your next
# step**. To renew it, click the cell and press Shift+Enter; `pmlab start` renews it, too.

# %%
import pmlab as pm

pm.learner.course_map()

# %% [markdown]
# ## How a unit works
#
# 1. **Read the lesson.** Run its cells from top to bottom (Shift+Enter runs one and
#    goes on). Some ask you to predict a number before you see it.
# 2. **Do the exercises.** Run the first code cell each time you open the notebook. Write
#    your answer where it says *Write your code here*, run the cell, then run the check
#    cell under it.
# 3. **Read the verdict.** It says what you have, why it can't be right, and the idea
#    to look at. Change your answer and run both cells again, as often as you like.
#    The check cell is folded; click its grey line (*# Check of …*) to see the small
#    table that it uses.
# 4. **Stuck?** Run `pm.hint("…")` with the name of the exercise in a new cell, once for
#    each hint. Hints cost no points; your instructor sees how many you took.
# 5. **Write the memo** at the end: double-click *Write your answer here*, then click into
#    the box that opens, so that the cursor blinks in it, and write in place of that line.
#    Shift+Enter shows it as a reader sees it. A person reads the memo, with the rubric
#    shown above it.
# 6. **Save** with Ctrl+S (on a Mac: Command+S). The map reads the saved notebook.
# 7. **Hand in**, as described below.
#
# The table of contents of a notebook is on the left (the icon with the lines).
#
# ## Commands
#
# Type them in a new cell of any notebook of this course, with `!` in front, such as
# `!pmlab progress`. Or, without `!`, in a terminal (*File > New > Terminal*). If a
# terminal does not find `pmlab`, a cell does. In a cell of a unit's exercises you may
# leave out the number: `!pmlab check`.
#
# | Command | What it does |
# |---|---|
# | `pmlab check 03` | runs all visible checks of unit 03 on your saved notebook |
# | `pmlab progress` | shows how far you are; `--page` makes a page of it |
# | `pmlab submit 03` | says what is still open, then hands in unit 03 |
# | `pmlab feedback 03 FILE` | keeps and opens the feedback you were sent |
# | `pmlab portfolio` | makes a web page of your memos, charts and decisions |
# | `pmlab update` | brings a new version of the course; your work is never overwritten |
# | `pmlab doctor` | finds what does not work, and says the mend |
#
# ## Handing in
#
# Save the notebook, then run `pmlab submit 03`. The first time it asks for your id, the
# name your instructor has for you; in a cell write it yourself:
# `!pmlab submit 03 --learner YOUR_ID`. If something is still open, you are told what.
# To hand in all the same, add `--anyway`.
#
# On a course server the work goes to your instructor at once. On your own computer you
# get one zip file in the folder *to hand in*; send it as your instructor told you. You
# may hand in again; the last one counts.
#
# ## Learning without an instructor
#
# Everything works the same, and nothing needs to be handed in. `pmlab check 03` is your
# grader. For a memo, wait a day, then go through the rubric above it row by row and mark
# the level that your text reaches; rewrite the weakest row. When the map shows all points
# of a unit and a memo, go on with the next. In a clone of this course, the folder
# *course/source* has each unit with solutions and two graded memos to compare: open it
# when you are done, not before. `pmlab submit` keeps a copy of how far you came; any name
# will do as your id.
#
# ## Good to know
#
# - A check that passes here is a *visible* check. Grading adds others: it runs your
#   functions on other data, so a number typed in by hand earns nothing and a method that
#   works does; a quiz has further questions.
# - **Your variant**: if your instructor gave you a code (`pmlab start --variant CODE`),
#   or the course server has one for you, Fernbroom's numbers are yours alone. Without a
#   code you work on the default variant, the same for all who have none; where a unit
#   says *your variant*, it means that one. The map says which one you have.
# - Nothing leaves your computer while you work.
# - Fernbroom, its people and its data are invented for this course. Tables marked REAL
#   are public data about the real world and say nothing about Fernbroom.
# - Something broken? A notebook damaged, a cell deleted? `pmlab doctor` and
#   `pmlab progress` say what happened. `pmlab update --fresh 03` puts a fresh copy of
#   the exercises beside yours. A notebook that you renamed or copied is found; the map
#   says which one counts.
