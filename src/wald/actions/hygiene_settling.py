"""After a load: what the source says of fixes counts, and Wald's own change of a deal steps back.

Where the source's history tells the same change, or brought another value, the change that a fix
wrote into the deal's history is taken back, so that nothing is counted twice; what was known
before keeps it. A fix that the source did not take over is said on the case about it.
Source: docs/hygiene/fixes.md
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from wald.actions.act import Entry, act
from wald.actions.correcting import Deed, NewRows, correct, turn
from wald.actions.finding_words import tell_cases
from wald.heart.deal_fix import TITLES, Became
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.fix_fate import Fate, fates_of
from wald.queries.fix_ground import change_rows
from wald.queries.hygiene_fixes import FIX
from wald.queries.measure import view
from wald.records.stores import fixes as store
from wald.records.stores.fixes import Fix, KeptLine

_SPOKEN = (Became.TAKEN_OVER, Became.NOT_TAKEN_OVER, Became.OVERTAKEN)


@dataclass(frozen=True, slots=True)
class _Settled:
    fix: Fix
    kept: KeptLine
    fate: Fate

    @property
    def steps_back(self) -> bool:
        """Is the change that the fix wrote one too many now?"""
        return bool(self.kept.line.change_id) and (
            self.fate.has_told or self.fate.became is not Became.TAKEN_OVER
        )


def settle_fixes(*, actor: Actor, workspace: Workspace, at: datetime) -> dict[Became, int]:
    """Settle every line of a fix of which the source has spoken since; return how many became what.

    Done again it finds nothing. Raises Conflict while a load runs.
    """
    actor.must(FIX)
    actor.must("cases.read_all")
    if not any(_open_lines(workspace)):
        return {}
    with turn(workspace, "settling of fixes", at):
        found = list(_spoken_of(actor, workspace))
        if found:
            _write(Deed(actor, workspace, at, FIX, "hygiene.settle"), found)
    counts: dict[Became, int] = {}
    for one in found:
        counts[one.fate.became] = counts.get(one.fate.became, 0) + 1
    return counts


def _open_lines(workspace: Workspace) -> Iterable[KeptLine]:
    return (
        one
        for fix in store.every(database=workspace.database)
        for one in fix.lines
        if one.undone is None and one.retired_load is None
    )


def _spoken_of(actor: Actor, workspace: Workspace) -> Iterable[_Settled]:
    fixes = store.every(database=workspace.database)
    fates = fates_of(fixes, view(actor=actor, workspace=workspace), workspace)
    for fix in fixes:
        for one in fix.lines:
            fate = fates.get((fix.fix_id, one.place))
            is_open = one.undone is None and one.retired_load is None
            if fate is not None and is_open and fate.became in _SPOKEN and fate.by_load:
                settled = _Settled(fix, one, fate)
                if settled.steps_back or not one.line.change_id:
                    yield settled


def _write(deed: Deed, found: Sequence[_Settled]) -> None:
    gone = [one.kept.line.change_id for one in found if one.steps_back]

    def keep(load_id: int, entry: Entry) -> None:
        for one in found:
            store.retire(
                one.fix.fix_id,
                [one.kept.place],
                load_id=load_id or one.fate.by_load or 0,
                database=deed.workspace.database,
            )
            if one.fate.became is Became.NOT_TAKEN_OVER:
                _say(deed, one)
        entry.after = {
            "fixes": {
                str(fix): sum(one.fix.fix_id == fix for one in found)
                for fix in sorted({one.fix.fix_id for one in found})
            }
        }

    if gone:

        def make(load_id: int) -> Sequence[NewRows]:
            rows = change_rows(view(actor=deed.actor, workspace=deed.workspace), gone)
            return [NewRows("opportunity_change", rows, replaces=True, is_deleted=True)]

        correct(deed, make, keep, "settling of fixes")
        return
    with act(
        actor=deed.actor,
        workspace=deed.workspace,
        at=deed.at,
        permission=deed.permission,
        action=deed.action,
    ) as entry:
        keep(0, entry)


def _say(deed: Deed, one: _Settled) -> None:
    line, fate = one.kept.line, one.fate
    text = (
        f"Fix {one.fix.fix_id} was not taken over at the source: load {fate.by_load} brings "
        f"{TITLES[line.field].lower()} {fate.value or 'empty'} again, not {line.new}."
    )
    tell_cases(deed.workspace, [line], text, deed.at)
