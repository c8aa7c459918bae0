"""What we agreed, said and computed beside what came: chances of stages, and their draft."""

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions.calibration import NOTHING, draft_stage_chances
from wald.api.calibration_shapes import (
    AskedCalibration,
    AskedIncentives,
    CategoriesCalibratedShape,
    DraftedChancesShape,
    IncentivesShape,
    ProposedProcessShape,
    QuotasCalibratedShape,
    StagesCalibratedShape,
)
from wald.api.door import asking, moment, read_dates, refuse_unknown, workspace
from wald.api.shapes import FAULTS, Fault
from wald.queries.category_calibration import category_calibration
from wald.queries.documents import must_write
from wald.queries.incentives import incentives
from wald.queries.plain import Json
from wald.queries.plain_calibration import (
    categories_json,
    incentives_json,
    proposal_json,
    quotas_json,
    stages_json,
)
from wald.queries.plain_documents import version_json
from wald.queries.quota_calibration import quota_calibration
from wald.queries.stage_calibration import proposed_process, stage_calibration

router = Router(tags=["calibration"])


@router.get("/calibration/stages", response={200: StagesCalibratedShape, **FAULTS})
def stages_calibrated(request: HttpRequest, asked: Query[AskedCalibration]) -> Json:
    """The agreed chance of each stage, and what became of deals in it."""
    refuse_unknown(request, AskedCalibration.model_fields)
    as_of, _ = read_dates(asked.as_of, "")
    found = stage_calibration(actor=asking(request), workspace=workspace(), as_of=as_of)
    if found is None:
        raise Http404("No deals are loaded yet.")
    return stages_json(found)


@router.get("/calibration/categories", response={200: CategoriesCalibratedShape, **FAULTS})
def categories_calibrated(request: HttpRequest, asked: Query[AskedCalibration]) -> Json:
    """What was said of deals a month into quarters, by category, and what was won of it."""
    refuse_unknown(request, AskedCalibration.model_fields)
    as_of, _ = read_dates(asked.as_of, "")
    found = category_calibration(actor=asking(request), workspace=workspace(), as_of=as_of)
    if found is None:
        raise Http404("No deals are loaded yet.")
    return categories_json(found)


@router.get("/calibration/quotas", response={200: QuotasCalibratedShape, **FAULTS})
def quotas_calibrated(request: HttpRequest, asked: Query[AskedCalibration]) -> Json:
    """How many quotas were reached, of everybody and by team; no person is told."""
    refuse_unknown(request, AskedCalibration.model_fields)
    as_of, _ = read_dates(asked.as_of, "")
    found = quota_calibration(actor=asking(request), workspace=workspace(), as_of=as_of)
    if found is None:
        raise Http404("No quotas are loaded yet.")
    return quotas_json(found)


@router.get("/calibration/incentives", response={200: IncentivesShape, **FAULTS})
def clauses_looked_at(request: HttpRequest, asked: Query[AskedIncentives]) -> Json:
    """What people do around each clause of plans in force, in sums; no person is told."""
    refuse_unknown(request, AskedIncentives.model_fields)
    as_of, _ = read_dates(asked.as_of, "")
    found = incentives(
        actor=asking(request), workspace=workspace(), as_of=as_of, is_whole=asked.all_rules
    )
    if found is None:
        raise Http404("No bookings are loaded yet.")
    return incentives_json(found)


@router.get("/calibration/proposal", response={200: ProposedProcessShape, **FAULTS})
def proposed_chances(request: HttpRequest) -> Json:
    """The sales process with measured chances, as it would be drafted; nothing is written."""
    refuse_unknown(request)
    actor = asking(request)
    must_write(actor, "")
    found = proposed_process(actor=actor, workspace=workspace(), starts_on=moment().date())
    if found is None:
        raise Http404(NOTHING)
    return proposal_json(found)


_WRITES = {200: DraftedChancesShape, 201: DraftedChancesShape, 409: Fault}


@router.post("/calibration/draft", response={**_WRITES, **FAULTS})
def draft_chances(request: HttpRequest) -> Status[Json]:
    """Draft the sales process with measured chances; 200: there was nothing new to draft."""
    refuse_unknown(request)
    done = draft_stage_chances(actor=asking(request), workspace=workspace(), at=moment())
    if done is None:
        return Status(200, {"version": None, "why": NOTHING})
    status = 201 if done.is_new else 200
    return Status(status, {"version": version_json(done.version), "why": ""})
