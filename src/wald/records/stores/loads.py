"""Loads as rows and as values: started, published in one transaction, undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from wald.facts.parts import Load, Part, Snapshot
from wald.facts.settings import Settings
from wald.kernel.problem import Refusal
from wald.records import models
from wald.records.stores.settings import save_settings


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part that is on the disk and not yet published."""

    table: str
    path: str  # below the folder of facts
    rows: int
    replaces: bool
    currencies: tuple[str, ...]
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class RejectFile:
    file: str
    table: str
    rows: int
    path: str  # below the workspace


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """A load as the list of loads shows it; `report` is a LoadReport as JSON."""

    load_id: int
    state: str  # published or rejected
    loaded_at: datetime
    loaded_by: str
    undone_at: datetime | None
    undone_by: str
    source: str
    connector: str
    rows: int
    tables: tuple[str, ...]
    rejects: tuple[RejectFile, ...]
    report: dict[str, object]


def start_load(*, database: str, at: datetime, by: str, source: str, connector: str) -> int:
    """Return the number of a new load that nobody sees until it is published."""
    load = models.Load(loaded_at=at, loaded_by=by, source=source, connector=connector)
    load.save(using=database)
    return int(load.pk)


def publish_load(
    *,
    database: str,
    load_id: int,
    parts: Sequence[NewPart],
    rejects: Sequence[RejectFile],
    report: dict[str, object],
    settings: Settings | None,
) -> None:
    """Make a load's parts known, all at once; without parts only its rejects are kept.

    `settings` are saved with it when this load decided them.
    """
    state = models.Load.State.PUBLISHED if parts else models.Load.State.REJECTED
    with transaction.atomic(using=database):
        models.Part.objects.using(database).bulk_create(
            models.Part(
                load_id=load_id,
                table=part.table,
                path=part.path,
                rows=part.rows,
                replaces=part.replaces,
                currencies=list(part.currencies),
                first_on=part.first_on,
                last_on=part.last_on,
            )
            for part in parts
        )
        models.Reject.objects.using(database).bulk_create(
            models.Reject(
                load_id=load_id, file=one.file, table=one.table, rows=one.rows, path=one.path
            )
            for one in rejects
        )
        if settings is not None:
            save_settings(settings, database=database)
        models.Load.objects.using(database).filter(pk=load_id).update(state=state, report=report)


def forget_load(load_id: int, *, database: str) -> None:
    """Remove the record of a load that was never published."""
    running = models.Load.State.RUNNING
    models.Load.objects.using(database).filter(pk=load_id, state=running).delete()


def unfinished_loads(*, database: str) -> tuple[int, ...]:
    """Return the loads that were started and not published: running now, or dead."""
    running = models.Load.objects.using(database).filter(state=models.Load.State.RUNNING)
    return tuple(running.values_list("pk", flat=True))


def known_numbers(*, database: str) -> frozenset[int]:
    return frozenset(models.Load.objects.using(database).values_list("pk", flat=True))


def undo_load(load_id: int, *, database: str, at: datetime, by: str) -> Load:
    """Take back the newest load that counts; its parts stay for reads as known before.

    Raises Refusal when there is no such load, it was undone, or later loads stand on it.
    """
    with transaction.atomic(using=database):
        rows = models.Load.objects.using(database)
        row = rows.filter(pk=load_id, state=models.Load.State.PUBLISHED).first()
        if row is None:
            raise Refusal(f"There is no load {load_id} to undo; `wald loads` lists them.")
        if row.undone_at is not None:
            raise Refusal(f"Load {load_id} was undone on {row.undone_at:%Y-%m-%d %H:%M} UTC.")
        if at < row.loaded_at:
            raise Refusal(
                f"Load {load_id} was made after {at:%Y-%m-%d %H:%M} UTC; check the clock."
            )
        later = rows.filter(
            pk__gt=load_id, state=models.Load.State.PUBLISHED, undone_at=None
        ).order_by("-pk")
        first = ", ".join(str(number) for number in later.values_list("pk", flat=True))
        if first:
            raise Refusal(
                f"Later loads stand on load {load_id}: undo {first} first, in this order."
            )
        row.undone_at = at
        row.undone_by = by
        row.save(using=database)
        return _load(row)


