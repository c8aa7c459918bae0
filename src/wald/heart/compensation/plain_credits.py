"""Credits of plain files: each row through the credit rules of a plan, in the plan's currency.

The same meaning as `crediting.py` has in the engine, written a second time for rows at hand.
Source: docs/compensation/plain-files.md
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from wald.heart.compensation.credit import Credit, Event, Kind
from wald.heart.compensation.measuring import COLUMNS, columns_of, read_credit_condition
from wald.heart.compensation.plain_inputs import PARTS, Deed, Inputs, Payment, Person
from wald.heart.compensation.plan import CreditDate, CreditRule, FxDate, Plan
from wald.heart.compensation.plan_check import PEOPLE
from wald.heart.compensation.sheets import Faults
from wald.kernel.period import Calendar, period_of
from wald.kernel.problem import BadInput
from wald.language.parse import read_condition
from wald.language.rule import predicate

_OWNED = (Kind.DIRECT, Kind.SPLIT)
_MONEY = Decimal("0.0001")


@dataclass(slots=True)
class Crediting:
    """Makes the credits of one plan from what the files say."""

    plan: Plan
    inputs: Inputs
    calendar: Calendar
    faults: Faults
    members: frozenset[str]  # credits of others are left out
    payments: dict[str, list[Payment]] = field(default_factory=dict)
    paid_first: dict[str, Decimal] = field(default_factory=dict)  # by credit: what comes before it

    def credits(self) -> dict[str, list[Credit]]:
        """Return credits by payee."""
        for payment in self.inputs.payments:
            self.payments.setdefault(payment.deal, []).append(payment)
        for found in self.payments.values():
            found.sort(key=lambda one: (one.paid_on, one.payment_id))
        self._in_turn()
        made: dict[str, list[Credit]] = {}
        for deed in self.inputs.deeds:
            for credit in self._of(deed):
                made.setdefault(credit.person_id, []).append(credit)
        return made

    def _in_turn(self) -> None:
        """Let payments of a deal go to its bookings of one person one after the other."""
        sums: dict[tuple[str, str], Decimal] = {}
        for deed in sorted(self.inputs.deeds, key=lambda one: (one.credited_on, one.credit_id)):
            if deed.event is Event.BOOKED and deed.amount > 0:
                key = (deed.deal, deed.payee)
                self.paid_first[deed.credit_id] = sums.get(key, Decimal(0))
                sums[key] = self.paid_first[deed.credit_id] + deed.amount

    def _of(self, deed: Deed) -> Iterator[Credit]:
        """Yield the credits of one row, by every rule that it meets."""
        kinds = (*_OWNED, *(rule.kind for rule in self.plan.credits))
        if deed.rule:
            yield from self._named(deed)
        elif deed.kind is Kind.MANUAL:
            yield from self._dated(deed, CreditRule("manual"), deed.payee, Kind.MANUAL)
        elif deed.kind not in kinds:
            what = f"the plan has no credit rule of the kind {deed.kind.value}"
            fix = "take the row out, or add such a rule to the plan"
            self.faults.add(f"{deed.at} of {deed.payee}, kind", what, fix, deed.payee)
        else:
            yield from self._ruled(deed)

    def _named(self, deed: Deed) -> Iterator[Credit]:
        """Yield the credit of a row that names its rule: whoever wrote it has applied the rule."""
        named = [rule for rule in self.plan.credits if rule.name == deed.rule]
        if not named:
            names = ", ".join(rule.name for rule in self.plan.credits)
            what = f"the plan has no credit rule {deed.rule!r}"
            fix = f"choose among {names}, or leave it empty"
            self.faults.add(f"{deed.at} of {deed.payee}, rule", what, fix, deed.payee)
        for rule in named:
            yield from self._dated(deed, replace(rule, share=Decimal(1)), deed.payee, rule.kind)

    def _ruled(self, deed: Deed) -> Iterator[Credit]:
        for rule in self.plan.credits:
            if deed.event in _events(rule) and self._meets(rule, deed):
                for person, kind in self._credited(rule, deed):
                    if person in self.members:
                        yield from self._dated(deed, rule, person, kind)

    def _credited(self, rule: CreditRule, deed: Deed) -> Iterator[tuple[str, Kind]]:
        """Yield who is credited for a row by a rule, and as what."""
        if rule.kind is deed.kind or (rule.kind in _OWNED and deed.kind in _OWNED):
            yield deed.payee, deed.kind
        elif rule.kind is Kind.OVERLAY and deed.kind in _OWNED:
            yield from ((person, rule.kind) for person in self._overlaid(rule, deed.credited_on))
        elif rule.kind is Kind.ROLL_UP and deed.kind in _OWNED:
            for person in managers_of(deed.payee, self.inputs, rule.levels, deed.credited_on):
                yield person, rule.kind

    def _meets(self, rule: CreditRule, deed: Deed) -> bool:
        if not rule.where:
            return True
        row = columns_of(_credit(deed, rule, deed.payee, deed.kind, deed.amount, deed.credited_on))
        return _condition(rule.where)(row) is True

    def _overlaid(self, rule: CreditRule, day: date) -> Iterator[str]:
        yield from rule.people
        if rule.who:
            yield from (
                payee
                for payee in self.inputs.people
                if payee not in rule.people
                and (person := self.inputs.person_on(payee, day)) is not None
                and meets_person(rule.who, person)
            )

    def _dated(self, deed: Deed, rule: CreditRule, person: str, kind: Kind) -> Iterator[Credit]:
        """Yield the credits of a row from the days on which the rule lets it count."""
        waits = rule.credited in (CreditDate.PAID, CreditDate.COLLECTED)
        if not waits or deed.event is not Event.BOOKED:
            yield from self._converted(deed, rule, person, kind, deed.amount, deed.credited_on, "")
            return
        cash = replace(deed, event=Event.PAID)
        paid = -self.paid_first.get(deed.credit_id, Decimal(0))
        for payment in self.payments.get(deed.deal, ()):
            currency = deed.currency or self.plan.currency
            if payment.currency not in ("", currency):
                what = f"a payment of {deed.deal} is in {payment.currency}, the deal in {currency}"
                where = f"payment {payment.payment_id} for {person}, currency"
                self.faults.add(where, what, f"write it in {currency}", person)
            was, paid = paid, paid + payment.amount
            before, now = (min(max(one, Decimal(0)), deed.amount) for one in (was, paid))
            part, end = now - before, f"/{payment.payment_id}"
            if rule.credited is CreditDate.COLLECTED and part:
                yield from self._converted(cash, rule, person, kind, part, payment.paid_on, end)
            if rule.credited is CreditDate.PAID and before != now and deed.amount in (before, now):
                sign = 1 if now == deed.amount else -1
                yield from self._converted(
                    cash, rule, person, kind, deed.amount * sign, payment.paid_on, end
                )

    def _converted(
        self,
        deed: Deed,
        rule: CreditRule,
        person: str,
        kind: Kind,
        amount: Decimal,
        on: date,
        end: str,
    ) -> Iterator[Credit]:
        rate = self._rate(deed, person, on)
        if rate is not None:
            value = (amount * rate).quantize(_MONEY, ROUND_HALF_UP)
            made = _credit(deed, rule, person, kind, value, on, rate, amount)
            credit_id = deed.credit_id + end
            if kind in (Kind.OVERLAY, Kind.ROLL_UP) or len(self.plan.credits) > 1:
                credit_id = f"{credit_id}/{rule.name}"
            if person != deed.payee:
                credit_id = f"{credit_id}/{person}"
            yield replace(made, credit_id=credit_id)

    def _rate(self, deed: Deed, person: str, on: date) -> Decimal | None:
        """Return what one unit of the row's currency is worth, None and a fault if unknown."""
        wanted = self.plan.currency
        if deed.currency in ("", wanted):
            return Decimal(1)
        day = {
            FxDate.BOOKED: deed.booked_on or deed.credited_on,
            FxDate.CREDITED: on,
            FxDate.PERIOD_END: self._period_end(on),
        }[self.plan.fx_date]
        known = [
            one
            for one in self.inputs.rates
            if (one.of, one.to) == (deed.currency, wanted) and one.starts_on <= day
        ]
        if known:
            return max(known, key=lambda one: one.starts_on).rate
        what = f"no exchange rate from {deed.currency} to {wanted} is known on {day}"
        fix = f"give one in a file of rates, or write the amount in {wanted}"
        self.faults.add(f"{deed.at} of {person}, currency", what, fix, person)
        return None

    def _period_end(self, on: date) -> date:
        grain = self.plan.pays.grain
        return on if grain is None else period_of(self.calendar, grain, on).last_day


