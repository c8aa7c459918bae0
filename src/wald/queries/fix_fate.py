"""What became of fixes: whether the source has taken them over, as the loads since tell.

For queries and actions that have asked the policy already.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wald.heart.deal_fix import Became, Evidence, became
from wald.kernel.workspace import Workspace
from wald.queries.fix_ground import (
    CORRECTIONS,
    DealRows,
    connectors_of,
    count_of_deals,
    deal_rows,
    row_loads,
    told_since,
)
from wald.queries.measure import View
from wald.records.stores.fixes import Fix, KeptLine
from wald.records.stores.loads import find_load


@dataclass(frozen=True, slots=True)
class Fate:
    """`value`: what the field holds now. `by_load`: the load that says so, None: none yet.
    `has_told`: the source's own history told the new value since."""

    became: Became
    value: str | None
    by_load: int | None
    has_told: bool = False


Fates = Mapping[tuple[int, int], Fate]  # by number of the fix and place of the line


@dataclass(frozen=True, slots=True)
class _Known:
    rows: DealRows
    loads: Mapping[str, tuple[int, ...]]
    told: Mapping[tuple[str, str, str], int]
    connectors: Mapping[int, str]
    reading_all: tuple[int, ...]  # loads that read every deal


def fates_of(fixes: Iterable[Fix], seen: View, workspace: Workspace) -> Fates:
    """Return what became of each line of these fixes whose deal is seen."""
    every = tuple(fixes)
    keys = {one.line.opportunity_id for fix in every for one in fix.lines}
    if not keys:
        return {}
    oldest = min(fix.load_id for fix in every)
    known = _Known(
        deal_rows(seen, keys),
        row_loads(seen, keys),
        told_since(seen, keys),
        connectors_of(seen),
        _reading_all(seen, workspace, oldest),
    )
    return {
        (fix.fix_id, one.place): _fate(fix, one, known)
        for fix in every
        for one in fix.lines
        if one.undone or one.line.opportunity_id in known.rows.deals
    }


def _fate(fix: Fix, one: KeptLine, known: _Known) -> Fate:
    line = one.line
    deal = known.rows.deals.get(line.opportunity_id)
    value = None if deal is None else deal.values.get(line.field)
    if one.undone is not None:
        return Fate(Became.UNDONE, value, one.undone.load_id)
    row_load = max(known.loads.get(line.opportunity_id, (0,)))
    read_by = max((load for load in known.reading_all if load > fix.load_id), default=0)
    told_by = known.told.get((line.opportunity_id, line.field, line.new), 0)
    now = Evidence(
        value=value,
        row_load=row_load,
        is_ours=known.connectors.get(row_load) == CORRECTIONS,
        told=told_by > fix.load_id,
        was_read=read_by > 0,
    )
    by = max(read_by, told_by if now.told else 0, row_load if row_load > fix.load_id else 0)
    return Fate(became(line, fix.load_id, now), value, by or None, now.told)


def _reading_all(seen: View, workspace: Workspace, after: int) -> tuple[int, ...]:
    """Return the loads after one, not of fixes, that read at least as many deals as there are."""
    later = [
        load.load_id
        for load in seen.snapshot.visible
        if load.load_id > after and load.connector != CORRECTIONS
    ]
    if not later:
        return ()
    deals = count_of_deals(seen)
    return tuple(load for load in later if _deals_read(load, workspace) >= deals)


def _deals_read(load_id: int, workspace: Workspace) -> int:
    found = find_load(load_id, database=workspace.database)
    lines = found.report.get("lines") if found is not None else None
    if not isinstance(lines, list):
        return 0
    return sum(
        one["counts"]["read"] - one["counts"]["rejected"]
        for one in lines
        if one["table"] == "opportunity"
    )
