"""What one person is paid in one run: this period, what changed in periods paid before, the sum.

Source  docs/compensation/runs.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import Figure
from wald.heart.compensation.fold import Inputs, PeriodPay, Stretch
from wald.heart.compensation.inputs import Quota
from wald.kernel.period import Period


class Cause(Enum):
    """Why pay of a period that was paid before is another now. In the order they are applied."""

    DATA = "data"  # bookings, payments, cancellations came late or were corrected
    SPLIT = "split"
    HIERARCHY = "hierarchy"
    FX = "fx"
    PLAN = "plan"  # plans, personal terms, quotas
    MANUAL = "manual"  # holds placed or lifted
    ENGINE = "engine"  # another version of Wald computes it otherwise


@dataclass(frozen=True, slots=True)
class Delta:
    """A change of pay that was released before, paid in the open period: amount = new - old."""

    period: Period  # the payment period that changed
    component: str
    cause: Cause
    old: Decimal
    new: Decimal
    why: str  # in words: "booking SO-17 of 12 March became known on 4 April"
    plan: str = ""  # its key
    currency: str = ""

    @property
    def amount(self) -> Decimal:
        return self.new - self.old


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A manual entry: approved by somebody else, never an edit."""

    adjustment_id: int
    person_id: str
    amount: Decimal
    currency: str
    reason: str
    entered_by: str
    approved_by: str
    counts_on: date


@dataclass(frozen=True, slots=True)
class PersonPay:
    """Everything a statement needs: of one currency, of which a person may be paid in several.

    `pays` are the payment periods of the run, oldest first; `earlier` those of the same year
    before it, as they are now known to be.
    """

    person_id: str
    name: str
    run_id: int  # 0: computed from plain files
    period: Period
    currency: str
    plans: tuple[str, ...]  # "account_executives, version 3", one after the other
    pays: tuple[PeriodPay, ...]
    earlier: tuple[PeriodPay, ...] = ()
    deltas: tuple[Delta, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    credits: Mapping[str, Credit] = field(default_factory=dict)  # that the figures name
    paid: Figure | None = None  # what is paid: pays + deltas + adjustments + carried
    paid_before: Decimal = Decimal(0)  # in the same year
    is_withheld: bool = False  # payment of this person is on hold
    older: tuple[PeriodPay, ...] = ()  # before that year, where something is carried from there
    quotas: tuple[Quota, ...] = ()  # that the figures name
    carried: Decimal = Decimal(0)  # withheld before, paid now
    currencies: tuple[str, ...] = ()  # of all their payments in the run, the first one first
    # What the pay was folded from, to say what more credit would pay: each chain of stretches
    # from its first day to the end of the run.
    chains: tuple[tuple[Stretch, ...], ...] = ()
    inputs: Inputs | None = None
    opportunities: Mapping[str, str] | None = None  # by deal, where they were read with its credits

    @property
    def is_beside(self) -> bool:
        """Is it a payment beside the person's first one, in another currency?"""
        return bool(self.currencies) and self.currency != self.currencies[0]
