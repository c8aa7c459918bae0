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
from wald.kernel.period import Calendar, Period
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


def pays_of(payee: Payee, calendar: Calendar) -> tuple[PeriodPay, ...]:
    """Fold each chain of a person."""
    return tuple(
        pay
        for stretches in payee.chains
        for pay in fold(payee.person_id, stretches, payee.inputs, calendar)
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
        payee.person_id: past_of(pays_of(payee, piece.calendar), piece.days)
        for payee, _ in piece.payees
    }


def settled_of(payee: Payee, owed: Owed, pays: tuple[PeriodPay, ...], days: Days) -> Settled:
    """Return what makes up a person's payment, once their deltas are known."""
    return Settled(
        payee.person_id,
        payee.currency,
        tuple(pay for pay in pays if is_paid_in(pay, days.starts_on, days.ends_on)),
        owed.deltas or (),
        owed.adjustments,
        owed.carried.get(payee.currency, Decimal(0)),
        owed.is_withheld,
    )


def differs(released: Earned, past: Earned) -> bool:
    """Is any slot worth something else than was released for it?"""
    nothing = Decimal(0)
    slots = {*released, *past}
    return any(released.get(slot, nothing) != past.get(slot, nothing) for slot in slots)


def _outcome(payee: Payee, owed: Owed, piece: Piece) -> Outcome:
    pays = pays_of(payee, piece.calendar)
    if lost := _lost(payee, owed, pays, piece.days):
        return Outcome(payee.person_id, problem=lost)
    if owed.deltas is None:
        past = past_of(pays, piece.days)
        if differs(owed.released, past):
            return Outcome(payee.person_id, past=past)
    settled, foreign = _in_one_currency(settled_of(payee, owed, pays, piece.days), owed)
    refused = [pay for pay in settled.pays if pay.refused]
    if not refused:
        owes = settled.pays or settled.deltas or settled.adjustments or settled.carried
        return Outcome(
            payee.person_id, rows_of(settled) if owes or not foreign else {}, problem=foreign
        )
    fix = "mend it and compute the run again; the rest of their pay stands, and once it is mended"
    what = refused[0].refused.rstrip(".")
    where = f"person {payee.person_id}"
    problem = Problem(where, what, f"{fix} a later run pays what is missing")
    paid = replace(settled, pays=tuple(pay for pay in settled.pays if not pay.refused))
    owes = paid.pays or paid.deltas or paid.adjustments or paid.carried
    return Outcome(payee.person_id, rows_of(paid) if owes else {}, problem=problem)


def _in_one_currency(settled: Settled, owed: Owed) -> tuple[Settled, Problem | None]:
    """Leave out what is in another currency than the payment, and say so: it stays owed.

    Of a delta that has a part in another currency both parts wait: one alone would pay twice.
    """
    own = settled.currency
    apart = {_place(one) for one in settled.deltas if one.currency not in ("", own)}
    waiting = [
        *(one.stretch.plan.currency for one in settled.pays),
        *(one.currency for one in settled.deltas if one.currency),
        *(one.currency for one in settled.adjustments),
        *(currency for currency, amount in owed.carried.items() if amount),
    ]
    others = sorted({one for one in waiting if one != own})
    if not others:
        return settled, None
    what = f"they are paid in {own}; what they are owed in {' and '.join(others)} is not paid"
    fix = (
        "run the periods paid in another currency by themselves, or enter what is owed as an "
        f"adjustment in {own}"
    )
    kept = replace(
        settled,
        pays=tuple(one for one in settled.pays if one.stretch.plan.currency == own),
        deltas=tuple(one for one in settled.deltas if _place(one) not in apart),
        adjustments=tuple(one for one in settled.adjustments if one.currency == own),
    )
    return kept, Problem(f"person {settled.person_id}", what, fix)


def _place(one: Delta) -> tuple[Period, str, str]:
    return one.period, one.plan, one.component


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
