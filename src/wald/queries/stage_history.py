"""The sales process as deals went through it, up to a day: time in stage, funnel, time to close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlglot import exp

from wald.facts.reading import names_in, subject_rows, with_day
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.facts.subject import DEALS
from wald.heart.pipeline.passages import (
    DEAL_COLUMNS,
    compose_closings,
    compose_passages,
    compose_reached,
    compose_stays,
)
from wald.heart.pipeline.stage_times import (
    StageHistory,
    Step,
    judge_closings,
    judge_cohorts,
    judge_stages,
)
from wald.heart.pipeline.survival import shares_of_ends, survival
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, period_of
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
from wald.queries.measure import View
from wald.queries.pipeline_ground import (
    ALL,
    Which,
    at_engine,
    choices_on,
    default_day,
    fetched,
    org_day,
    read_which,
)
from wald.queries.sales_process import staged_view
from wald.queries.stages import stage_rows, stage_steps


@dataclass(frozen=True, slots=True)
class StageHistoryAsk:
    """What a person asks of the process; None: as far as the data reach, all that is known."""

    as_of: date | None = None
    known: datetime | None = None
    which: Which = ALL


@dataclass(frozen=True, slots=True)
class StageHistoryPage:
    """`unordered`: stages that deals stood in and nobody put in order, with how many deals."""

    as_of: date
    known_at: datetime | None
    reaches: date | None
    history: StageHistory
    unordered: tuple[tuple[str, int], ...]
    choices: Mapping[str, tuple[str, ...]]


def stage_history(
    *, actor: Actor, workspace: Workspace, ask: StageHistoryAsk, engine: str = ""
) -> StageHistoryPage | None:
    """Return how deals went through the process, None when no deals are loaded.

    Only deals whose owner the actor may see as of that day count. Raises BadInput with every
    Problem in what was asked.
    """
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if not seen.snapshot.has("opportunity"):
        return None
    return kept((seen.signature, "process", ask), lambda: _made(seen, ask))


def _made(seen: View, ask: StageHistoryAsk) -> StageHistoryPage:
    conditions, _ = read_which(ask.which, seen)
    day = ask.as_of or default_day(seen)
    scene = Scene(seen.snapshot, AsOf(day, ask.known), seen.terms, org=org_day(ask.which, seen))
    rows = subject_rows(DEALS, scene.whole, {*DEAL_COLUMNS, *names_in(*conditions)})
    wanted = [with_day(condition, scene) for condition in conditions]
    persons = seen.snapshot.seen_on(day)
    if persons is not None:
        wanted.append(among(exp.column("owner_id"), persons))
    at_hand = at_engine(seen, rows)
    deals = exp.select(*DEAL_COLUMNS).from_(at_hand, copy=False).where(*wanted, copy=False)
    passages = compose_passages(deals.copy(), scene)
    steps = stage_steps(seen, day)
    stays = fetched(seen, compose_stays(passages.copy(), scene))
    stages, backwards = judge_stages(stays, steps)
    closings = judge_closings(fetched(seen, compose_closings(deals.copy(), scene)))
    reached = fetched(seen, compose_reached(deals.copy(), passages, stage_rows(steps)))
    calendar = seen.terms.calendar
    return StageHistoryPage(
        day,
        seen.snapshot.learned_at,
        seen.snapshot.reaches,
        StageHistory(
            tuple(sorted(steps.values(), key=lambda one: one.position)),
            stages,
            survival(closings),
            MappingProxyType(dict(shares_of_ends(closings))),
            closings.count,
            sum(closings.running.values()),
            judge_cohorts(
                reached,
                [one.position for one in steps.values() if one.is_open],
                lambda opened: period_of(calendar, Grain.QUARTER, opened).label,
            ),
            backwards,
        ),
        _unordered(stays, steps),
        choices_on(seen, day),
    )


def _unordered(
    stays: list[dict[str, object]], steps: Mapping[str, Step]
) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for row in stays:
        stage = str(row["stage"])
        if stage not in steps:
            found[stage] = found.get(stage, 0) + int(str(row["deals"]))
    return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))
