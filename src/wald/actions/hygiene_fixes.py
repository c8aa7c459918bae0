"""Write values into deals where hygiene found them wrong, and take that back: all of it or nothing.

A fix is a load of corrections: the corrected rows, and a change each in the deals' history where
they have one. The old value must still be the one that was seen; undoing restores it exactly, and
is refused where somebody changed it since. Source: docs/hygiene/fixes.md
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

import pyarrow as pa

from wald.actions.act import Entry
from wald.actions.correcting import Deed, NewRows, correct, turn
from wald.actions.finding_words import tell_cases
from wald.heart.deal_fix import TITLES, Became, DealPlan, Line, Wanted, value_of
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Conflict, NotAllowed, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.fix_fate import Fate, fates_of
from wald.queries.fix_ground import (
    ASSIGN,
    change_id_of,
    change_rows,
    day_of,
    deal_rows,
    last_changes,
)
from wald.queries.hygiene_fixes import FIX, previewed
from wald.queries.measure import View, view
from wald.records.stores import fixes as store
from wald.records.stores.fixes import Fix, KeptLine, Undone

LONGEST_WHY = 2000
_BRIEF = 5  # sentences of a conflict that are shown
_SOON = timedelta(microseconds=1)
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("change_id", "opportunity_id", "field", "old", "new")),
        ("changed_at", pa.timestamp("us")),
        ("changed_by", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fix that was written; `left_out`: what was not, a sentence each."""

    fix_id: int
    load_id: int
    plans: tuple[DealPlan, ...]
    left_out: tuple[str, ...] = ()


def fix_deals(
    *,
    actor: Actor,
    workspace: Workspace,
    wanted: Sequence[Wanted],
    why: str,
    at: datetime,
    only_free: bool = False,
) -> Fixed:
    """Write values into deals, all of them or none; `only_free`: those with which nothing is wrong.

    Raises BadInput with every Problem; Conflict, naming each deal, where a value is no longer the
    one that was seen, and while a load runs.
    """
    actor.must(FIX)
    problems = _why_problems(why)
    if problems:
        raise BadInput("This cannot be written.", problems)
    with turn(workspace, f"a fix of deals by {actor.name}", at):
        seen = view(actor=actor, workspace=workspace)
        found = previewed(actor, seen, wanted)
        if not only_free or not found.free:
            if found.problems:
                raise BadInput("This cannot be written; nothing was.", found.problems)
            _must_agree(found.conflicts, "Nothing was written")
        left_out = (*found.conflicts, *(str(one) for one in found.problems))
        deed = Deed(actor, workspace, at, FIX, "hygiene.fix", why=why.strip())
        return _write(deed, seen, found.free, left_out)


def undo_fix(
    *,
    actor: Actor,
    workspace: Workspace,
    fix_id: int,
    at: datetime,
    why: str = "",
    deals: Collection[str] = (),
) -> int:
    """Take a fix back, of all its deals or of these, all of them or none; return the load.

    Raises Refusal where there is none that is seen, or nothing of it stands; Conflict, naming each
    deal, where somebody changed since what it wrote.
    """
    actor.must(FIX)
    if len(why) > LONGEST_WHY:
        raise BadInput("This cannot be undone.", _why_problems(why))
    with turn(workspace, f"undoing of fix {fix_id} by {actor.name}", at):
        seen = view(actor=actor, workspace=workspace)
        fix, lines = _to_undo(actor, seen, workspace, fix_id, deals)
        deed = Deed(actor, workspace, at, FIX, "hygiene.undo", f"fix:{fix_id}", why.strip())
        return _write_back(deed, seen, fix, lines)


def _write(deed: Deed, seen: View, plans: tuple[DealPlan, ...], left_out: tuple[str, ...]) -> Fixed:
    lines = [line for plan in plans for line in plan.lines]
    has_history = seen.snapshot.has("opportunity_change")
    made: list[Line] = []
    fix_ids: list[int] = []

    def make(load_id: int) -> Sequence[NewRows]:
        for place, line in enumerate(lines, start=1):
            change = change_id_of(load_id, place) if has_history else ""
            made.append(replace(line, change_id=change))
        new = {(one.opportunity_id, one.field): one.new for one in made}
        rows = [NewRows("opportunity", _with(seen, new), replaces=True)]
        if has_history:
            changes = _changes(made, seen, deed)
            rows.append(NewRows("opportunity_change", changes, replaces=False))
        return rows

    def keep(load_id: int, entry: Entry) -> None:
        fix_id = store.add(
            made,
            at=deed.at,
            by=deed.actor.name,
            why=deed.why,
            load_id=load_id,
            database=deed.workspace.database,
        )
        fix_ids.append(fix_id)
        entry.about = f"fix:{fix_id}"
        entry.before = {"deals": _told(made, old=True)}
        entry.after = {"deals": _told(made, old=False), "load": load_id, "left_out": len(left_out)}
        entry.emit("hygiene.fixed", {"fix": fix_id, "load": load_id, "deals": len(plans)})
        said = f"{deed.actor.name} wrote fix {fix_id}, which waits for the source: {deed.why}"
        tell_cases(deed.workspace, made, said, deed.at, begins=True)

    load_id = correct(deed, make, keep, "a fix of deals")
    return Fixed(fix_ids[0], load_id, plans, left_out)


