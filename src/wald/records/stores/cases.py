"""Cases as rows and as values. A case is the fold of its events; its row keeps what lists need.

Whoever writes an event first locks the case, so that events of two people get two numbers and
neither is lost. Who was asked and who watches stand beside the links, as `asked:` and
`watcher:`, so that one condition in SQL finds what somebody may see.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError

from wald.cases.fold import Case, Event, EventKind, after, fold, opened
from wald.records import models
from wald.records.stores.transaction import together

ASKED, WATCHER = "asked", "watcher"
_PRIVATE = (ASKED, WATCHER)


class OpenAlready(Exception):
    """There is an open case with this fingerprint."""


def open_with(fingerprint: str, *, database: str) -> int | None:
    """Return the open case that carries a fingerprint."""
    rows = models.Case.objects.using(database).filter(is_open=True, fingerprint=fingerprint)
    found = rows.values_list("pk", flat=True).first()
    return None if found is None else int(found)


def create(event: Event, *, fingerprint: str, database: str) -> int:
    """Write a case with its opening. Raises OpenAlready."""
    case = opened(event)
    row = models.Case(kind=case.kind, opened_at=case.opened_at, opened_by=case.opened_by)
    row.fingerprint = fingerprint
    _fill(row, case)
    try:
        with together(database=database):
            row.save(using=database, force_insert=True)
    except IntegrityError as error:
        raise OpenAlready(fingerprint) from error
    _keep_event(row.pk, event, database)
    _keep_targets(row.pk, (), _targets(case), database)
    return int(row.pk)


def locked(case_id: int, *, database: str) -> Case | None:
    """Return a case, locked until the transaction ends."""
    rows = models.Case.objects.using(database).select_for_update().filter(pk=case_id)
    if rows.first() is None:
        return None
    return fold(events(case_id, database=database))


def append(case_id: int, case: Case, event: Event, *, database: str) -> Case:
    """Write the next event of a case that is locked; return what the case is then.

    Raises OpenAlready if it opens again while another one with its fingerprint is open.
    """
    changed = after(case, event)
    row = models.Case.objects.using(database).get(pk=case_id)
    _fill(row, changed)
    try:
        with together(database=database):
            row.save(using=database, force_update=True)
    except IntegrityError as error:
        raise OpenAlready(row.fingerprint) from error
    _keep_event(case_id, event, database)
    _keep_targets(case_id, _targets(case), _targets(changed), database)
    return changed


def load(case_id: int, *, database: str) -> Case | None:
    found = events(case_id, database=database)
    return fold(found) if found else None


def events(case_id: int, *, database: str) -> tuple[Event, ...]:
    """Return every event of a case, in order."""
    rows = models.CaseEvent.objects.using(database).filter(case_id=case_id).order_by("number")
    return tuple(
        Event(row.number, EventKind(row.kind), row.at, row.by, row.for_name, row.body)
        for row in rows
    )


def open_and_due(
    *, before: datetime, database: str, reminded: bool, after_id: int, limit: int
) -> tuple[int, ...]:
    """Return open cases due before an instant and not yet reminded of, or not yet escalated."""
    rows = models.Case.objects.using(database).filter(
        is_open=True, due_at__lt=before, pk__gt=after_id
    )
    waiting = rows.filter(reminded_at=None) if reminded else rows.filter(escalated_at=None)
    return tuple(waiting.order_by("pk").values_list("pk", flat=True)[:limit])


def linked_to(target: str, *, database: str) -> tuple[int, ...]:
    """Return the cases that link to something, newest first."""
    rows = models.CaseLink.objects.using(database).filter(target=target)
    return tuple(rows.order_by("-case_id").values_list("case_id", flat=True)[:100])


def _fill(row: models.Case, case: Case) -> None:
    """Write into the row what of the case it repeats."""
    for name in (
        "title", "state", "is_open", "assignee", "queue", "unit", "person_id", "due_at",
        "reminded_at", "escalated_at", "closed_at", "moved_at", "version",
    ):  # fmt: skip
        setattr(row, name, getattr(case, name))


def _keep_event(case_id: int, event: Event, database: str) -> None:
    models.CaseEvent.objects.using(database).create(
        case_id=case_id,
        number=event.number,
        kind=event.kind.value,
        at=event.at,
        by=event.by,
        for_name=event.for_name,
        body=dict(event.body),
    )


def _targets(case: Case) -> Sequence[str]:
    """Return what a case stands beside; whoever has agreed is no longer asked."""
    voted = [vote.name for vote in case.votes]
    asked = (f"{ASKED}:{name}" for name in case.approvers if name not in voted)
    watchers = (f"{WATCHER}:{name}" for name in (*case.watchers, *voted))
    return list(dict.fromkeys((*asked, *watchers, *case.links)))


def _keep_targets(case_id: int, had: Iterable[str], has: Iterable[str], database: str) -> None:
    rows = models.CaseLink.objects.using(database)
    before, now = set(had), list(has)
    gone = before - set(now)
    if gone:
        rows.filter(case_id=case_id, target__in=gone).delete()
    new = [models.CaseLink(case_id=case_id, target=one) for one in now if one not in before]
    if new:
        rows.bulk_create(new)
