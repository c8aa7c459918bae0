"""The health of one open deal: its chance to win, what would make it another, and the doubt."""

from dataclasses import dataclass
from datetime import date, datetime

from wald.brain.chance_judged import Judgement
from wald.brain.forecast import Unable
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.chances_kept import find_chances
from wald.queries.measure import view
from wald.queries.win_chance import HOW, NOT_KEPT, ChanceLine, lines_of, open_seen


@dataclass(frozen=True, slots=True)
class DealHealth:
    """As of `day`, known at `made_at`. `unable` says why there is no `line`, `how` by which command
    there would be one."""

    day: date | None
    made_at: datetime | None
    is_fresh: bool
    period: str
    unable: str
    how: str
    judgement: Judgement | None
    learned_from: int
    line: ChanceLine | None


def deal_health(*, actor: Actor, workspace: Workspace, opportunity_id: str) -> DealHealth | None:
    """Return the health of a deal from what is kept; None where no deals are loaded, or where the
    asker sees no such deal open on the day of what is kept."""
    seen = view(actor=actor, workspace=workspace)
    if not seen.snapshot.has("opportunity"):
        return None
    found = find_chances(seen)
    if found is None:
        return DealHealth(None, None, False, "", NOT_KEPT, HOW, None, 0, None)
    rows = [row for row in open_seen(seen, found) if row["opportunity_id"] == opportunity_id]
    if not rows:
        return None
    unable = found.model.reason if isinstance(found.model, Unable) else ""
    lines = lines_of(found, rows)
    return DealHealth(
        day=found.day,
        made_at=found.made_at,
        is_fresh=found.is_fresh,
        period=found.period,
        unable=unable,
        how="" if found.is_fresh else HOW,
        judgement=None if isinstance(found.model, Unable) else found.model.judgement,
        learned_from=0 if isinstance(found.model, Unable) else found.model.deals,
        line=lines[0] if lines else None,
    )
