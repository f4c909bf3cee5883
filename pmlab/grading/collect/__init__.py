"""Takes hand-ins from zips, LMS downloads and nbgrader's exchange, and trusts none.

============  ===============================================================
``files``     reads folders and zips: no links, no devices, no bombs
``names``     who handed in what, from the names that pmlab and the LMS give
``people``    the roster: who may hand in, and who is whom in the LMS
``inbox``     what lies in a folder, a zip or the exchange, as hand-ins
``attempts``  keeps every attempt, and puts the one that counts in ``submitted/``
``collect``   all of it in order: place or set aside, and write down why
============  ===============================================================
"""

from pmlab.grading.collect.collect import Collected, collect, collect_exchange

__all__ = ["Collected", "collect", "collect_exchange"]
