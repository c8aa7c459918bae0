"""API keys: list them, make, revoke and rotate them."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status

from wald.actions import keys as action
from wald.api.door import IN_PERSON, asking, moment, refuse_unknown, workspace
from wald.api.keys_shapes import AskedKeys, KeyShape, MadeKeyShape, NewKeyShape, RotateShape
from wald.api.shapes import FAULTS, Fault
from wald.queries import keys as desk
from wald.queries.keys import key_json
from wald.queries.plain import Json
from wald.records.stores.keys import Key

router = Router(tags=["keys"])


@router.get("/keys", response={200: list[KeyShape], **FAULTS})
def list_keys(request: HttpRequest, asked: Query[AskedKeys]) -> list[Json]:
    """Your keys, newest first; for administrators everybody's."""
    refuse_unknown(request, AskedKeys.model_fields)
    actor = asking(request)
    found = desk.keys(actor=actor, workspace=workspace(), everybody=asked.everybody)
    return [key_json(one, moment()) for one in found]


@router.get("/keys/{int:key_id}", response={200: KeyShape, **FAULTS})
def one_key(request: HttpRequest, key_id: int) -> Json:
    """One key: whose, for what, until when, last used when."""
    refuse_unknown(request)
    return key_json(_key(request, key_id), moment())


@router.post("/keys", response={201: MadeKeyShape, 409: Fault, **FAULTS}, auth=IN_PERSON)
def add_key(request: HttpRequest, response: HttpResponse, given: NewKeyShape) -> Status[Json]:
    """Make a key; a key cannot do this, only a password or a session."""
    refuse_unknown(request)
    made = action.add_key(
        actor=asking(request),
        workspace=workspace(),
        name=given.name,
        scopes=given.scopes,
        expires_on=given.expires_on,
        at=moment(),
    )
    return _shown_once(made, response)


@router.post("/keys/{int:key_id}/revoke", response={200: KeyShape, 409: Fault, **FAULTS})
def revoke_key(request: HttpRequest, key_id: int) -> Json:
    """End a key at once; a key may end itself."""
    refuse_unknown(request)
    _key(request, key_id)
    actor, at = asking(request), moment()
    action.revoke_key(actor=actor, workspace=workspace(), key_id=key_id, at=at)
    return key_json(_key(request, key_id), moment())


@router.post(
    "/keys/{int:key_id}/rotate", response={201: MadeKeyShape, 409: Fault, **FAULTS}, auth=IN_PERSON
)
def rotate_key(
    request: HttpRequest, response: HttpResponse, key_id: int, given: RotateShape
) -> Status[Json]:
    """Make another key like this one, which works on for some hours."""
    refuse_unknown(request)
    _key(request, key_id)
    made = action.rotate_key(
        actor=asking(request),
        workspace=workspace(),
        key_id=key_id,
        overlap=timedelta(hours=given.overlap_hours),
        at=moment(),
    )
    return _shown_once(made, response)


def _shown_once(made: action.NewKey, response: HttpResponse) -> Status[Json]:
    # Neither a cache nor the record of calls with a key of idempotency may keep it.
    response["Cache-Control"] = "no-store"
    return Status(201, {**key_json(made.key, moment()), "key": made.text})


def _key(request: HttpRequest, key_id: int) -> Key:
    found = desk.one_key(actor=asking(request), workspace=workspace(), key_id=key_id)
    if found is None:
        raise Http404(f"There is no key {key_id}.")
    return found