@lru_cache(maxsize=256)
def _condition(text: str) -> Callable[[Mapping[str, object]], bool | None]:
    checked = read_credit_condition(text)
    if checked.tree is None:
        raise BadInput(f"{text!r} is no condition on credits.", checked.problems)
    return predicate(checked.tree, COLUMNS)


@lru_cache(maxsize=256)
def _who(text: str) -> Callable[[Mapping[str, object]], bool | None]:
    checked = read_condition(text, PEOPLE)
    if checked.tree is None:
        raise BadInput(f"{text!r} is no condition on people.", checked.problems)
    return predicate(checked.tree, PEOPLE)


def _events(rule: CreditRule) -> frozenset[Event]:
    """Return the events that a rule takes; what counts as invoiced is not counted as booked."""
    if rule.credited is CreditDate.INVOICED:
        return frozenset(rule.events) - {Event.BOOKED} | {Event.INVOICED}
    return frozenset(rule.events)


def _credit(
    deed: Deed,
    rule: CreditRule,
    person: str,
    kind: Kind,
    value: Decimal,
    on: date,
    rate: Decimal = Decimal(1),
    part: Decimal | None = None,
) -> Credit:
    """Return a row as the credit of one person; further amounts by rate, part and share."""
    share = deed.share * rule.share
    row = dict(deed.row)
    collected = Decimal(1) if part is None or not deed.amount else part / deed.amount
    for name in PARTS:
        if isinstance(found := row.get(name), Decimal):
            worth = found if name == "quantity" else found * rate
            row[name] = (worth * collected).quantize(_MONEY, ROUND_HALF_UP) * share
    return Credit(
        credit_id=deed.credit_id,
        person_id=person,
        deal_id=deed.deal,
        credited_on=on,
        deal_amount=value,
        share=share,
        kind=kind,
        event=deed.event,
        rule=rule.name,
        booked_on=deed.booked_on or deed.credited_on,
        is_held=deed.is_held,
        row=row | {"currency": deed.currency or None},
    )


def managers_of(payee: str, inputs: Inputs, levels: int, day: date) -> Sequence[str]:
    """Return those above somebody on a day, nearest first; a ring ends where it would begin
    again."""
    found: list[str] = []
    at = payee
    while len(found) < levels:
        person = inputs.person_on(at, day)
        if person is None or not person.manager or person.manager in (payee, *found):
            break
        at = person.manager
        found.append(at)
    return found


def meets_person(condition: str, person: Person) -> bool:
    return _who(condition)(person.columns()) is True
