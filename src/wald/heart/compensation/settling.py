"""What one person is paid in one run, as rows of the stored layers.

Pay of a period belongs to the run in whose days the period ends. What was withheld before is paid
with the first run in which nothing withholds it. A person's entries of the payment layer add up to
what is paid now; of a person whose payment is held they add up to zero.
Source: docs/compensation/runs.md
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wald.heart.compensation.component import Measured
from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.fold import ComponentPay, PeriodPay
from wald.heart.compensation.layers import COMPONENT, LAYERS, PAYMENT, PAYOUT, plain
from wald.heart.compensation.result import Adjustment, Delta

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """Everything that makes up one person's payment in one currency.

    `carried` is what earlier runs owed and withheld.
    """

    person_id: str
    currency: str
    pays: tuple[PeriodPay, ...]
    deltas: tuple[Delta, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    carried: Decimal = Decimal(0)
    is_withheld: bool = False

    @property
    def owes(self) -> bool:
        """Is there anything to pay, or to say that it comes to nothing?"""
        return bool(self.pays or self.deltas or self.adjustments or self.carried)

    @property
    def due(self) -> Decimal:
        """What this run owes: pay, deltas, adjustments."""
        parts = [
            *(pay.total.value for pay in self.pays),
            *(delta.amount for delta in self.deltas),
            *(one.amount for one in self.adjustments),
        ]
        found = Decimal(0)
        for part in parts:
            found = EXACT.add(found, part)
        return found

    @property
    def paid(self) -> Decimal:
        return Decimal(0) if self.is_withheld else EXACT.add(self.due, self.carried)


def is_paid_in(pay: PeriodPay, starts_on: date, ends_on: date) -> bool:
    """Does the payment period end in these days?"""
    return starts_on < pay.stretch.paid_in.end <= ends_on


def component_rows(person_id: str, pays: Iterable[PeriodPay]) -> Iterator[Row]:
    """Yield rows of the component layer."""
    for pay in pays:
        days, plan = pay.stretch.days, pay.stretch.plan
        for place, one in enumerate(pay.components):
            own = _own(one, pay)
            yield (
                person_id,
                plan.version or plan.key,
                pay.stretch.paid_in.label,
                days.start,
                days.end,
                place,
                one.key,
                one.component,
                None if own is None else plain(own.period.value),
                None if own is None else plain(own.to_date.value),
                None if own is None or own.quota is None else plain(own.quota.value),
                plain(one.earned.value),
                _balance(one),
            )


def payout_rows(person_id: str, pays: Iterable[PeriodPay]) -> Iterator[Row]:
    """Yield rows of the payout layer: each line of each component."""
    for pay in pays:
        days, plan = pay.stretch.days, pay.stretch.plan
        version, starts_on, ends_on = plan.version or plan.key, days.start, days.end
        for place, one in enumerate(pay.components):
            for number, line in enumerate(one.lines):
                yield (
                    person_id,
                    version,
                    starts_on,
                    ends_on,
                    place,
                    one.key,
                    number,
                    line.kind,
                    line.reason,
                    plain(line.base.value),
                    plain(line.rate.value),
                    plain(line.amount.value),
                )


def payment_rows(payments: Iterable[Settled]) -> Iterator[Row]:
    """Yield a person's entries of the payment layer, currency by currency, in the order a
    statement shows them."""
    entries = ((one.person_id, entry) for one in payments for entry in _entries(one))
    for place, (person_id, entry) in enumerate(entries):
        yield (person_id, place, *entry)


def columns_of(layer: str, rows: Sequence[Row]) -> dict[str, list[object]]:
    """Return rows by column, as the layer names them."""
    names = list(LAYERS[layer].columns)
    found: list[list[object]] = [list(column) for column in zip(*rows, strict=True)]
    return dict(zip(names, found or [[] for _ in names], strict=True))


def rows_of(payments: Sequence[Settled]) -> dict[str, list[Row]]:
    """Return a person's rows of the layers that Python makes, of their payments together."""
    return {
        COMPONENT.name: [
            row for one in payments for row in component_rows(one.person_id, one.pays)
        ],
        PAYOUT.name: [row for one in payments for row in payout_rows(one.person_id, one.pays)],
        PAYMENT.name: list(payment_rows(payments)),
    }


def _entries(settled: Settled) -> Iterator[Row]:
    """Yield entry, currency, period, days, plan, component, cause, old, new, amount, why."""
    currency = settled.currency
    for pay in settled.pays:
        where = (pay.stretch.paid_in.label, pay.stretch.paid_in.start, pay.stretch.paid_in.end)
        for one in pay.components:
            amount, plan = plain(one.earned.value), pay.stretch.plan.key
            yield "pay", currency, *where, plan, one.key, "", None, None, amount, ""
    for delta in settled.deltas:
        where = (delta.period.label, delta.period.start, delta.period.end)
        told = (delta.plan, delta.component, delta.cause.value, plain(delta.old), plain(delta.new))
        yield "delta", currency, *where, *told, plain(delta.amount), delta.why
    for by_hand in settled.adjustments:
        number, nothing = str(by_hand.adjustment_id), ("", "", "", None, None)
        # Its number leads to the reason: what people wrote may have to be forgotten, a layer never.
        amount, reason = plain(by_hand.amount), ""
        yield "adjustment", currency, number, by_hand.counts_on, None, *nothing, amount, reason
    empty = ("", None, None, "", "", "", None, None)
    if settled.is_withheld and settled.due:
        yield "withheld", currency, *empty, plain(-settled.due), "payment is on hold"
    elif settled.carried and not settled.is_withheld:
        yield "carried", currency, *empty, plain(settled.carried), "withheld before"


def _own(one: ComponentPay, pay: PeriodPay) -> Measured | None:
    entry = next(entry for entry in pay.stretch.plan.components if entry.key == one.key)
    return one.measures.get(entry.measure)


def _balance(one: ComponentPay) -> str:
    told: Mapping[str, str] = {name: plain(held.value) for name, held in one.balance.items()}
    return json.dumps(told, sort_keys=True) if told else ""
