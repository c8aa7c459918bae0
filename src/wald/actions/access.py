"""What administrators do with rights: a role, a person of the facts, a unit; ending access.

What is changed counts on the very next request: rights are read anew at each. Two promises
stand above every right: somebody always remains who may give rights, and nobody raises their own.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime

from wald.actions.act import Entry, act
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, REACH, WHOLE, Reach, Role
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.queries.people import find_persons, units
from wald.records.stores import users as store
from wald.records.stores.users import User

_LONGEST_WHY = 2000
_LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3
_WIDTH = {Reach.OWN: 0, Reach.BELOW: 1, Reach.UNIT: 1, Reach.EVERYBODY: 2}


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody is given; None leaves a thing as it is, "" takes it away."""

    role: Role | None = None
    person_id: str | None = None
    unit: str | None = None
    email: str | None = None


def change_access(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    change: Access,
    why: str,
    at: datetime,
    version: int | None = None,
) -> User:
    """Give somebody another role, person, unit or address; a role needs a reason.

    `version` is that of the user the person saw. Raises BadInput, Refusal, Stale.
    """
    actor.must("users.change")
    before = _found(workspace, name, version)
    after = _with(before, change)
    _must_be_sound(actor, workspace, before, after, why, at)
    with _changing(actor, workspace, name, at, "user.access", why) as entry:
        _found(workspace, name, before.version)  # nobody else has been here
        _keep_administrator(workspace, before, after)
        return _written(workspace, entry, before, after)


def disable_user(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    why: str,
    at: datetime,
    version: int | None = None,
) -> User:
    """End somebody's access at once, their sessions too. Raises BadInput, Refusal, Stale."""
    actor.must("users.change")
    if not why.strip():
        raise BadInput(f"{name} keeps their access.", [_no_reason()])
    with _changing(actor, workspace, name, at, "user.disable", why) as entry:
        before = _found(workspace, name, version)
        if not before.may_sign_in:
            raise Refusal(f"{name} may not sign in already.")
        after = replace(before, may_sign_in=False)
        _keep_administrator(workspace, before, after)
        store.end_sessions(name, database=workspace.database)
        return _written(workspace, entry, before, after)


def enable_user(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    why: str,
    at: datetime,
    version: int | None = None,
) -> User:
    """Let somebody sign in again, with the role they had. Raises BadInput, Refusal, Stale."""
    actor.must("users.change")
    if not why.strip():
        raise BadInput(f"{name} gets no access.", [_no_reason()])
    with _changing(actor, workspace, name, at, "user.enable", why) as entry:
        before = _found(workspace, name, version)
        if before.may_sign_in:
            raise Refusal(f"{name} may sign in already.")
        return _written(workspace, entry, before, replace(before, may_sign_in=True))


def access_problems(actor: Actor, workspace: Workspace, user: User, at: datetime) -> list[Problem]:
    """Return what is wrong with somebody's person, unit and address."""
    problems = []
    people = find_persons(actor=actor, workspace=workspace, text="", at=at, limit=1)
    if user.person_id and people and not _is_person(actor, workspace, user.person_id, at):
        fix = "take the key of a person of the facts, or none"
        problems.append(Problem("person_id", f"{user.person_id!r} is nobody of the facts", fix))
    there = units(actor=actor, workspace=workspace, at=at)
    is_whole = user.unit == WHOLE and user.role is not None and REACH[user.role] is Reach.BELOW
    if user.unit and there and user.unit not in there and not is_whole:
        fix = f"choose among {', '.join(there[:20])}"
        problems.append(Problem("unit", f"{user.unit!r} is no region and no team", fix))
    others = store.list_users(database=workspace.database)
    twin = [o.name for o in others if user.person_id and o.person_id == user.person_id]
    if [name for name in twin if name != user.name]:
        fix = "give each person one user"
        problems.append(Problem("person_id", f"{twin[0]} is {user.person_id} already", fix))
    if user.email and not _is_email(user.email):
        problems.append(Problem("email", f"{user.email!r} is no address", "write name@example.org"))
    return problems


