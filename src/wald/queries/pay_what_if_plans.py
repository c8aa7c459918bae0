"""Which plans stand on both sides of a what-if: a plan of the organization that is tried instead of
those in force of a name, or a unit's override that is tried over them.

Whoever asks here has asked for rights before, but for the text itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wald.agreements.compensation_plan import DOCUMENT
from wald.documents.content import Findings
from wald.documents.document import document_types
from wald.documents.proposal import as_version, override_problems
from wald.documents.reading import Written, read
from wald.documents.version import State
from wald.heart.compensation.component import components
from wald.heart.compensation.eligibility import DatedPlan
from wald.heart.compensation.plan import Plan
from wald.heart.compensation.plan_cases import without_cases
from wald.kernel.actor import Actor
from wald.kernel.period import Period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.documents import one_version
from wald.queries.pay_basis import PLANS, pay_documents
from wald.queries.pay_units import plans_of_units
from wald.queries.plain_pay import plan_in_text

_LONGEST = 200_000  # characters of a plan


@dataclass(frozen=True, slots=True)
class Tried:
    """A plan to try, of the organization or a unit's override: its text, or the number of a
    version; over which period; instead of which plan ("": the one of its own name)."""

    over: str
    text: str = ""
    name: str = "the plan"  # what Problems call the text
    version_id: int | None = None
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """`plan` is what is tried, of an override the plan that it makes; `old` and `new` are the
    plans of the name on both sides."""

    plan: Plan
    old: tuple[DatedPlan, ...]
    new: tuple[DatedPlan, ...]


def sides_of(
    actor: Actor,
    workspace: Workspace,
    tried: Tried,
    in_force: Sequence[DatedPlan],
    period: Period,
    at: datetime,
) -> Sides:
    """Return what is compared; `in_force` are the plans that count in the period.

    Raises BadInput with every Problem.
    """
    text, called = _text(actor, workspace, tried)
    reading = read(without_cases(text), {DOCUMENT.key: document_types()[DOCUMENT.key]})
    written = reading.written
    if written is not None and written.unit:
        if tried.instead_of not in ("", written.name):
            what = "an override is tried over the plan of its own name"
            raise BadInput("This cannot be tried.", [Problem("instead_of", what, "leave it out")])
        found = _of_unit(actor, workspace, (written, reading.findings), in_force, period, at)
    else:
        found = _of_all(actor, text, called, tried.instead_of, in_force, period)
    if tried.version_id is None and not actor.may("pay.read_all"):
        for one in found.new:
            _must_credit_as_before(one.plan, [old.plan for old in found.old])
    return found


def _of_all(
    actor: Actor,
    text: str,
    called: str,
    instead_of: str,
    in_force: Sequence[DatedPlan],
    period: Period,
) -> Sides:
    given = plan_in_text(actor=actor, text=text, name=called).plan
    wanted = instead_of or given.key
    replaced = _replaced(wanted, in_force, period)
    _must_pay_alike(replaced, given)
    plan = replace(given, key=wanted, version=f"{given.key}, tried")
    return Sides(plan, replaced, (DatedPlan(plan, _days(replaced)),))


def _of_unit(
    actor: Actor,
    workspace: Workspace,
    given: tuple[Written, Findings],
    in_force: Sequence[DatedPlan],
    period: Period,
    at: datetime,
) -> Sides:
    """Lay an override over the plan in force, in place of what its unit changed until now."""
    written, findings = given
    replaced = _replaced(written.name, in_force, period)
    days = _days(replaced)
    override = replace(
        as_version(written, actor.name, at),
        state=State.APPROVED,
        approved_at=at,
        starts_on=days.start,
        ends_on=None,
    )
    named = [
        one for one in pay_documents(workspace) if one.type == PLANS and one.name == written.name
    ]
    problems = override_problems(document_types()[PLANS], override, named, findings)
    if problems:
        raise BadInput(f"This override of {written.unit} cannot hold.", problems)
    plans, _ = plans_of_units([*(one for one in named if one.unit != written.unit), override], at)
    counting = [one for one in plans if one.days.start < days.end and days.start < one.days.end]
    new = tuple(replace(one, plan=_named(one.plan, written.unit)) for one in counting)
    of_unit = [one.plan for one in new if one.unit == written.unit]
    _must_pay_alike(replaced, of_unit[-1])
    return Sides(of_unit[-1], replaced, new)


def _named(plan: Plan, unit: str) -> Plan:
    """Call the override tried; as a version it has no number."""
    return replace(plan, version=plan.version.replace(f"{unit}, version 0", f"{unit}, tried"))


def _text(actor: Actor, workspace: Workspace, tried: Tried) -> tuple[str, str]:
    """Return the text to try and what it is called. Raises BadInput."""
    text, called = tried.text, tried.name
    if tried.version_id is not None:
        version = one_version(actor=actor, workspace=workspace, version_id=tried.version_id)
        if version is None or version.type != PLANS:
            problem = Problem("version", f"there is no plan {tried.version_id}", "choose a draft")
            raise BadInput("There is no such version of a plan.", [problem])
        text, called = version.text, f"{version.name}, version {version.number}"
    if not text.strip():
        problem = Problem("plan", "no plan is given", "paste a plan, or choose a draft")
        raise BadInput("There is no plan to try.", [problem])
    if len(text) > _LONGEST or "\0" in text:
        problem = Problem("plan", f"it is no text of up to {_LONGEST:,} characters", "shorten it")
        raise BadInput("This is no plan.", [problem])
    return text, called


def _replaced(wanted: str, in_force: Sequence[DatedPlan], period: Period) -> tuple[DatedPlan, ...]:
    """Return the plans of a name. Raises BadInput where none was in force."""
    found = tuple(one for one in in_force if one.plan.key == wanted)
    if not found:
        names = ", ".join(dict.fromkeys(one.plan.key for one in in_force))
        what = f"no plan {wanted!r} was in force in {period.label}"
        fix = f"say instead of which one: {names}" if names else "choose another period"
        raise BadInput("There is nothing to compare with.", [Problem("instead_of", what, fix)])
    return found


def _days(plans: Sequence[DatedPlan]) -> Period:
    return Period(min(one.days.start for one in plans), max(one.days.end for one in plans), "tried")


def _must_pay_alike(replaced: Sequence[DatedPlan], plan: Plan) -> None:
    foreign = {one.plan.currency for one in replaced} - {plan.currency}
    if foreign:
        what = f"it pays in {plan.currency}, what was in force in {', '.join(sorted(foreign))}"
        fix = "write both in one currency"
        raise BadInput("These plans cannot be compared.", [Problem("currency", what, fix)])


def _must_credit_as_before(plan: Plan, replaced: Sequence[Plan]) -> None:
    """Raise BadInput where a text would credit its writer with what they may not see, or rank
    them among others: only who sees everybody's pay writes credit rules here."""
    rules = {rule for one in replaced for rule in one.credits}
    ranked = {entry.component for one in replaced for entry in one.components}
    ranked = {one for one in ranked if components()[one].reads_everyone}
    fix = "keep what was in force, or ask who may see everybody's pay to try it"
    problems = [
        Problem(f"credits.{rule.name}", "it credits otherwise than what was in force", fix)
        for rule in plan.credits
        if rule not in rules
    ]
    measures = {rule for one in replaced for rule in one.measures}
    for entry in plan.components:
        if not components()[entry.component].reads_everyone:
            continue
        if entry.component not in ranked or plan.measure(entry.measure) not in measures:
            what = "it compares people otherwise than what was in force"
            problems.append(Problem(f"components.{entry.key}", what, fix))
    if problems:
        raise BadInput("This plan would tell of others.", problems)
