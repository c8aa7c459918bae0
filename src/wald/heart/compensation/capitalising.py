"""Commissions as costs of obtaining a contract: capitalised, amortised, written off.

After ASC 340-40-25, -35 and IFRS 15.91 to 15.104: incremental costs of a contract that one expects
to recover are an asset, spread over the time in which what was sold is delivered. Renewals count
towards that time where the commission on a renewal is not commensurate with the first one. Costs
whose time is a year or less may be expensed at once (ASC 340-40-25-4, IFRS 15.94). When the
contract ends early what is left is an expense of that month.

Amounts are exact decimals in one currency and each month's part is a difference of rounded running
totals, so every schedule ends at exactly the amount. Source: docs/concepts/commission-accounting.md
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from wald.kernel.money import minor_units, rounded


class Account(Enum):
    """The side of the books a line belongs to; the policy says the firm's own number."""

    ASSET = "asset"  # costs of obtaining contracts, not yet amortised
    AMORTISATION = "amortisation"  # expense
    EXPENSE = "expense"  # commission expensed at once
    WRITE_OFF = "write_off"  # expense
    PAYABLE = "payable"  # commission owed to people
    ACCRUED = "accrued"  # commission expected for work done, not earned yet


@dataclass(frozen=True, slots=True)
class Terms:
    """What the firm decided. Months are whole; the month of the first day counts in full."""

    currency: str
    benefit_months: int  # for first contracts, where renewals are not commensurate
    expedient: bool = True  # a year or less: expensed at once
    commensurate_from: Decimal = Decimal("0.9")  # rate on renewals / rate on first contracts
    least_commensurate: int = 10  # renewals below which nobody can tell


@dataclass(frozen=True, slots=True)
class Cost:
    """What was paid for obtaining one contract. `amount` may be negative: pay taken back."""

    contract_id: str
    person_id: str
    earned_on: date
    amount: Decimal
    starts_on: date  # of the contract
    ends_on: date  # first day after its term
    is_renewal: bool = False
    contract_amount: Decimal = Decimal(0)  # what the commission was paid on
    cancelled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Commensurate:
    """The test, computed from what was paid: two rates, each two sums until shown."""

    renewal_cost: Decimal
    renewal_amount: Decimal
    first_cost: Decimal
    first_amount: Decimal
    renewals: int
    limit: Decimal
    least: int

    @property
    def ratio(self) -> Decimal | None:
        """Rate on renewals over rate on first contracts; None where nobody can tell."""
        if self.renewals < self.least or not self.first_cost or not self.renewal_amount:
            return None
        return (self.renewal_cost * self.first_amount) / (self.renewal_amount * self.first_cost)

    @property
    def is_met(self) -> bool:
        """Without enough renewals the longer time holds, as for commissions that are not."""
        ratio = self.ratio
        return ratio is not None and ratio >= self.limit


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line for the ledger. Lines of one month come to as much debit as credit."""

    month: date  # its first day
    debit: Account
    credit: Account
    amount: Decimal  # above zero
    contract_id: str
    person_id: str
    why: str


@dataclass(frozen=True, slots=True)
class RollForward:
    """The asset in one month: opening + added - amortised - written off = closing."""

    month: date
    opening: Decimal
    added: Decimal
    amortised: Decimal
    written_off: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.added - self.amortised - self.written_off


def commensurate(costs: Iterable[Cost], terms: Terms) -> Commensurate:
    """Compare what renewals paid with what first contracts paid, per amount of contract."""
    sums = {True: [Decimal(0), Decimal(0)], False: [Decimal(0), Decimal(0)]}
    renewals = 0
    for cost in costs:
        sums[cost.is_renewal][0] += cost.amount
        sums[cost.is_renewal][1] += cost.contract_amount
        renewals += cost.is_renewal
    (renewed, on_renewals), (first, on_first) = sums[True], sums[False]
    return Commensurate(
        renewed,
        on_renewals,
        first,
        on_first,
        renewals,
        terms.commensurate_from,
        terms.least_commensurate,
    )


def months_of(cost: Cost, terms: Terms, *, is_commensurate: bool) -> int:
    """Return over how many months a cost is spread, at least 1."""
    term = max(1, _months(cost.starts_on, cost.ends_on))
    if cost.is_renewal or is_commensurate:
        return term
    return max(term, terms.benefit_months)


def journal_lines(
    costs: Iterable[Cost], terms: Terms, *, until: date, is_commensurate: bool
) -> Iterator[JournalLine]:
    """Yield every line of the months before `until`, a month's first day, cost by cost."""
    for cost in costs:
        amount = rounded(cost.amount, minor_units(terms.currency))
        if not amount or cost.earned_on >= until:
            continue
        months = months_of(cost, terms, is_commensurate=is_commensurate)
        if terms.expedient and months <= 12:
            why = f"expensed at once: {months} months, a year or less"
            yield _line(cost, _first(cost.earned_on), Account.EXPENSE, Account.PAYABLE, amount, why)
            continue
        why = f"capitalised, over {months} months"
        yield _line(cost, _first(cost.earned_on), Account.ASSET, Account.PAYABLE, amount, why)
        yield from _amortised(cost, amount, months, terms, until)


