"""What plain files say, as values: people, events of deals, quotas, payments, scores, rates.

Source: docs/compensation/plain-files.md
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from wald.heart.compensation.credit import Event, Kind
from wald.heart.compensation.inputs import Quota, Score
from wald.heart.compensation.measuring import COLUMNS
from wald.heart.compensation.sheets import EMPTY, Faults, Row, Sheet, read_sheet
from wald.kernel.period import Period
from wald.language.types import Kind as ColumnKind

_CURRENCY = re.compile(r"[A-Z]{3}")
_OWN = {"amount", "share", "rule", "kind", "event", "currency", "credited_on", "booked_on",
        "credit_id", "person_id", "deal_id", "deal_amount", "age_days"}  # fmt: skip
# Amounts of the deal, of which a person's part is their share.
PARTS = ("list_amount", "cost", "margin", "tax", "quantity")


@dataclass(frozen=True, slots=True)
class Deed:
    """One row of credits: what happened to a deal, on which day, and to whom it is credited."""

    at: str
    credit_id: str
    payee: str
    deal: str
    credited_on: date
    amount: Decimal
    currency: str  # "": the plan's
    share: Decimal
    kind: Kind
    event: Event
    rule: str
    booked_on: date | None
    is_held: bool
    row: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Person:
    payee: str
    at: str = ""
    name: str = ""
    role: str = ""
    manager: str = ""
    starts_on: date | None = None
    ends_on: date | None = None  # first day no longer in the plan
    target_incentive: Decimal | None = None
    currency: str = ""
    region: str = ""
    team: str = ""
    territory: str = ""
    rates: Mapping[str, Decimal] = field(default_factory=dict)  # by component's key
    # Days on which this row of theirs holds: up to that of their next row.
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def first_on(self) -> date | None:
        """First day in a plan by this row; None: always."""
        return max((one for one in (self.starts_on, self.valid_from) if one), default=None)

    @property
    def end_on(self) -> date | None:
        """First day no longer; None: never."""
        return min((one for one in (self.ends_on, self.valid_to) if one), default=None)

    def columns(self) -> Mapping[str, object]:
        """Return what conditions on people may name; None where nobody knows."""
        return {
            "person_id": self.payee,
            "name": self.name or self.payee,
            "email": None,
            "manager_id": self.manager or None,
            "team": self.team or None,
            "region": self.region or None,
            "territory": self.territory or None,
            "role": self.role or None,
            "hired_on": self.starts_on,
            "left_on": self.ends_on,
        }


@dataclass(frozen=True, slots=True)
class Payment:
    deal: str
    paid_on: date
    amount: Decimal
    currency: str
    payment_id: str


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of `to` one unit of `of` is worth from a day on."""

    of: str
    to: str
    starts_on: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Files:
    """The sheets of a plain pay run; all but credits may be empty."""

    credits: Sheet
    quotas: Sheet = EMPTY
    people: Sheet = EMPTY
    payments: Sheet = EMPTY
    scores: Sheet = EMPTY
    rates: Sheet = EMPTY


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything the files say, read; by payee where it is about one."""

    deeds: tuple[Deed, ...]
    quotas: Mapping[str, tuple[Quota, ...]]
    people: Mapping[str, tuple[Person, ...]]  # by day from which each row of theirs holds
    payments: tuple[Payment, ...]
    scores: Mapping[str, tuple[Score, ...]]
    rates: tuple[Rate, ...]
    has_people: bool

    def person_on(self, payee: str, day: date) -> Person | None:
        """Return somebody as they were on a day; before their first row as it says."""
        rows = self.people.get(payee, ())
        held = [one for one in rows if one.valid_from is None or one.valid_from <= day]
        return held[-1] if held else next(iter(rows), None)


def read_inputs(files: Files, faults: Faults) -> Inputs:
    """Read every sheet. Raises BadInput where a column is missing; else faults hold what is bad."""
    deeds = tuple(_deeds(files.credits, faults))
    quotas: dict[str, list[Quota]] = {}
    for row, quota in read_sheet(files.quotas, "quotas", faults, _quota):
        quotas.setdefault(row.payee, []).append(quota)
    scores: dict[str, list[Score]] = {}
    for row, score in read_sheet(files.scores, "scores", faults, _score):
        scores.setdefault(row.payee, []).append(score)
    payments = (one for _, one in read_sheet(files.payments, "payments", faults, _payment))
    rates = (one for _, one in read_sheet(files.rates, "rates", faults, _rate))
    return Inputs(
        deeds=deeds,
        quotas={payee: tuple(found) for payee, found in quotas.items()},
        people=_people(files.people, faults),
        payments=tuple(payments),
        scores={payee: tuple(found) for payee, found in scores.items()},
        rates=tuple(rates),
        has_people=bool(files.people.name),
    )


def _deeds(sheet: Sheet, faults: Faults) -> Iterator[Deed]:
    seen: dict[str, str] = {}
    for row, deed in read_sheet(sheet, "credits", faults, _deed):
        if not deed.payee:
            what = "nobody is named for this credit, and nobody is paid for it"
            faults.add(f"{row.at}, payee", what, "write who is credited")
        elif deed.credit_id in seen:
            what = f"the credit {deed.credit_id!r} stands in {seen[deed.credit_id]} already"
            row.wrong("credit_id", what, "take one of the two out, or give it another id")
        else:
            seen[deed.credit_id] = row.at
            yield deed


def _deed(row: Row) -> Deed | None:
    amount = row.money("amount", must=True)
    credited_on = row.day("credited_on", must=True)
    share, event = row.share("share"), row.choice("event", Event, Event.BOOKED)
    kind = row.choice("kind", Kind, Kind.DIRECT if share == 1 else Kind.SPLIT)
    if amount is not None and amount > 0 and event is Event.CANCELLED:
        what = f"a cancellation of {amount.normalize():f} would add to the pay"
        row.wrong("amount", what, f"write -{amount.normalize():f}: what takes back is negative")
    booked_on, is_held = row.day("booked_on"), row.flag("is_held")
    currency, columns = _currency(row), _columns(row)
    if amount is None or credited_on is None:
        return None
    deal = row.text("deal") or row.text("credit_id") or row.at
    return Deed(
        at=row.at,
        credit_id=row.text("credit_id") or row.at.rpartition(" ")[2],
        payee=row.payee,
        deal=deal,
        credited_on=credited_on,
        amount=amount,
        currency=currency,
        share=share,
        kind=kind,
        event=event,
        rule=row.text("rule"),
        booked_on=booked_on,
        is_held=is_held,
        row=columns,
    )


def _columns(row: Row) -> dict[str, object]:
    """Return further columns that measures may name, typed; those left out are unknown."""
    found: dict[str, object] = {}
    for name, type in COLUMNS.items():
        if name in _OWN or row.cells.get(name) is None:
            continue
        if type.kind is ColumnKind.DECIMAL:
            found[name] = row.number(name)
        elif row.text(name):
            found[name] = row.text(name)
    if found.get("margin") is None and isinstance(cost := found.get("cost"), Decimal):
        amount = row.money("amount")
        found["margin"] = None if amount is None else amount - cost
    return found


def _currency(row: Row) -> str:
    told = row.text("currency").upper()
    if told and not _CURRENCY.fullmatch(told):
        row.wrong("currency", f"{told!r} is no currency", "write its ISO 4217 code, such as EUR")
    return told


def _end(day: date) -> date:
    """Return the first day after a stretch: `day` itself, or what follows the end of a month.

    Everywhere in Wald an end is the first day after. Whoever writes 31 December means that day.
    """
    following = day + timedelta(days=1)
    return following if following.day == 1 else day


def _window(row: Row) -> Period | None:
    start, ends_on = row.day("starts_on", must=True), row.day("ends_on", must=True)
    if start is None or ends_on is None:
        return None
    end = _end(ends_on)
    if end <= start:
        row.wrong("ends_on", f"{ends_on} is not after {start}", "give the first day after it")
        return None
    return Period(start, end, f"{start}..{end - timedelta(days=1)}")


def _quota(row: Row) -> Quota | None:
    row.wanted("payee", "whose quota it is")
    days, amount = _window(row), row.money("amount", must=True)
    if amount is not None and amount <= 0:
        fix = "write the quota above zero, or take the row out"
        row.wrong("amount", f"a quota of {amount.normalize():f} gives no attainment", fix)
    if days is None or amount is None:
        return None
    quota_id = row.text("quota_id") or row.at.rpartition(" ")[2]
    return Quota(quota_id, days, amount, row.text("measure"))


def _score(row: Row) -> Score | None:
    row.wanted("payee", "whose score it is")
    objective, days = row.wanted("objective", "its name in the plan"), _window(row)
    reached = row.number("reached", must=True)
    return None if days is None or reached is None else Score(objective, days, reached)


def _payment(row: Row) -> Payment | None:
    deal = row.wanted("deal", "which deal was paid")
    paid_on, amount = row.day("paid_on", must=True), row.money("amount", must=True)
    if paid_on is None or amount is None:
        return None
    payment_id = row.text("payment_id") or row.at.rpartition(" ")[2]
    return Payment(deal, paid_on, amount, _currency(row), payment_id)


def _rate(row: Row) -> Rate | None:
    of, to = row.wanted("from_currency", "USD"), row.wanted("to_currency", "EUR")
    starts_on, rate = row.day("starts_on", must=True), row.number("rate", must=True)
    if rate is not None and rate <= 0:
        row.wrong("rate", f"{rate} is no exchange rate", "write what one unit is worth")
    if starts_on is None or rate is None:
        return None
    return Rate(of.upper(), to.upper(), starts_on, rate)


def _people(sheet: Sheet, faults: Faults) -> dict[str, tuple[Person, ...]]:
    found: dict[str, list[Person]] = {}
    for row, person in read_sheet(sheet, "people", faults, _person):
        rows = found.setdefault(person.payee, [])
        if any(one.valid_from == person.valid_from for one in rows):
            fix = "take one row out, or say in valid_from from which day each holds"
            since = f" from {person.valid_from}" if person.valid_from else ""
            row.wrong("payee", f"stands twice{since}", fix)
        else:
            rows.append(person)
    return {payee: tuple(_in_turn(rows)) for payee, rows in found.items()}


def _in_turn(rows: list[Person]) -> Iterator[Person]:
    """Yield the rows of a person, each until the next one holds."""
    rows = sorted(rows, key=lambda one: one.valid_from or date.min)
    ends = [*(one.valid_from for one in rows[1:]), None]
    for row, end in zip(rows, ends, strict=True):
        yield replace(row, valid_to=end)


def _person(row: Row) -> Person:
    row.wanted("payee", "who this is")
    starts_on, ends_on = row.day("starts_on"), row.day("ends_on")
    if starts_on and ends_on and _end(ends_on) <= starts_on:
        row.wrong("ends_on", f"{ends_on} is not after {starts_on}", "give the first day after it")
    target = row.money("target_incentive")
    if target is not None and target <= 0:
        fix = "write an amount a year above zero, or leave it empty"
        row.wrong("target_incentive", f"{target.normalize():f} is no target", fix)
    return Person(
        payee=row.payee,
        at=row.at,
        name=row.text("name"),
        role=row.text("role"),
        manager=row.text("manager"),
        starts_on=starts_on,
        ends_on=_end(ends_on) if ends_on else None,
        target_incentive=target,
        currency=_currency(row),
        region=row.text("region"),
        team=row.text("team"),
        territory=row.text("territory"),
        rates=_own_rates(row),
        valid_from=row.day("valid_from"),
    )


def _own_rates(row: Row) -> dict[str, Decimal]:
    """Read rates such as "commission=0.08; spiff=120", or of JSON an object."""
    told = row.cells.get("rates")
    pairs = told.items() if isinstance(told, Mapping) else _pairs(row.text("rates"))
    found: dict[str, Decimal] = {}
    for key, value in pairs:
        try:
            rate = Decimal(str(value).strip())
        except ArithmeticError:
            rate = Decimal("NaN")
        if not rate.is_finite() or rate < 0:
            what = f"{key}: {str(value)[:40]!r} is no rate"
            row.wrong("rates", what, "write them like commission=0.08; spiff=120")
        else:
            found[str(key).strip()] = rate
    return found


def _pairs(told: str) -> Iterator[tuple[str, str]]:
    for part in told.split(";"):
        if part.strip():
            key, _, value = part.partition("=")
            yield key, value
