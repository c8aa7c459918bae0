"""A compensation plan as values: who is credited, what is measured, what each component pays.

Every switch on which systems disagree is a field here or in a component's terms, with a default
that the statement prints. Source: docs/compensation/plans.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from wald.heart.compensation.credit import Event, Kind
from wald.kernel.money import minor_units
from wald.kernel.period import Grain


class Every(Enum):
    """How often something happens: a payment, a component's payout, a counter's new start."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    NEVER = "never"  # a counter that runs for as long as the person is in the plan

    @property
    def grain(self) -> Grain | None:
        return _GRAINS[self]


_GRAINS = {
    Every.MONTH: Grain.MONTH,
    Every.QUARTER: Grain.QUARTER,
    Every.YEAR: Grain.YEAR,
    Every.NEVER: None,
}


class CreditDate(Enum):
    """The day from which a credit counts."""

    BOOKED = "booked"
    INVOICED = "invoiced"  # as it is invoiced, invoice by invoice
    PAID = "paid"  # in full, once the deal is paid in full
    COLLECTED = "collected"  # the share of the deal that each payment brings in


class FxDate(Enum):
    """The day whose exchange rate turns an amount into the currency of the plan."""

    BOOKED = "booked"
    CREDITED = "credited"
    PERIOD_END = "period_end"  # last day of the payment's period


class DayCount(Enum):
    """How parts of a period are counted; the last day always belongs to the part."""

    ACTUAL = "actual"  # days / days of the period
    THIRTY = "thirty"  # months of 30 days, years of 360


class Step(Enum):
    """What is rounded."""

    LINE = "line"
    COMPONENT = "component"
    PAYMENT = "payment"


class Pays(Enum):
    TO_DATE = "to_date"  # what is earned to date less what was earned before
    PERIOD = "period"  # what is earned in this payout period alone


@dataclass(frozen=True, slots=True)
class Rounding:
    """`to`: to multiples of it; none: of the minor unit. Half away from zero, or to even."""

    step: Step = Step.LINE
    to: Decimal | None = None
    half_even: bool = False

    def unit(self, currency: str) -> Decimal:
        return self.to if self.to is not None else Decimal(1).scaleb(-minor_units(currency))


@dataclass(frozen=True, slots=True)
class CreditRule:
    """Who is credited for what happens to a deal. Rules add up: each gives its own credits.

    direct: the owner. split: who the split of the deal names, its owner where there is none.
    overlay: the people named or met by `who`, beyond the 100 %. roll_up: those to whom a
    directly credited or split person reported on the day, up to `levels` above.
    """

    name: str
    kind: Kind = Kind.DIRECT
    credited: CreditDate = CreditDate.BOOKED
    events: tuple[Event, ...] = (Event.BOOKED, Event.CANCELLED)
    share: Decimal = Decimal(1)
    where: str = ""  # condition over columns of credits; "": every deal
    levels: int = 1  # of roll_up
    people: tuple[str, ...] = ()  # of overlay
    who: str = ""  # of overlay: condition over columns of people
    by_line: bool = False  # one credit per line of the deal: for conditions on products
    includes_tax: bool = False


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """A number that components pay on: a sum over credits.

    `value` is an expression and `where` a condition over columns of credits. The target is the
    quota that the facts hold for the person (`quota`: its measure, "" for none), or one amount a
    year that is the same for all (`yearly_quota`).
    """

    key: str
    value: str = "amount"
    where: str = ""
    rules: tuple[str, ...] = ()  # names of credit rules; none: all
    quota: str = ""  # "bookings": the quotas of the facts
    yearly_quota: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A component in its place in the plan. Components are computed in the order they stand in.

    `attainment_by` names the measure that attainment is taken from: the component's own (only
    credit that triggers it counts), or a wider one (all credit counts).
    """

    key: str
    component: str
    terms: object
    measure: str = ""
    attainment_by: str = ""
    every: Every = Every.MONTH
    resets: Every = Every.YEAR
    pays: Pays = Pays.TO_DATE


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who is paid by the plan: everybody who meets all that is given."""

    roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    where: str = ""  # condition over columns of people


@dataclass(frozen=True, slots=True)
class LocalTerm:
    """What a unit's override says in place of the organization's version, in words."""

    path: str
    words: str  # "commission pays 12 % from 0 %"
    origin: str  # "version 1 of EMEA"


@dataclass(frozen=True, slots=True)
class Plan:
    """`version`: what the statement calls it, such as "account_executives, version 3", with
    the overrides of units that count in it: "account_executives, version 3 + EMEA, version 1".

    `agreed` is what all share who are in it: the organization's version. `documents` are the
    numbers of the versions it is made of, the organization's first.
    """

    key: str
    currency: str
    components: tuple[Entry, ...]
    measures: tuple[MeasureRule, ...] = ()
    credits: tuple[CreditRule, ...] = ()
    pays: Every = Every.MONTH
    eligible: Eligibility = Eligibility()
    beside_others: bool = False  # a person may be in another plan too
    target_incentive: Decimal | None = None  # a year, where a person has none of their own
    rounding: Rounding = Rounding()
    fx_date: FxDate = FxDate.BOOKED
    day_count: DayCount = DayCount.ACTUAL
    version: str = ""
    agreed: str = ""
    local: tuple[LocalTerm, ...] = ()
    documents: tuple[int, ...] = ()
    source: Mapping[str, object] = field(default_factory=dict)

    def measure(self, key: str) -> MeasureRule:
        return next(one for one in self.measures if one.key == key)
