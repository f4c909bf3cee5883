"""How ``pmlab`` knows in a cell that a check is running the notebook."""

INSIDE_A_CHECK = "PMLAB_INSIDE_A_CHECK"
"""Set in the kernels of a check, in which ``!pmlab check`` must not start another."""
