"""From the rows an engine returns to an answer: values, and what must be said beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from wald.facts.dimension import DIMENSIONS
from wald.facts.measure import subject_of
from wald.facts.metric import Metric, Need
from wald.facts.question import Answer, AnswerRow, Question, Value
from wald.facts.subject import SUBJECTS
from wald.kernel.money import minor_units, rounded
from wald.kernel.period import Grain, period_of
from wald.kernel.unit import Unit

Row = Mapping[str, object]

_DIGITS = {Unit.RATIO: 6, Unit.DAYS: 2, Unit.HOURS: 2, Unit.AVERAGE: 2}
_SECONDS_PER_HOUR = 3600


def missing_tables(question: Question) -> tuple[str, ...]:
    """Return the tables without which the metric cannot be had, and which have no rows."""
    metric = question.metric
    wanted = [*subject_of(question).tables]
    if metric.over is not None:
        wanted += SUBJECTS[metric.over.reads].tables
    return tuple(dict.fromkeys(name for name in wanted if not question.snapshot.has(name)))


def answer(
    question: Question, rows: Sequence[Row], doubts: Sequence[str] = (), *, void: bool = False
) -> Answer:
    """Judge an engine's `rows` (see `measure.compose`); `doubts` are sentences already found.

    `void` says that one of them means that the number cannot be had at all.
    """
    empty = missing_tables(question)
    judged = [] if empty else [_judged(question, row) for row in rows]
    if void:
        judged = [replace(row, value=None) for row in judged]
    if not judged and not question.by:
        judged = [AnswerRow((), None, None, None, 0, 0)]
    judged.sort(key=lambda row: tuple((part is None, part or "") for part in row.key))
    return Answer(
        metric=question.metric.key,
        title=question.metric.title,
        unit=question.metric.unit,
        currency=(question.terms.currency or None) if question.metric.unit is Unit.MONEY else None,
        by=question.by,
        period=question.period,
        as_of=question.when.valid,
        known_at=question.snapshot.learned_at,
        rows=tuple(judged),
        notes=tuple(_notes(question, rows, judged, empty, doubts)),
        lacks=empty,
    )


def _judged(question: Question, row: Row) -> AnswerRow:
    numerator, denominator = _exact(row["numerator"]), _exact(row["denominator"])
    records, missing = _whole(row["records"]), _whole(row["missing"])
    value = None if row["void"] else _value(question, numerator, denominator, records, missing)
    key = tuple(_shown(question, name, row[name]) for name in question.by)
    return AnswerRow(key, value, numerator, denominator, records, missing)


def _value(
    question: Question,
    numerator: Decimal | None,
    denominator: Decimal | None,
    records: int,
    missing: int,
) -> Value:
    unit = question.metric.unit
    if _beyond_reach(question):
        return None
    if question.metric.is_ratio:
        if numerator is None and denominator is not None and not (question.metric.over and missing):
            numerator = Decimal(0)  # there is something to share in, and nothing that shares
        if numerator is None or denominator is None or denominator <= 0:
            return None
        return rounded(numerator / denominator, _digits(question))
    if numerator is None:
        # Nothing to add up is zero; rows of which none can be added up are not known.
        return (
            rounded(Decimal(0), _digits(question)) if unit is Unit.MONEY and not missing else None
        )
    if unit is Unit.COUNT:
        return None if records and records == missing else int(numerator)
    if unit is Unit.HOURS:
        numerator = numerator / _SECONDS_PER_HOUR
    return rounded(numerator, _digits(question))


def _digits(question: Question) -> int:
    if question.metric.unit is Unit.MONEY:
        return minor_units(question.terms.currency)
    return _DIGITS.get(question.metric.unit, 0)


def _exact(value: object) -> Decimal | None:
    if value is None or isinstance(value, Decimal):
        return value
    return Decimal(str(value))


def _whole(value: object) -> int:
    return int(str(value)) if value is not None else 0


def _shown(question: Question, name: str, value: object) -> str | None:
    """Return a dimension's value as text; periods by their name in the fiscal calendar."""
    grain = DIMENSIONS[name].grain
    if value is None:
        return None
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date) and grain is not None and grain is not Grain.DAY:
        return period_of(question.terms.calendar, grain, value).label
    return str(value)


def _beyond_reach(question: Question) -> bool:
    """Does the period begin after the day asked about, or after the last day of the data?"""
    reach, period = question.snapshot.reaches, question.period
    last = min(reach, question.when.valid) if reach else question.when.valid
    return bool(period and question.metric.on and period.start > last)


def _notes(
    question: Question,
    rows: Sequence[Row],
    judged: Sequence[AnswerRow],
    empty: Sequence[str],
    doubts: Sequence[str],
) -> list[str]:
    metric = question.metric
    if empty:
        named = ", ".join(empty)
        return [f"{metric.title} cannot be had: nothing is loaded for {named}."]
    notes = _period_notes(question)
    if _beyond_reach(question):
        return notes
    missing, records = sum(r.missing for r in judged), sum(r.records for r in judged)
    if missing:
        lacked = _lacked(metric.needs)
        if _has_foreign(question):
            lacked += f" (or no rate to {question.terms.currency})"
        notes.append(f"{missing:,} of {records:,} {_about(question)} have no {lacked}: left out.")
    if any(row["void"] for row in rows):
        notes += _why_void(metric)
    if not rows and question.by:
        notes.append(f"No {_about(question)} match.")
    return [*notes, *doubts]


def _period_notes(question: Question) -> list[str]:
    """Say what the period means here, where that is not what one would think."""
    metric, period, day = question.metric, question.period, question.when.valid
    if period is None:
        return []
    if not metric.on:
        return [f"{metric.title} is a state, as of {day}; {period.label} does not bound it."]
    if period.start > day:
        return [f"{period.label} begins after {day}, the day asked about."]
    if _beyond_reach(question):
        return [f"The data reach to {question.snapshot.reaches}; {period.label} begins later."]
    if day < period.last_day:
        return [f"{period.label} runs until {period.last_day}; counted up to {day}."]
    return []


def _why_void(metric: Metric) -> Iterator[str]:
    """Say why a value cannot be had: a condition of the metric, or what its lower side lacks."""
    if metric.void is not None:
        yield f"{metric.void.why[0].upper()}{metric.void.why[1:]}."
    if metric.over is not None:
        about, lacked = SUBJECTS[metric.over.reads].title, _lacked(metric.over.needs)
        yield f"Some {about} have no {lacked}: {metric.title.lower()} cannot be had there."


def _lacked(needs: Sequence[Need]) -> str:
    return " or no ".join(need.words for need in needs)


def _has_foreign(question: Question) -> bool:
    subject = subject_of(question)
    used = {c for table in subject.tables for c in question.snapshot.currencies(table)}
    counts_money = any(need.column in subject.money for need in question.metric.needs)
    return counts_money and not used <= {question.terms.currency}


def _about(question: Question) -> str:
    return subject_of(question).title
