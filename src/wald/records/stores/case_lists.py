"""Which cases somebody may see, as one condition in SQL, and the lists made under it."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Exists, OuterRef, Q, QuerySet

from wald.records import models
from wald.records.stores.cases import ASKED, WATCHER


@dataclass(frozen=True, slots=True)
class CaseSight:
    """What decides which cases somebody may see: by name, by queue, by who is below them."""

    name: str
    is_all: bool = False
    owners: tuple[str, ...] = ()  # for whom they stand in
    queue: str = ""  # the role whose queue is theirs
    queue_unit: str | None = None  # None: all of the queue
    is_queue_below: bool = False  # only what people below them opened, or what concerns them
    names: frozenset[str] = field(default_factory=frozenset)
    persons: frozenset[str] = field(default_factory=frozenset)

    @property
    def own_names(self) -> tuple[str, ...]:
        return (self.name, *self.owners)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a list shows it."""

    case_id: int
    kind: str
    title: str
    state: str
    is_open: bool
    opened_at: datetime
    opened_by: str
    assignee: str
    queue: str
    unit: str
    person_id: str
    due_at: datetime | None
    closed_at: datetime | None
    moved_at: datetime
    version: int
    asked: tuple[str, ...] = ()  # who still has to approve, by name


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the cases somebody sees are wanted; empty means any."""

    whose: str = ""  # mine, team, waiting, queue; "": all they see
    kind: str = ""
    state: str = ""
    is_open: bool | None = True
    assignee: str = ""
    overdue_at: datetime | None = None  # due before this instant and still open
    search: str = ""
    link: str = ""


def seen(
    sight: CaseSight, *, database: str, is_open: bool | None = None, few: bool = False
) -> QuerySet[models.Case]:
    """Return the cases that somebody may see. Every list, count and search begins here.

    Each way of seeing has its index, so cases are gathered one way after the other; only where
    somebody sees very many, closed ones too, or where `few` are wanted of all, one pass over
    all of them is quicker.
    """
    rows = models.Case.objects.using(database)
    wanted = rows if is_open is None else rows.filter(is_open=is_open)
    if sight.is_all:
        return wanted
    if not is_open and (few or len(sight.names) + len(sight.persons) > _MANY):
        return wanted.filter(_in_any_way(sight, database))
    ways = [way if is_open is None else way & _indexed(is_open) for way in _ways(sight)]
    found = [rows.filter(way).order_by().values_list("pk", flat=True) for way in ways]
    return wanted.filter(pk__in=found[0].union(*found[1:], _watched(sight, database)))


def sees(sight: CaseSight, case_id: int, *, database: str) -> bool:
    row = models.Case.objects.using(database).filter(pk=case_id)
    if not sight.is_all:
        row = row.filter(_in_any_way(sight, database))
    return row.exists()


def lines(
    sight: CaseSight, wanted: Wanted, *, limit: int, offset: int = 0, before: int | None = None,
    sort: str = "due", database: str,
) -> tuple[CaseLine, ...]:  # fmt: skip
    """Return cases; `before` is the number of a case, below which the newest follow."""
    if sort == "due" and wanted == Wanted(whose="mine"):
        rows = _first_of_mine(sight, offset + limit, database)
    else:
        rows = _wanted(sight, wanted, database)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if sort == "due" and wanted.is_open and not wanted.whose and sight.is_all:
        rows = rows.filter(_indexed(True))  # as they stand in the index, no sorting
    ordered = rows.order_by(*_ORDERS[sort])
    found = list(ordered[offset : offset + limit])
    asked = _asked([row.pk for row in found], database)
    return tuple(_line(row, asked.get(row.pk, ())) for row in found)


def count(sight: CaseSight, wanted: Wanted, *, database: str) -> int:
    return _wanted(sight, wanted, database).count()


def counts_by_whose(sight: CaseSight, whose: Iterable[str], *, database: str) -> Mapping[str, int]:
    """Count the open cases on each side of the inbox, in one query."""
    asked: list[str] = []
    values: list[Any] = []
    for one in whose:
        for rows in _disjoint(sight, one, database):
            compiler = rows.order_by().values("pk").query.get_compiler(database)
            with suppress(EmptyResultSet):
                text, own = compiler.as_sql()
                asked.append(f"SELECT CAST(%s AS TEXT), count(*) FROM ({text}) AS one")  # noqa: S608  # the ORM's
                values += [one, *own]
    found = dict.fromkeys(whose, 0)
    if asked:
        with connections[database].cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked), values)
            for one, count in cursor.fetchall():
                found[one] += count
    return found


_MANY = 15  # names and persons
_ORDERS = {
    "due": ("due_at", "pk"),
    "newest": ("-pk",),
    "moved": ("-moved_at", "-pk"),
}


def _wanted(sight: CaseSight, wanted: Wanted, database: str) -> QuerySet[models.Case]:
    """Return the cases that are wanted; each of `whose` is among those somebody sees."""
    if wanted.whose:
        rows = _whose(sight, wanted.whose, database, wanted.is_open)
    else:
        rows = seen(sight, database=database, is_open=wanted.is_open, few=bool(wanted.search))
    for name in ("kind", "state", "assignee"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.overdue_at is not None:
        rows = rows.filter(_indexed(True), due_at__lt=wanted.overdue_at)
    if wanted.link:
        rows = rows.filter(pk__in=_linked([wanted.link], database))
    return rows.filter(_holds(wanted.search)) if wanted.search else rows


def _holds(text: str) -> Q:
    """Does the title hold this text, or is it the number of the case?"""
    found = Q(title__icontains=text)
    number = text.removeprefix("#")
    return found | Q(pk=int(number)) if number.isdecimal() and len(number) < 16 else found


def _ways(sight: CaseSight) -> list[Q]:
    """Return the conditions of which one is enough to see a case; `_watched` is one more."""
    return [
        Q(opened_by__in=sight.own_names),
        Q(assignee__in=sorted({*sight.own_names, *sight.names})),
        *([Q(person_id__in=sorted(sight.persons))] if sight.persons else []),
        *([_in_queue(sight)] if sight.queue else []),
    ]


def _in_any_way(sight: CaseSight, database: str) -> Q:
    """Return the condition of seeing a case, to be asked of one after the other."""
    watched = models.CaseLink.objects.using(database).filter(
        case_id=OuterRef("pk"), target__in=_watching(sight)
    )
    return reduce(or_, _ways(sight)) | Q(Exists(watched))


def _watched(sight: CaseSight, database: str) -> QuerySet[models.CaseLink, int]:
    """Return the cases about which somebody was asked, or which they watch."""
    return _linked(_watching(sight), database)


def _watching(sight: CaseSight) -> list[str]:
    return [f"{part}:{name}" for part in (ASKED, WATCHER) for name in sight.own_names]


def _indexed(is_open: bool) -> Q:
    """Return a condition that SQLite looks up in an index; a bare boolean it does not."""
    return Q(is_open__in=(is_open,))


def _in_queue(sight: CaseSight) -> Q:
    if not sight.queue:
        return Q(pk__isnull=not sight.is_all)
    queue = Q(queue=sight.queue)
    if sight.queue_unit is not None:
        queue &= Q(unit=sight.queue_unit)
    if sight.is_queue_below:
        names, persons = sorted(sight.names), sorted(sight.persons)
        queue &= Q(opened_by__in=names) | Q(person_id__in=persons)
    return queue


def _whose(
    sight: CaseSight, whose: str, database: str, is_open: bool | None
) -> QuerySet[models.Case]:
    """Return the cases on one side of the inbox, all of which somebody sees."""
    own = sight.own_names
    rows = models.Case.objects.using(database)
    indexed = rows if is_open is None else rows.filter(_indexed(is_open))
    asked = _linked([f"{ASKED}:{name}" for name in own], database)
    if whose == "mine":
        had = indexed.filter(assignee__in=own).order_by().values_list("pk", flat=True)
        both = rows.filter(pk__in=had.union(asked))
        return both if is_open is None else both.filter(is_open=is_open)
    if whose == "team":
        return indexed.filter(assignee__in=sorted(sight.names - set(own)))
    if whose == "waiting":
        mine = indexed.filter(opened_by__in=own)
        return mine.exclude(assignee__in=own).exclude(pk__in=asked)
    return indexed.filter(_in_queue(sight), assignee="")


def _disjoint(sight: CaseSight, whose: str, database: str) -> list[QuerySet[models.Case]]:
    """Return the open cases on one side of the inbox in parts that share none.

    What somebody has is counted in an index; together with what they are asked it is not.
    """
    if whose != "mine":
        return [_whose(sight, whose, database, is_open=True)]
    own = sight.own_names
    rows = models.Case.objects.using(database)
    asked = _linked([f"{ASKED}:{name}" for name in own], database)
    return [
        rows.filter(_indexed(True), assignee__in=own),
        rows.filter(pk__in=asked, is_open=True).exclude(assignee__in=own),
    ]


def _first_of_mine(sight: CaseSight, most: int, database: str) -> QuerySet[models.Case]:
    """Return the open cases of somebody, at least the `most` that are due first."""
    rows = models.Case.objects.using(database)
    first = Q(pk__in=_linked([f"{ASKED}:{name}" for name in sight.own_names], database))
    for name in sight.own_names:
        had = rows.filter(_indexed(True), assignee=name).order_by(*_ORDERS["due"])
        first |= Q(pk__in=had.values("pk")[:most])
    return rows.filter(first, is_open=True)


def _linked(targets: list[str], database: str) -> QuerySet[models.CaseLink, int]:
    rows = models.CaseLink.objects.using(database).filter(target__in=targets)
    return rows.order_by().values_list("case_id", flat=True)


def _asked(numbers: list[int], database: str) -> Mapping[int, tuple[str, ...]]:
    """Return who still has to approve each of these cases."""
    rows = models.CaseLink.objects.using(database)
    found: dict[int, tuple[str, ...]] = {}
    targets = rows.filter(case_id__in=numbers, target__startswith=f"{ASKED}:").order_by("pk")
    for case_id, target in targets.values_list("case_id", "target"):
        found[case_id] = (*found.get(case_id, ()), target.removeprefix(f"{ASKED}:"))
    return found


def _line(row: models.Case, asked: tuple[str, ...]) -> CaseLine:
    return CaseLine(
        case_id=row.pk,
        kind=row.kind,
        title=row.title,
        state=row.state,
        is_open=row.is_open,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        assignee=row.assignee,
        queue=row.queue,
        unit=row.unit,
        person_id=row.person_id,
        due_at=row.due_at,
        closed_at=row.closed_at,
        moved_at=row.moved_at,
        version=row.version,
        asked=asked,
    )
