"""Say a number for a period, and put another one in the place of somebody's. Only ever added to.

Each number is a row with who, when and why; an override keeps the number that it stands for. A
version counts what was said of one person and period here: who writes on an older one is told what
changed. After a lock it takes the right to unlock, and a reason.
Source: docs/forecast/submissions.md
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from wald.actions.act import Entry as JournalLine
from wald.actions.act import act
from wald.actions.case_moves import move_case
from wald.actions.forecast_checks import (
    amounts_of,
    currency_problems,
    note_problems,
    title_of,
    why_needed,
)
from wald.heart.cadence import Cadence, Gate, standing
from wald.heart.rollup import Call, Kind
from wald.heart.seating import Node
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.queries.rollup_stage import (
    SUBMIT,
    UNLOCK,
    AskedRollUp,
    Stage,
    is_asked,
    may_speak,
    node_of,
    stage_of,
    standing_calls,
)
from wald.records.stores import cases
from wald.records.stores import forecast as store
from wald.records.stores.forecast import Entry
from wald.records.stores.users import name_of_person

_BACK = ""  # as an amount: an override is taken back


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """`amounts` by category as text; `person_id` "" is one's own number, `currency` "" the
    reporting one. `seen` is the version that was looked at, None: whatever it is now."""

    period: str
    amounts: Mapping[str, str]
    currency: str = ""
    note: str = ""
    person_id: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class NewOverride:
    """`amount` "" takes back the override there is. `reason` is always needed."""

    person_id: str
    period: str
    category: str
    amount: str
    reason: str
    currency: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """`is_new` False: the same was written by the same person just before, and stands."""

    entries: tuple[Entry, ...]
    is_new: bool

    @property
    def version(self) -> int:
        return max(one.number for one in self.entries)


@dataclass(frozen=True, slots=True)
class _Ground:
    """Whose number, and how it may be said."""

    stage: Stage
    node: Node
    cadence: Cadence
    is_late: bool
    currency: str


def submit(*, actor: Actor, workspace: Workspace, new: NewSubmission, at: datetime) -> Made:
    """Say one's number for a period, or with a reason that of somebody else. Raises BadInput with
    every Problem, NotAllowed, Refusal before the period opens, Stale."""
    actor.must(SUBMIT)
    person = new.person_id.strip() or actor.person_id
    ground = _ground(actor, workspace, person, new.period, new.currency, at)
    note, for_another = new.note.replace("\0", "").strip(), person != actor.person_id
    if not may_speak(ground.node, actor)[0]:
        raise NotAllowed(
            f"The number of {ground.node.name} is theirs to say; put your own in its place with an "
            "override."
        )
    amounts, problems = amounts_of(new.amounts, ground.cadence, ground.currency)
    needed = why_needed(amounts, is_late=ground.is_late, for_another=for_another)
    problems += note_problems("note", note, needed)
    if ground.node.has_left:
        what = f"{ground.node.name} had left by {ground.stage.day}"
        problems.append(Problem("person", what, "override the number, or say that of their lead"))
    elif not is_asked(ground.node, ground.cadence):
        what = f"the forecast calendar asks {ground.node.name} for no number"
        problems.append(Problem("person", what, "say that of somebody it asks, or change it"))
    if problems:
        raise BadInput("This forecast cannot be submitted.", problems)
    wanted = [
        _entry(ground, Kind.SUBMISSION, category, amount, note, actor, at)
        for category, amount in amounts.items()
    ]
    made = _write(actor, workspace, ground, wanted, new.seen, at)
    if made.is_new:
        _finish_reminder(actor, workspace, ground, at)
    return made


def override(*, actor: Actor, workspace: Workspace, new: NewOverride, at: datetime) -> Made:
    """Put a number in the place of somebody's below oneself, with a reason; both are kept. Raises
    BadInput with every Problem, NotAllowed, Refusal, Stale."""
    actor.must(SUBMIT)
    ground = _ground(actor, workspace, new.person_id.strip(), new.period, new.currency, at)
    if not may_speak(ground.node, actor)[1]:
        raise NotAllowed(
            f"The number of {ground.node.name} is overridden by those above them, and by sales "
            "operations."
        )
    reason, takes_back = new.reason.replace("\0", "").strip(), not new.amount.strip()
    given = {new.category: "0" if takes_back else new.amount}
    amounts, problems = amounts_of(given, ground.cadence, ground.currency)
    problems += note_problems("reason", reason, "an override always has one")
    call = standing_calls(ground.stage)[ground.node.person_id].get(new.category, Call())
    if takes_back and not problems and call.override is None:
        what = f"there is no override of {title_of(new.category).lower()} to take back"
        problems.append(Problem("amount", what, "give an amount"))
    if problems:
        raise BadInput("This number cannot be overridden.", problems)
    amount = None if takes_back else amounts[new.category]
    entry = _entry(ground, Kind.OVERRIDE, new.category, amount, reason, actor, at)
    if call.said is not None:
        entry = replace(
            entry,
            replaced_key=call.said.key,
            replaced_amount=call.said.given,
            replaced_currency=call.said.currency,
        )
    return _write(actor, workspace, ground, [entry], new.seen, at)


def _ground(
    actor: Actor, workspace: Workspace, person: str, period: str, currency: str, at: datetime
) -> _Ground:
    """Find whose number it is and whether it may be said now."""
    if not period.strip():
        what, fix = "it is missing", "write one such as 2026-Q3"
        raise BadInput("Say which period.", [Problem("period", what, fix)])
    if not person:
        fix = "name the person whose number it is"
        problem = Problem("person", f"{actor.name} is nobody in the data", fix)
        raise BadInput("Nobody knows whose number this is.", [problem])
    stage = stage_of(actor=actor, workspace=workspace, ask=AskedRollUp(period.strip()), at=at)
    if stage is None:
        raise Refusal("Nothing is loaded yet, so nobody has a forecast; load people and deals.")
    node = node_of(stage, person)
    problems = list(currency_problems(currency))
    if node is None:
        fix = "see `wald forecast show` for those whose numbers you see"
        problems.append(Problem("person", f"{person[:60]!r} is nobody you see", fix))
    if problems or node is None:
        raise BadInput("This number cannot be said.", problems)
    cadence = stage.calendars.of(node.unit)
    now = standing(stage.period, cadence, at)
    if now.gate is Gate.EARLY and now.until is not None:
        raise Refusal(f"{stage.period.label} opens on {now.until:%Y-%m-%d %H:%M} UTC; say it then.")
    if now.is_locked and not actor.may(UNLOCK):
        why = (
            "is over"
            if now.gate is Gate.OVER
            else f"is locked until {now.until:%Y-%m-%d %H:%M} UTC"
        )
        raise NotAllowed(
            f"{stage.period.label} {why}; a sales leader or sales operations may still write, with "
            "a reason."
        )
    currency = currency or stage.seen.terms.currency
    return _Ground(stage, node, cadence, now.is_locked, currency)


def _entry(
    ground: _Ground,
    kind: Kind,
    category: str,
    amount: Decimal | None,
    note: str,
    actor: Actor,
    at: datetime,
) -> Entry:
    period = ground.stage.period
    return Entry(
        entry_id=0,
        kind=kind,
        person_id=ground.node.person_id,
        seat=ground.node.seat,
        period=period.label,
        starts_on=period.start,
        ends_on=period.end,
        number=0,
        category=category,
        amount=amount,
        currency=ground.currency,
        note=note,
        is_late=ground.is_late,
        said_at=at,
        by=actor.name,
        by_person_id=actor.person_id,
    )


def _write(
    actor: Actor,
    workspace: Workspace,
    ground: _Ground,
    wanted: Sequence[Entry],
    seen: int | None,
    at: datetime,
) -> Made:
    """Add entries if nobody wrote since; numbers follow those there are."""
    period, node, database = ground.stage.period, ground.node, workspace.database
    with suppress(_SameAgain), act(
        actor=actor, workspace=workspace, at=at, permission=SUBMIT,
        action=f"forecast.{'submit' if wanted[0].kind is Kind.SUBMISSION else 'override'}",
        about=f"person:{node.person_id}", why=wanted[0].note,
    ) as entry:  # fmt: skip
        there = store.entries_of(period=period, person_id=node.person_id, database=database)
        newest = max((one.number for one in there), default=0)
        if seen is not None and seen != newest:
            _refuse_stale(wanted, [one for one in there if one.number > seen], seen, newest)
        numbered = [
            replace(one, number=newest + place) for place, one in enumerate(wanted, start=1)
        ]
        try:
            made = store.add(numbered, database=database)
        except store.Taken as error:
            raise Stale("Somebody wrote at the same moment; look again.") from error
        _tell(entry, ground, made, workspace, actor)
        return Made(made, is_new=True)
    again = store.entries_of(period=period, person_id=node.person_id, database=database)
    return Made(again[-len(wanted) :], is_new=False)


class _SameAgain(Exception):
    """The same form was sent twice; nothing is to be written."""


def _refuse_stale(wanted: Sequence[Entry], since: Sequence[Entry], seen: int, newest: int) -> None:
    """Raise Stale with what was written since, or _SameAgain where that is all of this."""
    if [_meaning(one) for one in since] == [_meaning(one) for one in wanted]:
        raise _SameAgain
    raise Stale(
        f"Somebody wrote in between: you looked at version {seen}, and it is {newest} now.",
        [_told(one) for one in since],
    )


def _meaning(entry: Entry) -> tuple[object, ...]:
    return (entry.kind, entry.category, entry.amount, entry.currency, entry.note, entry.by)


def _told(entry: Entry) -> str:
    what = "submitted" if entry.kind is Kind.SUBMISSION else "put in its place"
    number = "nothing: the override is taken back"
    if entry.amount is not None:
        number = f"{entry.amount:,f} {entry.currency}".strip()
    when = f"{entry.said_at:%Y-%m-%d %H:%M} UTC"
    return f"{title_of(entry.category)}: {entry.by} {what} {number} on {when}"


def _tell(
    entry: JournalLine,
    ground: _Ground,
    made: Sequence[Entry],
    workspace: Workspace,
    actor: Actor,
) -> None:
    """Say in the journal what was and what is, and to the person what others said for them."""
    person, label = ground.node.person_id, ground.stage.period.label
    before = standing_calls(ground.stage)[person]
    entry.before = dict(_amounts_before(made, before))
    entry.after = {
        "period": label,
        "is_late": ground.is_late,
        **{one.category: _number(one.amount, one.currency) for one in made},
    }
    user = name_of_person(person, database=workspace.database)
    if user and user != actor.name:
        which = " and ".join(title_of(one.category).lower() for one in made)
        title = f"{actor.name} {_deed(made[0])} your {which} for {label}"
        entry.tell([user], title, f"/forecast/people/{person}/?period={label}")
    if made[0].kind is Kind.SUBMISSION:
        entry.emit("forecast.submitted", {"period": label})
    else:
        entry.emit("forecast.overridden", {"period": label})


def _deed(entry: Entry) -> str:
    if entry.kind is Kind.SUBMISSION:
        return "submitted"
    return "took back the override of" if entry.amount is None else "overrode"


def _amounts_before(
    made: Sequence[Entry], before: Mapping[str, Call]
) -> Iterator[tuple[str, str | None]]:
    for one in made:
        call = before.get(one.category, Call())
        there = call.override if one.kind is Kind.OVERRIDE and call.override else call.said
        yield one.category, None if there is None else _number(there.given, there.currency)


def _number(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else f"{amount:f} {currency}".strip()


def reminder_of(person_id: str, period_start: object) -> str:
    """Return the fingerprint of the case that asks somebody for their number."""
    return f"forecast:{period_start}:{person_id}"


def _finish_reminder(actor: Actor, workspace: Workspace, ground: _Ground, at: datetime) -> None:
    """End the case that asked for this number, where `actor` may."""
    fingerprint = reminder_of(ground.node.person_id, ground.stage.period.start)
    case_id = cases.open_with(fingerprint, database=workspace.database)
    if case_id is not None and actor.may("cases.work"):
        with suppress(NotAllowed):
            move_case(actor=actor, workspace=workspace, case_id=case_id, move="finish", at=at)