def snapshot(*, database: str, root: Path, known: datetime | None = None) -> Snapshot:
    """Return everything published, and which of it was known at `known`; `root` holds the parts.

    Every page asks. What a load brought is never changed, so it is read once.
    """
    rows = models.Load.objects.using(database).filter(state=models.Load.State.PUBLISHED)
    columns = ("pk", "loaded_at", "undone_at", "source", "connector")
    found = list(rows.order_by("pk").values_list(*columns))
    parts = _parts_of({number: (root, number, at) for number, at, *_ in found}, database)
    loads = (
        Load(number, loaded_at, undone_at, source, connector, parts[number])
        for number, loaded_at, undone_at, source, connector in found
    )
    return Snapshot(root, tuple(loads), known)


_Key = tuple[Path, int, datetime]
_known_parts: dict[_Key, tuple[Part, ...]] = {}
_MOST_KNOWN = 10_000  # loads


def _parts_of(keys: Mapping[int, _Key], database: str) -> dict[int, tuple[Part, ...]]:
    """Return the parts of published loads; two threads may read the same ones at once."""
    found = {number: _known_parts.get(key) for number, key in keys.items()}
    unknown = [number for number, parts in found.items() if parts is None]
    read: dict[int, tuple[Part, ...]] = {number: () for number in unknown}
    if unknown:
        for row in models.Part.objects.using(database).filter(load_id__in=unknown):
            read[row.load_id] = (*read[row.load_id], _part(row))
        if len(_known_parts) > _MOST_KNOWN:
            _known_parts.clear()
        _known_parts.update({keys[number]: parts for number, parts in read.items()})
    return {number: parts or read.get(number, ()) for number, parts in found.items()}


def list_loads(*, database: str) -> tuple[LoadRecord, ...]:
    """Return every load that ended, newest first."""
    rows = models.Load.objects.using(database).exclude(state=models.Load.State.RUNNING)
    rows = rows.prefetch_related("parts", "rejects").order_by("-pk")
    return tuple(_record(row) for row in rows)


def find_load(load_id: int, *, database: str) -> LoadRecord | None:
    rows = models.Load.objects.using(database).exclude(state=models.Load.State.RUNNING)
    row = rows.prefetch_related("parts", "rejects").filter(pk=load_id).first()
    return None if row is None else _record(row)


def last_loaded_at(*, database: str) -> datetime | None:
    """Return when the newest published load was made, undone or not."""
    rows = models.Load.objects.using(database).filter(state=models.Load.State.PUBLISHED)
    row = rows.order_by("-pk").first()
    return None if row is None else max(row.loaded_at, row.undone_at or row.loaded_at)


def _load(row: models.Load) -> Load:
    return Load(
        load_id=int(row.pk),
        loaded_at=row.loaded_at,
        undone_at=row.undone_at,
        source=row.source,
        connector=row.connector,
        parts=tuple(_part(part) for part in row.parts.all()),
    )


def _part(row: models.Part) -> Part:
    return Part(
        table=row.table,
        path=row.path,
        load_id=row.load_id,
        rows=row.rows,
        replaces=row.replaces,
        currencies=tuple(row.currencies),
        first_on=row.first_on,
        last_on=row.last_on,
    )


def _record(row: models.Load) -> LoadRecord:
    return LoadRecord(
        load_id=int(row.pk),
        state=row.state,
        loaded_at=row.loaded_at,
        loaded_by=row.loaded_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        source=row.source,
        connector=row.connector,
        rows=sum(part.rows for part in row.parts.all()),
        tables=tuple(part.table for part in row.parts.all()),
        rejects=tuple(
            RejectFile(one.file, one.table, one.rows, one.path) for one in row.rejects.all()
        ),
        report=row.report,
    )


def has_invented(*, database: str) -> bool:
    """Is anything that counts from a load of invented data?"""
    rows = models.Load.objects.using(database).filter(
        state=models.Load.State.PUBLISHED, undone_at=None, report__is_invented=True
    )
    return rows.exists()
