"""Saved views, as rows and as values: a page as somebody likes to see it, under a name."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.db.models import Q

from wald.records import models
from wald.records.stores.transaction import together

_MOST_NUMBER = 2**63  # that the database can hold


@dataclass(frozen=True, slots=True)
class View:
    """`address` is a path of this site with its query; who shares a view shows it to everybody
    who may open that page."""

    view_id: int
    owner: str
    name: str
    address: str
    is_shared: bool
    created_at: datetime


def create(
    *, owner: str, name: str, address: str, is_shared: bool, at: datetime, database: str
) -> View | None:
    """Add a view; None if its owner has one of this name already."""
    try:
        with together(database=database):
            row = models.SavedView.objects.using(database).create(
                owner=owner, name=name, address=address, is_shared=is_shared, created_at=at
            )
    except IntegrityError:
        return None
    return _view(row)


def change(view_id: int, *, name: str, is_shared: bool, database: str) -> bool:
    """Give a view another name, share it or not; False if its owner has that name already."""
    rows = models.SavedView.objects.using(database).filter(pk=view_id)
    try:
        with together(database=database):
            rows.update(name=name, is_shared=is_shared)
    except IntegrityError:
        return False
    return True


def delete(view_id: int, *, database: str) -> None:
    models.SavedView.objects.using(database).filter(pk=view_id).delete()


def find_view(view_id: int, *, owner: str, database: str, lock: bool = False) -> View | None:
    """Return one of `owner`'s views; with `lock` nobody else changes it in this transaction."""
    if not 0 < view_id < _MOST_NUMBER:
        return None
    rows = models.SavedView.objects.using(database).filter(pk=view_id, owner=owner)
    row = (rows.select_for_update() if lock else rows).first()
    return None if row is None else _view(row)


def count_views(*, owner: str, database: str) -> int:
    return models.SavedView.objects.using(database).filter(owner=owner).count()


def list_views(*, owner: str, database: str, beginning: str = "") -> tuple[View, ...]:
    """Return `owner`'s views and those that others share, by name; of addresses beginning so."""
    rows = models.SavedView.objects.using(database).filter(Q(owner=owner) | Q(is_shared=True))
    if beginning:
        rows = rows.filter(address__startswith=beginning)
    return tuple(_view(row) for row in rows.order_by("name", "id"))


def _view(row: models.SavedView) -> View:
    return View(row.pk, row.owner, row.name, row.address, row.is_shared, row.created_at)
