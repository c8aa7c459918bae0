"""Insights as rows and as values: one row for a finding, one event for each time it is seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from wald.brain.recall import Face, insight_face
from wald.insights.insight import Effect, Insight, Status, StoredQuery, after_seen_again
from wald.kernel.unit import Unit
from wald.kernel.words import is_unwritable
from wald.records import models
from wald.records.stores.search import Eyes, index

_CENTS = 100
_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class KeptInsight:
    insight_id: int
    insight: Insight
    status: Status
    first_seen_at: datetime
    last_seen_at: datetime
    times_seen: int
    recorded_by: str
    version: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of an insight's history: recorded, seen, or a change of status."""

    number: int
    kind: str
    at: datetime
    by: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which insights of the list: empty means all. `least` is money, in hundredths."""

    status: Status | None = None
    metric: str = ""
    least: int | None = None
    before: int | None = None  # only with a lower number
    is_open: bool = False  # new or being looked at
    by_size: bool = False  # the largest first, not the newest


def record(insight: Insight, *, by: str, at: datetime, database: str) -> tuple[int, bool, Status]:
    """Keep an insight; the same finding again is one more event of its row.

    Returns its number, whether it is new, and its status now. Call inside a transaction.
    """
    rows = models.Insight.objects.using(database)
    row, is_new = rows.get_or_create(
        fingerprint=insight.fingerprint,
        defaults={
            **_columns(insight),
            "status": Status.NEW.value,
            "first_seen_at": at,
            "last_seen_at": at,
            "recorded_by": by,
        },
    )
    if is_new:
        _happened(row, "recorded", at, by, {})
    else:
        row = rows.select_for_update().get(pk=row.pk)
        was = {"claim": row.claim, "low": row.low, "estimate": row.estimate, "high": row.high}
        for name, value in _columns(insight).items():
            setattr(row, name, value)
        row.status = after_seen_again(Status(row.status)).value
        row.last_seen_at = max(at, row.last_seen_at)
        row.times_seen += 1
        row.version += 1
        row.save(using=database)
        _happened(row, "seen", at, by, {"before": was})
    _index(row, insight, database)
    return row.pk, is_new, Status(row.status)


def move(insight_id: int, status: Status, *, by: str, at: datetime, why: str, database: str) -> int:
    """Give an insight another status; return its new version. Call inside a transaction."""
    row = models.Insight.objects.using(database).select_for_update().get(pk=insight_id)
    was, row.status = row.status, status.value
    row.version += 1
    row.save(using=database, update_fields=["status", "version"])
    _happened(row, status.value, at, by, {"before": was, "why": why})
    return row.version


def find_insight(insight_id: int, *, eyes: Eyes, database: str) -> KeptInsight | None:
    rows = models.Insight.objects.using(database).filter(eyes.seen, pk=insight_id)
    row = rows.first()
    return None if row is None else _kept(row)


def list_insights(
    wanted: Wanted, *, eyes: Eyes, limit: int, offset: int = 0, database: str
) -> tuple[KeptInsight, ...]:
    """Return the insights somebody sees, the newest number first, or the largest money."""
    rows = _filtered(wanted, eyes, database)
    order = ("-size", "-id") if wanted.by_size else ("-id",)
    if wanted.by_size:
        rows = rows.exclude(size=None)
    return tuple(_kept(row) for row in rows.order_by(*order)[offset : offset + limit])


def open_by_size(*, eyes: Eyes, limit: int, database: str) -> tuple[KeptInsight, ...]:
    """Return open insights, the largest money first and then those whose money nobody knows."""
    rows = _filtered(Wanted(is_open=True), eyes, database)
    return tuple(
        _kept(row) for row in rows.order_by(F("size").desc(nulls_last=True), "-id")[:limit]
    )


def count_insights(wanted: Wanted, *, eyes: Eyes, database: str) -> int:
    return _filtered(wanted, eyes, database).count()


def insights_by_number(
    numbers: Iterable[int], *, eyes: Eyes, database: str
) -> Mapping[int, KeptInsight]:
    rows = models.Insight.objects.using(database).filter(eyes.seen, pk__in=list(numbers))
    return {row.pk: _kept(row) for row in rows}


def insight_faces(
    numbers: Iterable[int], metric: str, *, eyes: Eyes, limit: int, database: str
) -> tuple[Face, ...]:
    """Return what insights are recognised by: those with these numbers, and the `limit` seen last
    of those on the same metric."""
    rows = models.Insight.objects.using(database).filter(eyes.seen)
    alike = Q(pk__in=list(numbers))
    if metric:
        same = rows.filter(metric=metric).order_by("-last_seen_at").values("pk")
        alike |= Q(pk__in=same[:limit])
    columns = ("pk", "claim", "subject", "metric", "question")
    return tuple(
        insight_face(number, claim, subject, about, str(question.get("where", "")))
        for number, claim, subject, about, question in rows.filter(alike).values_list(*columns)
    )


def history(insight_id: int, *, limit: int, database: str) -> tuple[Happening, ...]:
    """Return what happened to an insight, the newest first."""
    rows = models.InsightEvent.objects.using(database).filter(insight_id=insight_id)
    return tuple(
        Happening(row.number, row.kind, row.at, row.by, row.body)
        for row in rows.order_by("-number")[:limit]
    )


def metrics_of_insights(*, eyes: Eyes, database: str) -> tuple[str, ...]:
    """Return the metrics there are insights of, to choose from."""
    rows = models.Insight.objects.using(database).filter(eyes.seen).exclude(metric="")
    return tuple(rows.order_by("metric").values_list("metric", flat=True).distinct())


def _filtered(wanted: Wanted, eyes: Eyes, database: str) -> QuerySet[models.Insight]:
    rows = models.Insight.objects.using(database).filter(eyes.seen)
    if wanted.status is not None:
        rows = rows.filter(status=wanted.status.value)
    if wanted.is_open:
        rows = rows.filter(status__in=[Status.NEW.value, Status.LOOKING.value])
    if is_unwritable(wanted.metric):
        return rows.none()
    if wanted.metric:
        rows = rows.filter(metric=wanted.metric)
    if wanted.least is not None:
        rows = rows.filter(size__gte=wanted.least)
    if wanted.before is not None:
        rows = rows.filter(pk__lt=wanted.before)
    return rows


def _happened(
    row: models.Insight, kind: str, at: datetime, by: str, body: Mapping[str, object]
) -> None:
    row.events.create(number=row.version, kind=kind, at=at, by=by, body=dict(body))


def _index(row: models.Insight, insight: Insight, database: str) -> None:
    index(
        "insight",
        row.pk,
        person_id=insight.person_id,
        title=insight.claim,
        body=[insight.subject, insight.metric, insight.question.where, insight.source]
        + [f"{name} {value}" for name, value in insight.evidence.items()],
        database=database,
    )


def _columns(insight: Insight) -> dict[str, object]:
    effect = insight.effect
    return {
        "source": insight.source,
        "claim": insight.claim.strip(),
        "subject": insight.subject,
        "metric": insight.metric,
        "unit": effect.unit.value,
        "low": _text(effect.low),
        "estimate": _text(effect.estimate),
        "high": _text(effect.high),
        "question": _query_json(insight.question),
        "evidence": dict(insight.evidence),
        "details": {
            "p_value": _text(effect.p_value),
            "confidence": _text(effect.confidence),
            "currency": effect.currency,
        },
        "size": _size(effect),
        "person_id": insight.person_id,
    }


def _size(effect: Effect) -> int | None:
    if effect.unit is not Unit.MONEY or effect.estimate is None:
        return None
    return min(int(abs(effect.estimate) * _CENTS), _LARGEST)


def _kept(row: models.Insight) -> KeptInsight:
    details = row.details
    effect = Effect(
        _number(row.low),
        _number(row.estimate),
        _number(row.high),
        Unit(row.unit),
        _number(details.get("p_value", "")),
        _number(details.get("confidence", "")),
        details.get("currency"),
    )
    insight = Insight(
        claim=row.claim,
        source=row.source,
        subject=row.subject,
        metric=row.metric,
        effect=effect,
        evidence=row.evidence,
        question=_query(row.question),
        person_id=row.person_id,
    )
    return KeptInsight(
        insight_id=row.pk,
        insight=insight,
        status=Status(row.status),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        times_seen=row.times_seen,
        recorded_by=row.recorded_by,
        version=row.version,
    )


def _query_json(query: StoredQuery) -> dict[str, object]:
    return {
        "metric": query.metric,
        "by": list(query.by),
        "where": query.where,
        "period": query.period,
        "as_of": query.as_of.isoformat() if query.as_of else None,
        "known": query.known.isoformat() if query.known else None,
        "search": query.search,
        "filters": [list(pair) for pair in query.filters],
    }


def _query(told: Mapping[str, object]) -> StoredQuery:
    as_of, known = told.get("as_of"), told.get("known")
    by, filters = told.get("by"), told.get("filters")
    return StoredQuery(
        metric=str(told.get("metric", "")),
        by=tuple(map(str, by)) if isinstance(by, list) else (),
        where=str(told.get("where", "")),
        period=str(told.get("period", "")),
        as_of=date.fromisoformat(str(as_of)) if as_of else None,
        known=datetime.fromisoformat(str(known)) if known else None,
        search=str(told.get("search", "")),
        filters=tuple((str(a), str(b)) for a, b in filters) if isinstance(filters, list) else (),
    )


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
