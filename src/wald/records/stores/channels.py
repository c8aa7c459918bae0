"""Channels as rows and as values: where events are sent.

An address can be a secret by itself, and a signing secret always is one. Both are sealed with a
key that is made from the installation's secret key and stands in no table, so the database alone,
or a backup of it, gives neither away.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from secrets import token_bytes
from zlib import crc32

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from wald.records import models

_NONCE = 12  # bytes


class Form(Enum):
    """How a channel wants to be told."""

    WEBHOOK = "webhook"  # signed, after Standard Webhooks
    SLACK = "slack"  # a text, as chats take it


@dataclass(frozen=True, slots=True)
class Channel:
    """`url` is "" where it cannot be opened: the installation's secret key is another one now."""

    channel_id: int
    name: str
    form: Form
    url: str
    events: tuple[str, ...]  # types, or "case.*"; (): all
    created_at: datetime
    created_by: str
    stopped_at: datetime | None
    why_stopped: str

    @property
    def version(self) -> int:
        """A number that any change of the channel changes."""
        told = (self.name, self.url, *self.events, str(self.stopped_at))
        return crc32("\n".join(told).encode())

    def takes(self, type: str) -> bool:
        """Does this channel want events of a type?"""
        return not self.events or any(
            type == one or (one.endswith(".*") and type.startswith(one[:-1])) for one in self.events
        )


@dataclass(frozen=True, slots=True)
class Secrets:
    """What signs. `before` signs too, until `until`, so that the receiver can change over."""

    now: bytes
    before: bytes = b""
    until: datetime | None = None

    def at(self, moment: datetime) -> tuple[bytes, ...]:
        still = self.until is not None and moment < self.until
        return (self.now, self.before) if still else (self.now,)


def list_channels(*, database: str) -> tuple[Channel, ...]:
    return tuple(_channel(row) for row in models.Channel.objects.using(database).order_by("name"))


def find_channel(channel_id: int, *, database: str) -> Channel | None:
    row = models.Channel.objects.using(database).filter(pk=channel_id).first()
    return None if row is None else _channel(row)


def lock_channel(channel_id: int, *, database: str) -> Channel | None:
    """Return a channel that nobody else changes until the transaction ends."""
    rows = models.Channel.objects.using(database).select_for_update()
    row = rows.filter(pk=channel_id).first()
    return None if row is None else _channel(row)


def has_channel(name: str, *, database: str) -> bool:
    return models.Channel.objects.using(database).filter(name=name).exists()


def add_channel(
    name: str,
    form: Form,
    url: str,
    events: Sequence[str],
    *,
    secrets: Secrets | None,
    at: datetime,
    by: str,
    database: str,
) -> int:
    row = models.Channel.objects.using(database).create(
        name=name,
        form=form.value,
        url=_sealed(url, name),
        events=list(events),
        secret="" if secrets is None else _sealed(_packed(secrets), name),
        created_at=at,
        created_by=by,
    )
    return int(row.pk)


def change_channel(channel: Channel, url: str, events: Sequence[str], *, database: str) -> None:
    rows = models.Channel.objects.using(database).filter(pk=channel.channel_id)
    rows.update(url=_sealed(url, channel.name), events=list(events))


def secrets_of(channel_id: int, *, database: str) -> Secrets | None:
    """Return what signs a channel's messages; None: it has none, or it cannot be opened."""
    row = models.Channel.objects.using(database).filter(pk=channel_id).first()
    text = "" if row is None else _opened(row.secret, row.name)
    return _unpacked(text) if text else None


def save_secrets(channel: Channel, secrets: Secrets, *, database: str) -> None:
    rows = models.Channel.objects.using(database).filter(pk=channel.channel_id)
    rows.update(secret=_sealed(_packed(secrets), channel.name))


def set_stopped(channel_id: int, *, at: datetime | None, why: str, database: str) -> None:
    """Stop a channel, or with None let it go on."""
    rows = models.Channel.objects.using(database).filter(pk=channel_id)
    rows.update(stopped_at=at, why_stopped=why[:300])


def remove_channel(channel_id: int, *, database: str) -> None:
    """Remove a channel and its deliveries; the events stay."""
    models.Channel.objects.using(database).filter(pk=channel_id).delete()


def _channel(row: models.Channel) -> Channel:
    return Channel(
        channel_id=int(row.pk),
        name=row.name,
        form=Form(row.form),
        url=_opened(row.url, row.name),
        events=tuple(row.events),
        created_at=row.created_at,
        created_by=row.created_by,
        stopped_at=row.stopped_at,
        why_stopped=row.why_stopped,
    )


def _packed(secrets: Secrets) -> str:
    until = "" if secrets.until is None else str(int(secrets.until.timestamp()))
    return json.dumps([_text(secrets.now), _text(secrets.before), until], separators=(",", ":"))


def _unpacked(text: str) -> Secrets:
    now, before, until = json.loads(text)
    moment = datetime.fromtimestamp(int(until), UTC) if until else None
    return Secrets(b64decode(now), b64decode(before), moment)


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def _sealed(text: str, name: str) -> str:
    nonce = token_bytes(_NONCE)
    return _text(nonce + AESGCM(_key()).encrypt(nonce, text.encode(), name.encode()))


def _opened(sealed: str, name: str) -> str:
    """Return what was sealed for the channel of a name, "" if it cannot be opened."""
    if not sealed:
        return ""
    raw = b64decode(sealed)
    try:
        return AESGCM(_key()).decrypt(raw[:_NONCE], raw[_NONCE:], name.encode()).decode()
    except InvalidTag:
        return ""


def _key() -> bytes:
    """Derive the sealing key (HKDF, RFC 5869): the secret key signs sessions, and only that."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"wald channels")
    return derived.derive(settings.SECRET_KEY.encode())
