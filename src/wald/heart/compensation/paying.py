"""Pay of many people in one run: each folded alone, in any order, in any process.

A person whose past is worth what was released is settled at once. Of others the past as it now is
comes back, so that its causes can be found before they are settled with their deltas.
Source: docs/compensation/runs.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from wald.facts.settings import Settings, calendar_of
from wald.heart.compensation.deltas import Earned, Slot, earned_in
from wald.heart.compensation.fold import Inputs, PeriodPay, Stretch, fold
from wald.heart.compensation.result import Adjustment, Delta
from wald.heart.compensation.settling import Row, Settled, is_paid_in, rows_of
from wald.kernel.period import Calendar
from wald.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class Payee:
    """A person, and the days they are paid for: one chain of stretches, and one more for each
    plan that they are in beside it."""

    person_id: str
    currency: str
    chains: tuple[tuple[Stretch, ...], ...]
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class Owed:
    """What stands beside a person's pay: released and withheld before, entered by hand, held."""

    released: Earned = field(default_factory=dict)
    carried: Mapping[str, Decimal] = field(default_factory=dict)  # by currency
    adjustments: tuple[Adjustment, ...] = ()
    is_withheld: bool = False
    deltas: tuple[Delta, ...] | None = None  # None: not looked for yet


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a run, and the first day of the first run: what was before is not owed."""

    starts_on: date
    ends_on: date
    first_on: date


@dataclass(frozen=True, slots=True)
class Piece:
    """Some people of a run, to be computed together, here or in another process."""

    payees: tuple[tuple[Payee, Owed], ...]
    days: Days
    settings: Settings

    @property
    def calendar(self) -> Calendar:
        return _calendar(self.settings)


@lru_cache(maxsize=8)
def _calendar(settings: Settings) -> Calendar:
    """Return one calendar, as what is kept by it is found again."""
    return calendar_of(settings)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows of one person by layer; or their past, where it is not what was released. `problem`:
    why they are left out, or what of their pay is missing."""

    person_id: str
    rows: Mapping[str, list[Row]] = field(default_factory=dict)
    past: Earned | None = None
    problem: Problem | None = None


def pays_of(payee: Payee, calendar: Calendar, *, explained: bool = True) -> tuple[PeriodPay, ...]:
    """Fold each chain of a person; see `fold`."""
    return tuple(
        pay
        for stretches in payee.chains
        for pay in fold(payee.person_id, stretches, payee.inputs, calendar, explained=explained)
    )


def past_of(pays: tuple[PeriodPay, ...], days: Days) -> dict[Slot, Decimal]:
    """Return what was earned in the periods that earlier runs have paid."""
    return earned_in(pay for pay in pays if is_paid_in(pay, days.first_on, days.starts_on))


def settle(piece: Piece) -> tuple[Outcome, ...]:
    """Compute each person of a piece."""
    return tuple(_outcome(payee, owed, piece) for payee, owed in piece.payees)


def pasts(piece: Piece) -> dict[str, Earned]:
    """Return the past of each person of a piece; a stretch that cannot be paid earned nothing."""
    return {
        payee.person_id: past_of(pays_of(payee, piece.calendar, explained=False), piece.days)
        for payee, _ in piece.payees
    }


def settled_of(
    payee: Payee, owed: Owed, pays: tuple[PeriodPay, ...], days: Days
) -> tuple[Settled, ...]:
    """Return what makes up a person's payments, once their deltas are known: one for each
    currency that something is owed in, that of their last plan first."""
    own = payee.currency
    paid = [pay for pay in pays if is_paid_in(pay, days.starts_on, days.ends_on)]
    owing = {
        *(one.stretch.plan.currency for one in paid),
        *(one.currency or own for one in owed.deltas or ()),
        *(one.currency for one in owed.adjustments),
        *(currency for currency, amount in owed.carried.items() if amount),
    }
    return tuple(
        Settled(
            payee.person_id,
            currency,
            tuple(one for one in paid if one.stretch.plan.currency == currency),
            tuple(one for one in owed.deltas or () if (one.currency or own) == currency),
            tuple(one for one in owed.adjustments if one.currency == currency),
            owed.carried.get(currency, Decimal(0)),
            owed.is_withheld,
        )
        for currency in (own, *sorted(owing - {own}))
    )


def differs(released: Earned, past: Earned) -> bool:
    """Is any slot worth something else than was released for it?"""
    nothing = Decimal(0)
    slots = {*released, *past}
    return any(released.get(slot, nothing) != past.get(slot, nothing) for slot in slots)


def _outcome(payee: Payee, owed: Owed, piece: Piece) -> Outcome:
    pays = pays_of(payee, piece.calendar, explained=False)
    if lost := _lost(payee, owed, pays, piece.days):
        return Outcome(payee.person_id, problem=lost)
    if owed.deltas is None:
        past = past_of(pays, piece.days)
        if differs(owed.released, past):
            return Outcome(payee.person_id, past=past)
    payments = settled_of(payee, owed, pays, piece.days)
    refused = [pay for one in payments for pay in one.pays if pay.refused]
    paid = [
        replace(one, pays=tuple(pay for pay in one.pays if not pay.refused)) for one in payments
    ]
    rows = rows_of([one for one in paid if one.owes])
    if not refused:
        return Outcome(payee.person_id, rows)
    fix = "mend it and compute the run again; the rest of their pay stands, and once it is mended"
    what = refused[0].refused.rstrip(".")
    where = f"person {payee.person_id}"
    problem = Problem(where, what, f"{fix} a later run pays what is missing")
    return Outcome(payee.person_id, rows if any(rows.values()) else {}, problem=problem)


def _lost(payee: Payee, owed: Owed, pays: tuple[PeriodPay, ...], days: Days) -> Problem | None:
    """Find pay that was released and cannot be computed any more: nothing is taken back for
    that, but the person is left out until it can."""
    released = {slot.period for slot, amount in owed.released.items() if amount}
    for pay in pays:
        if pay.refused and pay.stretch.paid_in in released:
            what = f"what was paid for {pay.stretch.paid_in.label} cannot be computed any more"
            what = f"{what}: {pay.refused.rstrip('.')}"
            fix = "mend it and compute the run again; until then they are left out"
            return Problem(f"person {payee.person_id}", what, fix)
    return None
