"""Sign-in through OpenID Connect, as the environment says it; off where it says nothing.

WALD_OIDC_ISSUER         address of the provider, as its tokens name it
WALD_OIDC_CLIENT_ID      under which name it knows Wald
WALD_OIDC_CLIENT_SECRET  or WALD_OIDC_CLIENT_SECRET_FILE, a file that holds it; none: PKCE alone
WALD_OIDC_GROUPS_CLAIM   claim that lists somebody's groups; usually groups
WALD_OIDC_GROUP_ROLES    group=role pairs with commas, the first that fits counts
WALD_OIDC_DEFAULT_ROLE   role of those in none of these groups; none: they are not let in
WALD_OIDC_NAME           what the button says; usually the provider's host
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from wald.kernel.policy import Role
from wald.web.openid import OpenId

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_DOCS = "docs/how-to/sign-in-with-openid-connect.md tells how"


def openid_of(environment: Mapping[str, str]) -> OpenId | None:
    """Return how people sign in elsewhere, None where nothing says so.

    Raises ImproperlyConfigured, with what to do.
    """
    given = {key: text for key, text in environment.items() if key.startswith("WALD_OIDC_")}
    issuer = given.get("WALD_OIDC_ISSUER", "").strip()
    if not issuer:
        if any(text.strip() for text in given.values()):
            names = ", ".join(sorted(given))
            raise ImproperlyConfigured(f"{names} but no WALD_OIDC_ISSUER; {_DOCS}.")
        return None
    client = given.get("WALD_OIDC_CLIENT_ID", "").strip()
    if not client:
        raise ImproperlyConfigured(
            "WALD_OIDC_ISSUER is set and WALD_OIDC_CLIENT_ID is not: give the name under which "
            f"the provider knows Wald; {_DOCS}."
        )
    default = given.get("WALD_OIDC_DEFAULT_ROLE", "").strip()
    roles = _group_roles(given.get("WALD_OIDC_GROUP_ROLES", ""))
    if not roles and not default:
        raise ImproperlyConfigured(
            "Nobody could sign in: give WALD_OIDC_GROUP_ROLES (group=role, with commas), "
            f"or WALD_OIDC_DEFAULT_ROLE; {_DOCS}."
        )
    host = _checked(issuer)
    return OpenId(
        issuer=issuer,
        client_id=client,
        client_secret=_secret(given),
        groups_claim=given.get("WALD_OIDC_GROUPS_CLAIM", "").strip() or "groups",
        group_roles=roles,
        default_role=_role(default, "WALD_OIDC_DEFAULT_ROLE") if default else None,
        title=given.get("WALD_OIDC_NAME", "").strip() or host,
    )


def _checked(issuer: str) -> str:
    """Return the host of the issuer. Raises ImproperlyConfigured."""
    try:
        parts = urlsplit(issuer)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not is_safe or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured(
            f"WALD_OIDC_ISSUER is {issuer!r}; give the provider's address as its tokens name it, "
            "https://… without anything after its path."
        )
    return host


def _group_roles(text: str) -> tuple[tuple[str, Role], ...]:
    found = []
    for pair in text.split(","):
        if not pair.strip():
            continue
        group, equals, role = pair.strip().rpartition("=")
        if not equals or not group.strip():
            raise ImproperlyConfigured(
                f"WALD_OIDC_GROUP_ROLES says {pair.strip()!r}; write group=role, with commas."
            )
        found.append((group.strip(), _role(role.strip(), "WALD_OIDC_GROUP_ROLES")))
    return tuple(found)


def _role(text: str, where: str) -> Role:
    role = next((role for role in Role if role.value == text), None)
    if role is None:
        choose = ", ".join(role.value for role in Role)
        raise ImproperlyConfigured(f"{where} names the role {text!r}; choose among {choose}.")
    return role


def _secret(given: Mapping[str, str]) -> str:
    path = given.get("WALD_OIDC_CLIENT_SECRET_FILE", "")
    if not path:
        return given.get("WALD_OIDC_CLIENT_SECRET", "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"WALD_OIDC_CLIENT_SECRET_FILE is {path}, which cannot be read: {error}."
        ) from error
