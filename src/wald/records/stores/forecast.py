"""Numbers said of a period, and overrides, as rows and as values. Rows are only added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError
from django.db.models import Count, Max, Q

from wald.heart.rollup import Kind
from wald.kernel.period import Period
from wald.records import models
from wald.records.stores.transaction import together


@dataclass(frozen=True, slots=True)
class Entry:
    """`amount` None: an override is taken back. `number` counts from 1 for a person and period."""

    entry_id: int
    kind: Kind
    person_id: str
    seat: str
    period: str
    starts_on: date
    ends_on: date
    number: int
    category: str
    amount: Decimal | None
    currency: str
    note: str
    is_late: bool
    said_at: datetime
    by: str
    by_person_id: str
    replaced_key: str = ""
    replaced_amount: Decimal | None = None
    replaced_currency: str = ""

    @property
    def key(self) -> str:
        return f"wald:{self.entry_id}"


class Taken(Exception):
    """Another entry has this number."""


def add(entries: Sequence[Entry], *, database: str) -> tuple[Entry, ...]:
    """Keep entries; their ids are the database's. Raises Taken where a number is another's."""
    try:
        with together(database=database):
            rows = [_row(one) for one in entries]
            for row in rows:
                row.save(using=database, force_insert=True)
    except IntegrityError as error:
        raise Taken from error
    return tuple(_entry(row) for row in rows)


def entries_of(
    *,
    database: str,
    period: Period | None = None,
    person_id: str | None = None,
    kind: Kind | None = None,
) -> tuple[Entry, ...]:
    """Return entries, oldest first; of one period, person or kind where asked. What a period is
    called does not count, its days do."""
    rows = models.ForecastEntry.objects.using(database)
    if period is not None:
        rows = rows.filter(starts_on=period.start, ends_on=period.end)
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    return tuple(_entry(row) for row in rows.order_by("pk"))


def marks_of(
    *, database: str, said_before: datetime, settled_before: datetime, starts_before: date
) -> tuple[str, str]:
    """Return a name for all that was submitted before a moment, and one for what of it was before
    an earlier one, of periods that begin before a day. Rows are only added, so equal names are
    equal rows."""
    rows = models.ForecastEntry.objects.using(database).filter(
        kind=Kind.SUBMISSION.value, said_at__lt=said_before
    )
    settled = Q(said_at__lt=settled_before, starts_on__lt=starts_before)
    found = rows.aggregate(
        newest=Max("pk"),
        count=Count("pk"),
        newest_settled=Max("pk", filter=settled),
        count_settled=Count("pk", filter=settled),
    )
    return (
        f"{found['count']} to {found['newest'] or 0}",
        f"{found['count_settled']} to {found['newest_settled'] or 0}",
    )


def newest_number(person_id: str, starts_on: date, ends_on: date, *, database: str) -> int:
    """Return the number of the newest entry of a person and period, 0 for none."""
    rows = models.ForecastEntry.objects.using(database).filter(
        person_id=person_id, starts_on=starts_on, ends_on=ends_on
    )
    return int(rows.aggregate(newest=Max("number"))["newest"] or 0)


def said_since(
    moment: datetime, starts_on: date, ends_on: date, *, database: str
) -> frozenset[str]:
    """Return the persons for whom something was submitted since a moment."""
    rows = models.ForecastEntry.objects.using(database).filter(
        kind=Kind.SUBMISSION.value, starts_on=starts_on, ends_on=ends_on, said_at__gte=moment
    )
    return frozenset(rows.values_list("person_id", flat=True))


def _row(entry: Entry) -> models.ForecastEntry:
    return models.ForecastEntry(
        kind=entry.kind.value,
        person_id=entry.person_id,
        seat=entry.seat,
        period=entry.period,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        number=entry.number,
        category=entry.category,
        amount=_text(entry.amount),
        currency=entry.currency,
        note=entry.note,
        is_late=entry.is_late,
        said_at=entry.said_at,
        by=entry.by,
        by_person_id=entry.by_person_id,
        replaced_key=entry.replaced_key,
        replaced_amount=_text(entry.replaced_amount),
        replaced_currency=entry.replaced_currency,
    )


def _entry(row: models.ForecastEntry) -> Entry:
    return Entry(
        entry_id=row.pk,
        kind=Kind(row.kind),
        person_id=row.person_id,
        seat=row.seat,
        period=row.period,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        number=row.number,
        category=row.category,
        amount=_amount(row.amount),
        currency=row.currency,
        note=row.note,
        is_late=row.is_late,
        said_at=row.said_at,
        by=row.by,
        by_person_id=row.by_person_id,
        replaced_key=row.replaced_key,
        replaced_amount=_amount(row.replaced_amount),
        replaced_currency=row.replaced_currency,
    )


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if text else None