def _is_person(actor: Actor, workspace: Workspace, key: str, at: datetime) -> bool:
    found = find_persons(actor=actor, workspace=workspace, text=key, at=at, limit=1_000_000)
    return any(one.person_id == key for one in found)


def _is_email(text: str) -> bool:
    name, at, host = text.rpartition("@")
    is_plain = text.isprintable() and not any(character.isspace() for character in text)
    return bool(name and at and host and is_plain) and len(text) <= _LONGEST_EMAIL


def _changing(
    actor: Actor, workspace: Workspace, name: str, at: datetime, action: str, why: str
) -> AbstractContextManager[Entry]:
    if len(why) > _LONGEST_WHY:
        fix = f"{_LONGEST_WHY:,} characters are the most"
        raise BadInput("The reason is too long.", [Problem("why", f"it has {len(why):,}", fix)])
    return act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="users.change",
        action=action,
        about=f"user:{name}",
        why=why.strip(),
    )


def _with(user: User, change: Access) -> User:
    return replace(
        user,
        role=user.role if change.role is None else change.role,
        person_id=user.person_id if change.person_id is None else change.person_id.strip(),
        unit=user.unit if change.unit is None else change.unit.strip(),
        email=user.email if change.email is None else change.email.strip(),
    )


def _found(workspace: Workspace, name: str, version: int | None) -> User:
    user = store.find_user(name, database=workspace.database)
    if user is None:
        raise Refusal(f"There is no user {name!r}; `wald users list` shows who there is.")
    if version is not None and version != user.version:
        role = "no role" if user.role is None else user.role.title.lower()
        changed = (
            f"{name} is {role} now",
            f"person {user.person_id or 'nobody'}, unit {user.unit or 'none'}",
            "may sign in" if user.may_sign_in else "may not sign in",
        )
        raise Stale(f"Somebody changed what {name} may in between.", changed)
    return user


def _must_be_sound(
    actor: Actor, workspace: Workspace, before: User, after: User, why: str, at: datetime
) -> None:
    problems = access_problems(actor, workspace, after, at)
    if after.role is not before.role and not why.strip():
        problems.append(_no_reason())
    if problems:
        raise BadInput(f"The rights of {before.name} cannot be changed like this.", problems)
    if actor.name == before.name and actor.role is not None and _is_raised(before, after):
        raise NotAllowed(
            "Nobody raises their own rights; another administrator can give you this role."
        )


def _is_raised(before: User, after: User) -> bool:
    """Would the user do or see anything that they may not now?"""
    if before.role is None or after.role is None:
        return after.role is not None
    if GRANTS[after.role] - GRANTS[before.role]:
        return True
    old, new = REACH[before.role], REACH[after.role]
    moved = (before.person_id, before.unit) != (after.person_id, after.unit)
    return _WIDTH[new] > _WIDTH[old] or (moved and new is not Reach.EVERYBODY)


def _keep_administrator(workspace: Workspace, before: User, after: User) -> None:
    keeps = after.may_sign_in and after.role is Role.ADMINISTRATOR
    if keeps or before.role is not Role.ADMINISTRATOR or not before.may_sign_in:
        return
    if store.is_last_administrator(before.name, database=workspace.database):
        raise Refusal(
            f"{before.name} is the last administrator; make somebody else one first, "
            "or nobody could give rights any more."
        )


def _written(workspace: Workspace, entry: Entry, before: User, after: User) -> User:
    store.save_user(after, database=workspace.database)
    entry.concerns = before.name
    old, new = _told(before), _told(after)
    entry.before = {key: value for key, value in old.items() if new[key] != value}
    entry.after = {key: value for key, value in new.items() if old[key] != value}
    entry.after = {"name": before.name, **entry.after}
    if after.may_sign_in and after.role is not before.role and after.role is not None:
        entry.tell([after.name], f"Your role is {after.role.title.lower()} now", "/account/")
    return after


def _told(user: User) -> dict[str, object]:
    return {
        "role": None if user.role is None else user.role.value,
        "person": user.person_id,
        "unit": user.unit,
        "email": user.email,
        "may_sign_in": user.may_sign_in,
    }


def _no_reason() -> Problem:
    return Problem("why", "there is no reason", "say in a few words why; the journal keeps it")
