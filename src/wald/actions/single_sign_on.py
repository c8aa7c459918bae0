"""Let somebody in whom another system has signed in: who they are here, and with which role.

The role is that of their groups, given anew at every sign-in, so that what the other system
takes away is taken away here; only the last administrator stays one. Who comes for the first time
gets a user of that name that is there already only if its address is theirs, verified there.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from wald.actions.act import Entry, act
from wald.actions.users import is_name
from wald.kernel.actor import Actor
from wald.kernel.policy import Role
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.records.stores import identities
from wald.records.stores import users as store
from wald.records.stores.users import User


@dataclass(frozen=True, slots=True)
class Stranger:
    """Who the other system says that somebody is; `role` None: in no group that may come in."""

    issuer: str
    subject: str
    name: str
    email: str
    role: Role | None
    has_verified_email: bool = False


def admit(*, actor: Actor, workspace: Workspace, stranger: Stranger, at: datetime) -> str:
    """Return the name of the user whom to sign in, made at the first time.

    Raises NotAllowed for somebody without a role, for one whose access was ended, and for a
    name that is not theirs by all that is known of it.
    """
    actor.must("users.change")
    if stranger.role is None:
        raise NotAllowed(
            "You are in none of the groups that may use Wald; an administrator can add one "
            "to WALD_OIDC_GROUP_ROLES, or you to a group."
        )
    found, is_tied = _known(workspace, stranger)
    if found is not None and is_tied and found.role is stranger.role:
        return found.name
    return _written(actor, workspace, stranger, stranger.role, at)


def _known(workspace: Workspace, stranger: Stranger) -> tuple[User | None, bool]:
    """Return who somebody is here, None for nobody yet, and whether they are tied already."""
    database = workspace.database
    name = identities.name_of(stranger.issuer, stranger.subject, database=database)
    found = store.find_user(name or _name(stranger), database=database)
    if found is not None and not found.may_sign_in:
        raise NotAllowed("Your access has ended; an administrator can give it back.")
    if found is not None and name is None:
        _must_be_theirs(found, stranger, workspace)
    return found, name is not None


def _written(
    actor: Actor, workspace: Workspace, stranger: Stranger, role: Role, at: datetime
) -> str:
    database = workspace.database
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="users.change",
        action="user.single_sign_on",
        why="their groups in the other system",
    ) as entry:
        found, is_tied = _known(workspace, stranger)  # again: now nobody comes in between
        name = found.name if found else _name(stranger)
        if found is None:
            email = stranger.email if len(stranger.email) <= 254 else ""
            store.create_user(name, None, role, database=database, email=email)
        else:
            if store.is_last_administrator(name, database=database):
                role = _kept_administrator(entry, found, role)
            store.save_user(replace(found, role=role), database=database)
            entry.before = {"role": found.role.value if found.role else None}
        if not is_tied:
            identities.tie(name, stranger.issuer, stranger.subject, database=database)
        entry.about = f"user:{name}"
        entry.concerns = name
        entry.after = {"name": name, "role": role.value}
    return name


def _kept_administrator(entry: Entry, found: User, role: Role) -> Role:
    """Return administrator for the last one there is, and say so if the groups say otherwise."""
    if role is not Role.ADMINISTRATOR:
        entry.why = f"their groups say {role.value}, but there is no other administrator"
        title = (
            f"Your groups say {role.title.lower()}; you stay an administrator because there is no "
            "other. Make somebody else one first."
        )
        entry.tell([found.name], title, "/people/")
    return Role.ADMINISTRATOR


def _must_be_theirs(found: User, stranger: Stranger, workspace: Workspace) -> None:
    database = workspace.database
    if store.has_password(found.name, database=database):
        raise NotAllowed(
            f"There is a user {found.name} who signs in with a password. If it is you, an "
            f"administrator takes the password away: wald users password {found.name} --none"
        )
    if identities.is_tied(found.name, database=database):
        raise NotAllowed(f"The name {found.name} belongs to somebody else of your provider.")
    if not stranger.has_verified_email or not _is_same_address(found.email, stranger.email):
        raise NotAllowed(
            f"There is a user {found.name} already. It is you if your provider has verified your "
            "address and it is the one that this user has; an administrator gives it: "
            f"wald users email {found.name} ADDRESS"
        )


def _is_same_address(here: str, there: str) -> bool:
    """Alike but for capitals; of other letters than ASCII's some only look alike."""
    if not here.isascii() or not there.isascii():
        return here == there
    return bool(here) and here.lower() == there.lower()


def _name(stranger: Stranger) -> str:
    for text in (stranger.name, stranger.email):
        if is_name(text):
            return text
    digest = hashlib.sha256(f"{stranger.issuer}\n{stranger.subject}".encode()).hexdigest()
    return f"user-{digest[:10]}"
