"""Exit criteria as deals kept them, and the chance of each stage: expected, and measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from wald.brain.evidence_judged import Measured, Place, judge_evidence
from wald.facts.relations import Scene
from wald.heart.pipeline.evidence_rows import (
    asked_of,
    compose_counts,
    compose_evidence,
    compose_first_entries,
)
from wald.heart.pipeline.exit_criteria import Criterion, StageRule
from wald.heart.pipeline.long_run import Life, LongRun, long_run
from wald.heart.pipeline.sales_process import SalesProcess
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.criteria_ground import (
    CriteriaAsk,
    asks,
    criteria_ground,
    criteria_of,
    unknowable,
)
from wald.queries.kept import kept
from wald.queries.measure import View
from wald.queries.pipeline_ground import (
    choices_on,
    fetched,
)
from wald.queries.sales_process import agreed_label, staged_view

_LEAST = 10  # closed deals, below which no chance is told


@dataclass(frozen=True, slots=True)
class StageChance:
    """The chance of deals in a stage: `expected` by the process, None: nobody said.

    `segments` () is everybody, else those that have this expectation. `measured` None: fewer than
    ten deals have closed.
    """

    stage: StageRule
    segments: tuple[str, ...]
    expected: Decimal | None
    measured: LongRun | None
    deals: int

    @property
    def is_off(self) -> bool:
        """Does the interval measured leave out what is expected?"""
        if self.measured is None or self.expected is None:
            return False
        share = self.measured.share
        return not share.low <= float(self.expected) <= share.high


@dataclass(frozen=True, slots=True)
class AskedCriterion:
    """`segments` () asks everybody. `found` None: `why` says why it cannot be known."""

    stage: StageRule
    criterion: Criterion
    segments: tuple[str, ...]
    found: Measured | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class CriteriaPage:
    """`label` names the process in force, "" where none is: then `chances` are of the data's
    stages. `unused` are stages of the process that no deal was ever in."""

    as_of: date
    known_at: datetime | None
    reaches: date | None
    label: str
    chances: tuple[StageChance, ...]
    criteria: tuple[AskedCriterion, ...]
    unused: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]


def exit_criteria(
    *, actor: Actor, workspace: Workspace, ask: CriteriaAsk, engine: str = ""
) -> CriteriaPage | None:
    """Return the exit criteria as kept, None when no deals are loaded.

    Only deals whose owner the actor may see as of that day count. Raises BadInput with every
    Problem in what was asked.
    """
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if not seen.snapshot.has("opportunity"):
        return None
    return kept((seen.signature, "exit criteria", ask), lambda: _made(seen, ask))


def _made(seen: View, ask: CriteriaAsk) -> CriteriaPage:
    ground = criteria_ground(seen, ask)
    day, process = ground.scene.when.valid, ground.process
    entries = fetched(
        seen, compose_first_entries(ground.deals.copy(), ground.passages.copy(), ground.scene)
    )
    return CriteriaPage(
        day,
        seen.snapshot.learned_at,
        seen.snapshot.reaches,
        agreed_label(seen, day),
        tuple(_chances(process, entries)),
        _criteria(seen, process, ground.deals, ground.passages, ground.scene),
        _unused(process, entries) if ground.agreed else (),
        choices_on(seen, day),
    )


def _chances(process: SalesProcess, entries: list[dict[str, object]]) -> list[StageChance]:
    found = []
    for base in (one for one in process.stages if one.is_open):
        apart = {
            part.segment: rule.probability
            for part in process.segments
            for rule in process.of(part.segment)
            if rule.key == base.key and rule.probability != base.probability
        }
        here = [row for row in entries if row["stage"] == base.stage]
        others = [row for row in here if row["segment"] not in apart]
        found.append(_chance(base, (), base.probability, others))
        for expected in dict.fromkeys(apart.values()):
            own = tuple(name for name, chance in apart.items() if chance == expected)
            rows = [row for row in here if row["segment"] in own]
            found.append(_chance(base, own, expected, rows))
    return found


def _chance(
    rule: StageRule,
    segments: tuple[str, ...],
    expected: Decimal | None,
    rows: list[dict[str, object]],
) -> StageChance:
    deals = sum(int(str(row["deals"])) for row in rows)
    return StageChance(rule, segments, expected, _long_run(rows), deals)


def _long_run(rows: list[dict[str, object]]) -> LongRun | None:
    lives = []
    for row in rows:
        outcome = str(row["outcome"])
        end = outcome if outcome in ("won", "lost") else ""
        lives.append(Life(0, int(str(row["days"])), end, int(str(row["deals"]))))
    found = long_run(lives)
    return found if found is not None and found.ended >= _LEAST else None


def _criteria(
    seen: View, process: SalesProcess, deals: exp.Select, passages: exp.Select, scene: Scene
) -> tuple[AskedCriterion, ...]:
    forms = criteria_of(process)
    why = {criterion: unknowable(seen, criterion) for _, criterion, _ in forms}
    listed: dict[str, list[Criterion]] = {}
    for rule, criterion, _ in forms:
        if not why[criterion]:
            listed.setdefault(rule.stage, []).append(criterion)
    asked = asked_of(listed)
    rows = []
    if asked:
        rows = fetched(
            seen,
            compose_counts(compose_evidence(deals.copy(), passages, asked, scene, listed), asked),
        )
    columns = {(one.stage, one.criterion): one for one in asked}
    places = {
        rule.stage: Place(position, rule.outcome.value)
        for position, rule in enumerate(process.stages, start=1)
    }
    found = []
    for rule, criterion, segments in forms:
        one = columns.get((rule.stage, criterion))
        measured = None
        if one is not None:
            whom = _asked_of(process, rule, criterion, segments, rows)
            [measured] = judge_evidence(rows, [(rule, criterion, one.column, whom)], places)
        found.append(AskedCriterion(rule, criterion, segments, measured, why[criterion]))
    return tuple(found)


def _asked_of(
    process: SalesProcess,
    rule: StageRule,
    criterion: Criterion,
    segments: tuple[str, ...],
    rows: list[dict[str, object]],
) -> frozenset[str | None]:
    """Return the segments of the rows of which a criterion is asked."""
    there = {None if row["segment"] is None else str(row["segment"]) for row in rows}
    if segments:
        return frozenset(there & set(segments))
    return frozenset(one for one in there if asks(process, one, rule, criterion))


def _unused(process: SalesProcess, entries: list[dict[str, object]]) -> tuple[str, ...]:
    known = {row["stage"] for row in entries}
    return tuple(rule.title for rule in process.stages if rule.stage not in known)
