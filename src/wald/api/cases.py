"""Cases: list and read them, open one, comment, link, assign, take, move; delegations."""

from datetime import UTC, datetime

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions import case_moves, delegations
from wald.actions import cases as action
from wald.api.cases_shapes import (
    AskedCases,
    CaseEventShape,
    CaseLineShape,
    CaseShape,
    DelegationShape,
    NewAssignee,
    NewCase,
    NewComment,
    NewDelegation,
    NewDue,
    NewLinks,
    NewMove,
    NewQueue,
    NewWords,
    SeenVersion,
    Watching,
    WatchShape,
)
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.shapes import FAULTS, Fault
from wald.kernel.actor import Actor
from wald.kernel.policy import Role
from wald.queries import cases as desk
from wald.queries import delegations as delegation_desk
from wald.queries.plain import Json
from wald.queries.plain_cases import case_json, delegation_json, event_json, line_json
from wald.records.stores.delegations import Delegation

router = Router(tags=["cases"])


_WRITES = {200: CaseShape, 409: Fault, **FAULTS}


@router.get("/cases", response={200: list[CaseLineShape], **FAULTS})
def list_cases(request: HttpRequest, asked: Query[AskedCases]) -> list[Json]:
    """The cases that you see, the newest first; `before` a number for those further down."""
    refuse_unknown(request, AskedCases.model_fields)
    ask = desk.CasesAsk(
        whose=asked.whose,
        status=asked.status,
        kind=asked.kind,
        state=asked.state,
        assignee=asked.assignee,
        is_overdue=asked.overdue,
        search=asked.search,
        link=asked.link,
        sort="newest",
    )
    found = desk.case_lines(
        actor=asking(request), workspace=workspace(), ask=ask, at=moment(),
        limit=asked.limit, before=asked.before,
    )  # fmt: skip
    return [line_json(one) for one in found]


@router.get("/cases/{int:case_id}", response={200: CaseShape, **FAULTS})
def one_case(request: HttpRequest, case_id: int) -> Json:
    """One case as it is now, with the moves that you may make."""
    refuse_unknown(request)
    return case_json(_case(asking(request), case_id))


@router.get("/cases/{int:case_id}/events", response={200: list[CaseEventShape], **FAULTS},
            by_alias=True)  # fmt: skip
def case_events(request: HttpRequest, case_id: int) -> list[Json]:
    """Everything that happened to it, in order."""
    refuse_unknown(request)
    return [event_json(event) for event in _case(asking(request), case_id).events]


@router.post("/cases", response={200: CaseShape, 201: CaseShape, 409: Fault, **FAULTS})
def open_case(request: HttpRequest, given: NewCase) -> Status[Json]:
    """Open a case; 200: one of yours with this fingerprint is open already, and is returned."""
    refuse_unknown(request)
    actor, at = asking(request), moment()
    body: Json = {"text": given.text}
    if given.approvers:
        body |= {"approvers": given.approvers, "needs": given.needs}
    case_id = action.open_case(
        actor=actor,
        workspace=workspace(),
        kind=given.kind,
        title=given.title,
        at=at,
        assignee=given.assignee,
        queue=None if given.queue is None else Role(given.queue),
        unit=given.unit,
        person_id=given.person_id,
        due_at=None if given.due_at is None else _in_utc(given.due_at),
        links=given.links,
        body=body,
        fingerprint=action.mark_of(actor, given.fingerprint),
    )
    page = _case(actor, case_id)
    is_new = page.case.version == 1 and page.case.opened_at == at
    return Status(201 if is_new else 200, case_json(page))


@router.post("/cases/{int:case_id}/comments", response=_WRITES)
def comment_case(request: HttpRequest, case_id: int, given: NewComment) -> Json:
    """Say something about it; two comments at once are both kept."""
    actor = _worker(request, case_id)
    action.comment(
        actor=actor, workspace=workspace(), case_id=case_id, text=given.text, at=moment()
    )
    return case_json(_case(actor, case_id))


@router.post("/cases/{int:case_id}/links", response=_WRITES)
def link_case(request: HttpRequest, case_id: int, given: NewLinks) -> Json:
    """Link it to facts, documents, insights, decisions, such as opportunity:O1."""
    actor = _worker(request, case_id)
    action.link(actor=actor, workspace=workspace(), case_id=case_id, links=given.links, at=moment())
    return case_json(_case(actor, case_id))


@router.post("/cases/{int:case_id}/watch", response={200: WatchShape, 409: Fault, **FAULTS})
def watch_case(request: HttpRequest, case_id: int, given: Watching) -> Json:
    """Hear of what happens to it, or no longer."""
    actor = _worker(request, case_id)
    action.watch(actor=actor, workspace=workspace(), case_id=case_id, on=given.on, at=moment())
    return {"case_id": case_id, "on": given.on}


