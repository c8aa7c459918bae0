"""Plans as they hold for each unit: the organization's version, and what units change in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

from wald.agreements.compensation_plan import CompensationPlan, plan_of
from wald.documents.document import document_types
from wald.documents.fields import leaves
from wald.documents.in_force import Stretch, stretches
from wald.documents.resolve import Passed, overlaid
from wald.documents.version import Version, units_above
from wald.heart.compensation.eligibility import DatedPlan
from wald.heart.compensation.plan import LocalTerm, Plan
from wald.kernel.period import Period
from wald.kernel.problem import Problem, Refusal
from wald.queries.pay_basis import PLANS


def plans_of_units(
    versions: Iterable[Version], known: datetime
) -> tuple[list[DatedPlan], list[Problem]]:
    """Return all versions of one plan with their days and units, and which overrides, or parts of
    them, do not hold, as it was known at an instant.

    Raises Refusal where a version is no plan any more.
    """
    held: dict[str, tuple[Stretch, ...]] = {}
    for version in versions:
        held.setdefault(version.unit, ())
    for unit in held:
        held[unit] = stretches([one for one in versions if one.unit == unit], known)
    units = ["", *sorted(unit for unit, found in held.items() if unit and found)]
    plans: list[DatedPlan] = []
    problems: dict[Problem, None] = {}
    for unit in units:
        but = frozenset(one for one in units if one != unit and unit in units_above(one))
        for start, end, levels in _days_of(unit, held):
            plan, passed = _plan(levels)
            problems |= dict.fromkeys(_told(one, levels[0]) for one in passed)
            last = plans[-1] if plans else None
            if last is not None and (last.unit, last.plan, last.days.end) == (unit, plan, start):
                start = plans.pop().days.start
            plans.append(DatedPlan(plan, Period(start, end, plan.version), unit, but))
    return plans, list(problems)


def _days_of(
    unit: str, held: dict[str, tuple[Stretch, ...]]
) -> Iterator[tuple[date, date, Sequence[Version]]]:
    """Yield days on which the same versions hold for a unit: the organization's, then those of
    the units from above."""
    levels = [held.get(one, ()) for one in units_above(unit)]
    cuts = {day for level in levels for one in level for day in (one.since, one.until or date.max)}
    ordered = sorted(cuts)
    for start, end in pairwise(ordered):
        found = [next((one.version for one in own if one.holds_on(start)), None) for own in levels]
        if found[0] is not None:
            yield start, end, [one for one in found if one is not None]


def _plan(levels: Sequence[Version]) -> tuple[Plan, tuple[Passed, ...]]:
    """Return the plan that versions make together, and what of them does not hold."""
    type, central = document_types()[PLANS], levels[0]
    content, origins, passed = overlaid(type, central, levels[1:])
    if not isinstance(content, CompensationPlan):
        raise Refusal(f"{central.label} is no compensation plan.")
    agreed = f"{central.name}, version {central.number}"
    used = [one for one in levels[1:] if one in origins.values()]
    label = " + ".join([agreed, *(f"{one.unit}, version {one.number}" for one in used)])
    values = leaves(type.shape, content.model_dump()) if used else {}
    local = tuple(
        LocalTerm(path, " ".join(type.tell(path, values[path])), origin.label)
        for path, origin in sorted(origins.items())
    )
    plan = plan_of(content, key=central.name, version=label)
    numbers = (central.version_id, *(one.version_id for one in used))
    return replace(plan, agreed=agreed, local=local, documents=numbers), passed


def _told(one: Passed, central: Version) -> Problem:
    what = f"the override of {one.unit} does not hold: {one.why}"
    if one.path:
        what = f"{one.path} of {one.unit} does not hold: {one.why}"
    fix = "change the override, or what the organization's version lets units change"
    return Problem(f"plan {central.name}", what, fix)
