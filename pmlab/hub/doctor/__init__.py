"""Looks at a hub as it stands and names what to mend; changes nothing.

``hand_over``   the exchange, its modes, the clock
``secrets``     who could read solutions, hidden tests and tokens
``rights``      what the configuration lets people and services do
``start``       the proxy, and the ports of a hub that doesn't run
``people``      those on the roster: administrators, accounts, home folders
``machine``     the environment, the sandbox, versions, disk
"""

from pmlab.hub.doctor.examination import examine
from pmlab.hub.doctor.finding import Finding

__all__ = ["Finding", "examine"]
