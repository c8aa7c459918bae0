"""What the rules of hygiene find at open deals, and how each rule fared."""

from django.http import Http404, HttpRequest
from ninja import Query, Router

from wald.api.door import asking, read_dates, refuse_unknown, workspace
from wald.api.hygiene_shapes import (
    AskedHygiene,
    AskedHygieneRules,
    HygieneRulesShape,
    HygieneShape,
)
from wald.api.shapes import FAULTS
from wald.queries.hygiene import HygieneAsk, hygiene
from wald.queries.hygiene_record import hygiene_record
from wald.queries.plain import Json
from wald.queries.plain_hygiene import hygiene_json, record_json

router = Router(tags=["pipeline"])
_NOTHING = "No deals are loaded yet."


@router.get("/hygiene", response={200: HygieneShape, **FAULTS})
def hygiene_findings(request: HttpRequest, asked: Query[AskedHygiene]) -> Json:
    """What is wrong with the open deals you see, worst first, and the money at risk."""
    refuse_unknown(request, AskedHygiene.model_fields)
    as_of, known = read_dates(asked.as_of, asked.known)
    found = hygiene(
        actor=asking(request),
        workspace=workspace(),
        ask=HygieneAsk(
            as_of,
            known,
            asked.rule,
            asked.severity,
            asked.owner,
            asked.team,
            asked.deal,
            asked.order,
        ),
        limit=asked.limit,
        offset=asked.offset,
    )
    if found is None:
        raise Http404(_NOTHING)
    return hygiene_json(found)


@router.get("/hygiene/rules", response={200: HygieneRulesShape, **FAULTS})
def hygiene_rule_list(request: HttpRequest, asked: Query[AskedHygieneRules]) -> Json:
    """What each rule measures, and how often the deals it found were won, beside others."""
    refuse_unknown(request, AskedHygieneRules.model_fields)
    as_of, _ = read_dates(asked.as_of, "")
    found = hygiene_record(actor=asking(request), workspace=workspace(), on=as_of)
    if found is None:
        raise Http404(_NOTHING)
    return record_json(found)
