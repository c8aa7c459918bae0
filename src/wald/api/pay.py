"""Pay: runs, their people and deltas, release, holds, adjustments, lines for payroll."""

from datetime import date

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions import pay as action
from wald.actions import pay_entries
from wald.actions.work.queue import queue
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.pay_shapes import (
    AdjustmentShape,
    AskedRun,
    AskedRuns,
    DecisionOnAdjustment,
    DeltaShape,
    HoldShape,
    NewAdjustmentShape,
    NewHoldShape,
    NewRunShape,
    NumberShape,
    QueuedRunShape,
    RunPageShape,
    RunShape,
    WhyShape,
)
from wald.api.shapes import FAULTS, Cell, Fault
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem
from wald.queries.pay import NoSuchPay
from wald.queries.pay_export import payroll_table
from wald.queries.pay_now import delta_now
from wald.queries.pay_page import run_page, runs
from wald.queries.plain import Json, plain
from wald.queries.plain_pay_runs import (
    adjustment_json,
    delta_json,
    hold_json,
    page_json,
    run_json,
)

router = Router(tags=["pay"])

_ALL = 1000
_WHOLE = AskedRun(search="", limit=100, offset=0)
_MAY_CONFLICT = {409: Fault, **FAULTS}


@router.get("/pay/runs", response={200: list[RunShape], **FAULTS})
def list_pay_runs(request: HttpRequest, asked: Query[AskedRuns]) -> list[Json]:
    """Pay runs, newest first; drafts only to who may see everybody's pay."""
    refuse_unknown(request, AskedRuns.model_fields)
    found = runs(actor=asking(request), workspace=workspace(), limit=asked.limit)
    return [run_json(one) for one in found.runs]


@router.post("/pay/runs", response={202: QueuedRunShape, **_MAY_CONFLICT})
def run_pay(request: HttpRequest, given: NewRunShape) -> Status[Json]:
    """Let a worker compute pay of a period as a draft; the answer is its job."""
    refuse_unknown(request)
    actor = asking(request)
    action.check_period(actor=actor, workspace=workspace(), period=given.period)
    job_id = queue(
        actor=actor, workspace=workspace(), kind="pay_run", at=moment(),
        arguments={"period": given.period},
    )  # fmt: skip
    return Status(202, {"job": job_id})


@router.get("/pay/runs/{int:run_id}", response={200: RunPageShape, **FAULTS})
def one_pay_run(request: HttpRequest, run_id: int, asked: Query[AskedRun]) -> Json:
    """One run: totals, a page of its people, every delta with its cause, who is left out."""
    refuse_unknown(request, AskedRun.model_fields)
    return _page(request, run_id, asked)


@router.post("/pay/runs/{int:run_id}/release", response={200: RunPageShape, **_MAY_CONFLICT})
def release_pay_run(request: HttpRequest, run_id: int) -> Json:
    """Release a draft that somebody else made: it counts for ever."""
    refuse_unknown(request)
    asking(request).must("pay.release")
    _page(request, run_id, _WHOLE)
    action.release(actor=asking(request), workspace=workspace(), run_id=run_id, at=moment())
    return _page(request, run_id, _WHOLE)


@router.post("/pay/runs/{int:run_id}/withdraw", response={200: RunPageShape, **_MAY_CONFLICT})
def withdraw_pay_run(request: HttpRequest, run_id: int, given: WhyShape) -> Json:
    """Take a draft back."""
    refuse_unknown(request)
    asking(request).must("pay.run")
    _page(request, run_id, _WHOLE)
    action.withdraw(
        actor=asking(request), workspace=workspace(), run_id=run_id, why=given.why, at=moment()
    )
    return _page(request, run_id, _WHOLE)


@router.get("/pay/runs/{int:run_id}/payroll", response={200: list[dict[str, Cell]], **FAULTS})
def payroll_lines(request: HttpRequest, run_id: int) -> list[Json]:
    """What payroll pays: a line for each person and wage type; they add up to the run."""
    refuse_unknown(request)
    asking(request).must("pay.read_all")
    _page(request, run_id, _WHOLE)
    table = payroll_table(actor=asking(request), workspace=workspace(), run_id=run_id)
    return [{name: plain(value) for name, value in row.items()} for row in table.to_pylist()]


@router.get("/pay/deltas/{person_id}", response={200: list[DeltaShape], **FAULTS})
def pay_deltas(request: HttpRequest, person_id: str) -> list[Json]:
    """What has changed in what one person was paid, as it is known now, with the causes."""
    refuse_unknown(request)
    found = delta_now(
        actor=asking(request), workspace=workspace(), person_id=person_id, at=moment()
    )
    return [delta_json(one) for one in found]


