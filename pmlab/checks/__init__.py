"""What the check cells of the course call, and the hints a learner asks for.

A check cell reads like this::

    with pm.checks.exercise("demo", points=5, read="Lesson 03, section 2") as check:
        check.number(
            annual_tam_usd(small_table),
            150_000,
            what="the TAM of the small table",
            unit="USD a year",
            traps={"people_not_households": 390_000},
            facts={"people_per_household": 2.6},
        )
    check.verdict()

=================  ===========================================================
``exercise``       the block around the comparisons; catches what goes wrong
``comparison``     one value against one expected value: right, trap, unit, why not
``slips``          how near is near enough; units and rounding
``plain``          which values count as an answer, and how a wrong type is named
``faults``         what stopped the learner's code, in words
``broken_cells``   an answer cell that Python could not read
``messages``       the words for known wrong answers, and of hints
``hints``          hints in steps, and the record of how far a learner went
``verdict``        credit and reason together, as nbgrader and people read them
``quiet``          keeps warnings and prints of the learner's code aside
``variants``       fresh data for the hidden checks
=================  ===========================================================
"""

from pmlab.checks.exercise import Exercise, exercise
from pmlab.checks.hints import hint
from pmlab.checks.messages import Messages, use_messages
from pmlab.checks.variants import rng, use_root, variants
from pmlab.checks.verdict import Verdict

__all__ = [
    "Exercise",
    "Messages",
    "Verdict",
    "exercise",
    "hint",
    "rng",
    "use_messages",
    "use_root",
    "variants",
]
