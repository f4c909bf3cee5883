"""The program that runs a learner's code; nothing in it is trusted afterwards.

===========  ================================================================
``shell``    IPython without a kernel: runs cells, gathers their outputs
``exports``  the learner's values and functions as plain data
``session``  answers the judge: run this cell, give that value, call that function
``shut_in``  own namespaces, limits and an empty scratch folder for one session
``server``   the pre-imported parent that forks a session for each submission
===========  ================================================================
"""