@router.post("/cases/{int:case_id}/assign", response=_WRITES)
def assign_case(request: HttpRequest, case_id: int, given: NewAssignee) -> Json:
    """Give it to somebody; who hands it on goes on watching it."""
    actor = _worker(request, case_id)
    case_moves.assign(
        actor=actor, workspace=workspace(), case_id=case_id, to=given.to,
        version=given.version, at=moment(),
    )  # fmt: skip
    return case_json(_case(actor, case_id))


@router.post("/cases/{int:case_id}/take", response=_WRITES)
def take_case(request: HttpRequest, case_id: int, given: SeenVersion) -> Json:
    """Take it from its queue."""
    actor = _worker(request, case_id)
    case_moves.take(
        actor=actor, workspace=workspace(), case_id=case_id, version=given.version, at=moment()
    )
    return case_json(_case(actor, case_id))


@router.post("/cases/{int:case_id}/give-back", response=_WRITES)
def give_back_case(request: HttpRequest, case_id: int, given: NewQueue) -> Json:
    """Give it back to its queue, or to another one."""
    actor = _worker(request, case_id)
    case_moves.give_back(
        actor=actor, workspace=workspace(), case_id=case_id, version=given.version,
        queue=None if given.queue is None else Role(given.queue), at=moment(),
    )  # fmt: skip
    return case_json(_case(actor, case_id))


@router.post("/cases/{int:case_id}/moves", response=_WRITES)
def move_case(request: HttpRequest, case_id: int, given: NewMove) -> Json:
    """Move it: approve, reject, finish, whatever its kind has."""
    actor = _worker(request, case_id)
    case_moves.move_case(
        actor=actor, workspace=workspace(), case_id=case_id, move=given.move,
        reason=given.reason, outcome=given.outcome, version=given.version, at=moment(),
    )  # fmt: skip
    return case_json(_case(actor, case_id))


@router.post("/cases/{int:case_id}/due", response=_WRITES)
def set_case_due(request: HttpRequest, case_id: int, given: NewDue) -> Json:
    """Say by when it is to be done."""
    actor = _worker(request, case_id)
    case_moves.set_due(
        actor=actor, workspace=workspace(), case_id=case_id, due_at=_in_utc(given.due_at),
        version=given.version, at=moment(),
    )  # fmt: skip
    return case_json(_case(actor, case_id))


@router.post("/cases/{int:case_id}/words", response=_WRITES)
def change_case_words(request: HttpRequest, case_id: int, given: NewWords) -> Json:
    """Change its title or its text; approvals so far are void."""
    actor = _worker(request, case_id)
    action.change_case(
        actor=actor, workspace=workspace(), case_id=case_id, title=given.title,
        text=given.text, version=given.version, at=moment(),
    )  # fmt: skip
    return case_json(_case(actor, case_id))


@router.get("/delegations", response={200: list[DelegationShape], **FAULTS})
def list_delegations(request: HttpRequest) -> list[Json]:
    """Who stands in for whom: what you gave and were given, the newest first."""
    refuse_unknown(request)
    found = delegation_desk.delegations(actor=asking(request), workspace=workspace())
    return [delegation_json(one) for one in found]


@router.post("/delegations", response={201: DelegationShape, 409: Fault, **FAULTS})
def add_delegation(request: HttpRequest, given: NewDelegation) -> Status[Json]:
    """Let somebody stand in, from the first day to before the last."""
    refuse_unknown(request)
    actor = asking(request)
    number = delegations.delegate(
        actor=actor, workspace=workspace(), to=given.to, starts_on=given.starts_on,
        ends_on=given.ends_on, owner=given.owner, why=given.why, at=moment(),
    )  # fmt: skip
    return Status(201, delegation_json(_delegation(actor, number)))


@router.post(
    "/delegations/{int:delegation_id}/end", response={200: DelegationShape, 409: Fault, **FAULTS}
)
def end_delegation(request: HttpRequest, delegation_id: int) -> Json:
    """End it now."""
    refuse_unknown(request)
    actor = asking(request)
    actor.must("delegations.keep")
    _delegation(actor, delegation_id)
    delegations.end_delegation(
        actor=actor, workspace=workspace(), delegation_id=delegation_id, at=moment()
    )
    return delegation_json(_delegation(actor, delegation_id))


def _worker(request: HttpRequest, case_id: int) -> Actor:
    """Return who asks, if they may work on a case that they see."""
    refuse_unknown(request)
    actor = asking(request)
    actor.must("cases.work")
    _case(actor, case_id)
    return actor


def _case(actor: Actor, case_id: int) -> desk.CasePage:
    found = desk.one_case(actor=actor, workspace=workspace(), case_id=case_id, at=moment())
    if found is None:
        raise Http404(f"There is no case {case_id}, or none that you see.")
    return found


def _delegation(actor: Actor, delegation_id: int) -> Delegation:
    found = delegation_desk.one_delegation(
        actor=actor, workspace=workspace(), delegation_id=delegation_id
    )
    if found is None:
        raise Http404(f"There is no delegation {delegation_id} of yours.")
    return found


def _in_utc(at: datetime) -> datetime:
    """Return an instant with its zone; one without is in UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
