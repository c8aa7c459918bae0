"""The deals behind exit criteria: those that went on with evidence, without, or miss it yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlglot import exp

from wald.facts.relations import template
from wald.heart.pipeline.evidence_rows import (
    Asked,
    asked_of,
    compose_evidence,
)
from wald.heart.pipeline.exit_criteria import Criterion, Outcome, StageRule
from wald.heart.pipeline.sales_process import SalesProcess
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.criteria_ground import (
    CriteriaAsk,
    asks,
    criteria_ground,
    criteria_of,
    of_all,
    unknowable,
)
from wald.queries.kept import kept_rows
from wald.queries.sales_process import staged_view

SIDES = ("all", "with", "without", "missing")
MOST = 500  # deals listed at once


@dataclass(frozen=True, slots=True)
class DealsOf:
    """Deals of a stage, by its key: all that were ever there, or by a criterion, by its key, those
    that went on with evidence, without, and those that are there and miss it."""

    stage: str
    criterion: str = ""
    side: str = "all"
    segment: str = ""  # where segments have a criterion of that key of their own


@dataclass(frozen=True, slots=True)
class CriterionDeal:
    opportunity_id: str
    name: str | None
    rep: str | None
    segment: str | None
    stage: str | None
    outcome: str
    amount: Decimal | None
    opened_on: date | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class CriterionDeals:
    stage: StageRule
    criterion: Criterion | None
    wanted: DealsOf
    as_of: date
    currency: str
    total: int
    deals: tuple[CriterionDeal, ...]


def criterion_deals(
    *,
    actor: Actor,
    workspace: Workspace,
    ask: CriteriaAsk,
    wanted: DealsOf,
    limit: int = 50,
    offset: int = 0,
    engine: str = "",
) -> CriterionDeals | None:
    """Return deals of a stage, the newest first; None when no deals are loaded.

    Raises BadInput for a stage, a criterion or a side that there is not.
    """
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if not seen.snapshot.has("opportunity"):
        return None
    ground = criteria_ground(seen, ask)
    rule, criterion, segments = _wanted(ground.process, wanted)
    why = "" if criterion is None else unknowable(seen, criterion)
    if why:
        raise BadInput(
            "These deals are not known.", [Problem(wanted.criterion, why, "choose another")]
        )
    asked = asked_of({rule.stage: [criterion] if criterion is not None else []})
    rows = compose_evidence(ground.deals.copy(), ground.passages, asked, ground.scene, [rule.stage])
    found = exp.select("*").from_(rows.subquery("found", copy=False), copy=False)
    conditions = list(_sided(ground.process, rule, asked, wanted.side))
    if criterion is not None:
        conditions.append(_of_segments(ground.process, rule, criterion, segments))
    found = found.where(*conditions, copy=False)
    listed = template(
        """
        SELECT deal.opportunity_id, deal.name, deal.rep, deal.segment, deal.stage, deal.outcome,
               deal.amount, deal.opened_on, deal.closed_on
          FROM found JOIN deal ON deal.opportunity_id = found.opportunity_id
        """,
        found=found,
        deal=ground.deals,
    )
    count = exp.select(exp.alias_(exp.Count(this=exp.Star()), "deals"))
    total = kept_rows(seen.engine, seen.snapshot, count.from_(listed.copy().subquery("listed")))
    page = listed.order_by("opened_on DESC", "opportunity_id").limit(min(limit, MOST))
    rows_shown = kept_rows(seen.engine, seen.snapshot, page.offset(offset)).to_pylist()
    return CriterionDeals(
        rule,
        criterion,
        wanted,
        ground.scene.when.valid,
        seen.terms.currency,
        int(total["deals"][0].as_py()),
        tuple(CriterionDeal(**row) for row in rows_shown),
    )


def _wanted(
    process: SalesProcess, wanted: DealsOf
) -> tuple[StageRule, Criterion | None, tuple[str, ...]]:
    """Return the stage, the criterion and the segments meant. Raises BadInput where none are."""
    stages = {one.key: one for one in process.stages if one.is_open}
    problems = []
    if wanted.stage not in stages:
        fix = f"choose among {', '.join(stages)}"
        problems.append(Problem("stage", f"{wanted.stage[:60]!r} is no open stage", fix))
    if wanted.side not in SIDES or (wanted.side != "all" and not wanted.criterion):
        fix = f"choose among {', '.join(SIDES)}; all but the first need a criterion"
        problems.append(Problem("side", f"{wanted.side[:60]!r} is none", fix))
    if problems:
        raise BadInput("Deals are not listed like this.", problems)
    if not wanted.criterion:
        return stages[wanted.stage], None, ()
    for rule, criterion, segments in criteria_of(process):
        is_it = (rule.key, criterion.key) == (wanted.stage, wanted.criterion)
        if is_it and (wanted.segment in segments if wanted.segment else not segments):
            return rule, criterion, segments
    what = f"{wanted.criterion[:60]!r} is no criterion of it"
    problem = Problem("criterion", what, "see wald pipeline criteria --json")
    raise BadInput("Deals are not listed like this.", [problem])


def _sided(
    process: SalesProcess, rule: StageRule, asked: Sequence[Asked], side: str
) -> Iterator[exp.Expr]:
    if side == "all":
        return
    [one] = asked
    flag = exp.column(one.column)
    yield flag.eq(1 if side == "with" else 0)
    if side == "missing":
        yield exp.not_(exp.column("is_over"))
        return
    yield exp.column("is_over")
    here = process.stages.index(of_all(process, rule))
    known = [exp.Literal.string(one.stage) for one in process.stages]
    later = [
        exp.Literal.string(one.stage)
        for place, one in enumerate(process.stages)
        if one.outcome is Outcome.WON or (one.is_open and place > here)
    ]
    onward = exp.column("next_stage").isin(*later) if later else exp.false()
    unnamed = exp.or_(
        exp.column("next_stage").is_(exp.null()), exp.not_(exp.column("next_stage").isin(*known))
    )
    yield exp.or_(onward, exp.and_(unnamed, exp.column("outcome").eq(exp.Literal.string("won"))))


def _of_segments(
    process: SalesProcess, rule: StageRule, criterion: Criterion, segments: tuple[str, ...]
) -> exp.Expr:
    column = exp.column("segment")
    if segments:
        return column.isin(*[exp.Literal.string(one) for one in segments])
    without = [
        part.segment
        for part in process.segments
        if not asks(process, part.segment, rule, criterion)
    ]
    if not without:
        return exp.true()
    excused = column.isin(*[exp.Literal.string(one) for one in without])
    return exp.or_(column.is_(exp.null()), exp.not_(excused))
