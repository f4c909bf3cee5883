"""What an instructor needs around nbgrader: each learner's own data, and who has them.

==================  ==========================================================
``variants``        the course's secret, and the variant codes of a roster
``owners_variant``  nbgrader grades each submission on its owner's variant
==================  ==========================================================
"""
