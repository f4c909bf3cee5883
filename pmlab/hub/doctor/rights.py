"""What the configuration lets people and services do; nobody needs to administer."""

from collections.abc import Iterable, Iterator

from traitlets.config import Config

from pmlab.hub.doctor.finding import Finding, ok, problem, warning

# Scopes that let their holder act as others, or change who may do what.
_TOO_MUCH = frozenset(
    {"inherit", "admin-ui", "tokens", "users", "servers", "access:servers"}
    | {"access:services", "groups", "proxy", "shutdown", "shares", "read:hub"}
)


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
    """Look at roles, services, server tokens and domains."""
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
    if not c.JupyterHub.get("subdomain_host"):
        yield warning(
            "domains",
            "all learners share one web domain: a page one of them makes could act as "
            "whoever opens it",
            "set c.JupyterHub.subdomain_host, with a wildcard DNS name, where learners "
            "don't trust each other",
        )
