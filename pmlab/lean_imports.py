"""Leaves out what libraries load at import and nothing here uses."""

import sys


def leave_out_address_grammar() -> None:
    """Keep jsonschema from building its grammar of international web addresses.

    Building it takes longer than all else that importing nbformat or nbgrader does,
    and no notebook has a field of that format. jsonschema then knows one format less;
    it says so itself by leaving the format unchecked. Without effect once the grammar
    is there.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
