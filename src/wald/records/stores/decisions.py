"""Decisions and what came of them, as rows and as values; a decision is written once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connections
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from wald.brain.recall import Face, decision_face
from wald.kernel.period import Period
from wald.kernel.unit import Unit
from wald.kernel.words import is_unwritable
from wald.memory.change import Change
from wald.memory.decision import Decision, Outcome, Reading, Rights, Snapshot, state_of
from wald.records import models
from wald.records.stores.decision_designs import (
    design_from,
    design_json,
    measured_from,
    measured_json,
)
from wald.records.stores.search import Eyes, index

_LARGEST = 2**63 - 1
PATIENCE = timedelta(days=90)  # so long after its review a decision waits for late data


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """`superseded_by` is the number of the decision that took its place."""

    decision_id: int
    decision: Decision
    decided_by: str
    decided_at: datetime
    snapshot: Snapshot
    superseded_by: int | None
    outcome: Outcome | None

    @property
    def state(self) -> str:
        """Return what has come of it, in words."""
        if self.outcome is None:
            return f"to be measured on {self.decision.review_on}"
        return state_of(self.outcome)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions of the list: empty means all."""

    metric: str = ""
    decided_by: str = ""
    kind: str = ""
    state: str = ""  # waiting, measured, came, did_not_come, cannot_tell or superseded
    before: int | None = None
    insight_id: int | None = None


STATES: Mapping[str, Q] = {
    "waiting": Q(outcome=None),
    "measured": Q(outcome__isnull=False),
    "came": Q(outcome__has_come=True),
    "did_not_come": Q(outcome__has_come=False),
    "cannot_tell": Q(outcome__isnull=False, outcome__has_come=None),
    "superseded": Q(superseded_by__isnull=False),
}


def add(decision: Decision, snapshot: Snapshot, *, by: str, at: datetime, database: str) -> int:
    """Keep a decision; return its number. Call inside a transaction."""
    row = models.Decision.objects.using(database).create(
        question=decision.question,
        options=list(decision.options),
        choice=decision.choice,
        why=decision.why,
        kind=decision.kind,
        metric=decision.metric,
        unit=decision.unit.value,
        population=decision.population,
        period=decision.period.label if decision.period else "",
        baseline=decision.baseline.label if decision.baseline else "",
        low=_text(decision.expected.low),
        estimate=_text(decision.expected.estimate),
        high=_text(decision.expected.high),
        confidence=_text(decision.confidence),
        review_on=decision.review_on,
        decided_by=by,
        decided_at=at,
        insight_id=decision.insight_id,
        supersedes_id=decision.supersedes,
        snapshot=_snapshot_json(decision, snapshot),
        links=list(decision.links),
        person_id=decision.person_id,
    )
    index(
        "decision",
        row.pk,
        person_id=decision.person_id,
        title=decision.question,
        body=[
            decision.choice,
            decision.why,
            *decision.options,
            decision.metric,
            decision.population,
            decision.kind,
            *decision.links,
        ],
        database=database,
    )
    return row.pk


def find_decision(decision_id: int, *, eyes: Eyes, database: str) -> KeptDecision | None:
    row = _rows(database).filter(eyes.seen, pk=decision_id).first()
    return None if row is None else _kept(row)


def list_decisions(
    wanted: Wanted, *, eyes: Eyes, limit: int, offset: int = 0, database: str
) -> tuple[KeptDecision, ...]:
    """Return the decisions somebody sees, the newest number first."""
    rows = _filtered(wanted, eyes, database).order_by("-id")
    return tuple(_kept(row) for row in rows[offset : offset + limit])


def count_decisions(wanted: Wanted, *, eyes: Eyes, database: str) -> int:
    return _filtered(wanted, eyes, database).count()


def decisions_by_number(
    numbers: Iterable[int], *, eyes: Eyes, database: str
) -> Mapping[int, KeptDecision]:
    rows = _rows(database).filter(eyes.seen, pk__in=list(numbers))
    return {row.pk: _kept(row) for row in rows}


