"""The pipeline as it stood on any day: open deals by stage, category, team, segment, owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlglot import exp

from wald.facts.dimension import DIMENSIONS
from wald.facts.reading import names_in, with_day
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.heart.pipeline.doubts import Doubt
from wald.heart.pipeline.standing import (
    DIMENSIONS_OF_PIPELINE,
    Group,
    added,
    compose_groups,
    compose_open,
    judge_groups,
    within,
)
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
from wald.queries.measure import View
from wald.queries.pipeline_ground import (
    ALL,
    FILTERS,
    Which,
    at_engine,
    choices_on,
    default_day,
    doubts_of,
    fetched,
    org_day,
    read_which,
)
from wald.queries.sales_process import staged_view
from wald.queries.stages import stage_positions, stage_titles

USUAL = ("stage",)
_MOST_BY = 3
_ALWAYS = (*FILTERS, "manager")  # dimensions that a page goes through one after the other


@dataclass(frozen=True, slots=True)
class PipelineAsk:
    """What a person asks of the pipeline; None: as far as the data reach, all that is known."""

    as_of: date | None = None
    known: datetime | None = None
    by: tuple[str, ...] = USUAL
    which: Which = ALL


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Open deals of one day. Amounts are in `currency`; groups add up to `total`."""

    as_of: date
    known_at: datetime | None
    reaches: date | None
    currency: str
    by: tuple[str, ...]
    org: str
    period: Period | None
    groups: tuple[Group, ...]
    total: Group
    doubts: tuple[Doubt, ...]
    choices: Mapping[str, tuple[str, ...]]  # per filter
    stage_titles: Mapping[str, str]  # as people read them

    def shown(self, group: Group) -> tuple[str | None, ...]:
        """Return the key of a group as people read it."""
        return tuple(
            self.stage_titles.get(part, part) if name == "stage" and part is not None else part
            for name, part in zip(self.by, group.key, strict=True)
        )


def pipeline(
    *, actor: Actor, workspace: Workspace, ask: PipelineAsk, engine: str = ""
) -> Pipeline | None:
    """Return the pipeline asked for, None when no deals are loaded.

    Only deals whose owner the actor may see as of that day count. Raises BadInput with every
    Problem in what was asked.
    """
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if not seen.snapshot.has("opportunity"):
        return None
    key = (seen.signature, "pipeline", ask)
    return kept(key, lambda: _pipeline(seen, ask, workspace))


def _pipeline(seen: View, ask: PipelineAsk, workspace: Workspace) -> Pipeline:
    _check(ask)
    conditions, period = read_which(ask.which, seen)
    day = ask.as_of or default_day(seen)
    scene = Scene(seen.snapshot, AsOf(day, ask.known), seen.terms, org=org_day(ask.which, seen))
    names = {name for name in (*ask.by, *_ALWAYS) if DIMENSIONS[name].grain is None}
    rows = compose_open(scene.whole, names | names_in(*conditions))
    shown = exp.select("*").from_(at_engine(seen, rows), copy=False)
    wanted = [with_day(condition, scene) for condition in conditions]
    if period is not None:
        wanted.append(within(period))
    persons = seen.snapshot.seen_on(day)
    if persons is not None:
        wanted.append(among(exp.column("owner_id"), persons))
    deals = shown.where(*wanted, copy=False).subquery("deals", copy=False)
    found = fetched(seen, compose_groups(deals.copy(), ask.by, scene))
    groups = judge_groups(found, ask.by, scene, stage_positions(seen, day))
    return Pipeline(
        as_of=day,
        known_at=seen.snapshot.learned_at,
        reaches=seen.snapshot.reaches,
        currency=seen.terms.currency,
        by=ask.by,
        org=ask.which.org,
        period=period,
        groups=groups,
        total=added(groups),
        doubts=doubts_of(seen, deals, scene, days=(day,), workspace=workspace),
        choices=choices_on(seen, day),
        stage_titles=stage_titles(seen, day),
    )


def _check(ask: PipelineAsk) -> None:
    problems = [
        Problem(
            f"by {name}",
            "the pipeline is not broken down by it",
            f"choose among {', '.join(DIMENSIONS_OF_PIPELINE)}",
        )
        for name in ask.by
        if name not in DIMENSIONS_OF_PIPELINE
    ]
    if len(ask.by) > _MOST_BY:
        fix = f"name at most {_MOST_BY}"
        problems.append(Problem("by", f"{len(ask.by)} dimensions are too many to read", fix))
    if len(set(ask.by)) < len(ask.by):
        problems.append(Problem("by", "a dimension is named twice", "name each once"))
    if problems:
        raise BadInput("The pipeline cannot be shown like this.", problems)
