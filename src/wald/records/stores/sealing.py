"""Whom the journal speaks of, and the keys that seal what it says of them.

A subject's name stands in one row only. Destroying its key makes everything sealed under it
unreadable for ever in these records and in every export, while each hash over the sealed text
still holds. Only a backup that was made before holds the key still, until it is deleted.
Sealed with AES-256-GCM (NIST SP 800-38D), a fresh nonce each time.
"""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wald.records import models

__all__ = [
    "InvalidTag",
    "destroy_key",
    "known_subject",
    "pseudonym",
    "seal",
    "subject_of",
    "subjects",
    "unsealed",
]

_NONCE = 12  # bytes
_PSEUDONYM = 8  # hexadecimal digits of the subject


def subject_of(name: str, *, database: str) -> tuple[str, bytes]:
    """Return the subject and the key of somebody, made at the first mention."""
    rows = models.Subject.objects.using(database)
    row, _ = rows.get_or_create(
        name=name,
        defaults={"subject": secrets.token_hex(16), "key": AESGCM.generate_key(bit_length=256)},
    )
    return row.subject, bytes(row.key or b"")


def known_subject(name: str, *, database: str) -> str:
    """Return the subject of somebody, "" if the journal never spoke of them."""
    rows = models.Subject.objects.using(database).filter(name=name)
    return rows.values_list("subject", flat=True).first() or ""


def pseudonym(subject: str) -> str:
    """Return what an erased person is called, wherever a name stood."""
    return f"erased person {subject[:_PSEUDONYM]}"


def seal(key: bytes, subject: str, detail: Mapping[str, object]) -> str:
    """Return `detail` as sealed text; only with the subject's key it opens again."""
    nonce = secrets.token_bytes(_NONCE)
    plain = json.dumps(detail, sort_keys=True, separators=(",", ":"))
    return b64encode(nonce + AESGCM(key).encrypt(nonce, plain.encode(), subject.encode())).decode()


def unsealed(key: bytes, subject: str, sealed: str) -> dict[str, object]:
    """Return what `seal` was given. Raises cryptography.exceptions.InvalidTag if altered."""
    raw = b64decode(sealed)
    found = AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], subject.encode())
    detail: dict[str, object] = json.loads(found)
    return detail


def subjects(*, database: str) -> dict[str, tuple[str, bytes]]:
    """Return the name and key of every subject whose key is not destroyed."""
    rows = models.Subject.objects.using(database).exclude(key=None)
    return {row.subject: (row.name or "", bytes(row.key or b"")) for row in rows}


def destroy_key(name: str, *, database: str, at: datetime) -> bool:
    """Erase somebody: the name and the key are gone, the pseudonym stays. False: never known."""
    rows = models.Subject.objects.using(database).filter(name=name)
    return rows.update(name=None, key=None, erased_at=at) == 1
