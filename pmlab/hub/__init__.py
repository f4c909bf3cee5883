"""The JupyterHub kit: a host runs the course for cohorts, each with least privilege.

``course``          a cohort: its folder, its grader's account, its port
``scopes``          who may do what, all on one page
``roster``          who belongs to which cohort; read at each log-in
``configuration``   ``configure(c, courses=[...])`` for ``jupyterhub_config.py``
``learner_server``  what starts when a learner logs in
``course_server``   keeps a cohort's formgrader and *Teach here* page running
``exchange``        the folder through which work is handed over, and its modes
``faults``          what keeps a hub from running, told all at once
``doctor``          looks at a hub and names what to mend
"""

from pmlab.hub.configuration import configure
from pmlab.hub.course import HubCourse
from pmlab.hub.plain_refusal import refuse_plainly

refuse_plainly()

__all__ = ["HubCourse", "configure"]
