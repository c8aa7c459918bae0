"""A plan as the statement prints it: its content in full, and every switch in words.

Defaults are printed too: what nobody wrote holds all the same. Paths in the content are those
that figures name as their source: `components.commission.terms.tiers[1].rate`.
Source: docs/compensation/statements.md
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from wald.heart.compensation.component import components
from wald.heart.compensation.credit import Kind
from wald.heart.compensation.derivation import plain
from wald.heart.compensation.plan import CreditRule, Entry, Every, MeasureRule, Pays, Plan, Step


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a plan says: of what, what is asked, the answer."""

    of: str  # "plan", "component commission", "credit rule deals", "measure revenue", "override"
    label: str
    words: str


# Fields told by themselves below, or elsewhere.
_NO_TERMS = ("components", "measures", "credits", "source", "agreed", "local", "documents")


def content_of(plan: Plan) -> dict[str, object]:
    """Return all that a plan says as JSON values, numbers as texts."""
    found: dict[str, object] = {
        one.name: _json(getattr(plan, one.name))
        for one in fields(plan)
        if one.name not in _NO_TERMS
    }
    found["unit"] = plain(plan.rounding.unit(plan.currency))
    found["components"] = {one.key: _json(one) for one in plan.components}
    found["measures"] = {one.key: _json(one) for one in plan.measures}
    found["credits"] = {one.name: _json(one) for one in plan.credits}
    return found


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _json(one) for key, one in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [_json(one) for one in (value if isinstance(value, tuple | list) else sorted(value))]
    return value


def switches(plan: Plan) -> tuple[Said, ...]:
    """Return everything a plan says, in words, defaults too."""
    found = [*_of_plan(plan)]
    for rule in plan.credits:
        found += _of_credit_rule(rule)
    for measure in plan.measures:
        found += _of_measure(measure)
    for entry in plan.components:
        found += _of_component(entry)
    found += [Said("override", one.origin, one.words) for one in plan.local]
    return tuple(found)


def _of_plan(plan: Plan) -> Iterator[Said]:
    rounding = plan.rounding
    half = "half to even" if rounding.half_even else "half away from zero"
    unit = plain(rounding.unit(plan.currency))
    what = {Step.LINE: "each line", Step.COMPONENT: "each component", Step.PAYMENT: "the payment"}
    target = plan.target_incentive
    yield Said("plan", "currency", plan.currency)
    yield Said("plan", "paid every", plan.pays.value)
    yield Said("plan", "rounding", f"{what[rounding.step]}, to {unit} {plan.currency}, {half}")
    yield Said("plan", "exchange rates of the day", _words(plan.fx_date))
    yield Said("plan", "parts of a period", _DAY_COUNTS[plan.day_count.value])
    yield Said("plan", "target incentive", "none" if target is None else f"{target:,f} a year")
    yield Said("plan", "order", ", then ".join(one.key for one in plan.components) or "none")
    beside = "may be in other plans too" if plan.beside_others else "may be in no other plan"
    yield Said("plan", "who is in it", beside)


_DAY_COUNTS = {
    "actual": "days over the days of the period, its last day included",
    "thirty": "months of 30 days, years of 360",
}


def _of_credit_rule(rule: CreditRule) -> Iterator[Said]:
    of = f"credit rule {rule.name}"
    yield Said(of, "who", _WHO[rule.kind])
    yield Said(of, "when", _words(rule.credited))
    yield Said(of, "events", ", ".join(one.value for one in rule.events))
    yield Said(of, "share", plain(rule.share))
    yield Said(of, "deals", rule.where or "all")
    yield Said(of, "tax", "included" if rule.includes_tax else "not included")
    yield Said(of, "per", "line of the deal" if rule.by_line else "deal")
    if rule.kind is Kind.ROLL_UP:
        yield Said(of, "levels above", str(rule.levels))


_WHO = {
    Kind.DIRECT: "the owner of the deal",
    Kind.SPLIT: "who the split of the deal names, to 100 %",
    Kind.OVERLAY: "people beyond the 100 %",
    Kind.ROLL_UP: "those to whom the credited person reported on the day",
    Kind.MANUAL: "who is named by hand",
}


def _of_measure(rule: MeasureRule) -> Iterator[Said]:
    of = f"measure {rule.key}"
    yield Said(of, "adds up", rule.value)
    yield Said(of, "credits", rule.where or "all")
    yield Said(of, "credit rules", ", ".join(rule.rules) or "all")
    quota = rule.quota or "none"
    if rule.yearly_quota is not None:
        quota = f"{rule.yearly_quota:,f} a year, the same for all"
    yield Said(of, "quota", quota)


def _of_component(entry: Entry) -> Iterator[Said]:
    of = f"component {entry.key}"
    known = components().get(entry.component)
    yield Said(of, "kind", known.title if known else entry.component)
    if entry.measure:
        yield Said(of, "pays on", entry.measure)
        yield Said(of, "attainment from", entry.attainment_by or f"{entry.measure} alone")
    yield Said(of, "pays every", entry.every.value)
    again = "never" if entry.resets is Every.NEVER else f"every {entry.resets.value}"
    yield Said(of, "counter starts anew", again)
    pays = "what is earned to date less what was earned before"
    yield Said(of, "pays", pays if entry.pays is Pays.TO_DATE else "what this period earned")
    yield from _of_terms(of, entry.terms)


def _of_terms(of: str, terms: object) -> Iterator[Said]:
    if not is_dataclass(terms) or isinstance(terms, type):
        return
    for one in fields(terms):
        value, label = getattr(terms, one.name), one.name.replace("_", " ")
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            for place, item in enumerate(value, start=1):
                yield Said(of, f"{label} {place}", _words(item))
        else:
            yield Said(of, label, _words(value))


def _words(value: object) -> str:
    """Say a value of terms: `starts at 1, rate 0.08`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value).replace("_", " ")
    if isinstance(value, Decimal):
        return plain(value)
    if is_dataclass(value) and not isinstance(value, type):
        names = (one.name for one in fields(value))
        return ", ".join(f"{n.replace('_', ' ')} {_words(getattr(value, n))}" for n in names)
    if isinstance(value, tuple):
        return "; ".join(_words(one) for one in value) or "none"
    return str(value)
