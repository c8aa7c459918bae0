"""System or person: the verdict on a metric."""

from django.http import HttpRequest
from ninja import Query, Router

from wald.api.door import asking, read_dates, refuse_unknown, workspace
from wald.api.shapes import FAULTS
from wald.api.verdict_shapes import AskedVerdict, VerdictShape
from wald.queries import verdict as desk
from wald.queries.plain import Json
from wald.queries.plain_verdict import verdict_json

router = Router()


@router.get("/verdicts/{metric}", response={200: VerdictShape, **FAULTS})
def metric_verdict(request: HttpRequest, metric: str, asked: Query[AskedVerdict]) -> Json:
    """Is a figure the system's, a segment's or a person's, or nothing but luck?"""
    refuse_unknown(request, AskedVerdict.model_fields)
    as_of, known = read_dates(asked.as_of, asked.known)
    ask = desk.VerdictAsk(metric, asked.by, asked.period, asked.where, as_of, known)
    page = desk.verdict(actor=asking(request), workspace=workspace(), ask=ask)
    return verdict_json(page, asked.limit, asked.offset)
