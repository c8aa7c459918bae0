"""Answers as plain JSON values: the shapes that the command, the API and files give alike.

Money, ratios and averages are decimal strings, so nobody's float rounds them; counts are
integers; what cannot be had is null. Instants are UTC and end in Z.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from wald.facts.load_report import UndoReport
from wald.facts.measure import columns_for, dimensions_for
from wald.facts.metric import Metric, metrics
from wald.facts.question import Answer, AnswerRow
from wald.kernel.problem import Problem
from wald.queries.loads import RejectedRows
from wald.queries.measure import RowsBehind
from wald.queries.pulse import Breakdown, Figure, Pulse
from wald.records.stores.loads import LoadRecord

Json = dict[str, object]


def plain(value: object) -> object:
    """Return one value as JSON has it; a moment without a zone is UTC, as facts are stored."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def problem_json(problem: Problem) -> Json:
    return {"where": problem.where, "what": problem.what, "fix": problem.fix}


def answer_json(answer: Answer) -> Json:
    return {
        "metric": answer.metric,
        "unit": answer.unit.value,
        "currency": answer.currency,
        "as_of": plain(answer.as_of),
        "known_at": plain(answer.known_at),
        "period": answer.period.label if answer.period else None,
        "notes": list(answer.notes),
        "rows": [_answer_row(answer.by, row) for row in answer.rows],
    }


def _answer_row(by: Sequence[str], row: AnswerRow) -> Json:
    return {**dict(zip(by, row.key, strict=True)), "value": plain(row.value)}


def rows_json(found: RowsBehind) -> Json:
    """Return the answer and one page of the rows behind it, with what all of them add up to."""
    return {
        **answer_json(found.answer),
        "total_rows": found.total,
        "sums": {
            "numerator": plain(added(found.answer, "numerator")),
            "denominator": plain(added(found.answer, "denominator")),
        },
        "rows_behind": [
            {name: plain(value) for name, value in row.items()} for row in found.rows.to_pylist()
        ],
    }


def added(answer: Answer, side: str) -> Decimal | None:
    """Return what the rows behind an answer add up to on one side; null where they do not add."""
    if metrics()[answer.metric].numerator.startswith("MEDIAN("):
        return None
    parts = [getattr(row, side) for row in answer.rows]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if known else None


def metric_json(metric: Metric) -> Json:
    return {
        "key": metric.key,
        "title": metric.title,
        "definition": metric.definition,
        "unit": metric.unit.value,
        "better": metric.better,
        "nulls": metric.nulls,
        "counts_on": metric.on or None,
        "dimensions": list(dimensions_for(metric)),
        "columns": sorted(columns_for(metric)),
        "source": metric.source,
    }


def rejected_json(found: RejectedRows) -> Json:
    return {
        "file": found.file.file,
        "table": found.file.table,
        "total_rows": found.file.rows,
        "path": found.file.path,
        "rows": [dict(row) for row in found.rows],
    }


def undo_json(report: UndoReport) -> Json:
    return {
        "load_id": report.load_id,
        "undone_at": plain(report.undone_at),
        "rows": report.rows,
        "tables": list(report.tables),
    }


def load_json(load: LoadRecord) -> Json:
    return {
        "load_id": load.load_id,
        "state": "undone" if load.undone_at else load.state,
        "loaded_at": plain(load.loaded_at),
        "loaded_by": load.loaded_by,
        "undone_at": plain(load.undone_at),
        "undone_by": load.undone_by or None,
        "source": load.source,
        "connector": load.connector,
        "rows": load.rows,
        "tables": list(load.tables),
        "rejects": [
            {"file": one.file, "table": one.table, "rows": one.rows, "path": one.path}
            for one in load.rejects
        ],
    }


def pulse_json(pulse: Pulse) -> Json:
    return {
        "as_of": plain(pulse.as_of),
        "known_at": plain(pulse.known_at),
        "period": pulse.period.label,
        "compared_with": pulse.compared_with.label,
        "currency": pulse.currency,
        "groups": [
            {"title": title, "figures": [_figure(figure) for figure in figures]}
            for title, figures in pulse.groups
        ],
        "breakdowns": [_breakdown(one) for one in pulse.breakdowns],
        "hygiene": [_figure(figure) for figure in pulse.hygiene],
        "trends": {
            trend.metric: [
                {"period": label, "value": plain(value)} for label, value in trend.points
            ]
            for trend in pulse.trends
        },
        "missing": list(pulse.missing),
    }


def _figure(figure: Figure) -> Json:
    return {
        "metric": figure.metric,
        "title": figure.title,
        "unit": figure.unit.value,
        "currency": figure.currency,
        "value": plain(figure.value),
        "before": plain(figure.before),
        "change": plain(figure.change),
        "is_good": figure.is_good,
        "notes": list(figure.notes),
    }


def _breakdown(one: Breakdown) -> Json:
    return {
        "metric": one.metric,
        "unit": one.unit.value,
        "currency": one.currency,
        "dimension": one.dimension,
        "rows": [
            {
                one.dimension: row.label,
                "value": plain(row.value),
                "before": plain(row.before),
                "change": plain(row.change),
                "records": row.records,
            }
            for row in one.rows
        ],
    }
