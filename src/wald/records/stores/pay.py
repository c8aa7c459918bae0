"""Pay runs as rows and as values: begun, published as a draft, released or withdrawn.

A released run is never written again: every change here asks for the state that it may leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from wald.kernel.problem import Problem
from wald.records import models
from wald.records.stores.transaction import together


class State(Enum):
    COMPUTING = "computing"
    DRAFT = "draft"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Layer:
    """One stored layer: how many rows, and SHA-256 over them in their canonical form."""

    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class KeptRun:
    """`inputs` is everything that decides the result, as JSON; `totals` sums for lists."""

    run_id: int
    state: State
    period: str
    starts_on: date
    ends_on: date  # first day after it
    counts_from: date
    made_at: datetime
    made_by: str
    job_id: int | None
    released_at: datetime | None
    released_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    why: str
    inputs: Mapping[str, object]
    inputs_hash: str
    layers: Mapping[str, Layer]
    results_hash: str
    totals: Mapping[str, object]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run that was computed is published with."""

    inputs: Mapping[str, object]
    inputs_hash: str
    layers: Mapping[str, Layer]
    results_hash: str
    totals: Mapping[str, object]
    problems: tuple[Problem, ...]


def begin(
    *,
    period: str,
    starts_on: date,
    ends_on: date,
    counts_from: date,
    at: datetime,
    by: str,
    job_id: int | None,
    database: str,
) -> int:
    """Return the number of a run that nobody sees until it is published."""
    row = models.PayRun.objects.using(database).create(
        period=period,
        starts_on=starts_on,
        ends_on=ends_on,
        counts_from=counts_from,
        made_at=at,
        made_by=by,
        job=job_id,
    )
    return int(row.pk)


def publish(run_id: int, new: NewRun, *, database: str) -> None:
    rows = models.PayRun.objects.using(database).filter(pk=run_id, state=State.COMPUTING.value)
    rows.update(
        state=State.DRAFT.value,
        inputs=dict(new.inputs),
        inputs_hash=new.inputs_hash,
        layers={name: {"rows": one.rows, "hash": one.hash} for name, one in new.layers.items()},
        results_hash=new.results_hash,
        totals=dict(new.totals),
        problems=[[one.where, one.what, one.fix] for one in new.problems],
    )


def forget(run_id: int, *, database: str) -> None:
    """Remove the record of a run that was never published."""
    rows = models.PayRun.objects.using(database)
    rows.filter(pk=run_id, state=State.COMPUTING.value).delete()


def unfinished(*, database: str) -> tuple[int, ...]:
    """Return the runs that were begun and not published: computing now, or dead."""
    rows = models.PayRun.objects.using(database).filter(state=State.COMPUTING.value)
    return tuple(rows.values_list("pk", flat=True))


def numbers(*, database: str) -> frozenset[int]:
    return frozenset(models.PayRun.objects.using(database).values_list("pk", flat=True))


def release(run_id: int, *, at: datetime, by: str, database: str) -> bool:
    """Let a draft count for ever; False if it is none any more."""
    rows = models.PayRun.objects.using(database).filter(pk=run_id, state=State.DRAFT.value)
    return bool(rows.update(state=State.RELEASED.value, released_at=at, released_by=by))


def withdraw(run_id: int, *, at: datetime, by: str, why: str, database: str) -> bool:
    """Take a draft back; False if it is none any more."""
    rows = models.PayRun.objects.using(database).filter(pk=run_id, state=State.DRAFT.value)
    return bool(rows.update(state=State.WITHDRAWN.value, withdrawn_at=at, withdrawn_by=by, why=why))


def find(run_id: int, *, database: str, lock: bool = False) -> KeptRun | None:
    """Return a run that was published, None if there is none; `lock` holds it till the end."""
    rows = models.PayRun.objects.using(database).exclude(state=State.COMPUTING.value)
    if lock:
        rows = rows.select_for_update()
    row = rows.filter(pk=run_id).first()
    return None if row is None else _value(row)


def list_runs(
    *, database: str, states: tuple[State, ...] = (), limit: int | None = None
) -> tuple[KeptRun, ...]:
    """Return runs that were published, newest first."""
    rows = models.PayRun.objects.using(database).exclude(state=State.COMPUTING.value)
    if states:
        rows = rows.filter(state__in=[one.value for one in states])
    return tuple(_value(row) for row in rows.order_by("-pk")[:limit])


def released(*, database: str) -> tuple[KeptRun, ...]:
    """Return the runs that count, by their period."""
    found = list_runs(database=database, states=(State.RELEASED,))
    return tuple(sorted(found, key=lambda run: run.starts_on))


def of_job(job_id: int, *, database: str) -> KeptRun | None:
    """Return the newest run that a job has published."""
    rows = models.PayRun.objects.using(database).exclude(state=State.COMPUTING.value)
    row = rows.filter(job=job_id).order_by("-pk").first()
    return None if row is None else _value(row)


def save_mapping(content: Mapping[str, object], *, at: datetime, by: str, database: str) -> None:
    """Keep how payroll wants an export; the ones before stay, for the record."""
    with together(database=database):
        models.PayrollMapping.objects.using(database).create(
            content=dict(content), saved_at=at, saved_by=by
        )


def newest_mapping(*, database: str) -> Mapping[str, object] | None:
    rows = models.PayrollMapping.objects.using(database).order_by("-pk")
    found: Mapping[str, object] | None = rows.values_list("content", flat=True).first()
    return found


def _value(row: models.PayRun) -> KeptRun:
    return KeptRun(
        run_id=row.pk,
        state=State(row.state),
        period=row.period,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        counts_from=row.counts_from,
        made_at=row.made_at,
        made_by=row.made_by,
        job_id=row.job,
        released_at=row.released_at,
        released_by=row.released_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        why=row.why,
        inputs=row.inputs,
        inputs_hash=row.inputs_hash,
        layers={name: Layer(one["rows"], one["hash"]) for name, one in row.layers.items()},
        results_hash=row.results_hash,
        totals=row.totals,
        problems=tuple(Problem(*one) for one in row.problems),
    )
