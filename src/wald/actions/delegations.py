"""Letting somebody else stand in for a while. Every write about it is here."""

from datetime import date, datetime, timedelta

from wald.actions.act import act
from wald.actions.cases import worker_problems
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import delegations as store

_PERMISSION = "delegations.keep"
_LONGEST = timedelta(days=366)
_LONGEST_WHY = 500


def delegate(
    *,
    actor: Actor,
    workspace: Workspace,
    to: str,
    starts_on: date,
    ends_on: date,
    at: datetime,
    owner: str = "",
    why: str = "",
) -> int:
    """Let `to` stand in for `owner` from the first day to before `ends_on`; return its number.

    Without `owner` it is the actor; for somebody else only who may change users says so, and
    never to their own good.
    Raises BadInput with every Problem, NotAllowed.
    """
    actor.must(_PERMISSION)
    owner = owner or actor.name
    if owner != actor.name:
        actor.must("users.change")
        _must_not_be_for_oneself(actor, to)
    problems = [
        *worker_problems("owner", owner, workspace),
        *worker_problems("to", to, workspace),
        *_day_problems(starts_on, ends_on, at.date()),
    ]
    if to == owner:
        problems.append(Problem("to", "nobody stands in for themselves", "name somebody else"))
    if len(why) > _LONGEST_WHY or "\0" in why:
        fix = f"keep to {_LONGEST_WHY} characters of text"
        problems.append(Problem("why", "it is too long, or no text", fix))
    if problems:
        raise BadInput(f"{to or 'Nobody'} cannot stand in for {owner} like this.", problems)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission=_PERMISSION,
        action="delegation.add",
        why=why,
    ) as entry:
        _must_be_new(owner, to, starts_on, ends_on, workspace)
        number = store.add(
            owner=owner,
            delegate=to,
            starts_on=starts_on,
            ends_on=ends_on,
            why=why.strip(),
            at=at,
            database=workspace.database,
        )
        entry.about = f"delegation:{number}"
        entry.concerns = owner
        entry.after = {
            "owner": owner, "to": to, "from": starts_on.isoformat(), "until": ends_on.isoformat()
        }  # fmt: skip
        days = f"from {starts_on:%d %b %Y} to before {ends_on:%d %b %Y}"
        entry.tell([to, owner], f"{to} stands in for {owner} {days}", "/cases/delegations/")
        return number


def end_delegation(*, actor: Actor, workspace: Workspace, delegation_id: int, at: datetime) -> None:
    """End a delegation now. Both of its people may, and who may change users."""
    actor.must(_PERMISSION)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission=_PERMISSION,
        action="delegation.end",
        about=f"delegation:{delegation_id}",
    ) as entry:
        found = store.find(delegation_id, database=workspace.database)
        is_ours = found is not None and actor.name in (found.owner, found.delegate)
        if found is None or not (is_ours or actor.may("users.change")):
            raise NotAllowed(f"There is no delegation {delegation_id} that {actor.name} may end.")
        if not store.end(delegation_id, at=at, database=workspace.database):
            raise Refusal(f"Delegation {delegation_id} was ended before.")
        entry.concerns = found.owner
        entry.before = {"owner": found.owner, "to": found.delegate}
        words = f"{found.delegate} no longer stands in for {found.owner}"
        entry.tell([found.owner, found.delegate], words, "/cases/delegations/")


def _must_not_be_for_oneself(actor: Actor, to: str) -> None:
    if to == actor.name and actor.role is not None:
        raise NotAllowed(
            "Nobody lets themselves stand in for somebody else; the owner, or another "
            "administrator, can."
        )


def _must_be_new(owner: str, to: str, starts_on: date, ends_on: date, workspace: Workspace) -> None:
    other = store.overlapping(
        owner, to, starts_on=starts_on, ends_on=ends_on, database=workspace.database
    )
    if other is not None:
        raise Refusal(
            f"{to} stands in for {owner} already, from {other.starts_on} to before "
            f"{other.ends_on} (delegation {other.delegation_id}); end that one first."
        )


def _day_problems(starts_on: date, ends_on: date, today: date) -> list[Problem]:
    problems = []
    if ends_on <= starts_on:
        fix = "give the first day on which it no longer holds"
        problems.append(Problem("ends_on", "it is not after the first day", fix))
    elif ends_on <= today:
        problems.append(Problem("ends_on", "it is over already", "give a day to come"))
    elif ends_on - starts_on > _LONGEST:
        problems.append(Problem("ends_on", "it lasts more than a year", "end it sooner"))
    return problems
