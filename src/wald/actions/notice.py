"""A night's findings become insights; what did not come back is said to be gone."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wald.actions.act import act
from wald.actions.insights import RECORD, move_insight, record_insight
from wald.brain.detector import Size, detectors
from wald.brain.patterns import Finding
from wald.brain.places import condition_of
from wald.insights.insight import Effect, Insight, Status, StoredQuery
from wald.kernel.actor import Actor
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.queries.agreed import agreed_view
from wald.queries.night import NightFound, Progress, looked, silent_progress
from wald.queries.plain_night import evidence_of, night_json
from wald.queries.search import eyes_of
from wald.records.stores import insights as store
from wald.records.stores.nights import KeptNight, keep_night

RUN = "work.run"
_CONFIDENCE = Decimal("0.95")
_MOST_OPEN = 2000
_LONGEST_CLAIM = 500


@dataclass(frozen=True, slots=True)
class Noticed:
    """A night that was kept: `insights` are numbers by finding, `new` those there were not before,
    `gone` those whose finding did not come back."""

    found: NightFound
    insights: tuple[tuple[Finding, int], ...]
    new: tuple[int, ...]
    gone: tuple[int, ...]


def notice(
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    day: date | None = None,
    only: tuple[str, ...] = (),
    engine: str = "",
    told: Progress = silent_progress,
) -> Noticed | None:
    """Look as of a day, by default the last in the data, and keep what is found as insights.

    The same finding again is the same insight; the same day again replaces its record. Returns
    None where nothing is loaded. Raises BadInput for a detector that there is not.
    """
    actor.must(RUN)
    actor.must(RECORD)
    seen = agreed_view(actor=actor, workspace=workspace, engine=engine)
    found = looked(seen, day=day, only=only, told=told)
    if found is None:
        return None
    open_before = _open_insights(actor, workspace)
    numbers = {
        one: record_insight(actor=actor, workspace=workspace, insight=insight_of(one, found), at=at)
        for one in found.judged.findings
    }
    told_now = set(numbers.values())
    looked_at = set(found.judged.looks)
    gone = tuple(
        kept.insight_id
        for kept in open_before
        if kept.insight.source in looked_at and kept.insight_id not in told_now
    )
    for number in gone:
        move_insight(
            actor=actor, workspace=workspace, insight_id=number, status=Status.GONE, at=at,
            why=f"Not found again as of {found.day}.",
        )  # fmt: skip
    new = tuple(sorted(told_now - {one.insight_id for one in open_before}))
    with act(
        actor=actor, workspace=workspace, at=at, permission=RECORD, action="insights.night",
        about=f"night:{found.day}",
    ) as entry:  # fmt: skip
        body = night_json(found, numbers)
        keep_night(KeptNight(found.day, at, actor.name, body), database=workspace.database)
        entry.after = {"looks": found.judged.all_looks, "new": list(new), "gone": list(gone)}
    return Noticed(found, tuple(numbers.items()), new, gone)


def insight_of(finding: Finding, found: NightFound) -> Insight:
    """Return a finding as an insight: its size in money where that is known, else in its unit."""
    detector, look = finding.detector, finding.look
    if look.money is not None:
        effect = _effect(look.money, Unit.MONEY, look.p_value, found.currency)
    else:
        effect = _effect(look.effect, detector.unit, look.p_value, None)
    where = look.condition or condition_of(look.where)
    question = StoredQuery(detector.metric, (), where, look.period, found.day)
    return Insight(
        claim=look.claim[:_LONGEST_CLAIM],
        source=detector.key,
        subject=look.subject,
        metric=detector.metric,
        effect=effect,
        evidence=evidence_of(detector, look, finding),
        question=question,
        person_id=look.person_id,
    )


def _effect(size: Size, unit: Unit, p_value: float, currency: str | None) -> Effect:
    digits = 2 if unit is Unit.MONEY else 6
    low, estimate, high = sorted(
        Decimal(str(round(one, digits))) for one in (size.low, size.estimate, size.high)
    )
    chance = Decimal(f"{min(max(p_value, 1e-12), 1.0):.3g}")
    return Effect(low, estimate, high, unit, chance, _CONFIDENCE, currency)


def _open_insights(actor: Actor, workspace: Workspace) -> tuple[store.KeptInsight, ...]:
    wanted = store.Wanted(is_open=True)
    eyes, database = eyes_of(actor=actor, workspace=workspace), workspace.database
    rows = store.list_insights(wanted, eyes=eyes, limit=_MOST_OPEN, database=database)
    return tuple(one for one in rows if one.insight.source in detectors())