def _to_undo(
    actor: Actor, seen: View, workspace: Workspace, fix_id: int, deals: Collection[str]
) -> tuple[Fix, list[KeptLine]]:
    """Return the lines that are taken back. Raises Refusal, NotAllowed, Conflict."""
    fix = store.find(fix_id, database=workspace.database)
    fates = {} if fix is None else fates_of([fix], seen, workspace)
    if fix is None or not fates:
        raise Refusal(f"There is no fix {fix_id}, or none of deals that you see.")
    wanted = set(deals) or {one.line.opportunity_id for one in fix.lines}
    strange = wanted - {one.line.opportunity_id for one in fix.lines}
    if strange:
        raise Refusal(f"Fix {fix_id} changed nothing of {', '.join(sorted(strange))[:200]}.")
    lines = [one for one in fix.lines if one.line.opportunity_id in wanted and one.undone is None]
    if not lines:
        raise Refusal(f"Fix {fix_id} is undone already.")
    if any((fix_id, one.place) not in fates for one in lines):
        raise NotAllowed(
            f"Fix {fix_id} also changed deals that you do not see; name those of yours."
        )
    if not actor.may(ASSIGN) and any(one.line.field == "owner_id" for one in lines):
        raise NotAllowed(f"Fix {fix_id} gave deals to others; ask somebody who may give them back.")
    _must_agree([_since(one, fates[fix_id, one.place], fix) for one in lines], "Nothing was undone")
    return fix, lines


def _write_back(deed: Deed, seen: View, fix: Fix, lines: Sequence[KeptLine]) -> int:
    changes = [one.line.change_id for one in lines if one.line.change_id and not one.retired_load]

    def make(load_id: int) -> Sequence[NewRows]:
        old = {(one.line.opportunity_id, one.line.field): one.line.old for one in lines}
        rows = [NewRows("opportunity", _with(seen, old), replaces=True)]
        if changes:
            gone = change_rows(seen, changes)
            rows.append(NewRows("opportunity_change", gone, replaces=True, is_deleted=True))
        return rows

    def keep(load_id: int, entry: Entry) -> None:
        undone = Undone(deed.at, deed.actor.name, deed.why, load_id)
        places = [one.place for one in lines]
        store.undo(fix.fix_id, places, undone, database=deed.workspace.database)
        entry.before = {"deals": _told([one.line for one in lines], old=False)}
        entry.after = {"deals": _told([one.line for one in lines], old=True), "load": load_id}
        deals = len({one.line.opportunity_id for one in lines})
        told = {"fix": fix.fix_id, "load": load_id, "deals": deals}
        entry.emit("hygiene.undone", told)
        said = f"{deed.actor.name} undid fix {fix.fix_id}. {deed.why}".strip()
        tell_cases(deed.workspace, [one.line for one in lines], said, deed.at)
        if fix.made_by != deed.actor.name:
            title = f"{deed.actor.name} took back your fix {fix.fix_id}"
            entry.tell([fix.made_by], title, f"/hygiene/fixes/{fix.fix_id}/")

    return correct(deed, make, keep, f"undoing of fix {fix.fix_id}")


def _with(seen: View, values: Mapping[tuple[str, str], str | None]) -> pa.Table:
    """Return the rows of these deals with other values, as they stand in everything else."""
    found = deal_rows(seen, {key for key, _ in values}).rows
    rows = found.to_pylist()
    for row in rows:
        for (key, field), text in values.items():
            if key == row["opportunity_id"]:
                row[field] = value_of(field, text)
    return pa.Table.from_pylist(rows, schema=found.schema)


def _changes(lines: Iterable[Line], seen: View, deed: Deed) -> pa.Table:
    """Return the changes of a fix as the history of the deals will tell them.

    They happen no later than the data reach, so that a fix does not stretch the record; and after
    every other change of their deal, so that they have an order.
    """
    every = list(lines)
    reached = datetime.combine(day_of(seen), time(23, 59, 59))
    now = min(deed.at.astimezone(UTC).replace(tzinfo=None), reached)
    last = last_changes(seen, {one.opportunity_id for one in every})
    rows = [
        {
            "change_id": one.change_id,
            "opportunity_id": one.opportunity_id,
            "field": one.field,
            "old": one.old,
            "new": one.new,
            "changed_at": max(now, last.get(one.opportunity_id, now - _SOON) + _SOON),
            "changed_by": deed.actor.person_id or None,
        }
        for one in every
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _since(one: KeptLine, fate: Fate, fix: Fix) -> str:
    """Return the sentence that says why a line cannot be taken back, "" where it can."""
    where = f"{one.line.opportunity_id}: {TITLES[one.line.field].lower()}"
    if fate.became is Became.TAKEN_OVER:
        return f"{where} is {one.line.new} at the source too, by load {fate.by_load}"
    if fate.value == one.line.new and fate.became is not Became.UNDONE:
        return ""
    if fate.became is Became.UNDONE:
        return f"{where} is as it was, because load {fix.load_id} was taken back"
    by = f" since load {fate.by_load}" if fate.by_load else ""
    return f"{where} is {fate.value or 'empty'}{by}, no longer {one.line.new}"


def _must_agree(sentences: Iterable[str], what: str) -> None:
    """Raise Conflict with the sentences that say something."""
    said = [one for one in sentences if one]
    if said:
        more = f"; and {len(said) - _BRIEF} more" if len(said) > _BRIEF else ""
        raise Conflict(f"{what}. {'; '.join(said[:_BRIEF])}{more}.")


def _told(lines: Iterable[Line], *, old: bool) -> dict[str, dict[str, str | None]]:
    """Return values by deal and field, for the journal."""
    found: dict[str, dict[str, str | None]] = {}
    for one in lines:
        found.setdefault(one.opportunity_id, {})[one.field] = one.old if old else one.new
    return found


def _why_problems(why: str) -> list[Problem]:
    if not why.strip():
        return [Problem("why", "it is missing", "say in a few words why this is right")]
    if len(why) > LONGEST_WHY:
        return [Problem("why", f"it has {len(why):,} characters", f"keep to {LONGEST_WHY:,}")]
    if "\0" in why:
        return [Problem("why", "it holds a NUL character", "take it out")]
    return []
