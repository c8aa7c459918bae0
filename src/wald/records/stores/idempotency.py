"""Writing calls of the API that carried a key, each kept with the answer it got."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.db.models import QuerySet

from wald.records import models
from wald.records.stores.transaction import together


@dataclass(frozen=True, slots=True)
class Call:
    """Who called, under which key; `digest` is SHA-256 over what was asked."""

    name: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Kept:
    """`status` None: it was begun, and nobody knows that it ended."""

    digest: str
    status: int | None
    answer: str
    content_type: str


def find(call: Call, *, database: str) -> Kept | None:
    row = _rows(call, database).first()
    if row is None:
        return None
    return Kept(row.digest, row.status, row.answer, row.content_type)


def begin(call: Call, *, at: datetime, database: str) -> bool:
    """Note that a call begins. False: its key is taken, which may have happened just now."""
    try:
        with together(database=database):
            models.IdempotentCall.objects.using(database).create(
                name=call.name, key=call.key, digest=call.digest, at=at
            )
    except IntegrityError:
        return False
    return True


def end(call: Call, *, status: int, answer: str, content_type: str, database: str) -> None:
    """Keep the answer that a call got."""
    _rows(call, database).update(status=status, answer=answer, content_type=content_type)


def forget(call: Call, *, database: str) -> None:
    """A call that had no effect leaves its key free."""
    _rows(call, database).delete()


def forget_before(at: datetime, *, database: str) -> None:
    models.IdempotentCall.objects.using(database).filter(at__lt=at).delete()


def _rows(call: Call, database: str) -> QuerySet[models.IdempotentCall]:
    return models.IdempotentCall.objects.using(database).filter(name=call.name, key=call.key)
