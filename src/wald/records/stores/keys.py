"""API keys: how one reads, and what is kept of it, which is a digest and never the key.

A key is `wald_PREFIX_SECRET` and six characters more, a CRC-32 over what stands before them:
whoever scans texts for lost secrets finds it by its form, without asking anybody. The digest
is one round of SHA-256. Slow hashes are for passwords, which can be guessed; the secret has
190 random bits, which cannot be, and every request would pay.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import ascii_letters, digits

from django.contrib.auth.models import User as Row
from django.db.models import Q, QuerySet

from wald.records import models

_SIGNS = digits + ascii_letters
_PREFIX, _SECRET, _CHECK = 10, 32, 6  # signs of each part
_FORM = re.compile(rf"wald_([0-9A-Za-z]{{{_PREFIX}}})_[0-9A-Za-z]{{{_SECRET + _CHECK}}}")
_MOST_NUMBER = 2**63  # that the database can hold
_OFTEN_ENOUGH = timedelta(minutes=1)  # so often the last use is noted


@dataclass(frozen=True, slots=True)
class Key:
    """What may be shown of a key. Without `scopes` it may what its user may."""

    key_id: int
    user: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def state(self, at: datetime) -> str:
        """Return active, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= at else "active"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a key that came with a request stands for, and what it is cut down to."""

    user: Row
    scopes: frozenset[str]


def new_text() -> str:
    """Return a key that nobody has, to be shown once."""
    prefix, secret = (
        "".join(secrets.choice(_SIGNS) for _ in range(length)) for length in (_PREFIX, _SECRET)
    )
    body = f"wald_{prefix}_{secret}"
    return body + _check(body)


def prefix_of(text: str) -> str | None:
    """Return the prefix of what reads like a key, None of what is none of ours."""
    found = _FORM.fullmatch(text)
    if found is None or _check(text[:-_CHECK]) != text[-_CHECK:]:
        return None
    return found[1]


def create(
    text: str,
    *,
    user: str,
    name: str,
    scopes: tuple[str, ...],
    at: datetime,
    expires_at: datetime,
    database: str,
) -> Key:
    """Keep the digest of a key for the user `user`, who must be there."""
    row = models.ApiKey.objects.using(database).create(
        user=Row.objects.using(database).get(username=user),
        name=name,
        prefix=prefix_of(text) or "",
        digest=_digest(text),
        scopes=list(scopes),
        created_at=at,
        expires_at=expires_at,
    )
    return _key(row)


def list_keys(*, database: str, user: str | None = None) -> tuple[Key, ...]:
    """Return the keys of a user, or of everybody, newest first."""
    rows = _rows(database)
    found = rows if user is None else rows.filter(user__username=user)
    return tuple(_key(row) for row in found)


def find_key(key_id: int, *, database: str) -> Key | None:
    if not 0 < key_id < _MOST_NUMBER:
        return None
    row = _rows(database).filter(pk=key_id).first()
    return None if row is None else _key(row)


def revoke(key_id: int, *, at: datetime, database: str) -> bool:
    """End a key now. False: it had ended already."""
    live = models.ApiKey.objects.using(database).filter(pk=key_id, revoked_at=None)
    return live.update(revoked_at=at) == 1


def shorten(key_id: int, *, until: datetime, database: str) -> None:
    """Let a key end at `until`, if it does not end before."""
    later = models.ApiKey.objects.using(database).filter(pk=key_id)
    later.filter(Q(expires_at=None) | Q(expires_at__gt=until)).update(expires_at=until)


def holder_of(text: str, *, at: datetime, database: str) -> Holder | None:
    """Return whom a key stands for at this instant; None: it is no key, or one that ended."""
    prefix = prefix_of(text)
    if prefix is None:
        return None
    rows = models.ApiKey.objects.using(database).select_related("user__profile")
    row = rows.filter(prefix=prefix, revoked_at=None, user__is_active=True).first()
    kept = row.digest if row is not None else ""
    if not hmac.compare_digest(kept, _digest(text)) or row is None:
        return None
    if row.expires_at is not None and row.expires_at <= at:
        return None
    _note_use(row, at, database)
    return Holder(row.user, frozenset(row.scopes))


def _note_use(row: models.ApiKey, at: datetime, database: str) -> None:
    if row.last_used_at is None or row.last_used_at <= at - _OFTEN_ENOUGH:
        models.ApiKey.objects.using(database).filter(pk=row.pk).update(last_used_at=at)


def _rows(database: str) -> QuerySet[models.ApiKey]:
    return models.ApiKey.objects.using(database).select_related("user")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _check(body: str) -> str:
    number, signs = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK):
        number, place = divmod(number, len(_SIGNS))
        signs = _SIGNS[place] + signs
    return signs


def _key(row: models.ApiKey) -> Key:
    return Key(
        key_id=row.pk,
        user=row.user.get_username(),
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
