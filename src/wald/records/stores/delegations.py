"""Who stands in for whom, as rows and as values. The last day is the first without."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from wald.kernel.policy import GRANTS
from wald.records import models


@dataclass(frozen=True, slots=True)
class Delegation:
    """`delegate` acts for `owner` from `starts_on` to before `ends_on`, if nobody ended it."""

    delegation_id: int
    owner: str
    delegate: str
    starts_on: date
    ends_on: date
    why: str
    created_at: datetime
    ended_at: datetime | None

    def lasts(self, on: date) -> bool:
        return self.ended_at is None and self.starts_on <= on < self.ends_on


def add(
    *,
    owner: str,
    delegate: str,
    starts_on: date,
    ends_on: date,
    why: str,
    at: datetime,
    database: str,
) -> int:
    row = models.Delegation.objects.using(database).create(
        owner=owner,
        delegate=delegate,
        starts_on=starts_on,
        ends_on=ends_on,
        why=why,
        created_at=at,
    )
    return int(row.pk)


def end(delegation_id: int, *, at: datetime, database: str) -> bool:
    """End a delegation now; False if there is none that lasts."""
    rows = models.Delegation.objects.using(database)
    return bool(rows.filter(pk=delegation_id, ended_at=None).update(ended_at=at))


def find(delegation_id: int, *, database: str) -> Delegation | None:
    row = models.Delegation.objects.using(database).filter(pk=delegation_id).first()
    return None if row is None else _value(row)


def of_somebody(name: str, *, database: str) -> tuple[Delegation, ...]:
    """Return what somebody gave or was given, newest first."""
    rows = models.Delegation.objects.using(database)
    return tuple(
        _value(row) for row in rows.filter(Q(owner=name) | Q(delegate=name)).order_by("-pk")[:500]
    )


def all_of_them(*, database: str) -> tuple[Delegation, ...]:
    rows = models.Delegation.objects.using(database).order_by("-pk")
    return tuple(_value(row) for row in rows[:500])


def overlapping(
    owner: str, delegate: str, *, starts_on: date, ends_on: date, database: str
) -> Delegation | None:
    """Return one between these two that shares a day with the days given."""
    row = (
        models.Delegation.objects.using(database)
        .filter(owner=owner, delegate=delegate, ended_at=None)
        .filter(starts_on__lt=ends_on, ends_on__gt=starts_on)
        .first()
    )
    return None if row is None else _value(row)


def owners_of(delegate: str, *, on: date, database: str) -> tuple[str, ...]:
    """Return for whom somebody stands in on a day, by name.

    Nobody stands in for somebody who may not sign in or work on cases any more.
    """
    rows = _lasting(on, database).filter(delegate=delegate, owner__in=_workers(database))
    return tuple(sorted(set(rows.values_list("owner", flat=True))))


def delegates_of(owner: str, *, on: date, database: str) -> tuple[str, ...]:
    """Return who stands in for somebody on a day, by name."""
    rows = _lasting(on, database).filter(owner=owner, delegate__in=_workers(database))
    return tuple(sorted(set(rows.values_list("delegate", flat=True))))


def pairs_on(on: date, *, database: str) -> tuple[tuple[str, str], ...]:
    """Return every owner with every delegate of theirs on a day."""
    return tuple(_lasting(on, database).values_list("owner", "delegate"))


def _lasting(on: date, database: str) -> QuerySet[models.Delegation]:
    rows = models.Delegation.objects.using(database)
    return rows.filter(ended_at=None, starts_on__lte=on, ends_on__gt=on)


def names_who_may(permission: str, *, database: str) -> tuple[str, ...]:
    """Return who may sign in and holds a permission by their role, by name."""
    roles = [role.value for role, grants in GRANTS.items() if permission in grants]
    users = User.objects.using(database).filter(is_active=True, profile__role__in=roles)
    return tuple(users.order_by("username").values_list("username", flat=True))


def _workers(database: str) -> QuerySet[User, str]:
    roles = [role.value for role, grants in GRANTS.items() if "cases.work" in grants]
    users = User.objects.using(database).filter(is_active=True, profile__role__in=roles)
    return users.values_list("username", flat=True)


def _value(row: models.Delegation) -> Delegation:
    return Delegation(
        delegation_id=row.pk,
        owner=row.owner,
        delegate=row.delegate,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        why=row.why,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
