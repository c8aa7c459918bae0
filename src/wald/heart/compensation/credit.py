"""A credit: who is credited for what happened to a deal, how much, from which day, and why.

Source  docs/compensation/credits.md
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from enum import Enum

from wald.heart.compensation.figure import EXACT, Bare, Figure, given
from wald.kernel.value import quick_equal


class Kind(Enum):
    """Why somebody is credited."""

    DIRECT = "direct"  # the owner of the deal
    SPLIT = "split"  # a share of it; shares of one deal come to 100 %
    OVERLAY = "overlay"  # beyond the 100 %, as the plan declares
    ROLL_UP = "roll_up"  # whoever the credited person reported to on that day
    MANUAL = "manual"


class Event(Enum):
    """What happened to the deal."""

    BOOKED = "booked"
    INVOICED = "invoiced"
    PAID = "paid"
    CANCELLED = "cancelled"
    RENEWED = "renewed"


@quick_equal
class Credit:
    """One person's credit for one event of one deal, in the currency of the plan.

    `deal_amount` is the amount of the event in that currency, `share` what of it is this
    person's; both exact, and their product is the credit. What came back is negative.
    """

    credit_id: str
    person_id: str
    deal_id: str
    credited_on: date
    deal_amount: Decimal
    share: Decimal = Decimal(1)
    kind: Kind = Kind.DIRECT
    event: Event = Event.BOOKED
    rule: str = ""
    booked_on: date | None = None  # day of the deal itself, where the event is a later one
    is_held: bool = False
    # Further columns of credits that measures may name: quantity, cost, list_amount, type, ...
    row: Mapping[str, object] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        return self.deal_amount * self.share

    def bare(self) -> Figure:
        """Return the credit as a figure that says nothing of itself."""
        if self.share == 1:
            return Bare(self.deal_amount)
        return Bare(EXACT.multiply(self.deal_amount, self.share))

    def figure(self) -> Figure:
        """Return the credit as a figure that names its deal and its share."""
        source = f"credit:{self.credit_id}"
        deal = given(self.deal_amount, f"{self.event.value}, deal {self.deal_id}", source)
        if self.share == 1:
            return deal
        share = given(self.share, f"share of {self.person_id}", f"{source}.share")
        return (deal * share).called(f"credit for deal {self.deal_id}")
