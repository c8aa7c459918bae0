"""What was agreed on a day, as far as detectors look at it: plain values, taken from documents.

Whoever reads documents fills it in; what was not agreed is empty, and detectors that need it are
silent and say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

_NOTHING: Mapping[str, Decimal] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount of one deal at which a clause of a plan pays more."""

    plan: str
    clause: str  # the component's name in the plan
    amount: Decimal
    currency: str
    since: date | None = None  # the first day on which the clause held; None: nobody says


@dataclass(frozen=True, slots=True)
class Agreed:
    """`stage_chances` are the agreed chances to win from a stage, as shares; `discount_limits` and
    `amount_limits` those above which somebody has to approve, shares and amounts in the reporting
    currency, the smallest first."""

    stage_chances: Mapping[str, Decimal] = field(default_factory=lambda: _NOTHING)
    discount_limits: tuple[Decimal, ...] = ()
    amount_limits: tuple[Decimal, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
