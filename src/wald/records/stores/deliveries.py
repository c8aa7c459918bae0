"""Events on their way: which channel gets which, what became of each, when the next attempt is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db.models import Exists, OuterRef, Q, QuerySet

from wald.records import models
from wald.records.stores.transaction import together


class Fate(Enum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Event:
    event_id: int
    message_id: str
    type: str
    at: datetime
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event to one channel; `status` is of the newest answer, of which nothing else is kept."""

    delivery_id: int
    channel_id: int
    event: Event
    fate: Fate
    attempts: int
    next_at: datetime | None
    tried_at: datetime | None
    status: int | None
    error: str


def unspread(*, database: str, limit: int = 500) -> tuple[Event, ...]:
    """Return the oldest events of which nobody has decided yet who gets them."""
    rows = models.Event.objects.using(database).filter(is_spread=False).order_by("id")[:limit]
    return tuple(_event(row) for row in rows)


def spread(wanted: Iterable[tuple[Event, Iterable[int]]], *, at: datetime, database: str) -> int:
    """Make the deliveries of events to channels, each event once; return how many."""
    made = 0
    with together(database=database):
        for event, channel_ids in wanted:
            rows = models.Event.objects.using(database).filter(pk=event.event_id, is_spread=False)
            if rows.update(is_spread=True) != 1:
                continue
            for channel_id in channel_ids:
                add_delivery(event.event_id, channel_id, at=at, database=database)
                made += 1
    return made


def add_event(
    message_id: str,
    type: str,
    body: Mapping[str, object],
    *,
    channel_id: int,
    at: datetime,
    database: str,
) -> int:
    """Add an event for one channel alone; return the delivery."""
    row = models.Event.objects.using(database).create(
        message_id=message_id, type=type, at=at, body=dict(body), is_spread=True
    )
    return add_delivery(int(row.pk), channel_id, at=at, database=database)


def add_delivery(event_id: int, channel_id: int, *, at: datetime, database: str) -> int:
    row = models.Delivery.objects.using(database).create(
        event_id=event_id, channel_id=channel_id, state=Fate.WAITING.value, next_at=at
    )
    return int(row.pk)


def waits(*, at: datetime, database: str) -> bool:
    """Is there an event to spread, or a delivery to make?"""
    if models.Event.objects.using(database).filter(is_spread=False).exists():
        return True
    rows = models.Delivery.objects.using(database)
    return rows.filter(state=Fate.WAITING.value, next_at__lte=at).exists()


def due(*, at: datetime, limit: int, database: str) -> tuple[Delivery, ...]:
    """Return the deliveries to make now, those that waited longest first."""
    rows = models.Delivery.objects.using(database).select_related("event")
    found = rows.filter(state=Fate.WAITING.value, next_at__lte=at).order_by("next_at", "id")
    return tuple(_delivery(row) for row in found[:limit])


def note(
    delivery_id: int,
    *,
    fate: Fate,
    attempts: int,
    at: datetime,
    next_at: datetime | None,
    status: int | None,
    error: str,
    database: str,
) -> None:
    """Keep how an attempt went, unless the delivery was ended meanwhile."""
    rows = models.Delivery.objects.using(database)
    rows.filter(pk=delivery_id, state=Fate.WAITING.value).update(
        state=fate.value,
        attempts=attempts,
        tried_at=at,
        next_at=next_at,
        status=status,
        error=error[:300],
    )


def end_waiting(channel_id: int, *, error: str, database: str) -> int:
    """Give up what still waits for a channel; return how many deliveries that were."""
    rows = models.Delivery.objects.using(database)
    waiting = rows.filter(channel_id=channel_id, state=Fate.WAITING.value)
    return waiting.update(state=Fate.FAILED.value, next_at=None, error=error[:300])


def ended_before(before: datetime, *, database: str) -> bool:
    """Is there a delivery that ended before, or an event of that age that has none?"""
    return _ended(before, database).exists() or _without(before, database).exists()


def clear_before(before: datetime, *, most: int, database: str) -> dict[str, int]:
    """Delete some of what `ended_before` asks for; return how many deliveries and events."""
    with together(database=database):
        ended = [*_ended(before, database).values_list("pk", flat=True)[:most]]
        models.Delivery.objects.using(database).filter(pk__in=ended).delete()
        alone = [*_without(before, database).values_list("pk", flat=True)[:most]]
        models.Event.objects.using(database).filter(pk__in=alone).delete()
    return {"deliveries": len(ended), "events": len(alone)}


def _ended(before: datetime, database: str) -> QuerySet[models.Delivery]:
    rows = models.Delivery.objects.using(database).exclude(state=Fate.WAITING.value)
    is_old = Q(tried_at__lt=before) | Q(tried_at=None)
    return rows.filter(is_old, event__at__lt=before).order_by("pk")


def _without(before: datetime, database: str) -> QuerySet[models.Event]:
    rows = models.Event.objects.using(database).filter(is_spread=True, at__lt=before)
    kept = models.Delivery.objects.using(database).filter(event=OuterRef("pk"))
    return rows.filter(~Exists(kept)).order_by("pk")


def list_deliveries(
    channel_id: int,
    *,
    database: str,
    fate: Fate | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Delivery, ...]:
    """Return a channel's deliveries, newest first."""
    rows = models.Delivery.objects.using(database).select_related("event")
    rows = rows.filter(channel_id=channel_id).order_by("-id")
    if fate is not None:
        rows = rows.filter(state=fate.value)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(_delivery(row) for row in rows[:limit])


def find_delivery(delivery_id: int, *, database: str) -> Delivery | None:
    rows = models.Delivery.objects.using(database).select_related("event")
    row = rows.filter(pk=delivery_id).first()
    return None if row is None else _delivery(row)


def event_types(*, database: str) -> tuple[str, ...]:
    """Return the types of the newest events there were."""
    newest = models.Event.objects.using(database).order_by("-id").values_list("type", flat=True)
    return tuple(sorted(set(newest[:2000])))


def _event(row: models.Event) -> Event:
    return Event(int(row.pk), row.message_id, row.type, row.at, row.body)


def _delivery(row: models.Delivery) -> Delivery:
    return Delivery(
        delivery_id=int(row.pk),
        channel_id=row.channel_id,
        event=_event(row.event),
        fate=Fate(row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        tried_at=row.tried_at,
        status=row.status,
        error=row.error,
    )
