"""What the configuration lets people and services do; nobody needs to administer."""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from traitlets.config import Config

from pmlab.hub.doctor.finding import Finding, ok, problem, warning

# Scopes that let their holder act as others, or change who may do what.
_TOO_MUCH = frozenset(
    {"inherit", "admin-ui", "tokens", "users", "servers", "access:servers"}
    | {"access:services", "groups", "proxy", "shutdown", "shares", "read:hub"}
)

_TOKENS = """
SELECT api_tokens.id, coalesce(users.name, services.name, '?'), note, scopes,
       coalesce(users.admin, 0)
FROM api_tokens
LEFT JOIN users ON users.id = api_tokens.user_id
LEFT JOIN services ON services.id = api_tokens.service_id
WHERE expires_at IS NULL OR expires_at > datetime('now')
"""


def too_much(scopes: Iterable[str]) -> list[str]:
    """Return the scopes that a class needs from nobody.

    Args:
        scopes: Scopes as JupyterHub names them.

    Returns:
        Those that administer, or that reach beyond oneself and one's course.
    """
    return sorted(
        scope for scope in scopes if scope.startswith("admin") or scope in _TOO_MUCH
    )


def examine(c: Config) -> Iterator[Finding]:
    """Look at roles, services, tokens and domains."""
    before = 0
    for role in c.JupyterHub.get("load_roles", []):
        found = too_much(role.get("scopes", []))
        if found:
            before += 1
            yield problem(
                "rights",
                f"the role {role.get('name')} has {', '.join(found)}",
                "narrow it, such as read:users!user or groups!group=NAME",
            )
    for service in c.JupyterHub.get("services", []):
        if service.get("admin"):
            before += 1
            yield problem(
                "rights",
                f"the service {service.get('name')} is an admin",
                "take out admin=True and give it a role with the scopes it needs",
            )
    found = too_much(c.Spawner.get("server_token_scopes", []))
    if found:
        before += 1
        yield problem(
            "rights",
            f"each learner's server has {', '.join(found)}",
            "leave c.Spawner.server_token_scopes to pmlab.hub.configure",
        )
    if not before:
        yield ok("rights", "no role, service or server can administer the hub")
    yield from _kept_tokens(c)
    if not c.JupyterHub.get("subdomain_host"):
        yield warning(
            "domains",
            "all learners share one web domain: a page one of them makes could act as "
            "whoever opens it",
            "set c.JupyterHub.subdomain_host, with a wildcard DNS name, where learners "
            "don't trust each other",
        )


def _kept_tokens(c: Config) -> Iterator[Finding]:
    """Look at tokens that the hub's database keeps; anyone who holds one may use it."""
    place = str(c.JupyterHub.get("db_url", "sqlite:///jupyterhub.sqlite"))
    path = Path(place.partition("?")[0].removeprefix("sqlite:///"))
    if not place.startswith("sqlite:///") or not path.is_file():
        return
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        ) as db:
            rows = db.execute(_TOKENS).fetchall()
    except sqlite3.Error as error:
        yield warning(
            "tokens",
            f"the hub's database {path} can't be read ({error})",
            "start the hub once with this configuration",
        )
        return
    for number, owner, note, held, admin in rows:
        scopes = set(json.loads(held or "[]")) - (set() if admin else {"inherit"})
        found = too_much(scopes)
        if found:
            yield problem(
                "tokens",
                f"token {number} of {owner} ({note or 'no note'}) has "
                f"{', '.join(found)}",
                f"revoke it on the page /hub/token, logged in as {owner}",
            )
