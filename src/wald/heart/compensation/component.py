"""What a component of a compensation plan is: typed terms, their check, and how they pay.

A component is computed for one person and one payout period, on figures that remember how they
came about. It gives lines, never a bare total: what each pays on what, at which rate, and why.
Source: docs/compensation/README.md
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Generic, TypeVar

from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import ONE, ZERO, Figure, from_plan, given, rounded, total
from wald.kernel.catalogue import collect
from wald.kernel.period import Period
from wald.kernel.problem import Problem
from wald.kernel.value import quick

T = TypeVar("T")


@quick
class Measured:
    """One measure of one person, as a component sees it at the end of a payout period.

    The counter starts anew where the plan says so; `quota` is the target of its whole window.
    Without a quota there is no attainment.
    """

    period: Figure  # of this payout period
    before: Figure  # from the counter's start up to this payout period
    quota: Figure | None = None  # of the counter's window
    quota_period: Figure | None = None  # of this payout period
    quota_to_date: Figure | None = None  # from the counter's start to the end of the period

    @property
    def to_date(self) -> Figure:
        return (self.before + self.period).called("to date")

    @property
    def has_quota(self) -> bool:
        return self.quota is not None and self.quota.value > 0


@quick
class Counted:
    """A credit that counts for a measure, and what it adds to it."""

    credit: Credit
    part: Figure


@quick
class Past:
    """An earlier payout period of the same component; `others`: what was earned before it."""

    period: Period
    credit: Figure
    earned: Figure
    others: Mapping[str, Figure] = field(default_factory=dict)


@quick
class Given:
    """What a component is given for one person and one payout period.

    `earned` holds what the components before this one in the plan earned in the same payout
    period, `earned_to_date` the same from the start of this component's counter. `past` are the
    earlier payout periods, oldest first, in all windows.
    """

    key: str  # of the component in the plan
    period: Period
    window: Period  # of the counter
    measures: Mapping[str, Measured]
    measure: str = ""  # key of the component's own measure
    attainment_by: str = ""  # key of the measure that attainment is taken from
    earned: Mapping[str, Figure] = field(default_factory=dict)
    earned_to_date: Mapping[str, Figure] = field(default_factory=dict)
    own_to_date: Figure = ZERO  # what this component earned in the window before this period
    balance: Mapping[str, Figure] = field(default_factory=dict)  # carried from the period before
    past: tuple[Past, ...] = ()
    # By measure, oldest first, since the component is in force; see reads_credits.
    counted: Mapping[str, Sequence[Counted]] = field(default_factory=dict)
    everyone: Mapping[str, Decimal] = field(default_factory=dict)  # see reads_everyone
    person_id: str = ""
    version: str = ""  # of the plan
    target: Figure | None = None  # target incentive of this payout period
    target_to_date: Figure | None = None  # the same from the counter's start
    present: Figure = ONE  # share of the payout period in which the person was in the plan
    # Of the counter's window, from the person's first day in it to its end; see works_on_others.
    window_target: Figure | None = None
    window_present: Figure = ONE
    ends_early: bool = False  # it pays before the payout period is over: a leaver, a new version
    personal: Mapping[str, Decimal] = field(default_factory=dict)  # own rates by component's key
    scores: Mapping[str, Figure] = field(default_factory=dict)  # objectives by key, share reached
    money_step: Decimal | None = None  # what lines are rounded to, where the plan rounds lines
    is_half_even: bool = False
    # Do figures say how they came about? If not, what comes to nothing need not be computed.
    explained: bool = True
    pays_to_date: bool = True  # to date less what was earned before; else this period alone

    @property
    def own(self) -> Measured:
        """The component's own measure."""
        return self.measures[self.measure]

    def term(self, value: Decimal | int, path: str, label: str) -> Figure:
        """Return a value of the terms as a figure that says where it stands in the plan."""
        return from_plan(value, label, f"components.{self.key}.terms.{path}", self.version)

    def own_rate(self, rate: Decimal, path: str, label: str = "rate") -> Figure:
        """Return the person's own rate where they have one for this component, else the plan's."""
        own = self.personal.get(self.key)
        if own is None:
            return self.term(rate, path, label)
        return given(own, f"personal {label}", f"personal:{self.key}")

    def money(self, amount: Figure) -> Figure:
        """Round an amount as the plan rounds lines, so that what is paid and what is carried on
        come to what was earned."""
        if self.money_step is None:
            return amount
        return rounded(amount, self.money_step, half_even=self.is_half_even)

    @property
    def due_target(self) -> Figure:
        """Target incentive of the days that are paid on: to date, or of this payout period."""
        found = self.target_to_date if self.pays_to_date else self.target
        return ZERO if found is None else found

    @property
    def goal(self) -> Measured:
        """The measure that attainment is taken from: its own, unless the plan names another."""
        return self.measures[self.attainment_by or self.measure]


@quick
class PayLine:
    """What is paid on what, at which rate, and why; `amount` is base x rate unless given."""

    reason: str
    base: Figure
    rate: Figure
    kind: str = ""  # "" earning; otherwise a word of the component's own: "cap", "recovery"

    @property
    def amount(self) -> Figure:
        return (self.base * self.rate).called(self.reason)


@dataclass(frozen=True, slots=True)
class Paid:
    """Lines, and what is carried to the next payout period (draw owed, amounts held)."""

    lines: tuple[PayLine, ...] = ()
    balance: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def earned(self) -> Figure:
        return total(line.amount for line in self.lines)


def no_edges(terms: object) -> Iterable[Decimal]:
    """Nothing changes at any attainment."""
    return ()


@dataclass(frozen=True, slots=True)
class Component(Generic[T]):
    """`check` finds bad terms when the plan is written, with paths inside the terms (`tiers[1]`).

    `edges` gives the attainments (1 = 100 %) at which pay bends or jumps, for the linter.
    `needs_quota`: pay cannot be computed without one. `works_on_others`: it is computed from
    what the components before it earned. `is_for_no_contract`: what it pays would be paid without
    this or that contract, so the books expense it. `may_lower`: with these terms pay may fall when
    sales rise, and the plan says so.
    """

    key: str
    title: str
    terms: type[T]
    check: Callable[[T], Iterable[Problem]]
    pay: Callable[[T, Given], Paid]
    example: T
    source: str
    edges: Callable[[T], Iterable[Decimal]] = no_edges
    amounts: Callable[[T], Iterable[Decimal]] = no_edges  # the same in units of credit
    needs_measure: Callable[[T], bool] = lambda terms: True
    needs_quota: Callable[[T], bool] = lambda terms: False
    may_lower: Callable[[T], bool] = lambda terms: False
    works_on_others: bool = False
    is_for_no_contract: bool = False
    pays_on_nothing: Callable[[T], bool] = lambda terms: False  # a guarantee: pays without credit
    reads_credits: Callable[[T], bool] = lambda terms: (
        False
    )  # `counted` is filled: slower, as each deal is looked at
    reads_everyone: bool = False  # `everyone` is filled: the measure of all in the plan
    names: Callable[[T], Iterable[str]] = lambda terms: ()  # components before it, by key
    reads: Callable[[T], Iterable[str]] = lambda terms: ()  # measures beside its own, by key


@cache
def components() -> Mapping[str, Component[object]]:
    """Return every component by key."""
    found: Mapping[str, Component[object]] = collect(
        "wald.heart.compensation.components", Component, "COMPONENT"
    )
    return MappingProxyType(dict(found))
