"""Worked cases of compensation as people write them: a small plan, credits, and the pay by hand.

    [[cases]]
    name = "five_percent_of_what_was_sold"
    why = "10,000 x 0.05 = 500."
    credits = [{ day = 2026-01-15, amount = "10000", deal = "A" }]
    pays = [
        { period = "2026-01", total = "500.00", lines = [
            ["commission", "on all credit", "10000", "0.05", "500.00"],
        ] },
    ]
    [cases.plan]
    components = [{ key = "commission", measure = "revenue", flat_rate = { rate = "0.05" } }]

Numbers with a point are strings: TOML's would be binary fractions. A line is component, a part of
its reason, base, rate, amount; a base or rate that does not end is written "1/3". A period that
`pays` leaves out has no line. `balances = { draw = { owed = "200" } }` are all balances of a
component that are not zero. `refused` is a part of the sentence with which pay is refused.

`plan`: pays, currency, rounding, day_count, target_incentive, measures (without any: `revenue`,
the sum of credits, with the quotas of `bookings`), components as in a plan document, versions
(`from`, and what of the plan is another from that day). `[plan]` of the file holds for all its
cases; of a case's own plan each word replaces the file's.
`person`: first, last (days in the plan; without: the year 2026), leaves, target, rates.
`credits`: day, amount, deal, and where wanted share, event, kind, rule, booked_on, is_held; every
other word is a column that measures may name. `quotas`: first, last, amount, measure. `scores`:
first, last, objective, reached. `others`: credits of the others in the plan, by person.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

from wald.heart.compensation.component import components
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.fold import PeriodPay, Stretch, fold
from wald.heart.compensation.inputs import Known, Quota, Score
from wald.heart.compensation.plan import Entry, MeasureRule, Plan
from wald.heart.compensation.spans import payout_period
from wald.kernel.period import Period, months_calendar

Table = Mapping[str, object]
CALENDAR = months_calendar()
_ME = "max"
_CREDIT = {"day", "amount", "deal", "share", "event", "kind", "rule", "booked_on", "is_held", "id"}


@dataclass(frozen=True, slots=True)
class Expected:
    total: Decimal
    lines: tuple[tuple[str, ...], ...]
    balances: Mapping[str, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class PayCase:
    component: str  # the file it stands in
    name: str
    why: str
    stretches: tuple[Stretch, ...]
    known: Known
    pays: Mapping[str, Expected]  # by label of the payment period
    refused: str
    _kept: list[PeriodPay] = field(default_factory=list, compare=False)

    def __str__(self) -> str:
        return f"{self.component}: {self.name.replace('_', ' ')}"

    def folded(self) -> list[PeriodPay]:
        """Fold once: several tests look at the same pay."""
        if not self._kept:
            self._kept.extend(fold(_ME, self.stretches, self.known, CALENDAR))
        return list(self._kept)


def cases(path: Path) -> Iterator[PayCase]:
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    shared = _table(text.get("plan", {}))
    for one in _tables(text["cases"]):
        yield _case(path.stem, one, {**shared, **_table(one.get("plan", {}))})


def read(kind: object, value: object) -> object:
    """Return a value of the shapes that plans are made of, from what TOML gave."""
    if get_origin(kind) is UnionType:
        others = [one for one in get_args(kind) if one is not NoneType]
        return read(others[0], value)
    if get_origin(kind) is tuple:
        assert isinstance(value, list), value
        return tuple(read(get_args(kind)[0], one) for one in value)
    if not isinstance(kind, type):
        return value
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        given = _table(value)
        assert given.keys() <= hints.keys(), f"{kind.__name__} has no {given.keys() - hints.keys()}"
        return kind(**{key: read(hints[key], one) for key, one in given.items()})
    if kind is Decimal:
        return _exact(value)
    if issubclass(kind, Enum):
        return kind(value)
    assert isinstance(value, kind), f"{value!r} is no {kind.__name__}"
    return value


def _case(component: str, one: Table, plan: Table) -> PayCase:
    person = _table(one.get("person", {}))
    known = Known(
        tuple(_credits(one.get("credits", []), _ME)),
        tuple(
            Quota(f"q{i}", _days(q), _exact(q["amount"]), str(q.get("measure", "bookings")))
            for i, q in enumerate(_tables(one.get("quotas", [])), start=1)
        ),
        None if "target" not in person else _exact(person["target"]),
        {key: _exact(rate) for key, rate in _table(person.get("rates", {})).items()},
        tuple(
            Score(str(s["objective"]), _days(s), _exact(s["reached"]))
            for s in _tables(one.get("scores", []))
        ),
        {
            who: tuple(_credits(theirs, who))
            for who, theirs in {
                _ME: one.get("credits", []),
                **_table(one.get("others", {})),
            }.items()
        },
    )
    pays = {str(p["period"]): _expected(p) for p in _tables(one.get("pays", []))}
    return PayCase(
        component,
        str(one["name"]),
        str(one["why"]),
        tuple(_stretches(plan, person)),
        known,
        pays,
        str(one.get("refused", "")),
    )


def _stretches(plan: Table, person: Table) -> Iterator[Stretch]:
    """Cut the days in the plan where a payment period ends and where a version begins."""
    day, last = person.get("first", date(2026, 1, 1)), person.get("last", date(2026, 12, 31))
    assert isinstance(day, date)
    assert isinstance(last, date)
    versions = _versions(plan)
    end = last + timedelta(days=1)
    while day < end:
        holds = max(start for start in versions if start <= day)
        following = min((start for start in versions if start > day), default=date.max)
        paid_in = payout_period(versions[holds].pays, day, CALENDAR)
        until = min(paid_in.end, following, end)
        closes = until == following or (until == end and bool(person.get("leaves", False)))
        yield Stretch(Period(day, until, paid_in.label), paid_in, versions[holds], closes)
        day = until


def _versions(plan: Table) -> dict[date, Plan]:
    found = {date.min: _plan(plan)}
    for one in _tables(plan.get("versions", [])):
        start = one["from"]
        assert isinstance(start, date)
        found[start] = _plan({**plan, **{key: v for key, v in one.items() if key != "from"}})
    return found


def _plan(plan: Table) -> Plan:
    words = {key: v for key, v in plan.items() if key not in ("components", "versions")}
    words = {"key": "worked", "currency": "EUR", "components": [], **words}
    found = read(Plan, words)
    assert isinstance(found, Plan)
    measures = found.measures or (MeasureRule("revenue", quota="bookings"),)
    entries = tuple(_entry(one) for one in _tables(plan["components"]))
    return replace(found, measures=measures, components=entries)


def _entry(one: Table) -> Entry:
    """Read a component's place in the plan; its terms stand under the component's name."""
    known = {one.name for one in fields(Entry)}
    (name,) = [key for key in one if key not in known]
    component = components()[name]
    terms = read(component.terms, one[name])
    assert list(component.check(terms)) == [], f"{name} finds its terms bad"
    place = {key: value for key, value in one.items() if key != name}
    entry = read(Entry, {**place, "component": name, "terms": terms})
    assert isinstance(entry, Entry)
    return entry


def _credits(given: object, person: str) -> Iterator[Credit]:
    hints = get_type_hints(Credit)
    for i, one in enumerate(_tables(given), start=1):
        day = one["day"]
        assert isinstance(day, date)
        own = {k: read(hints[k], v) for k, v in one.items() if k in hints and k != "day"}
        row = {k: _exact(v) if _is_number(v) else v for k, v in one.items() if k not in _CREDIT}
        yield replace(
            Credit(
                str(one.get("id", f"c{i}")),
                person,
                str(one.get("deal", f"deal {i}")),
                day,
                _exact(one["amount"]),
                row=row,
            ),
            **{k: v for k, v in own.items() if k in _CREDIT},  # type: ignore[arg-type]
        )


def _expected(one: Table) -> Expected:
    lines = one.get("lines", [])
    assert isinstance(lines, list)
    balances = {
        key: {name: _exact(value) for name, value in _table(held).items()}
        for key, held in _table(one.get("balances", {})).items()
    }
    return Expected(_exact(one["total"]), tuple(tuple(map(str, line)) for line in lines), balances)


def _days(one: Table) -> Period:
    first, last = one["first"], one["last"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    return Period(first, last + timedelta(days=1), str(one.get("label", first)))


def _exact(value: object) -> Decimal:
    assert isinstance(value, str | int), f"write {value!r} as a string"
    return Decimal(value)


def _is_number(value: object) -> bool:
    text = value if isinstance(value, str) else ""
    return isinstance(value, int) or text.lstrip("-").replace(".", "", 1).isdigit()


def _table(value: object) -> Table:
    assert isinstance(value, dict), f"{value!r} is no table"
    return value


def _tables(value: object) -> Sequence[Table]:
    assert isinstance(value, list), f"{value!r} is no list of tables"
    return [_table(one) for one in value]
