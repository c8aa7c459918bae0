"""What administrators do with users, the people who sign in. Every write about them is here."""

import re

from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import users as store
from wald.records.stores.users import Role

SHORTEST_PASSWORD = 10  # NIST SP 800-63B asks for 8 at least; length is what counts
_LONGEST_PASSWORD = 1000  # hashing a longer one is only a way to keep the server busy
_NAME = re.compile(r"[\w.@+-]{1,150}")


def add_user(*, actor: Actor, workspace: Workspace, name: str, password: str, role: Role) -> None:
    """Add somebody who may sign in. Raises BadInput, Refusal if the name is taken."""
    actor.must("users.change")
    problems = [*_name_problems(name), *_password_problems(name, password)]
    if problems:
        raise BadInput(f"{name!r} cannot be added.", problems)
    if store.has_user(name, database=workspace.database):
        raise Refusal(f"There is a user {name} already; `wald users password {name}` changes it.")
    store.create_user(name, password, role, database=workspace.database)


def change_password(*, actor: Actor, workspace: Workspace, name: str, password: str) -> None:
    """Give a user a new password, and end their sessions. Raises BadInput, Refusal."""
    actor.must("users.change")
    if not store.has_user(name, database=workspace.database):
        raise Refusal(f"There is no user {name!r}; `wald users list` shows who there is.")
    problems = _password_problems(name, password)
    if problems:
        raise BadInput("This password cannot be used.", problems)
    store.set_password(name, password, database=workspace.database)


def _name_problems(name: str) -> list[Problem]:
    if _NAME.fullmatch(name):
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
