"""Holds on deals and payees, adjustments by hand, and how payroll wants its export."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from wald.actions.act import act
from wald.actions.four_eyes import must_be_apart
from wald.actions.pay import reason_of
from wald.heart.compensation.layers import plain
from wald.heart.compensation.payroll import Mapping, check, mapping_json
from wald.kernel.actor import Actor
from wald.kernel.money import minor_units
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.queries.pay_keys import no_such_deal, no_such_person
from wald.records.stores import pay as runs
from wald.records.stores import pay_entries as store
from wald.records.stores.delegations import names_who_may
from wald.records.stores.journal import EVERYBODYS_PAY
from wald.records.stores.pay_entries import Entered, Held, Hold

_LONGEST_KEY = 200
_MOST = Decimal(10) ** 12
_CURRENCY = re.compile("[A-Z]{3}")
Look = Callable[[Workspace, str, str], Problem | None]


@dataclass(frozen=True, slots=True)
class NewHold:
    """`kind` is deal or payee; without `until_on` it lasts until it is lifted."""

    kind: str
    subject: str
    from_on: date
    until_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """`amount` as text, a decimal; below zero takes away."""

    person_id: str
    amount: str
    currency: str
    reason: str
    counts_on: date


def hold(*, actor: Actor, workspace: Workspace, new: NewHold, at: datetime) -> int:
    """Hold a deal or a payee back from pay; return the hold's number. Raises BadInput."""
    actor.must("pay.hold")
    kind = _checked_hold(workspace, new)
    with act(
        actor=actor, workspace=workspace, at=at, permission="pay.hold", action="pay.hold",
        why=new.reason.strip(),
    ) as entry:  # fmt: skip
        kept = Hold(
            0, kind, new.subject.strip(), new.from_on, new.until_on, new.reason.strip(), at,
            actor.name,
        )  # fmt: skip
        number = store.add_hold(kept, database=workspace.database)
        entry.about = f"hold:{number}"
        entry.pay_of = kept.subject if kind is Held.PAYEE else EVERYBODYS_PAY
        entry.after = {
            "on": kind.value,
            "subject": kept.subject,
            "from": new.from_on.isoformat(),
            "until": new.until_on.isoformat() if new.until_on else None,
        }
    return number


def lift(*, actor: Actor, workspace: Workspace, hold_id: int, why: str, at: datetime) -> None:
    """Lift a hold: what it held back is paid in the next run. Raises Refusal, Stale."""
    actor.must("pay.hold")
    told = reason_of(why, "why")
    with act(
        actor=actor, workspace=workspace, at=at, permission="pay.hold", action="pay.lift",
        about=f"hold:{hold_id}", why=told,
    ) as entry:  # fmt: skip
        found = store.find_hold(hold_id, database=workspace.database)
        if found is None:
            raise Refusal(f"There is no hold {hold_id}; `wald pay holds` lists them.")
        lifted = store.lift_hold(
            hold_id, at=at, by=actor.name, why=told, database=workspace.database
        )
        if not lifted:
            raise Stale(f"Hold {hold_id} was lifted by {found.lifted_by} before.")
        entry.pay_of = found.subject if found.kind is Held.PAYEE else EVERYBODYS_PAY
        entry.before = {"on": found.kind.value, "subject": found.subject}


def adjust(*, actor: Actor, workspace: Workspace, new: NewAdjustment, at: datetime) -> int:
    """Enter an adjustment; it counts once somebody else approves it. Raises BadInput."""
    actor.must("pay.adjust")
    amount = _checked_adjustment(workspace, new)
    with act(
        actor=actor, workspace=workspace, at=at, permission="pay.adjust", action="pay.adjust",
        why=new.reason.strip(),
    ) as entry:  # fmt: skip
        number = store.add_adjustment(
            person_id=new.person_id.strip(), amount=amount, currency=new.currency,
            reason=new.reason.strip(), counts_on=new.counts_on, at=at, by=actor.name,
            database=workspace.database,
        )  # fmt: skip
        entry.about = f"adjustment:{number}"
        entry.pay_of = new.person_id.strip()
        entry.after = {
            "person": new.person_id.strip(),
            "amount": plain(amount),
            "currency": new.currency,
            "counts_on": new.counts_on.isoformat(),
        }
        entry.tell(
            names_who_may("pay.adjust", database=workspace.database),
            f"To approve: pay adjustment {number}",
            "/pay/#adjustments",
        )
    return number


def decide(
    *,
    actor: Actor,
    workspace: Workspace,
    adjustment_id: int,
    is_approved: bool,
    at: datetime,
    why: str = "",
) -> None:
    """Approve or refuse what somebody else entered. Raises NotAllowed to whoever entered it, is
    one with them by delegation, or would be paid it; Stale where it was decided before."""
    actor.must("pay.adjust")
    told = why.strip() if is_approved else reason_of(why, "why")
    with act(
        actor=actor, workspace=workspace, at=at, permission="pay.adjust",
        action="pay.approve_adjustment" if is_approved else "pay.refuse_adjustment",
        about=f"adjustment:{adjustment_id}", why=told,
    ) as entry:  # fmt: skip
        found = store.find_adjustment(adjustment_id, database=workspace.database)
        if found is None:
            raise Refusal(_NO_ADJUSTMENT.format(adjustment_id))
        entry.pay_of = found.person_id
        what = f"adjustment {adjustment_id}"
        must_be_apart(workspace, (found.entered_by,), actor.name, at.date(), f"made {what}")
        if actor.person_id == found.person_id and actor.person_id:
            raise NotAllowed("Nobody decides on an adjustment of their own pay.")
        name, database = actor.name, workspace.database
        if is_approved:
            is_done = store.approve_adjustment(adjustment_id, at=at, by=name, database=database)
        else:
            is_done = store.refuse_adjustment(
                adjustment_id, at=at, by=name, answer=told, database=database
            )
        if not is_done:
            raise Stale(f"Adjustment {adjustment_id} was decided before.")
        entry.after = {"approved": is_approved, "amount": plain(found.amount)}
        words = "Approved" if is_approved else "Refused"
        entry.tell([found.entered_by], f"{words}: {what}", "/pay/#adjustments")


