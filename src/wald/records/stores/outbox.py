"""What people and other systems are to hear: written with what it tells of, sent afterwards."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from wald.records import models


def tell(names: Iterable[str], *, title: str, address: str, at: datetime, database: str) -> None:
    """Leave a notice for each of these users."""
    models.Notice.objects.using(database).bulk_create(
        models.Notice(name=name, at=at, title=title[:300], address=address[:500])
        for name in dict.fromkeys(names)
        if name
    )


def emit(type: str, body: Mapping[str, object], *, at: datetime, database: str) -> str:
    """Leave an event for other systems; return its message id."""
    message_id = f"msg_{secrets.token_hex(14)}"
    models.Event.objects.using(database).create(
        message_id=message_id, type=type, at=at, body=dict(body)
    )
    return message_id
