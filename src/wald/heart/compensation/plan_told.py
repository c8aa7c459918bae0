"""One value of a compensation plan in words, for the comparison of two versions.

"commission from 100 %: rate now 9 %, was 8 %". Source: docs/agreements/compensation_plan.md
"""

from decimal import Decimal, InvalidOperation

from wald.documents.plain import percent, shown
from wald.heart.compensation.component import components

# Numbers of terms that are shares; 1 = 100 %.
_SHARES = frozenset("rate share payout weight threshold slope_beyond recovers floor_share".split())
_HIGHEST_SHARE = Decimal(3)  # attainments and rates above it are amounts

_PLAN = {
    "currency": "the plan pays in",
    "pays": "pay comes every",
    "target_incentive": "target incentive a year:",
    "eligible.roles": "roles in the plan:",
    "eligible.people": "people in the plan:",
    "eligible.where": "in the plan is who meets",
    "beside_others": "may somebody be in another plan too:",
    "rounding.step": "rounded is each",
    "rounding.to": "rounded to multiples of",
    "rounding.half_even": "halves are rounded to even:",
    "fx_date": "exchange rates are those of the day it was",
    "day_count": "days of a part of a period are counted as",
}
_COMMON = {
    "measure": "pays on",
    "attainment_by": "takes attainment from",
    "every": "pays every",
    "resets": "counts anew every",
    "pays": "pays",
}
_CREDIT = {
    "kind": "is",
    "credited": "counts from the day it is",
    "events": "takes events",
    "share": "gives a share of",
    "where": "is for deals where",
    "levels": "reaches levels up:",
    "people": "goes to",
    "who": "goes to who meets",
    "by_line": "is by line of the deal:",
    "includes_tax": "includes tax:",
}
_MEASURE = {
    "value": "adds up",
    "where": "counts credits where",
    "rules": "counts credits of the rules",
    "quota": "has the quotas of",
    "yearly_quota": "has a quota a year, the same for all, of",
}
_WORDS = {"components": _COMMON, "credits": _CREDIT, "measures": _MEASURE}
_CALLED = {"components": "component", "credits": "credit rule", "measures": "measure"}


def tell(path: str, value: object) -> tuple[str, str]:
    """Say a value of a plan: ("commission from 100 %: rate", "9 %")."""
    top, *rest = path.split(".")
    if top not in _WORDS or len(rest) < 2:
        return _PLAN.get(path, f"{path}:"), _number(path, value)
    key, *inner = rest
    if len(inner) == 1 and inner[0] in _WORDS[top]:
        name = key if top == "components" else f"{_CALLED[top]} {key}"
        return f"{name} {_WORDS[top][inner[0]]}", _number(inner[0], value)
    steps = inner[1:] if inner[0] in components() else inner
    return f"{_at(key, steps)}:", _number(steps[-1], value)


def names(path: str, key: str) -> tuple[str, str]:
    """Say a list of a plan, by its path, and one of its entries, by its key."""
    top, *rest = path.split(".")
    if not rest:
        return top.replace("_", " "), key
    steps = rest[2:] if len(rest) > 1 and rest[1] in components() else rest[1:]
    return " ".join([rest[0], *(step.replace("_", " ") for step in steps)]), _entry(key)


def _at(key: str, steps: list[str]) -> str:
    """Say where a term stands: "commission from 100 %: rate", for tiers.1.rate."""
    if len(steps) == 3:
        return f"{key} {_entry(steps[1])}: {steps[2].replace('_', ' ')}"
    return f"{key}: {' '.join(steps).replace('_', ' ')}"


def _entry(key: str) -> str:
    try:
        start = Decimal(key.replace("_", "."))
    except InvalidOperation:
        return key
    return f"from {percent(start) if abs(start) <= _HIGHEST_SHARE else f'{start:,f}'}"


def _number(name: str, value: object) -> str:
    if not isinstance(value, Decimal):
        return shown(value).replace("_", " ") if value != "" else "nothing"
    if name in _SHARES and abs(value) <= _HIGHEST_SHARE:
        return percent(value)
    return f"{value:,f}"
