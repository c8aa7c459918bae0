"""What administrators do with users, the people who sign in. Every write about them is here."""

import re
from datetime import datetime
from unicodedata import normalize

from wald.actions.access import access_problems
from wald.actions.act import act
from wald.kernel.actor import Actor
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import users as store

SHORTEST_PASSWORD = 10  # NIST SP 800-63B asks for 8 at least; length is what counts
_LONGEST_PASSWORD = 1000  # hashing a longer one is only a way to keep the server busy
_NAME = re.compile(r"[\w.@+-]{1,150}")


def add_user(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    password: str | None,
    role: Role,
    at: datetime,
    person_id: str = "",
    unit: str = "",
    email: str = "",
) -> None:
    """Add somebody who may sign in; without a password only through another system.

    Raises BadInput, Refusal if the name is taken.
    """
    actor.must("users.change")
    problems = _name_problems(name)
    if password is not None:
        problems += _password_problems(name, password)
    user = store.User(name, role, True, None, person_id, unit, email)
    problems += access_problems(actor, workspace, user, at)
    if problems:
        raise BadInput(f"{name!r} cannot be added.", problems)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="users.change",
        action="user.add",
        about=f"user:{name}",
    ) as entry:
        if store.has_user(name, database=workspace.database):
            raise Refusal(
                f"There is a user {name} already; `wald users password {name}` changes it."
            )
        store.create_user(
            name,
            password,
            role,
            database=workspace.database,
            person_id=person_id,
            unit=unit,
            email=email,
        )
        entry.concerns = name
        entry.after = {"name": name, "role": role.value, "person": person_id, "unit": unit}


def change_password(
    *, actor: Actor, workspace: Workspace, name: str, password: str | None, at: datetime
) -> None:
    """Give a user a new password, and end their sessions; None: another system signs them in.

    Raises BadInput, Refusal.
    """
    actor.must("users.change")
    if not store.has_user(name, database=workspace.database):
        raise Refusal(f"There is no user {name!r}; `wald users list` shows who there is.")
    problems = [] if password is None else _password_problems(name, password)
    if problems:
        raise BadInput("This password cannot be used.", problems)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="users.change",
        action="user.password",
        about=f"user:{name}",
    ) as entry:
        store.set_password(name, password, database=workspace.database)
        entry.concerns = name
        entry.after = {"name": name}


def change_own_password(
    *, actor: Actor, workspace: Workspace, old: str, new: str, at: datetime
) -> None:
    """Give oneself another password; the old one says that it is oneself. Raises BadInput."""
    actor.must("account.keep")
    own = store.find_user(actor.name, database=workspace.database)
    if own is None or actor.role is None or not own.may_sign_in:
        raise NotAllowed("Only somebody who has signed in has a password to change.")
    problems = _password_problems(actor.name, new)
    if not store.password_fits(actor.name, old, database=workspace.database):
        problems = [Problem("old", "it is not your password", "type the one you sign in with")]
    elif old == new:
        problems = [Problem("new", "it is the one you have", "take another one")]
    if problems:
        raise BadInput("Your password stays as it is.", problems)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="account.keep",
        action="user.own_password",
        about=f"user:{actor.name}",
    ):
        store.set_password(actor.name, new, database=workspace.database)


def is_name(text: str) -> bool:
    """Could a user have this name?"""
    # Names are kept in one spelling of signs that look alike; another one would be another name.
    return bool(_NAME.fullmatch(text)) and normalize("NFKC", text) == text


def _name_problems(name: str) -> list[Problem]:
    if is_name(name):
        return []
    fix = "use 1 to 150 letters, digits and . @ + - _"
    return [Problem("name", f"{name!r} is no user name", fix)]


def _password_problems(name: str, password: str) -> list[Problem]:
    fix = f"take {SHORTEST_PASSWORD} characters or more, such as four words"
    if len(password) < SHORTEST_PASSWORD:
        return [Problem("password", f"it has {len(password)} characters", fix)]
    if len(password) > _LONGEST_PASSWORD:
        return [Problem("password", f"it has more than {_LONGEST_PASSWORD} characters", fix)]
    if len(name) > 3 and name.lower() in password.lower():
        return [Problem("password", "it contains the user name", fix)]
    return []
