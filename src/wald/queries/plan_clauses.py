"""The clauses of compensation plans in force at which pay bends, and what the linter says of each.

A clause is a component with one attainment at which it pays more. What people reached can be told
where its measure is the quota of bookings that the facts hold; elsewhere the clause says why not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from wald.agreements.compensation_plan import CompensationPlan, plan_of
from wald.documents.document import document_types
from wald.documents.resolve import resolve
from wald.documents.version import Version
from wald.heart.compensation.component import components
from wald.heart.compensation.credit import Kind
from wald.heart.compensation.lint.finding import Finding, Verdict
from wald.heart.compensation.lint.run import lint
from wald.heart.compensation.plan import Entry, MeasureRule, Plan
from wald.kernel.actor import Actor
from wald.kernel.period import Grain
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
from wald.records.stores import documents as store

PLAN = "compensation_plan"
_WORTH = (Verdict.REFUTED, Verdict.NOTED)


@dataclass(frozen=True, slots=True)
class Clause:
    """`threshold` is an attainment, 1 is the quota; `grain` the window that its counter runs over.

    `who`: "person_id", or "team" where it pays on what a team books. `why` says why nothing can be
    told, "" where it can. `linter`: findings about this component, or about the whole plan.
    """

    plan: str
    label: str
    address: str
    component: str
    title: str
    threshold: float
    grain: Grain | None
    roles: tuple[str, ...]
    who: str
    why: str
    linter: tuple[Finding, ...]

    @property
    def key(self) -> str:
        return f"{self.plan}/{self.component}/{self.threshold:g}"


def plan_clauses(
    *, actor: Actor, workspace: Workspace, on: date, is_whole: bool = False
) -> tuple[Clause, ...]:
    """Return the clauses of every plan in force on a day, by plan. `is_whole`: the linter asks
    every rule, which takes seconds a plan."""
    actor.must("documents.read")
    versions = store.versions_of_type(PLAN, database=workspace.database)
    found: list[Clause] = []
    for name in sorted({one.name for one in versions}):
        own = [one for one in versions if one.name == name]
        held = resolve(document_types()[PLAN], own, "", on)
        if held is None or not isinstance(held.content, CompensationPlan):
            continue
        version = next(one for one in own if one.version_id == held.version_id)
        found += _of_plan(plan_of(held.content, key=name), version, is_whole=is_whole)
    return tuple(found)


def _of_plan(plan: Plan, version: Version, *, is_whole: bool) -> Iterator[Clause]:
    edges = [(place, one, _edges(one)) for place, one in enumerate(plan.components)]
    if not any(found for _, _, found in edges):
        return
    key = ("linter on a plan", version.version_id, version.revision, is_whole)
    findings = kept(key, lambda: lint(plan, is_quick=not is_whole))
    for place, entry, found in edges:
        about = _about(findings, place)
        for edge in found:
            yield Clause(
                plan=plan.key,
                label=f"{plan.key}, version {version.number}",
                address=version.address,
                component=entry.key,
                title=components()[entry.component].title,
                threshold=float(edge),
                grain=entry.resets.grain,
                roles=plan.eligible.roles,
                who=_who(plan, entry),
                why=_why(plan, entry),
                linter=about,
            )


def _edges(entry: Entry) -> tuple[float, ...]:
    found = components()[entry.component].edges(entry.terms)
    return tuple(sorted({float(one) for one in found if one > 0}))


def _about(findings: tuple[Finding, ...], place: int) -> tuple[Finding, ...]:
    """Return what the linter refutes or notes about a component, or about all of a plan."""
    own = f"components[{place}]"
    return tuple(
        one
        for one in findings
        if one.verdict in _WORTH and (one.where.startswith(own) or one.where in ("", "components"))
    )


def _measure(plan: Plan, entry: Entry) -> MeasureRule | None:
    key = entry.attainment_by or entry.measure
    return next((one for one in plan.measures if one.key == key), None)


def _who(plan: Plan, entry: Entry) -> str:
    measure = _measure(plan, entry)
    named = set(measure.rules) if measure else set()
    kinds = {one.kind for one in plan.credits if not named or one.name in named}
    return "team" if kinds == {Kind.ROLL_UP} else "person_id"


def _why(plan: Plan, entry: Entry) -> str:
    measure = _measure(plan, entry)
    if measure is None or measure.quota != "bookings":
        return "its measure has no quota of bookings in the data"
    if measure.where or measure.value != "amount":
        return "its measure counts other than whole bookings, and what counts is not rebuilt here"
    if entry.resets.grain is None:
        return "its counter never starts anew, so there is no end of a window"
    return ""
