"""Which user a person of another sign-in system is: tied by issuer and subject, never by name.

The rows are allauth's; they are there where OpenID Connect is configured, and only then asked.
"""

import hashlib

from django.contrib.auth.models import User as Row

PROVIDER = "openid"


def name_of(issuer: str, subject: str, *, database: str) -> str | None:
    """Return the name of the user tied to a subject of an issuer."""
    from allauth.socialaccount.models import SocialAccount

    rows = SocialAccount.objects.using(database).select_related("user")
    row = rows.filter(provider=PROVIDER, uid=_uid(issuer, subject)).first()
    return None if row is None else str(row.user.get_username())


def tie(name: str, issuer: str, subject: str, *, database: str) -> None:
    """Tie a user to a subject of an issuer."""
    from allauth.socialaccount.models import SocialAccount

    row = Row.objects.using(database).get(username=name)
    SocialAccount.objects.using(database).create(
        user=row, provider=PROVIDER, uid=_uid(issuer, subject), extra_data={}
    )


def is_tied(name: str, *, database: str) -> bool:
    """Is the user tied to somebody of another system?"""
    from allauth.socialaccount.models import SocialAccount

    rows = SocialAccount.objects.using(database)
    return bool(rows.filter(provider=PROVIDER, user__username=name).exists())


def _uid(issuer: str, subject: str) -> str:
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
