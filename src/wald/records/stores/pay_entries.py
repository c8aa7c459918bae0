"""Holds and manual adjustments as rows and as values."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from django.db.models import QuerySet

from wald.records import models


class Held(Enum):
    """What a hold is on."""

    DEAL = "deal"  # it is not credited
    PAYEE = "payee"  # who is not paid


@dataclass(frozen=True, slots=True)
class Hold:
    """It holds in runs whose period ends within its days, until it is lifted."""

    hold_id: int
    kind: Held
    subject: str  # key of the deal or the person
    from_on: date
    until_on: date | None  # first day without; None: until it is lifted
    reason: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifted_because: str = ""

    def holds(self, last_day: date, known: datetime) -> bool:
        """Does it hold in a run whose period ends with `last_day`, made at `known`?"""
        is_known = self.placed_at <= known and (self.lifted_at is None or self.lifted_at > known)
        ended = self.until_on is not None and self.until_on <= last_day
        return is_known and self.from_on <= last_day and not ended


@dataclass(frozen=True, slots=True)
class Entered:
    """A manual adjustment as it is kept."""

    adjustment_id: int
    person_id: str
    amount: Decimal
    currency: str
    reason: str
    counts_on: date
    entered_at: datetime
    entered_by: str
    approved_at: datetime | None
    approved_by: str
    refused_at: datetime | None  # after it was approved: it was retracted
    refused_by: str
    answer: str
    run_id: int | None  # that paid it

    @property
    def is_open(self) -> bool:
        return self.approved_at is None and self.refused_at is None


def add_hold(hold: Hold, *, database: str) -> int:
    """Keep a hold; its number is the database's."""
    row = models.PayHold.objects.using(database).create(
        kind=hold.kind.value,
        subject=hold.subject,
        from_on=hold.from_on,
        until_on=hold.until_on,
        reason=hold.reason,
        placed_at=hold.placed_at,
        placed_by=hold.placed_by,
    )
    return int(row.pk)


def lift_hold(hold_id: int, *, at: datetime, by: str, why: str, database: str) -> bool:
    """End a hold now; False if there is none that lasts."""
    rows = models.PayHold.objects.using(database).filter(pk=hold_id, lifted_at=None)
    return bool(rows.update(lifted_at=at, lifted_by=by, lifted_because=why))


def find_hold(hold_id: int, *, database: str) -> Hold | None:
    row = models.PayHold.objects.using(database).filter(pk=hold_id).first()
    return None if row is None else _hold(row)


def list_holds(*, database: str, hold_ids: Collection[int] | None = None) -> tuple[Hold, ...]:
    rows = models.PayHold.objects.using(database).order_by("pk")
    if hold_ids is not None:
        rows = rows.filter(pk__in=hold_ids)
    return tuple(_hold(row) for row in rows)


def add_adjustment(
    *,
    person_id: str,
    amount: Decimal,
    currency: str,
    reason: str,
    counts_on: date,
    at: datetime,
    by: str,
    database: str,
) -> int:
    row = models.PayAdjustment.objects.using(database).create(
        person_id=person_id,
        amount=str(amount),
        currency=currency,
        reason=reason,
        counts_on=counts_on,
        entered_at=at,
        entered_by=by,
    )
    return int(row.pk)


def approve_adjustment(adjustment_id: int, *, at: datetime, by: str, database: str) -> bool:
    """Let it count; False if there is none that waits."""
    rows = _waiting(adjustment_id, database)
    return bool(rows.update(approved_at=at, approved_by=by))


def refuse_adjustment(
    adjustment_id: int, *, at: datetime, by: str, answer: str, database: str
) -> bool:
    rows = _waiting(adjustment_id, database)
    return bool(rows.update(refused_at=at, refused_by=by, answer=answer))


def retract_adjustment(
    adjustment_id: int, *, at: datetime, by: str, answer: str, database: str
) -> bool:
    """Let an approved one no longer count; False if it was paid, or is not one that counts."""
    rows = models.PayAdjustment.objects.using(database).filter(
        pk=adjustment_id, approved_at__isnull=False, refused_at=None, paid_in=None
    )
    return bool(rows.update(refused_at=at, refused_by=by, answer=answer))


def pay_adjustments(adjustment_ids: Iterable[int], *, run_id: int, database: str) -> int:
    """Note in which run they were paid; return how many were neither paid nor retracted before."""
    rows = models.PayAdjustment.objects.using(database).filter(
        pk__in=list(adjustment_ids), paid_in=None, approved_at__isnull=False, refused_at=None
    )
    return rows.update(paid_in=run_id)


def find_adjustment(adjustment_id: int, *, database: str) -> Entered | None:
    row = models.PayAdjustment.objects.using(database).filter(pk=adjustment_id).first()
    return None if row is None else _entered(row)


def list_adjustments(
    *,
    database: str,
    person_id: str = "",
    adjustment_ids: Collection[int] | None = None,
    limit: int | None = None,
) -> tuple[Entered, ...]:
    """Return adjustments, newest first."""
    rows = models.PayAdjustment.objects.using(database).order_by("-pk")
    if person_id:
        rows = rows.filter(person_id=person_id)
    if adjustment_ids is not None:
        rows = rows.filter(pk__in=adjustment_ids)
    return tuple(_entered(row) for row in rows[:limit])


def payable(*, until: date, known: datetime, database: str) -> tuple[Entered, ...]:
    """Return what was approved by `known`, counts before `until`, and was neither paid nor
    retracted, by number."""
    rows = models.PayAdjustment.objects.using(database).filter(
        approved_at__lte=known, refused_at=None, counts_on__lt=until, paid_in=None
    )
    return tuple(_entered(row) for row in rows.order_by("pk"))


def _waiting(adjustment_id: int, database: str) -> QuerySet[models.PayAdjustment]:
    rows = models.PayAdjustment.objects.using(database)
    return rows.filter(pk=adjustment_id, approved_at=None, refused_at=None)


def _hold(row: models.PayHold) -> Hold:
    return Hold(
        hold_id=row.pk,
        kind=Held(row.kind),
        subject=row.subject,
        from_on=row.from_on,
        until_on=row.until_on,
        reason=row.reason,
        placed_at=row.placed_at,
        placed_by=row.placed_by,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
        lifted_because=row.lifted_because,
    )


def _entered(row: models.PayAdjustment) -> Entered:
    return Entered(
        adjustment_id=row.pk,
        person_id=row.person_id,
        amount=Decimal(row.amount),
        currency=row.currency,
        reason=row.reason,
        counts_on=row.counts_on,
        entered_at=row.entered_at,
        entered_by=row.entered_by,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
        refused_at=row.refused_at,
        refused_by=row.refused_by,
        answer=row.answer,
        run_id=row.paid_in_id,
    )
