"""What both pipeline pages share: reading what a person asks, choices, and what is not known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType

from sqlglot import exp

from wald.facts.dimension import DIMENSIONS
from wald.facts.reading import PARAMETERS, columns_of, people_windows
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.facts.subject import DEALS
from wald.heart.pipeline.doubts import (
    Doubt,
    Ground,
    compose_changed,
    compose_closed_early,
    compose_doubts,
    judge_closed_early,
    judge_doubts,
    judge_ground,
    judge_holes,
)
from wald.heart.pipeline.standing import CATEGORIES
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, read_period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.language.parse import read_condition
from wald.queries.kept import kept, kept_rows
from wald.queries.measure import View
from wald.queries.sight import Place, places_on
from wald.queries.stages import stage_positions, stage_rows, stage_steps

FILTERS = ("team", "region", "segment", "rep", "stage", "forecast_category")
NOBODY = "(none)"  # as a filter: deals of which it is not known
ORGS = ("then", "now")


@dataclass(frozen=True, slots=True)
class Which:
    """Which deals a person asks for: "" means all."""

    filters: tuple[tuple[str, str], ...] = ()  # of FILTERS, with the value wanted
    where: str = ""  # a condition in the language
    period: str = ""  # of the expected closing day
    org: str = "then"  # the hierarchy as it was on the day, or "now"


ALL = Which()


def read_which(which: Which, seen: View) -> tuple[tuple[exp.Expr, ...], Period | None]:
    """Return the conditions and the period asked for. Raises BadInput with every Problem."""
    problems: list[Problem] = []
    conditions: list[exp.Expr] = []
    for name, value in which.filters:
        if name not in FILTERS:
            fix = f"choose among {', '.join(FILTERS)}"
            problems.append(Problem(f"filter {name!r}", "deals are not filtered by it", fix))
            continue
        column = exp.column(name)
        is_it = column.eq(exp.Literal.string(value))
        conditions.append(column.is_(exp.null()) if value == NOBODY else is_it)
    if which.where.strip():
        checked = read_condition(which.where, columns_of(DEALS, dated=False), PARAMETERS)
        problems += [replace(one, where=f"filter, {one.where}") for one in checked.problems]
        if checked.tree is not None:
            conditions.append(checked.tree)
    period = read_period(which.period, seen.terms.calendar) if which.period.strip() else None
    if isinstance(period, Problem):
        problems.append(period)
    if which.org not in ORGS:
        what = "the hierarchy is taken as it was then or as it is now"
        problems.append(Problem(f"org {which.org!r}", what, "write then or now"))
    if problems:
        raise BadInput("The pipeline cannot be shown like this.", problems)
    return tuple(conditions), period if isinstance(period, Period) else None


def org_day(which: Which, seen: View) -> date | None:
    """Return the day whose hierarchy counts, None for each day's own."""
    return seen.snapshot.reaches if which.org == "now" else None


def at_engine(seen: View, rows: exp.Select) -> exp.Expr:
    """Return rows to be asked several times: kept at hand by an engine that can."""
    if seen.engine.stage is None:
        return rows.subquery("rows_at_hand")
    return exp.alias_(exp.to_table(seen.engine.stage(rows)), "rows_at_hand", table=True)


def fetched(seen: View, tree: exp.Select) -> list[dict[str, object]]:
    found: list[dict[str, object]] = kept_rows(seen.engine, seen.snapshot, tree).to_pylist()
    return found


def doubts_of(
    seen: View, deals: exp.Expr, scene: Scene, *, days: Sequence[date], workspace: Workspace
) -> tuple[Doubt, ...]:
    """Return what is not known of `deals`, and of the days they are asked for."""
    snapshot = seen.snapshot
    changes = [part.first_on for part in snapshot.parts("opportunity_change") if part.first_on]
    steps = stage_steps(seen, days[-1])
    ground = Ground(
        days=days,
        reaches=snapshot.reaches,
        begins=min(changes, default=None),
        has_stages=bool(steps),
        has_people=snapshot.has("person"),
    )
    counts = fetched(seen, compose_doubts(deals.copy(), scene, stage_rows(steps)))[0]
    changed = fetched(seen, compose_changed(deals, scene))[0]["changed"]
    reach = Scene(snapshot, AsOf(snapshot.reaches or days[-1], scene.when.known), seen.terms)
    early = fetched(seen, compose_closed_early(reach))[0]["closed_early"]
    return (
        *judge_doubts(
            counts,
            int(str(changed)),
            ground,
            seen.terms.currency or "the reporting currency",
        ),
        *judge_closed_early(int(str(early))),
        *judge_holes(_lost(seen, days[-1], scene.when.known, workspace)),
        *judge_ground(ground),
    )


def _lost(seen: View, on: date, known: datetime | None, workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the people seen who report to nobody of the data."""
    places = places_on(workspace=workspace, on=on, known=known)
    persons = seen.snapshot.seen_on(on)
    shown: Mapping[str, Place] = {
        key: place for key, place in places.items() if persons is None or key in persons
    }
    return tuple(
        sorted(
            place.name or key
            for key, place in shown.items()
            if place.manager_id and place.manager_id not in places
        )
    )


def choices_on(seen: View, day: date) -> Mapping[str, tuple[str, ...]]:
    """Return what each filter can be set to, of the people and accounts seen as of a day."""
    return kept((seen.signature, "pipeline choices", day), lambda: _choices(seen, day))


def _choices(seen: View, day: date) -> Mapping[str, tuple[str, ...]]:
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    people = people_windows(scene, ["rep"]).subquery("person", copy=False)
    rows = exp.select("team", "region", "rep").distinct().from_(people, copy=False)
    persons = seen.snapshot.seen_on(day)
    if persons is not None:
        rows = rows.where(among(exp.column("rep_id"), persons), copy=False)
    accounts = scene.table("account", ["segment"]).subquery("account", copy=False)
    found: dict[str, set[str]] = {name: set() for name in FILTERS}
    for table in (rows, exp.select("segment").distinct().from_(accounts, copy=False)):
        for row in fetched(seen, table):
            for name, value in row.items():
                if value is not None:
                    found[name].add(str(value))
    order = stage_positions(seen, day)
    listed = {name: tuple(sorted(values)) for name, values in found.items()}
    listed["stage"] = tuple(sorted(order, key=lambda stage: (order[stage], stage)))
    listed["forecast_category"] = CATEGORIES[:-1]  # a closed deal is no pipeline
    return MappingProxyType(listed)


def titles() -> Mapping[str, str]:
    """Return the title of each filter."""
    return MappingProxyType({name: DIMENSIONS[name].title for name in FILTERS})


def default_day(seen: View) -> date:
    return seen.snapshot.reaches or date(1970, 1, 1)
