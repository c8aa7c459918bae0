"""Your notices: read them, mark them as read, choose how they come."""

from django.http import HttpRequest
from ninja import Query, Router

from wald.actions import notices as action
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.notices_shapes import (
    AskedNotices,
    ChoiceShape,
    CountShape,
    NoticeShape,
    ReadShape,
)
from wald.api.shapes import Fault
from wald.queries import notices as desk
from wald.queries.notices import choice_json, notice_json
from wald.queries.plain import Json

router = Router(tags=["notices"])


_FAULTS = {401: Fault, 403: Fault, 422: Fault}


@router.get("/notices", response={200: list[NoticeShape], **_FAULTS})
def list_notices(request: HttpRequest, asked: Query[AskedNotices]) -> list[Json]:
    """Your notices, newest first; `before` the last `notice` of one answer goes on."""
    refuse_unknown(request, AskedNotices.model_fields)
    found = desk.notices(
        actor=asking(request),
        workspace=workspace(),
        unread_only=asked.unread,
        before=asked.before,
        limit=asked.limit,
    )
    return [notice_json(one) for one in found]


@router.post("/notices/read", response={200: CountShape, **_FAULTS})
def read_notices(request: HttpRequest, given: ReadShape) -> Json:
    """Mark notices as read, all or some; the answer says how many were unread."""
    refuse_unknown(request)
    count = action.mark_read(
        actor=asking(request), workspace=workspace(), at=moment(), notice_ids=given.notices
    )
    return {"read": count}


@router.get("/notices/choice", response={200: ChoiceShape, **_FAULTS})
def notice_choice(request: HttpRequest) -> Json:
    """How you want to hear of what happens."""
    refuse_unknown(request)
    return choice_json(desk.choice(actor=asking(request), workspace=workspace()))


@router.post("/notices/choice", response={200: ChoiceShape, **_FAULTS})
def choose_notices(request: HttpRequest, given: ChoiceShape) -> Json:
    """Choose how you want to hear: by mail each, once a day or not at all; quiet hours."""
    refuse_unknown(request)
    chosen = action.choose(
        actor=asking(request),
        workspace=workspace(),
        by_mail=given.by_mail,
        zone=given.zone,
        digest_at=given.digest_at,
        quiet_from=given.quiet_from,
        quiet_until=given.quiet_until,
        at=moment(),
    )
    return choice_json(chosen)
