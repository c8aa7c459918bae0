"""An open deal as the rules of hygiene judge it: all that is known of it on one day, plain.

Source: docs/hygiene/README.md
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wald.heart.pipeline.exit_criteria import Finding as Criterion


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """As of the end of one day; None means that nobody knows, never that it is zero.

    Money is in the reporting currency, except `given_amount`, which is in `currency`.
    """

    deal_id: str
    name: str
    account_id: str | None
    account: str | None
    segment: str | None
    type: str | None
    owner_id: str | None
    owner: str | None
    team: str | None
    stage: str | None
    position: int | None  # of the stage in the process; None: nobody put that stage in order
    amount: Decimal | None  # None: none given, or in a currency without a rate
    given_amount: Decimal | None
    currency: str | None
    opened_on: date | None
    close_on: date | None
    stage_since: date | None
    has_history: bool  # any change of it is recorded
    pushes: int = 0  # times the expected day moved later
    pushed_days: int = 0  # days by which it moved later, summed
    skipped: tuple[str, ...] = ()  # open stages it went past and never stood in, that it may not
    activities: int = 0  # about it, up to the day
    last_active_on: date | None = None
    next_active_on: date | None = None  # the first activity planned after the day
    contacts: int = 0  # different contacts of these activities
    unproved: tuple[Criterion, ...] | None = None  # of stages behind it; None: none are defined
