"""Fixes of deals as they are asked for, and as they were made: what each would do, did, became."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wald.heart.deal_fix import MOST, Became, DealPlan, Wanted, plan
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.fix_fate import Fate, fates_of
from wald.queries.fix_ground import day_of, deal_rows, ground_of, seen_deals
from wald.queries.measure import READ, View, view
from wald.records.stores import fixes as store
from wald.records.stores.fixes import Fix, KeptLine

FIX = "hygiene.fix"
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Preview:
    """What a fix would do, deal by deal. `missing`: keys of deals that there are not, or that
    are not seen by who asks."""

    on: date
    plans: tuple[DealPlan, ...]
    missing: tuple[str, ...]

    @property
    def conflicts(self) -> tuple[str, ...]:
        return tuple(one for plan in self.plans for one in plan.conflicts)

    @property
    def problems(self) -> tuple[Problem, ...]:
        gone = (
            Problem(key[:_LONGEST], "there is no such deal, or none that you see", "check the key")
            for key in self.missing
        )
        return (*gone, *(one for plan in self.plans for one in plan.problems))

    @property
    def is_clean(self) -> bool:
        return not self.conflicts and not self.problems

    @property
    def free(self) -> tuple[DealPlan, ...]:
        """Return the plans of deals with which nothing is wrong."""
        return tuple(p for p in self.plans if p.lines and not p.conflicts and not p.problems)


@dataclass(frozen=True, slots=True)
class FixedLine:
    """A line as people read it: the title of its deal, and what became of it."""

    kept: KeptLine
    title: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class SeenFix:
    """A fix with those of its lines whose deals are seen; `may_undo`: any of them stands and may
    be taken back by who asks."""

    fix: Fix
    lines: tuple[FixedLine, ...]
    may_undo: bool

    @property
    def deals(self) -> int:
        return len({one.kept.line.opportunity_id for one in self.lines})


def preview(*, actor: Actor, workspace: Workspace, wanted: Sequence[Wanted]) -> Preview:
    """Return what a fix would do. Raises BadInput where nothing, or too much, is wanted."""
    actor.must(FIX)
    return previewed(actor, view(actor=actor, workspace=workspace), wanted)


def previewed(actor: Actor, seen: View, wanted: Sequence[Wanted]) -> Preview:
    """Return the same in a view already opened."""
    if not 1 <= len(wanted) <= MOST:
        fix = f"give 1 to {MOST}"
        problem = Problem("values", f"{len(wanted)} are given", fix)
        raise BadInput("This cannot be one fix.", [problem])
    keys = list(dict.fromkeys(one.opportunity_id for one in wanted))
    found = deal_rows(seen, keys)
    plans = plan(wanted, found.deals, ground_of(actor, seen))
    return Preview(day_of(seen), plans, tuple(key for key in keys if key not in found.deals))


def fixes(
    *, actor: Actor, workspace: Workspace, limit: int | None = None, offset: int = 0
) -> tuple[SeenFix, ...]:
    """Return the fixes of deals that somebody sees, newest first."""
    actor.must(READ)
    seen = view(actor=actor, workspace=workspace)
    every = _own(store.every(database=workspace.database), seen)
    page = every[offset:] if limit is None else every[offset : offset + limit]
    return _read(actor, page, seen, workspace)


def one_fix(*, actor: Actor, workspace: Workspace, fix_id: int) -> SeenFix | None:
    """Return one fix, None where there is none or its deals are not seen."""
    actor.must(READ)
    found = store.find(fix_id, database=workspace.database)
    seen = view(actor=actor, workspace=workspace)
    own = _own([found], seen) if found is not None else ()
    return next(iter(_read(actor, own, seen, workspace)), None)


def _own(every: Sequence[Fix], seen: View) -> tuple[Fix, ...]:
    keys = {one.line.opportunity_id for fix in every for one in fix.lines}
    visible = seen_deals(seen, keys)
    own = (fix.only(visible) for fix in every)
    return tuple(fix for fix in own if fix.lines)


def _read(
    actor: Actor, page: Sequence[Fix], seen: View, workspace: Workspace
) -> tuple[SeenFix, ...]:
    fates = fates_of(page, seen, workspace)
    keys = {one.line.opportunity_id for fix in page for one in fix.lines}
    deals = deal_rows(seen, keys).deals
    found = []
    for fix in page:
        lines = tuple(
            FixedLine(one, deals[one.line.opportunity_id].title, fates[fix.fix_id, one.place])
            for one in fix.lines
        )
        stands = any(one.fate.became is Became.WAITING for one in lines)
        found.append(SeenFix(fix, lines, actor.may(FIX) and stands))
    return tuple(found)
