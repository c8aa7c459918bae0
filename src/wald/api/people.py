"""People: who may sign in, with which role and sight; give rights, end access."""

from collections.abc import Callable
from dataclasses import asdict

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions import access as action
from wald.actions.users import add_user, change_password
from wald.api.door import IN_PERSON, asking, moment, refuse_unknown, workspace
from wald.api.people_shapes import (
    AccessShape,
    AskedPeople,
    AskedPersons,
    EndingShape,
    FactsPersonShape,
    NewPersonShape,
    PasswordShape,
    PersonShape,
)
from wald.api.shapes import FAULTS, Fault
from wald.queries import people as desk
from wald.queries.people import member_json
from wald.queries.plain import Json
from wald.records.stores.users import User

router = Router(tags=["people"])


@router.get("/people", response={200: list[PersonShape], **FAULTS})
def list_people(request: HttpRequest, asked: Query[AskedPeople]) -> list[Json]:
    """Everybody who has an account, by name."""
    refuse_unknown(request, AskedPeople.model_fields)
    found = desk.members(actor=asking(request), workspace=workspace(), at=moment())
    later = [one for one in found if one.user.name > asked.after]
    return [member_json(one) for one in later[: asked.limit]]


@router.get("/people/{name}", response={200: PersonShape, **FAULTS})
def one_person(request: HttpRequest, name: str) -> Json:
    """One user: role, person of the facts, and whose rows they see."""
    refuse_unknown(request)
    found = desk.member(actor=asking(request), workspace=workspace(), name=name, at=moment())
    if found is None:
        raise Http404(f"There is no user {name!r}.")
    return member_json(found)


@router.get("/persons", response={200: list[FactsPersonShape], **FAULTS})
def find_persons(request: HttpRequest, asked: Query[AskedPersons]) -> list[Json]:
    """Persons of the facts, to link a user to one of them."""
    refuse_unknown(request, AskedPersons.model_fields)
    found = desk.find_persons(
        actor=asking(request),
        workspace=workspace(),
        text=asked.find,
        at=moment(),
        limit=asked.limit,
    )
    return [asdict(one) for one in found]


@router.post("/people", response={201: PersonShape, 409: Fault, **FAULTS}, auth=IN_PERSON)
def add_person(request: HttpRequest, given: NewPersonShape) -> Status[Json]:
    """Add somebody who may sign in; a key cannot do this, only a password or a session."""
    refuse_unknown(request)
    add_user(
        actor=asking(request),
        workspace=workspace(),
        name=given.name,
        password=given.password,
        role=given.role,
        person_id=given.person_id,
        unit=given.unit,
        email=given.email,
        at=moment(),
    )
    return Status(201, one_person(request, given.name))


@router.patch("/people/{name}", response={200: PersonShape, 409: Fault, **FAULTS}, auth=IN_PERSON)
def change_person(request: HttpRequest, name: str, given: AccessShape) -> Json:
    """Give somebody another role, person, unit or address; it counts on their next request."""
    refuse_unknown(request)
    one_person(request, name)
    action.change_access(
        actor=asking(request),
        workspace=workspace(),
        name=name,
        change=action.Access(given.role, given.person_id, given.unit, given.email),
        why=given.why,
        version=given.version,
        at=moment(),
    )
    return one_person(request, name)


@router.post(
    "/people/{name}/disable", response={200: PersonShape, 409: Fault, **FAULTS}, auth=IN_PERSON
)
def disable_person(request: HttpRequest, name: str, given: EndingShape) -> Json:
    """End somebody's access at once, their sessions and keys with it."""
    refuse_unknown(request)
    return _ended(request, name, given, action.disable_user)


@router.post(
    "/people/{name}/enable", response={200: PersonShape, 409: Fault, **FAULTS}, auth=IN_PERSON
)
def enable_person(request: HttpRequest, name: str, given: EndingShape) -> Json:
    """Let somebody sign in again, with the role they had."""
    refuse_unknown(request)
    return _ended(request, name, given, action.enable_user)


def _ended(request: HttpRequest, name: str, given: EndingShape, take: Callable[..., User]) -> Json:
    one_person(request, name)
    take(
        actor=asking(request),
        workspace=workspace(),
        name=name,
        why=given.why,
        version=given.version,
        at=moment(),
    )
    return one_person(request, name)


@router.post(
    "/people/{name}/password", response={200: PersonShape, 409: Fault, **FAULTS}, auth=IN_PERSON
)
def set_password(request: HttpRequest, name: str, given: PasswordShape) -> Json:
    """Give somebody a new password; it ends their sessions."""
    refuse_unknown(request)
    one_person(request, name)
    change_password(
        actor=asking(request),
        workspace=workspace(),
        name=name,
        password=given.password,
        at=moment(),
    )
    return one_person(request, name)