def retract(
    *, actor: Actor, workspace: Workspace, adjustment_id: int, why: str, at: datetime
) -> None:
    """Take an approved adjustment back before it is paid: it counts only as long as those who
    agreed to it do, so either of them may, or anybody else but whoever would be paid it.

    Raises BadInput without a reason, NotAllowed, Refusal, Stale where there is nothing to retract.
    """
    actor.must("pay.adjust")
    told = reason_of(why, "why")
    with act(
        actor=actor, workspace=workspace, at=at, permission="pay.adjust",
        action="pay.retract_adjustment", about=f"adjustment:{adjustment_id}", why=told,
    ) as entry:  # fmt: skip
        found = store.find_adjustment(adjustment_id, database=workspace.database)
        if found is None:
            raise Refusal(_NO_ADJUSTMENT.format(adjustment_id))
        entry.pay_of = found.person_id
        if actor.person_id == found.person_id and actor.person_id:
            raise NotAllowed("Nobody decides on an adjustment of their own pay.")
        done = store.retract_adjustment(
            adjustment_id, at=at, by=actor.name, answer=told, database=workspace.database
        )
        if not done:
            raise Stale(f"Adjustment {adjustment_id} cannot be retracted: it {_stands(found)}.")
        entry.before = {"approved_by": found.approved_by, "amount": plain(found.amount)}
        entry.tell(
            {found.entered_by, found.approved_by} - {actor.name},
            f"Retracted: adjustment {adjustment_id}",
            "/pay/#adjustments",
        )


_NO_ADJUSTMENT = "There is no adjustment {}; `wald pay adjustments` lists them."


def _stands(found: Entered) -> str:
    if found.run_id is not None:
        return f"was paid in run {found.run_id}; enter one that takes it back"
    if found.refused_at is not None:
        return f"was {'retracted' if found.approved_at else 'refused'} by {found.refused_by} before"
    return "waits to be decided; refuse it"


def map_payroll(*, actor: Actor, workspace: Workspace, mapping: Mapping, at: datetime) -> None:
    """Say how payroll wants its export. Raises BadInput with every Problem."""
    actor.must("pay.run")
    problems = list(check(mapping))
    if problems:
        raise BadInput("The export cannot look like this.", problems)
    with act(
        actor=actor, workspace=workspace, at=at, permission="pay.run", action="pay.map",
        about="payroll",
    ) as entry:  # fmt: skip
        entry.pay_of = ""
        entry.before = dict(runs.newest_mapping(database=workspace.database) or {})
        content = mapping_json(mapping)
        runs.save_mapping(content, at=at, by=actor.name, database=workspace.database)
        entry.after = content


def _checked_hold(workspace: Workspace, new: NewHold) -> Held:
    problems = []
    kind = next((one for one in Held if one.value == new.kind), None)
    if kind is None:
        problems.append(Problem("kind", f"{new.kind!r} cannot be held", "hold a deal or a payee"))
    look = no_such_person if kind is Held.PAYEE else no_such_deal
    problems += _key_problems(workspace, look, "subject", new.subject)
    if new.until_on is not None and new.until_on <= new.from_on:
        fix = "give the first day on which it no longer holds"
        problems.append(Problem("until_on", "it is not after the first day", fix))
    problems += _reason_problems(new.reason)
    if problems or kind is None:
        raise BadInput("Nothing is held like this.", problems)
    return kind


def _checked_adjustment(workspace: Workspace, new: NewAdjustment) -> Decimal:
    problems = _key_problems(workspace, no_such_person, "person_id", new.person_id)
    problems += _reason_problems(new.reason)
    if not _CURRENCY.fullmatch(new.currency):
        fix = "write its ISO 4217 code, such as EUR"
        problems.append(Problem("currency", f"{new.currency!r} is no currency", fix))
    amount = _amount(new.amount)
    if amount is None or not amount or abs(amount) >= _MOST:
        what = f"{new.amount!r} is no amount that can be paid"
        problems.append(Problem("amount", what, "write a decimal such as -120.50"))
    elif problems == [] and amount != round(amount, minor_units(new.currency)):
        what = f"{new.amount} is finer than {new.currency} is paid"
        problems.append(Problem("amount", what, "round it"))
    if problems or amount is None:
        raise BadInput("This adjustment cannot be entered.", problems)
    return amount


def _amount(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and len(text) < 40 else None


def _key_problems(workspace: Workspace, look: Look, where: str, text: str) -> list[Problem]:
    key = text.strip()
    if not key or len(text) > _LONGEST_KEY or "\0" in text:
        return [Problem(where, "it names nobody and nothing", "give the key of the facts")]
    found = look(workspace, where, key)
    return [] if found is None else [found]


def _reason_problems(text: str) -> list[Problem]:
    try:
        reason_of(text, "reason")
    except BadInput as refusal:
        return list(refusal.problems)
    return []