def roll_forward(lines: Sequence[JournalLine]) -> tuple[RollForward, ...]:
    """Return the asset month by month, from the first month with a line to the last."""
    if not lines:
        return ()
    found = []
    opening = Decimal(0)
    month, last = min(line.month for line in lines), max(line.month for line in lines)
    while month <= last:
        here = [line for line in lines if line.month == month]
        one = RollForward(
            month,
            opening,
            _sum(here, Account.ASSET, Account.PAYABLE),
            _sum(here, Account.AMORTISATION, Account.ASSET),
            _sum(here, Account.WRITE_OFF, Account.ASSET),
        )
        found.append(one)
        opening, month = one.closing, later(month, 1)
    return tuple(found)


def _amortised(
    cost: Cost, amount: Decimal, months: int, terms: Terms, until: date
) -> Iterator[JournalLine]:
    """Yield the months' parts; what is left when the contract ends early is written off.

    What is paid after the contract began is spread over the months that are left.
    """
    begins, start = _first(cost.starts_on), max(_first(cost.starts_on), _first(cost.earned_on))
    months = max(1, months - _months(begins, start))
    digits, taken = minor_units(terms.currency), Decimal(0)
    for k in range(months):
        month = later(start, k)
        if month >= until or taken == amount:
            return
        if cost.cancelled_on is not None and cost.cancelled_on < later(month, 1):
            why = f"contract ended on {cost.cancelled_on}"
            yield _line(cost, month, Account.WRITE_OFF, Account.ASSET, amount - taken, why)
            return
        to_date = rounded(amount * (k + 1) / months, digits)
        if to_date != taken:
            why = f"month {k + 1} of {months}"
            part = to_date - taken
            yield _line(cost, month, Account.AMORTISATION, Account.ASSET, part, why)
        taken = to_date


def _line(
    cost: Cost, month: date, debit: Account, credit: Account, amount: Decimal, why: str
) -> JournalLine:
    """Return a line above zero: what is taken back stands on the other side."""
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    return JournalLine(month, debit, credit, amount, cost.contract_id, cost.person_id, why)


def _sum(lines: Iterable[JournalLine], debit: Account, credit: Account) -> Decimal:
    """Add up lines of one pair of accounts, those the other way round below zero."""
    found = Decimal(0)
    for line in lines:
        if (line.debit, line.credit) == (debit, credit):
            found += line.amount
        elif (line.debit, line.credit) == (credit, debit):
            found -= line.amount
    return found


def _first(day: date) -> date:
    return day.replace(day=1)


def later(month: date, months: int) -> date:
    """Return the first day of the month that is `months` after that of `month`."""
    count = month.month - 1 + months
    return date(month.year + count // 12, count % 12 + 1, 1)


def _months(start: date, end: date) -> int:
    """Return the months from `start` up to `end`; a month that is begun counts in full."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    return whole + (end.day > start.day)