def decision_faces(
    numbers: Iterable[int], metric: str, *, eyes: Eyes, limit: int, database: str
) -> tuple[Face, ...]:
    """Return what decisions are recognised by: those with these numbers, and the `limit` newest
    of those on the same metric."""
    rows = models.Decision.objects.using(database).filter(eyes.seen)
    alike = Q(pk__in=list(numbers))
    if metric:
        same = rows.filter(metric=metric).order_by("-decided_at").values("pk")
        alike |= Q(pk__in=same[:limit])
    columns = (
        "pk", "question", "choice", "why", "metric", "population", "links", "insight_id",
    )  # fmt: skip
    return tuple(decision_face(*row) for row in rows.filter(alike).values_list(*columns))


def chain(decision_id: int, *, eyes: Eyes, database: str) -> tuple[KeptDecision, ...]:
    """Return a decision with all that it superseded, and all that superseded it, oldest first."""
    if not 0 < decision_id <= _LARGEST:
        return ()
    with connections[database].cursor() as cursor:
        cursor.execute(_CHAIN, [decision_id, decision_id])
        numbers = [number for (number,) in cursor.fetchall()]
    found = decisions_by_number(numbers, eyes=eyes, database=database)
    return tuple(found[number] for number in sorted(found))


_CHAIN = """WITH RECURSIVE
older(id, supersedes_id) AS (
    SELECT id, supersedes_id FROM records_decision WHERE id = %s
    UNION SELECT d.id, d.supersedes_id
    FROM records_decision d JOIN older ON d.id = older.supersedes_id
),
newer(id) AS (
    SELECT id FROM records_decision WHERE id = %s
    UNION SELECT d.id FROM records_decision d JOIN newer ON d.supersedes_id = newer.id
)
SELECT id FROM older UNION SELECT id FROM newer"""


def due(on: date, *, database: str) -> tuple[int, ...]:
    """Return the decisions to be measured on a day: not measured yet, or waiting for data."""
    rows = models.Decision.objects.using(database).filter(review_on__lte=on)
    waiting = Q(outcome__body__waits=True, review_on__gt=on - PATIENCE)
    found = rows.filter(Q(outcome=None) | waiting).order_by("review_on", "id")
    return tuple(found.values_list("id", flat=True))


def keep_outcome(decision_id: int, outcome: Outcome, *, database: str) -> None:
    """Keep what came of a decision, in place of one that could not be told yet."""
    models.Outcome.objects.using(database).update_or_create(
        decision_id=decision_id,
        defaults={
            "measured_at": outcome.measured_at,
            "value": _text(outcome.reading.value),
            "change": _text(outcome.change),
            "has_come": outcome.has_come,
            "body": {
                "reading": _reading_json(outcome.reading),
                "outside": None if outcome.outside is None else _reading_json(outcome.outside),
                "outside_change": _text(outcome.outside_change),
                "reason": outcome.reason,
                "waits": outcome.waits,
                "earlier": list(outcome.earlier),
                "measured": measured_json(outcome.measured),
            },
        },
    )


def told(*, eyes: Eyes, database: str) -> tuple[tuple[str, str, Decimal, bool, int], ...]:
    """Return who decided, the kind, the confidence, whether it came, and how often that was."""
    rows = models.Decision.objects.using(database).filter(
        eyes.seen, outcome__has_come__isnull=False
    )
    names = ("decided_by", "kind", "confidence", "outcome__has_come")
    found = rows.order_by(*names).values_list(*names).annotate(times=Count("id"))
    return tuple((by, kind, Decimal(said), bool(came), n) for by, kind, said, came, n in found)


def _rows(database: str) -> QuerySet[models.Decision]:
    rows = models.Decision.objects.using(database).select_related("outcome")
    # A join would be worked out for all: next to no decision is superseded.
    later = models.Decision.objects.filter(supersedes=OuterRef("pk")).values("pk")
    return rows.annotate(later_id=Subquery(later[:1]))


def _filtered(wanted: Wanted, eyes: Eyes, database: str) -> QuerySet[models.Decision]:
    rows = _rows(database).filter(eyes.seen)
    given = {
        name: value
        for name in ("metric", "decided_by", "kind", "insight_id")
        if (value := getattr(wanted, name))
    }
    if any(isinstance(value, str) and is_unwritable(value) for value in given.values()):
        return rows.none()
    rows = rows.filter(**given)
    if wanted.state:
        rows = rows.filter(STATES[wanted.state])
    if wanted.before is not None:
        rows = rows.filter(pk__lt=wanted.before)
    return rows