@router.get("/pay/holds", response={200: list[HoldShape], **FAULTS})
def list_pay_holds(request: HttpRequest) -> list[Json]:
    """Holds on deals and payees, those that are over too."""
    refuse_unknown(request)
    asking(request).must("pay.read_all")
    return [hold_json(one) for one in runs(actor=asking(request), workspace=workspace()).holds]


@router.post("/pay/holds", response={201: NumberShape, **_MAY_CONFLICT})
def hold_pay(request: HttpRequest, given: NewHoldShape) -> Status[Json]:
    """Hold a deal or a payee back from pay."""
    refuse_unknown(request)
    at = moment()
    asking(request).must("pay.hold")
    from_on, until_on = _day(given.from_on, "from_on"), _day(given.until_on, "until_on")
    new = pay_entries.NewHold(
        given.kind, given.subject, from_on or at.date(), until_on, given.reason
    )
    number = pay_entries.hold(actor=asking(request), workspace=workspace(), new=new, at=at)
    return Status(201, {"number": number})


@router.post("/pay/holds/{int:hold_id}/lift", response={200: NumberShape, **_MAY_CONFLICT})
def lift_pay_hold(request: HttpRequest, hold_id: int, given: WhyShape) -> Json:
    """Lift a hold: the next run pays what it held back."""
    refuse_unknown(request)
    asking(request).must("pay.hold")
    found = runs(actor=asking(request), workspace=workspace()).holds
    if not any(one.hold_id == hold_id for one in found):
        raise Http404(f"There is no hold {hold_id}.")
    pay_entries.lift(
        actor=asking(request), workspace=workspace(), hold_id=hold_id, why=given.why, at=moment()
    )
    return {"number": hold_id}


@router.get("/pay/adjustments", response={200: list[AdjustmentShape], **FAULTS})
def list_pay_adjustments(request: HttpRequest) -> list[Json]:
    """Adjustments by hand, newest first."""
    refuse_unknown(request)
    asking(request).must("pay.read_all")
    found = runs(actor=asking(request), workspace=workspace(), limit=_ALL).adjustments
    return [adjustment_json(one) for one in found]


@router.post("/pay/adjustments", response={201: NumberShape, **_MAY_CONFLICT})
def adjust_pay(request: HttpRequest, given: NewAdjustmentShape) -> Status[Json]:
    """Enter an adjustment; it counts once somebody else approves it."""
    refuse_unknown(request)
    at = moment()
    asking(request).must("pay.adjust")
    day = _day(given.counts_on, "counts_on") or at.date()
    new = pay_entries.NewAdjustment(
        given.person_id, given.amount, given.currency, given.reason, day
    )
    number = pay_entries.adjust(actor=asking(request), workspace=workspace(), new=new, at=at)
    return Status(201, {"number": number})


@router.post(
    "/pay/adjustments/{int:adjustment_id}/decision", response={200: NumberShape, **_MAY_CONFLICT}
)
def decide_pay_adjustment(
    request: HttpRequest, adjustment_id: int, given: DecisionOnAdjustment
) -> Json:
    """Approve or refuse what somebody else entered."""
    refuse_unknown(request)
    asking(request).must("pay.adjust")
    found = runs(actor=asking(request), workspace=workspace(), limit=_ALL).adjustments
    if not any(one.adjustment_id == adjustment_id for one in found):
        raise Http404(f"There is no adjustment {adjustment_id}.")
    pay_entries.decide(
        actor=asking(request), workspace=workspace(), adjustment_id=adjustment_id,
        is_approved=given.is_approved, why=given.why, at=moment(),
    )  # fmt: skip
    return {"number": adjustment_id}


@router.post(
    "/pay/adjustments/{int:adjustment_id}/retract", response={200: NumberShape, **_MAY_CONFLICT}
)
def retract_pay_adjustment(request: HttpRequest, adjustment_id: int, given: WhyShape) -> Json:
    """Take an approved adjustment back that is not paid yet."""
    refuse_unknown(request)
    asking(request).must("pay.adjust")
    found = runs(actor=asking(request), workspace=workspace(), limit=_ALL).adjustments
    if not any(one.adjustment_id == adjustment_id for one in found):
        raise Http404(f"There is no adjustment {adjustment_id}.")
    pay_entries.retract(
        actor=asking(request), workspace=workspace(), adjustment_id=adjustment_id, why=given.why,
        at=moment(),
    )  # fmt: skip
    return {"number": adjustment_id}


def _page(request: HttpRequest, run_id: int, asked: AskedRun) -> Json:
    try:
        found = run_page(
            actor=asking(request), workspace=workspace(), run_id=run_id, at=moment(),
            search=asked.search, limit=asked.limit, offset=asked.offset,
        )  # fmt: skip
    except NoSuchPay as refusal:
        raise Http404(str(refusal)) from refusal
    return page_json(found)


def _day(text: str, name: str) -> date | None:
    found = read_day(text, name) if text else None
    if isinstance(found, Problem):
        raise BadInput("This day cannot be read.", [found])
    return found
