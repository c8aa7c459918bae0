"""The people who sign in: what each may do and see, who of the facts they are, who is dormant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from wald.kernel.actor import Actor
from wald.kernel.policy import REACH, WHOLE, Reach
from wald.kernel.workspace import Workspace
from wald.queries.plain import plain
from wald.queries.sight import Place, places_on
from wald.records.stores.users import User, find_user, list_users

DORMANT_AFTER = timedelta(days=90)  # without signing in: CIS Controls ask for 45, most firms for 90


@dataclass(frozen=True, slots=True)
class FactsPerson:
    """Somebody of the facts, as of today."""

    person_id: str
    name: str
    team: str
    region: str


@dataclass(frozen=True, slots=True)
class Member:
    """A user; `person` is None where they are nobody of the facts."""

    user: User
    person: FactsPerson | None
    reach: str  # whose rows they see, in words
    is_dormant: bool


def members(*, actor: Actor, workspace: Workspace, at: datetime) -> tuple[Member, ...]:
    """Return everybody who has an account, by name."""
    actor.must("users.read")
    places = places_on(workspace=workspace, on=at.astimezone(UTC).date())
    found = list_users(database=workspace.database)
    return tuple(_member(user, places.get(user.person_id), at) for user in found)


def member(*, actor: Actor, workspace: Workspace, name: str, at: datetime) -> Member | None:
    """Return one user, None if there is none of this name."""
    actor.must("users.read")
    user = find_user(name, database=workspace.database)
    if user is None:
        return None
    places = places_on(workspace=workspace, on=at.astimezone(UTC).date())
    return _member(user, places.get(user.person_id), at)


def myself(*, actor: Actor, workspace: Workspace, at: datetime) -> Member | None:
    """Return who the actor is, None for somebody at the machine, who has no account."""
    actor.must("account.keep")
    user = find_user(actor.name, database=workspace.database)
    if user is None or actor.role is None:
        return None
    places = places_on(workspace=workspace, on=at.astimezone(UTC).date())
    return _member(user, places.get(user.person_id), at)


def find_persons(
    *, actor: Actor, workspace: Workspace, text: str, at: datetime, limit: int = 20
) -> tuple[FactsPerson, ...]:
    """Return up to `limit` persons of the facts whose name or key holds `text`, by name."""
    actor.must("users.read")
    wanted = text.strip().lower()
    places = places_on(workspace=workspace, on=at.astimezone(UTC).date())
    found = (
        _person(key, place)
        for key, place in places.items()
        if wanted in key.lower() or wanted in place.name.lower()
    )
    return tuple(sorted(found, key=lambda one: (one.name, one.person_id))[:limit])


def units(*, actor: Actor, workspace: Workspace, at: datetime) -> tuple[str, ...]:
    """Return the regions and teams there are, by name."""
    actor.must("users.read")
    places = places_on(workspace=workspace, on=at.astimezone(UTC).date()).values()
    found = {unit for place in places for unit in (place.region, place.team) if unit}
    return tuple(sorted(found))


def access_review(*, actor: Actor, workspace: Workspace, at: datetime) -> pa.Table:
    """Return who may do and see what, a row per user: for the review auditors ask for.

    Instants are UTC and say no zone, as those of the facts.
    """
    found = members(actor=actor, workspace=workspace, at=at)
    return pa.table(
        {
            "name": pa.array([one.user.name for one in found], pa.string()),
            "email": pa.array([one.user.email for one in found], pa.string()),
            "role": pa.array(
                [one.user.role.value if one.user.role else "" for one in found], pa.string()
            ),
            "sees": pa.array([one.reach for one in found], pa.string()),
            "person": pa.array([one.user.person_id for one in found], pa.string()),
            "unit": pa.array([one.user.unit for one in found], pa.string()),
            "may_sign_in": pa.array([one.user.may_sign_in for one in found], pa.bool_()),
            "added_at": _instants(one.user.added_at for one in found),
            "signed_in_at": _instants(one.user.signed_in_at for one in found),
            "dormant": pa.array([one.is_dormant for one in found], pa.bool_()),
            "reviewed_at": _instants([at] * len(found)),
        }
    )


def member_json(one: Member) -> dict[str, object]:
    """Return a user as every door shows one."""
    user = one.user
    return {
        "name": user.name,
        "role": None if user.role is None else user.role.value,
        "person_id": user.person_id,
        "unit": user.unit,
        "email": user.email,
        "may_sign_in": user.may_sign_in,
        "sees": one.reach,
        "added_at": plain(user.added_at),
        "signed_in_at": plain(user.signed_in_at),
        "dormant": one.is_dormant,
        "version": user.version,
    }


def reach_in_words(user: User, person: FactsPerson | None) -> str:
    """Say whose rows a user sees."""
    if user.role is None:
        return "nothing, until somebody gives a role"
    reach = REACH[user.role]
    if reach is Reach.EVERYBODY:
        return "everybody's rows"
    named = person.name if person else user.person_id
    if reach is Reach.UNIT:
        own = f", and those of {named}" if named else ""
        return f"rows of the people of {user.unit}{own}" if user.unit else _own(named)
    if reach is Reach.BELOW and user.unit == WHOLE:
        return "rows of everybody in the organization"
    of_unit = f"rows of the people of {user.unit}" if user.unit and reach is Reach.BELOW else ""
    if reach is Reach.BELOW and named:
        below = f"rows of {named} and of everybody below"
        return f"{below}, and {of_unit}" if of_unit else below
    return of_unit or _own(named)


def _instants(given: Iterable[datetime | None]) -> pa.Array:
    told = [one and one.astimezone(UTC).replace(tzinfo=None) for one in given]
    return pa.array(told, pa.timestamp("s"))


def _own(named: str) -> str:
    return f"rows of {named}" if named else "no row, until they are given a person or a unit"


def _member(user: User, place: Place | None, at: datetime) -> Member:
    person = None if place is None else _person(user.person_id, place)
    last = user.signed_in_at or user.added_at
    idle = user.may_sign_in and last is not None and at - last > DORMANT_AFTER
    return Member(user, person, reach_in_words(user, person), idle)


def _person(key: str, place: Place) -> FactsPerson:
    return FactsPerson(key, place.name, place.team, place.region)
