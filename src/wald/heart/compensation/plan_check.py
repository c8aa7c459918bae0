"""What is wrong with a compensation plan: every Problem at once, at its path in the document.

Source: docs/compensation/plans.md
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

from wald.documents.plain import percent
from wald.facts.subject import sql_type
from wald.facts.tables import TABLES
from wald.heart.compensation.component import Component, components
from wald.heart.compensation.credit import Kind
from wald.heart.compensation.measuring import (
    is_number,
    read_credit_condition,
    read_measure_value,
)
from wald.heart.compensation.plan import CreditDate, CreditRule, Entry, Every, MeasureRule, Plan
from wald.kernel.problem import Problem
from wald.language.parse import Checked, read_condition
from wald.language.types import SqlType

# What conditions on people may name.
PEOPLE: Mapping[str, SqlType] = MappingProxyType(
    {one.name: sql_type(one.type) for one in TABLES["person"].columns if one.name != "valid_from"}
)
_LENGTHS = (Every.MONTH, Every.QUARTER, Every.YEAR, Every.NEVER)
_MOST_LEVELS = 20


def check(plan: Plan) -> Iterator[Problem]:
    """Find what is wrong with the meaning of a plan; places are paths of the document."""
    yield from _of_plan(plan)
    for i, rule in enumerate(plan.credits):
        yield from _credit_rule(rule, f"credits[{i}]")
    yield from _over_a_whole(plan.credits)
    for i, measure in enumerate(plan.measures):
        yield from _measure(plan, measure, f"measures[{i}]")
    for i, entry in enumerate(plan.components):
        yield from _entry(plan, i, entry, f"components[{i}]")


def _of_plan(plan: Plan) -> Iterator[Problem]:
    if plan.pays is Every.NEVER:
        yield Problem("pays", "nothing is ever paid", "write month, quarter or year")
    if plan.target_incentive is not None and plan.target_incentive <= 0:
        fix = "write an amount a year above zero, or take it out"
        yield Problem("target_incentive", f"{plan.target_incentive} is no target", fix)
    if plan.rounding.to is not None and plan.rounding.to <= 0:
        fix = "write a step such as 0.01 or 1"
        yield Problem("rounding.to", f"nothing is a multiple of {plan.rounding.to}", fix)
    yield from _text(plan.eligible.where, "eligible.where", _people)


def _credit_rule(rule: CreditRule, at: str) -> Iterator[Problem]:
    if rule.kind is Kind.MANUAL:
        fix = "write direct, split, overlay or roll_up; manual credits are entered, not ruled"
        yield Problem(f"{at}.kind", "no rule gives manual credits", fix)
    if not 0 < rule.share <= 1:
        fix = "write a share above 0, up to 1: 0.5 for half"
        yield Problem(f"{at}.share", f"{rule.share} is no share of a deal", fix)
    if not rule.events:
        yield Problem(f"{at}.events", "nothing is credited", "write [booked, cancelled]")
    if rule.kind is Kind.OVERLAY and not (rule.people or rule.who):
        yield Problem(at, "the overlay names nobody", "give it people, or a condition in who")
    if rule.kind is not Kind.OVERLAY and (rule.people or rule.who):
        fix = "make its kind overlay, or take people and who out"
        yield Problem(at, f"a {rule.kind.value} rule is not for people by name", fix)
    if not 1 <= rule.levels <= _MOST_LEVELS:
        yield Problem(f"{at}.levels", f"{rule.levels} levels", f"write 1 to {_MOST_LEVELS}")
    yield from _text(rule.where, f"{at}.where", read_credit_condition)
    yield from _text(rule.who, f"{at}.who", _people)


def _over_a_whole(rules: Sequence[CreditRule]) -> Iterator[Problem]:
    """Find rules that credit the same deal beyond 100 % and do not say so by being overlays.

    Rules of other credit dates are for other measures: what is booked, and what came in of it.
    """
    before: dict[CreditDate, list[CreditRule]] = {}
    for i, rule in enumerate(rules):
        if rule.kind not in (Kind.DIRECT, Kind.SPLIT) or rule.where:
            continue
        others = before.setdefault(rule.credited, [])
        share = sum((one.share for one in others), rule.share)
        if share > 1 and others:
            names = ", ".join(one.name for one in others)
            what = f"with {names} it credits {percent(share)} of every deal"
            fix = "make one of them an overlay, lower its share, or give each a condition"
            yield Problem(f"credits[{i}]", what, fix)
            return
        others.append(rule)


def _measure(plan: Plan, rule: MeasureRule, at: str) -> Iterator[Problem]:
    checked = read_measure_value(rule)
    yield from _problems(checked, f"{at}.value")
    if checked.type is not None and not is_number(checked):
        what = f"it is {checked.type}, which cannot be added up"
        yield Problem(f"{at}.value", what, "write amount, quantity, or another number")
    yield from _text(rule.where, f"{at}.where", read_credit_condition)
    known = [one.name for one in plan.credits]
    for i, name in enumerate(rule.rules):
        if name not in known:
            yield _unknown(f"{at}.rules[{i}]", name, "credit rule", known)
    if rule.yearly_quota is not None and rule.yearly_quota <= 0:
        fix = "write an amount a year above zero, or take it out"
        yield Problem(f"{at}.yearly_quota", f"a quota of {rule.yearly_quota}", fix)
    if rule.quota and rule.yearly_quota is not None:
        fix = "keep quota for personal quotas, or yearly_quota for one that is the same for all"
        yield Problem(at, "has two quotas", fix)


def _entry(plan: Plan, i: int, entry: Entry, at: str) -> Iterator[Problem]:
    component = components().get(entry.component)
    if component is None:
        fix = f"add one of {', '.join(components())}, with its terms below it"
        yield Problem(at, "no component stands here", fix)
        return
    where = f"{at}.{component.key}"
    for found in component.check(entry.terms):
        path = f"{where}.{found.where}" if found.where else where
        yield Problem(path, found.what, found.fix)
    yield from _named_measures(plan, entry, component, at)
    yield from _named_components(plan, i, entry, component, where)
    yield from _deal_by_deal(plan, i, entry, component, at)
    yield from _periods(plan, entry, at)


def _named_measures(
    plan: Plan, entry: Entry, component: Component[object], at: str
) -> Iterator[Problem]:
    known = [one.key for one in plan.measures]
    if component.needs_measure(entry.terms) and not entry.measure:
        fix = f"write measure: {known[0]}" if known else "add a measure, and name it here"
        yield Problem(f"{at}.measure", f"a {component.key} pays on a measure", fix)
    named = {f"{at}.measure": entry.measure, f"{at}.attainment_by": entry.attainment_by}
    reads = {f"{at}.{component.key}": name for name in component.reads(entry.terms)}
    for path, name in (named | reads).items():
        if name and name not in known:
            yield _unknown(path, name, "measure", known)
    goal = entry.attainment_by or entry.measure
    rule = next((one for one in plan.measures if one.key == goal), None)
    if rule and component.needs_quota(entry.terms) and not rule.quota and not rule.yearly_quota:
        what = f"attainment needs a quota, and {goal} has none"
        yield Problem(f"{at}.{component.key}", what, f"give {goal} a quota or a yearly_quota")


def _named_components(
    plan: Plan, i: int, entry: Entry, component: Component[object], where: str
) -> Iterator[Problem]:
    order = [one.key for one in plan.components]
    for name in component.names(entry.terms):
        if name == entry.key:
            yield Problem(where, "it names itself", "name components that stand before it")
        elif name not in order:
            yield _unknown(where, name, "component", [key for key in order if key != entry.key])
        elif order.index(name) > i:
            what = f"{name} stands after it and is not computed by then"
            yield Problem(where, what, f"move {name} before {entry.key}")
    if component.works_on_others and i == 0 and not component.pays_on_nothing(entry.terms):
        what = f"a {component.key} works on what stands before it, and nothing does"
        yield Problem(where, what, "move it behind the components that it works on")


def _deal_by_deal(
    plan: Plan, i: int, entry: Entry, component: Component[object], at: str
) -> Iterator[Problem]:
    """What a deal was paid is known once the components that pay on it have paid."""
    if not (component.works_on_others and component.reads_credits(entry.terms)):
        return
    of = set(component.names(entry.terms))
    for other in plan.components[:i]:
        is_longer = _LENGTHS.index(other.every) > _LENGTHS.index(entry.every)
        if is_longer and (not of or other.key in of):
            what = f"it pays more often than {other.key}, whose pay on each deal it needs"
            yield Problem(f"{at}.every", what, f"write every: {other.every.value}")


def _periods(plan: Plan, entry: Entry, at: str) -> Iterator[Problem]:
    every, resets = _LENGTHS.index(entry.every), _LENGTHS.index(entry.resets)
    if entry.every is Every.NEVER:
        yield Problem(f"{at}.every", "it never pays", "write month, quarter or year")
    elif resets < every:
        what = f"the counter starts anew each {entry.resets.value}, pay comes each "
        fix = f"write resets: {entry.every.value}, or a longer one"
        yield Problem(f"{at}.resets", f"{what}{entry.every.value}", fix)
    if plan.pays is not Every.NEVER and every < _LENGTHS.index(plan.pays):
        what = f"it pays each {entry.every.value}, the plan each {plan.pays.value}"
        yield Problem(f"{at}.every", what, f"write every: {plan.pays.value}, or a longer one")


def _text(text: str, at: str, read: Callable[[str], Checked]) -> Iterator[Problem]:
    if text:
        yield from _problems(read(text), at)


def _problems(checked: Checked, at: str) -> Iterator[Problem]:
    for found in checked.problems:
        yield Problem(at, f"{found.what} ({found.where})", found.fix)


def _people(text: str) -> Checked:
    return read_condition(text, PEOPLE)


def _unknown(path: str, name: str, kind: str, known: Iterable[str]) -> Problem:
    known = list(known)
    near = get_close_matches(name, known, n=1)
    fix = f"did you mean {near[0]}?" if near else f"choose among {', '.join(known) or 'none yet'}"
    return Problem(path, f"there is no {kind} {name[:60]!r}", fix)
