"""The journal: who did what, from what to what; and its newest hash, to be kept elsewhere."""

from datetime import datetime, timedelta

from django.http import Http404, HttpRequest
from ninja import Query, Router

from wald.api.door import asking, refuse_unknown, workspace
from wald.api.journal_shapes import AskedEntries, EntryShape, HeadShape
from wald.api.shapes import FAULTS
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem
from wald.queries import journal as desk
from wald.queries.plain import Json
from wald.queries.plain_journal import line_json, midnight

router = Router(tags=["journal"])


@router.get("/journal", response={200: list[EntryShape], **FAULTS})
def list_journal(request: HttpRequest, asked: Query[AskedEntries]) -> list[Json]:
    """Entries, newest first; `before` the last `seq` of one answer goes on."""
    refuse_unknown(request, AskedEntries.model_fields)
    actor = asking(request)
    actor.must("journal.read")
    last = _midnight(asked.until, "until")
    found = desk.entries(
        actor=actor,
        workspace=workspace(),
        about=asked.about,
        who=asked.who,
        action=asked.action,
        since=_midnight(asked.since, "since"),
        until=None if last is None else last + timedelta(days=1),
        before=asked.before or None,
        limit=asked.limit,
    )
    return [line_json(one) for one in found]


@router.get("/journal/head", response={200: HeadShape, **FAULTS})
def journal_head(request: HttpRequest) -> Json:
    """Number and hash of the newest entry."""
    refuse_unknown(request)
    found = desk.head(actor=asking(request), workspace=workspace())
    return {"seq": found.seq, "hash": found.hash}


@router.get("/journal/{int:seq}", response={200: EntryShape, **FAULTS})
def journal_entry(request: HttpRequest, seq: int) -> Json:
    """One entry."""
    refuse_unknown(request)
    found = desk.entry(actor=asking(request), workspace=workspace(), seq=seq)
    if found is None:
        raise Http404(f"There is no entry {seq}.")
    return line_json(found)


def _midnight(text: str, where: str) -> datetime | None:
    if not text:
        return None
    day = read_day(text, where)
    if isinstance(day, Problem):
        raise BadInput("This day cannot be read.", [day])
    return midnight(day)
