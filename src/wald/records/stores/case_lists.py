"""Which cases somebody may see, as one condition in SQL, and the lists made under it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet

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


def seen(sight: CaseSight, *, database: str) -> QuerySet[models.Case]:
    """Return the cases that somebody may see. Every list, count and search begins here."""
    rows = models.Case.objects.using(database)
    return rows if sight.is_all else rows.filter(_condition(sight, database))


def sees(sight: CaseSight, case_id: int, *, database: str) -> bool:
    return seen(sight, database=database).filter(pk=case_id).exists()


def lines(
    sight: CaseSight, wanted: Wanted, *, limit: int, offset: int = 0, before: int | None = None,
    sort: str = "due", database: str,
) -> tuple[CaseLine, ...]:  # fmt: skip
    """Return cases; `before` is the number of a case, below which the newest follow."""
    rows = _wanted(sight, wanted, database)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    ordered = rows.order_by(*_ORDERS[sort])
    return tuple(_line(row) for row in ordered[offset : offset + limit])


def count(sight: CaseSight, wanted: Wanted, *, database: str) -> int:
    return _wanted(sight, wanted, database).count()


def counts_by_kind(sight: CaseSight, wanted: Wanted, *, database: str) -> Mapping[str, int]:
    rows = _wanted(sight, wanted, database).order_by().values("kind").annotate(n=Count("pk"))
    return {row["kind"]: row["n"] for row in rows}


_ORDERS = {
    "due": ("due_at", "-pk"),
    "newest": ("-pk",),
    "moved": ("-moved_at", "-pk"),
}


def _wanted(sight: CaseSight, wanted: Wanted, database: str) -> QuerySet[models.Case]:
    rows = seen(sight, database=database)
    if wanted.is_open is not None:
        rows = rows.filter(is_open=wanted.is_open)
    if wanted.whose:
        rows = rows.filter(_whose(sight, wanted.whose, database))
    for name in ("kind", "state", "assignee"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.overdue_at is not None:
        rows = rows.filter(is_open=True, due_at__lt=wanted.overdue_at)
    if wanted.link:
        rows = rows.filter(pk__in=_linked([wanted.link], database))
    return rows.filter(_holds(wanted.search)) if wanted.search else rows


def _holds(text: str) -> Q:
    """Does the title hold this text, or is it the number of the case?"""
    found = Q(title__icontains=text)
    number = text.removeprefix("#")
    return found | Q(pk=int(number)) if number.isdecimal() and len(number) < 16 else found


def _condition(sight: CaseSight, database: str) -> Q:
    own = sight.own_names
    targets = [f"{part}:{name}" for part in (ASKED, WATCHER) for name in own]
    found = (
        Q(opened_by__in=own)
        | Q(assignee__in=sorted({*own, *sight.names}))
        | Q(pk__in=_linked(targets, database))
    )
    if sight.persons:
        found |= Q(person_id__in=sorted(sight.persons))
    return found | _in_queue(sight)


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


def _whose(sight: CaseSight, whose: str, database: str) -> Q:
    own = sight.own_names
    asked = _linked([f"{ASKED}:{name}" for name in own], database)
    mine = Q(assignee__in=own) | Q(pk__in=asked)
    if whose == "mine":
        return mine
    if whose == "team":
        return Q(assignee__in=sorted(sight.names - set(own)))
    if whose == "waiting":
        return Q(opened_by__in=own) & ~mine
    return Q(assignee="") & _in_queue(sight)


def _linked(targets: list[str], database: str) -> QuerySet[models.CaseLink, int]:
    rows = models.CaseLink.objects.using(database).filter(target__in=targets)
    return rows.order_by().values_list("case_id", flat=True)


def _line(row: models.Case) -> CaseLine:
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
    )
