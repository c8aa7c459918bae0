"""What questions about exit criteria stand on: which deals, which process, what it asks whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlglot import exp

from wald.engine.connect import run
from wald.facts.as_of import as_of
from wald.facts.reading import names_in, subject_rows, with_day
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.facts.subject import DEALS
from wald.heart.pipeline.exit_criteria import Criterion, Evidence, Outcome, StageRule
from wald.heart.pipeline.passages import DEAL_COLUMNS, compose_passages
from wald.heart.pipeline.sales_process import SalesProcess
from wald.kernel.bitemporal import AsOf
from wald.queries.measure import View
from wald.queries.pipeline_ground import (
    ALL,
    Which,
    at_engine,
    default_day,
    org_day,
    read_which,
)
from wald.queries.sales_process import agreed_process

_NEEDS: Mapping[Evidence, str] = {
    Evidence.ACTIVITY: "activity",
    Evidence.CONTACT: "contact",
    Evidence.LINE: "opportunity_line",
}


@dataclass(frozen=True, slots=True)
class CriteriaGround:
    """What both questions stand on: deals as of the day, and their stays."""

    scene: Scene
    agreed: bool
    process: SalesProcess
    deals: exp.Select
    passages: exp.Select


@dataclass(frozen=True, slots=True)
class CriteriaAsk:
    """What a person asks; None: as far as the data reach, all that is known."""

    as_of: date | None = None
    known: datetime | None = None
    which: Which = ALL


def criteria_ground(seen: View, ask: CriteriaAsk) -> CriteriaGround:
    conditions, _ = read_which(ask.which, seen)
    day = ask.as_of or default_day(seen)
    scene = Scene(seen.snapshot, AsOf(day, ask.known), seen.terms, org=org_day(ask.which, seen))
    columns = {*DEAL_COLUMNS, "name", "rep", "segment", "amount", "close_on"}
    rows = subject_rows(DEALS, scene.whole, {*columns, *names_in(*conditions)})
    wanted = [with_day(condition, scene) for condition in conditions]
    persons = seen.snapshot.seen_on(day)
    if persons is not None:
        wanted.append(among(exp.column("owner_id"), persons))
    deals = exp.select(*sorted(columns)).from_(at_engine(seen, rows), copy=False)
    deals = deals.where(*wanted, copy=False)
    agreed = agreed_process(seen, day)
    stays = at_engine(seen, compose_passages(deals.copy(), scene))
    passages = exp.select("*").from_(stays, copy=False)
    return CriteriaGround(
        scene, agreed is not None, agreed or _stated_stages(seen, day), deals, passages
    )


def _stated_stages(seen: View, day: date) -> SalesProcess:
    """Return the stages of the data as a process that asks nothing."""
    if not seen.snapshot.has("stage"):
        return SalesProcess(())
    columns = ["stage", "label", "position", "outcome", "probability"]
    when = AsOf(day, seen.snapshot.known)
    rows = run(seen.engine, as_of("stage", when, seen.snapshot, columns)).to_pylist()
    return SalesProcess(
        tuple(
            StageRule(
                row["stage"],
                row["stage"],
                row["label"] or "",
                Outcome(row["outcome"] or Outcome.OPEN.value),
                row["probability"],
            )
            for row in sorted(rows, key=lambda row: (row["position"], row["stage"]))
        )
    )


def forms_of_stages(process: SalesProcess) -> dict[StageRule, list[str]]:
    """Return each form a stage has, with the segments that have a form of their own."""
    found: dict[StageRule, list[str]] = {rule: [] for rule in process.stages if rule.is_open}
    for part in process.segments:
        for rule, own in zip(process.stages, process.of(part.segment), strict=True):
            if own != rule and own.is_open:
                found.setdefault(own, []).append(part.segment)
    return found


def of_all(process: SalesProcess, rule: StageRule) -> StageRule:
    return next(one for one in process.stages if one.key == rule.key)


def criteria_of(process: SalesProcess) -> list[tuple[StageRule, Criterion, tuple[str, ...]]]:
    """Return each criterion of each stage once, with the segments that alone have it."""
    return [
        (rule, criterion, tuple(segments))
        for rule, segments in forms_of_stages(process).items()
        for criterion in rule.exit_criteria
        if not segments or criterion not in of_all(process, rule).exit_criteria
    ]


def asks(process: SalesProcess, segment: str | None, rule: StageRule, criterion: Criterion) -> bool:
    """Is a criterion of a stage asked of deals of a segment?"""
    return any(
        one.key == rule.key and criterion in one.exit_criteria for one in process.of(segment)
    )


def unknowable(seen: View, criterion: Criterion) -> str:
    if criterion.evidence is Evidence.ATTESTED:
        return "somebody's word: the data do not record it"
    table = _NEEDS.get(criterion.evidence)
    if table is None or seen.snapshot.has(table):
        return ""
    return f"no table {table} is loaded"