def _kept(row: models.Decision) -> KeptDecision:
    kept: models.Outcome | None = getattr(row, "outcome", None)
    period, baseline = row.snapshot.get("period"), row.snapshot.get("baseline")
    decision = Decision(
        question=row.question,
        options=tuple(row.options),
        choice=row.choice,
        why=row.why,
        kind=row.kind,
        metric=row.metric,
        unit=Unit(row.unit),
        population=row.population,
        period=_period(period),
        baseline=_period(baseline),
        expected=Change(Decimal(row.low), Decimal(row.estimate), Decimal(row.high)),
        confidence=Decimal(row.confidence),
        review_on=row.review_on,
        insight_id=row.insight_id,
        supersedes=row.supersedes_id,
        links=tuple(row.links),
        person_id=row.person_id,
        design=design_from(row.snapshot.get("design")),
    )
    return KeptDecision(
        decision_id=row.pk,
        decision=decision,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        snapshot=_snapshot(row.snapshot),
        superseded_by=row.later_id,  # type: ignore[attr-defined]  # of _rows
        outcome=None if kept is None else _outcome(kept),
    )


def _outcome(row: models.Outcome) -> Outcome:
    body = row.body
    outside = body.get("outside")
    return Outcome(
        measured_at=row.measured_at,
        reading=_reading(body["reading"]),
        change=_number(row.change),
        has_come=row.has_come,
        reason=body["reason"],
        waits=body["waits"],
        outside=None if outside is None else _reading(outside),
        outside_change=_number(body["outside_change"]),
        earlier=tuple(body["earlier"]),
        measured=measured_from(body.get("measured")),
    )


def _snapshot_json(decision: Decision, snapshot: Snapshot) -> dict[str, object]:
    rights = snapshot.rights
    return {
        "period": _period_json(decision.period),
        "baseline": _period_json(decision.baseline),
        "reading": _reading_json(snapshot.reading),
        "outside": None if snapshot.outside is None else _reading_json(snapshot.outside),
        "rights": {"role": rights.role, "person_id": rights.person_id, "unit": rights.unit},
        "design": design_json(decision.design),
    }


def _snapshot(told: Mapping[str, dict[str, str]]) -> Snapshot:
    outside = told["outside"]
    return Snapshot(
        reading=_reading(told["reading"]),
        outside=None if outside is None else _reading(outside),
        rights=Rights(**told["rights"]),
    )


def _reading_json(reading: Reading) -> dict[str, object]:
    return {
        "value": _text(reading.value),
        "numerator": _text(reading.numerator),
        "denominator": _text(reading.denominator),
        "records": reading.records,
        "currency": reading.currency,
        "as_of": reading.as_of.isoformat(),
        "known": reading.known.isoformat(),
        "loaded_at": reading.loaded_at.isoformat() if reading.loaded_at else None,
        "reaches": reading.reaches.isoformat() if reading.reaches else None,
        "loads": list(reading.loads),
        "signature": reading.signature,
        "notes": list(reading.notes),
    }


def _reading(told: Mapping[str, object]) -> Reading:
    loads, notes = told["loads"], told["notes"]
    loaded_at, reaches, currency = told["loaded_at"], told["reaches"], told["currency"]
    return Reading(
        value=_number(str(told["value"])),
        numerator=_number(str(told["numerator"])),
        denominator=_number(str(told["denominator"])),
        records=int(str(told["records"])),
        currency=None if currency is None else str(currency),
        as_of=date.fromisoformat(str(told["as_of"])),
        known=datetime.fromisoformat(str(told["known"])),
        loaded_at=None if loaded_at is None else datetime.fromisoformat(str(loaded_at)),
        reaches=None if reaches is None else date.fromisoformat(str(reaches)),
        loads=tuple(int(str(one)) for one in loads) if isinstance(loads, list) else (),
        signature=str(told["signature"]),
        notes=tuple(str(one) for one in notes) if isinstance(notes, list) else (),
    )


def _period_json(period: Period | None) -> dict[str, str] | None:
    """Keep the days too: a fiscal calendar may change, what was promised may not."""
    if period is None:
        return None
    start, end = period.start.isoformat(), period.end.isoformat()
    return {"label": period.label, "start": start, "end": end}


def _period(told: Mapping[str, str] | None) -> Period | None:
    if told is None:
        return None
    start, end = date.fromisoformat(told["start"]), date.fromisoformat(told["end"])
    return Period(start, end, told["label"])


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
