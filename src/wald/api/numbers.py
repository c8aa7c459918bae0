"""Metrics, their numbers, the rows behind them, and the pulse."""

from dataclasses import replace

from django.http import Http404, HttpRequest
from ninja import Query, Router

from wald.api.cursor import Place, read_place, written
from wald.api.door import asking, moment, read_dates, refuse_unknown, workspace
from wald.api.shapes import (
    FAULTS,
    AnswerShape,
    Asked,
    AskedPulse,
    AskedRows,
    Fault,
    MetricShape,
    PulseShape,
    RowsShape,
)
from wald.facts.metric import Metric, metrics
from wald.kernel.actor import Actor
from wald.queries import measure as desk
from wald.queries import pulse as pulse_desk
from wald.queries.plain import answer_json, metric_json, pulse_json, rows_json

router = Router(tags=["numbers"])


@router.get("/metrics", response={200: list[MetricShape], 401: Fault, 422: Fault})
def list_metrics(request: HttpRequest) -> list[dict[str, object]]:
    """Every metric with its definition and what it can be broken down by."""
    refuse_unknown(request)
    return [metric_json(metric) for metric in metrics().values()]


@router.get("/metrics/{key}", response={200: MetricShape, **FAULTS})
def one_metric(request: HttpRequest, key: str) -> dict[str, object]:
    """One metric, told in full."""
    refuse_unknown(request)
    return metric_json(_metric(key))


@router.get("/metrics/{key}/measure", response={200: AnswerShape, **FAULTS})
def measure(request: HttpRequest, key: str, asked: Query[Asked]) -> dict[str, object]:
    """The number, broken down as asked, with what is to be known beside it."""
    refuse_unknown(request, Asked.model_fields)
    _metric(key)
    ask = _ask(key, asked)
    return answer_json(desk.measure(actor=asking(request), workspace=workspace(), ask=ask))


@router.get("/metrics/{key}/rows", response={200: RowsShape, **FAULTS})
def rows(request: HttpRequest, key: str, asked: Query[AskedRows]) -> dict[str, object]:
    """The rows behind the number, page by page; together they add up to it."""
    refuse_unknown(request, AskedRows.model_fields)
    _metric(key)
    actor = asking(request)
    place = _place(actor, key, asked)
    ask = replace(_ask(key, asked), as_of=place.as_of, known=place.known)
    found = desk.rows_behind(
        actor=actor, workspace=workspace(), ask=ask, limit=asked.limit, offset=place.offset
    )
    end = place.offset + found.rows.num_rows
    following = written(replace(place, offset=end)) if end < found.total else None
    return {**rows_json(found), "next_cursor": following}


@router.get("/pulse", response={200: PulseShape, **FAULTS})
def pulse(request: HttpRequest, asked: Query[AskedPulse]) -> dict[str, object]:
    """How the sales organization is doing, each figure with its change."""
    refuse_unknown(request, AskedPulse.model_fields)
    as_of, known = read_dates(asked.as_of, asked.known)
    found = pulse_desk.pulse(
        actor=asking(request), workspace=workspace(), period=asked.period, as_of=as_of, known=known
    )
    if found is None:
        raise Http404("Nothing is loaded yet.")
    return pulse_json(found)


def _metric(key: str) -> Metric:
    found = metrics().get(key)
    if found is None:
        raise Http404(f"There is no metric {key!r}.")
    return found


def _ask(key: str, asked: Asked) -> desk.Ask:
    as_of, known = read_dates(asked.as_of, asked.known)
    return desk.Ask(key, tuple(asked.by), asked.where, asked.period, as_of, known)


def _place(actor: Actor, key: str, asked: AskedRows) -> Place:
    """Return where to read on; on the first page, from its day and this instant."""
    if asked.cursor:
        return read_place(asked.cursor)
    ask = _ask(key, asked)
    known = ask.known or moment()
    seen = desk.view(actor=actor, workspace=workspace(), known=known)
    return Place(0, desk.read_ask(seen, replace(ask, known=known)).when.valid, known)
