"""What people do with API keys: make one, end one, exchange one for another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from wald.actions.act import act
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import keys as store
from wald.records.stores.keys import Key
from wald.records.stores.users import User, find_user

USUAL_DAYS = 90
MOST_DAYS = 366
USUAL_OVERLAP = timedelta(hours=24)
MOST_OVERLAP = timedelta(days=30)
_MOST_KEYS = 50  # of one user, that have not ended
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `text` is the key itself; nobody can show it a second time."""

    key: Key
    text: str


def add_key(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    at: datetime,
    expires_on: date | None = None,
    scopes: Sequence[str] = (),
    user: str = "",
) -> NewKey:
    """Make a key for `user`, by default the actor. Raises BadInput, Refusal.

    It ends as `expires_on` begins (UTC), by default in 90 days. Without scopes it may all that
    its user may, with them at most these. A key acts in its user's name, so nobody makes one
    for somebody else, except who sits at the machine.
    """
    actor.must("keys.keep")
    owner = _owner(actor, workspace, user or actor.name)
    last = expires_on or at.astimezone(UTC).date() + timedelta(days=USUAL_DAYS)
    wanted = tuple(sorted(set(scopes)))
    name = name.strip()
    problems = [*_name_problems(name), *_scope_problems(wanted, owner), *_day_problems(last, at)]
    if problems:
        raise BadInput("This key cannot be made.", problems)
    ends = datetime.combine(last, time(), UTC)
    return _made(actor, workspace, owner.name, name, wanted, at, ends)


def revoke_key(*, actor: Actor, workspace: Workspace, key_id: int, at: datetime) -> None:
    """End a key at once. Administrators may end everybody's. Raises Refusal."""
    actor.must("keys.keep")
    key = _reachable(actor, workspace, key_id)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="keys.keep",
        action="key.revoke",
        about=f"key:{key_id}",
    ) as entry:
        if not store.revoke(key_id, at=at, database=workspace.database):
            raise Refusal(f"The key {key.prefix} was revoked already.")
        entry.concerns = key.user
        entry.after = {"name": key.name, "prefix": key.prefix, "user": key.user}
        title = f"{actor.name} revoked your API key {key.name}"
        entry.tell([key.user], title, "/account/keys/")


def rotate_key(
    *,
    actor: Actor,
    workspace: Workspace,
    key_id: int,
    at: datetime,
    overlap: timedelta = USUAL_OVERLAP,
) -> NewKey:
    """Make another key like this one, which ends after `overlap`. Raises BadInput, Refusal.

    The new one has the same name and scopes and lives as long as the old one was meant to.
    """
    actor.must("keys.keep")
    key = _reachable(actor, workspace, key_id)
    _owner(actor, workspace, key.user)
    if not timedelta() <= overlap <= MOST_OVERLAP:
        fix = f"give 0 to {MOST_OVERLAP.days * 24} hours"
        raise BadInput("This key stays.", [Problem("overlap", "it is out of range", fix)])
    if key.state(at) != "active":
        raise Refusal(f"The key {key.prefix} is {key.state(at)}; make a new one.")
    lives = (key.expires_at or at + timedelta(days=USUAL_DAYS)) - key.created_at
    ends = at + min(max(lives, timedelta(days=1)), timedelta(days=MOST_DAYS))
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="keys.keep",
        action="key.rotate",
        about=f"key:{key_id}",
    ) as entry:
        store.shorten(key_id, until=at + overlap, database=workspace.database)
        entry.concerns = key.user
        entry.after = {"prefix": key.prefix, "overlap_hours": overlap.total_seconds() / 3600}
        return _made(actor, workspace, key.user, key.name, key.scopes, at, ends)


def _made(
    actor: Actor,
    workspace: Workspace,
    user: str,
    name: str,
    scopes: tuple[str, ...],
    at: datetime,
    ends: datetime,
) -> NewKey:
    database, text = workspace.database, store.new_text()
    with act(
        actor=actor, workspace=workspace, at=at, permission="keys.keep", action="key.add"
    ) as entry:
        held = store.list_keys(user=user, database=database)
        if sum(one.state(at) == "active" for one in held) >= _MOST_KEYS:
            raise Refusal(f"{user} has {_MOST_KEYS} keys; revoke one that is no longer used.")
        key = store.create(
            text, user=user, name=name, scopes=scopes, at=at, expires_at=ends, database=database
        )
        entry.about = f"key:{key.key_id}"
        entry.concerns = user
        entry.after = {"name": name, "prefix": key.prefix, "user": user, "scopes": list(scopes)}
    return NewKey(key, text)


def _owner(actor: Actor, workspace: Workspace, name: str) -> User:
    """Return whose key it will be. Raises NotAllowed for somebody else's, Refusal for nobody's."""
    sits_at_the_machine = actor.role is None
    if name != actor.name and not sits_at_the_machine:
        raise NotAllowed("A key acts in its user's name, so each makes their own.")
    found = find_user(name, database=workspace.database)
    if found is None:
        raise Refusal(f"There is no user {name!r}; `wald users list` shows who there is.")
    return found


def _reachable(actor: Actor, workspace: Workspace, key_id: int) -> Key:
    """Return a key of the actor, or for administrators anybody's. Raises Refusal."""
    found = store.find_key(key_id, database=workspace.database)
    if found is None or not (found.user == actor.name or actor.may("users.change")):
        raise Refusal(f"You have no key {key_id}; `wald keys list` shows which there are.")
    return found


def _name_problems(name: str) -> Iterator[Problem]:
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        fix = f"say in 1 to {_LONGEST_NAME} characters what the key is for"
        yield Problem("name", "it is no name for a key", fix)


def _scope_problems(scopes: Iterable[str], owner: User) -> Iterator[Problem]:
    allowed = GRANTS[owner.role] if owner.role is not None else frozenset()
    for scope in scopes:
        if scope not in allowed:
            fix = f"choose among {', '.join(sorted(allowed)) or 'none: the user has no role'}"
            yield Problem("scopes", f"{scope!r} is no permission of {owner.name}", fix)


def _day_problems(last: date, at: datetime) -> Iterator[Problem]:
    today = at.astimezone(UTC).date()
    if not 1 <= (last - today).days <= MOST_DAYS:
        fix = f"choose a day from tomorrow to {today + timedelta(days=MOST_DAYS)}"
        yield Problem("expires_on", f"{last} is out of range", fix)
