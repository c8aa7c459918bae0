"""Random policies with overrides of regions and teams: what holds is what its rule says.

The campaign draws a policy of the organization, bounds, and overrides inside and outside of them,
and compares each value that `resolve` gives with one found by going through the levels by hand.
"""

import random
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tests.reliability.result import Result
from wald.agreements.approval_policy import DOCUMENT
from wald.documents.resolve import resolve
from wald.documents.version import Bound, State, Version

UNITS = ("EMEA", "EMEA/DACH", "EMEA/DACH/Bern", "APAC")
FIRST = date(2026, 1, 1)
ON = FIRST + timedelta(days=10)
AT = datetime(2025, 12, 1, tzinfo=UTC)
FIELDS = ("discount_above", "total_above", "escalates_after_hours", "approver")
ROLES = ("finance", "sales_leader", "manager", "sales_operations")
Values = dict[tuple[str, str], object]  # (rule, field): JSON value


def run(count: int, seed: int) -> Result:
    """Resolve `count` random trees of policies."""
    started, failures = time.monotonic(), []
    chance = random.Random(seed)  # noqa: S311  # a seed
    for number in range(count):
        central, bounds, overrides = _drawn(chance)
        unit = chance.choice((*UNITS, "", "EMEA/Nord"))
        wanted = _by_hand(central, bounds, overrides, unit)
        versions = [_central(central, bounds), *_versions(overrides)]
        chance.shuffle(versions)
        found = resolve(DOCUMENT, versions, unit, ON)
        got = {} if found is None else {field.path: field.value for field in found.fields}
        for (rule, field), value in wanted.items():
            told = got.get(f"rules.{rule}.{field}", "nothing")
            if _same(value) != _same(told):
                failures.append(f"tree {number}, {unit}: {rule}.{field} {told}, not {value}")
    words = "; ".join([f"{count} trees of policies", *failures[:5]])
    return Result(count, len(failures), words, time.monotonic() - started)


def _drawn(
    chance: random.Random,
) -> tuple[Values, dict[str, Bound], dict[str, tuple[Values, bool]]]:
    rules = chance.sample(("a", "b", "c", "d"), chance.randint(1, 4))
    central: Values = {}
    for place, rule in enumerate(rules):
        # Each rule has a total of its own, so that no two ever say the same.
        central[rule, "total_above"] = str(1000 * (place + 1))
        central[rule, "discount_above"] = _share(chance)
        central[rule, "approver"] = chance.choice(ROLES)
        central[rule, "escalates_to"] = "administrator"
        central[rule, "escalates_after_hours"] = chance.randint(4, 40)
    bounds = {path: bound for rule in (*rules, "*") for path, bound in _bounds(chance, rule)}
    overrides = {}
    for unit in UNITS:
        if chance.random() < 0.7:
            values = {
                (rule, field): _value(chance, field)
                for rule in (*rules, "gone")
                for field in FIELDS
                if chance.random() < 0.3
            }
            overrides[unit] = (values, chance.random() < 0.85)
    return central, bounds, overrides


def _bounds(chance: random.Random, rule: str) -> list[tuple[str, Bound]]:
    found = []
    for field in FIELDS:
        path = f"rules.{rule}.{field}"
        if chance.random() < 0.5:
            continue
        if field == "discount_above":
            low, high = sorted((_share(chance), _share(chance)))
            limits = (low if chance.random() < 0.7 else None, high)
            found.append((path, Bound(path, *limits)))
        elif field == "escalates_after_hours":
            found.append((path, Bound(path, chance.randint(1, 20), None)))
        elif field == "approver":
            found.append((path, Bound(path, None, None, tuple(chance.sample(ROLES, 2)))))
    return found


def _share(chance: random.Random) -> str:
    return f"0.{chance.randint(0, 99):02}"


def _value(chance: random.Random, field: str) -> object:
    if field == "discount_above":
        return _share(chance)
    if field == "total_above":
        return str(chance.randint(1, 5) * 777)
    return chance.randint(1, 60) if field == "escalates_after_hours" else chance.choice(ROLES)


def _by_hand(
    central: Values,
    bounds: dict[str, Bound],
    overrides: dict[str, tuple[Values, bool]],
    unit: str,
) -> Values:
    """Go down from the organization to the unit, level by level, value by value."""
    values = dict(central)
    rules = {rule for rule, _ in central}
    parts = unit.split("/") if unit else []
    for depth in range(1, len(parts) + 1):
        level = "/".join(parts[:depth])
        if level not in overrides or not overrides[level][1]:
            continue
        for (rule, field), value in overrides[level][0].items():
            exact, every = f"rules.{rule}.{field}", f"rules.*.{field}"
            bound = bounds.get(exact) or bounds.get(every)
            if rule in rules and bound is not None and _fits(bound, value):
                values[rule, field] = value
    return values


def _fits(bound: Bound, value: object) -> bool:
    if bound.one_of is not None:
        return value in bound.one_of
    number = Decimal(str(value))
    is_low = bound.lowest is not None and number < Decimal(str(bound.lowest))
    is_high = bound.highest is not None and number > Decimal(str(bound.highest))
    return not is_low and not is_high


def _same(value: object) -> object:
    told = getattr(value, "value", value)
    try:
        return Decimal(str(told))
    except ArithmeticError:
        return told


def _central(values: Values, bounds: dict[str, Bound]) -> Version:
    return replace(
        _VERSION, content=_content(values, whole=True), local=tuple(bounds.values()), version_id=1
    )


def _versions(overrides: dict[str, tuple[Values, bool]]) -> list[Version]:
    made = []
    for number, (unit, (values, holds)) in enumerate(overrides.items(), start=2):
        # What does not hold begins a day late, or ended on the very day.
        starts_on, ends_on = FIRST, ON + timedelta(days=1)
        if not holds:
            starts_on, ends_on = ((ON + timedelta(days=1), ends_on + timedelta(days=9))
                                  if number % 2 else (FIRST, ON))  # fmt: skip
        made.append(
            replace(
                _VERSION,
                version_id=number,
                unit=unit,
                content=_content(values, whole=False),
                starts_on=starts_on,
                ends_on=ends_on,
            )
        )
    return made


def _content(values: Values, *, whole: bool) -> dict[str, object]:
    rules: dict[str, dict[str, object]] = {}
    for (rule, field), value in values.items():
        rules.setdefault(rule, {"name": rule})[field] = value
    return (
        {"currency": "EUR", "rules": [*rules.values()]} if whole else {"rules": [*rules.values()]}
    )


_VERSION = Version(
    version_id=0,
    type="approval_policy",
    name="discounts",
    unit="",
    number=1,
    revision=1,
    state=State.APPROVED,
    text="",
    content={},
    schema=1,
    owner="ana",
    reason="",
    local=(),
    author="ana",
    editors=("ana",),
    drafted_at=AT,
    starts_on=FIRST,
    ends_on=None,
    approved_at=AT,
    approved_by="fin",
)
