"""A refused configuration is a sentence in JupyterHub's log, not a traceback."""

import logging

from pmlab.hub.faults import HubError


def refuse_plainly() -> None:
    """Let JupyterHub say why it doesn't start, and the mend, as its last words."""
    hub = logging.getLogger("JupyterHub")
    if _plain not in hub.filters:
        hub.addFilter(_plain)


def _plain(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HubError):
        record.msg, record.args = f"The hub does not start: {error}", ()
        record.exc_info = record.exc_text = None
    return True
