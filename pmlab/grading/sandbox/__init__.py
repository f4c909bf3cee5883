"""Where learners' code runs: which walls this machine allows, and the server in them.

==============  =============================================================
``bubblewrap``  the command line of ``bwrap``: what is visible inside
``tiers``       what this machine allows, tried out, and its name
``host``        starts the server and opens sessions in it
==============  =============================================================
"""
