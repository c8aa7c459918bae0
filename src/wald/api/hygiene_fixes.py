"""Values written into deals and taken back, files for their source, and cases of findings."""

from http import HTTPStatus

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions.hygiene_cases import open_cases
from wald.actions.hygiene_fixes import fix_deals, undo_fix
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.hygiene_fixes_shapes import (
    AskedFixes,
    AskedFixFile,
    FindingCasesShape,
    FixFileShape,
    FixPreviewShape,
    FixShape,
    FixUndoneShape,
    NewFindingCasesShape,
    NewFixShape,
    NewFixUndoShape,
    WantedFixShape,
    WrittenFixShape,
)
from wald.api.shapes import FAULTS, Fault
from wald.heart.deal_fix import Wanted
from wald.kernel.problem import BadInput, Problem
from wald.queries.fix_files import update_file
from wald.queries.hygiene import HygieneAsk
from wald.queries.hygiene_fixes import fixes, one_fix, preview
from wald.queries.plain import Json
from wald.queries.plain_fixes import fix_json, plan_json, preview_json

router = Router(tags=["pipeline"])
_NONE = "There is no such fix, or none of deals that you see."


@router.get("/hygiene/fixes", response={200: list[FixShape], **FAULTS})
def hygiene_fix_list(request: HttpRequest, asked: Query[AskedFixes]) -> list[Json]:
    """What was written into deals that you see, newest first, and whether the source has it."""
    refuse_unknown(request, AskedFixes.model_fields)
    found = fixes(
        actor=asking(request), workspace=workspace(), limit=asked.limit, offset=asked.offset
    )
    return [fix_json(one) for one in found]


@router.get("/hygiene/fixes/file", response={200: FixFileShape, **FAULTS})
def hygiene_fix_file(request: HttpRequest, asked: Query[AskedFixFile]) -> Json:
    """What the source has to be told, in its own columns; null stays as it is."""
    refuse_unknown(request, AskedFixFile.model_fields)
    found = update_file(
        actor=asking(request),
        workspace=workspace(),
        fix_id=asked.fix,
        connector=asked.connector,
    )
    if found is None:
        raise Http404(_NONE)
    names = found.rows.column_names
    return {
        "connector": found.connector,
        "title": found.form.title,
        "connectors": dict(found.connectors),
        "columns": names,
        "rows": [[row[name] for name in names] for row in found.rows.to_pylist()],
    }


@router.post("/hygiene/fixes/preview", response={200: FixPreviewShape, **FAULTS})
def hygiene_fix_preview(request: HttpRequest, given: WantedFixShape) -> Json:
    """What values would change, deal by deal, and what stands against it; writes nothing."""
    refuse_unknown(request)
    found = preview(actor=asking(request), workspace=workspace(), wanted=_wanted(given))
    return preview_json(found)


@router.post("/hygiene/fixes", response={201: WrittenFixShape, 409: Fault, **FAULTS})
def write_hygiene_fix(request: HttpRequest, given: NewFixShape) -> Status[Json]:
    """Write values into deals, all of them or none. 409 names each deal that somebody changed."""
    refuse_unknown(request)
    made = fix_deals(
        actor=asking(request),
        workspace=workspace(),
        wanted=_wanted(given),
        why=given.why,
        at=moment(),
        only_free=given.only_free,
    )
    told = {
        "fix_id": made.fix_id,
        "load_id": made.load_id,
        "deals": [plan_json(one) for one in made.plans],
        "left_out": list(made.left_out),
    }
    return Status(int(HTTPStatus.CREATED), told)


@router.get("/hygiene/fixes/{int:fix_id}", response={200: FixShape, **FAULTS})
def one_hygiene_fix(request: HttpRequest, fix_id: int) -> Json:
    """One fix, with those of its lines whose deals you see."""
    refuse_unknown(request)
    found = one_fix(actor=asking(request), workspace=workspace(), fix_id=fix_id)
    if found is None:
        raise Http404(_NONE)
    return fix_json(found)


@router.post(
    "/hygiene/fixes/{int:fix_id}/undo", response={200: FixUndoneShape, 409: Fault, **FAULTS}
)
def undo_hygiene_fix(request: HttpRequest, fix_id: int, given: NewFixUndoShape) -> Json:
    """Take a fix back. 409 names each deal that somebody changed since."""
    refuse_unknown(request)
    load = undo_fix(
        actor=asking(request),
        workspace=workspace(),
        fix_id=fix_id,
        at=moment(),
        why=given.why,
        deals=given.deals,
    )
    return {"fix_id": fix_id, "load_id": load}


@router.post("/hygiene/cases", response={200: FindingCasesShape, 201: FindingCasesShape, **FAULTS})
def open_finding_cases(request: HttpRequest, given: NewFindingCasesShape) -> Status[Json]:
    """Open a case for each finding that you see, given to the owner of its deal. 200: none was.

    At least one filter says which: nobody opens cases of everything by an empty call.
    """
    refuse_unknown(request)
    if not given.model_dump(exclude={"dry_run"}, exclude_defaults=True):
        fix = "name a rule, a severity, an owner, a team or a deal"
        raise BadInput(
            "No case is opened.", [Problem("rule", "nothing says of which findings", fix)]
        )
    ask = HygieneAsk(
        rule=given.rule,
        severity=given.severity,
        owner=given.owner,
        team=given.team,
        deal=given.deal,
    )
    found = open_cases(
        actor=asking(request), workspace=workspace(), ask=ask, at=moment(), dry_run=given.dry_run
    )
    told = {
        "dry_run": given.dry_run,
        "new": found.new,
        "again": found.again,
        "others": {one.name.lower(): count for one, count in found.others.items()},
        "cases": list(found.cases),
    }
    return Status(int(HTTPStatus.CREATED if found.cases else HTTPStatus.OK), told)


def _wanted(given: WantedFixShape) -> list[Wanted]:
    return [Wanted(one.deal, one.field, one.value, one.seen, one.rule) for one in given.values]
