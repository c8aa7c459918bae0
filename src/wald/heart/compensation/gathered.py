"""What is known of one person where the engine has added up their credits already.

A cell holds what one measure of one plan adds up to from one day on, up to the next cell's day.
The engine gives a cell a month, or a day where a stretch of the person begins or ends within a
month; so every sum that the fold asks for is a sum of whole cells. Quotas, scores and personal
terms are few and at hand as in `inputs.Known`, which a page uses with the credits themselves:
both give the same figures. Source: docs/compensation/runs.md
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate

from wald.heart.compensation.component import Counted
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import EXACT, Bare, Figure
from wald.heart.compensation.inputs import Known
from wald.heart.compensation.plan import Plan

Key = tuple[str, str]  # version of a plan, measure
Everyone = Mapping[tuple[str, str, date, date], Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Cells:
    """Days in order, and what was added up before each of them, and in all."""

    days: tuple[date, ...]
    sums: tuple[Decimal, ...]

    def between(self, start: date, end: date) -> Decimal:
        days, sums = self.days, self.sums
        return EXACT.subtract(sums[bisect_left(days, end)], sums[bisect_left(days, start)])


def cells_of(found: Iterable[tuple[date, Decimal]]) -> Cells:
    """Return cells of days with amounts, each day once, in any order."""
    ordered = sorted(found)
    sums = accumulate((amount for _, amount in ordered), EXACT.add, initial=Decimal(0))
    return Cells(tuple(day for day, _ in ordered), tuple(sums))


_NO_CELLS = Cells((), (Decimal(0),))


@dataclass(frozen=True, slots=True)
class Gathered:
    """Inputs of one person; `known` has everything but the credits that cells stand for. Figures
    of credits are bare.

    `credits` is filled where a component of the plan looks at each deal.
    """

    known: Known
    cells: Mapping[Key, Cells]
    everyone_of: Everyone = field(default_factory=dict)
    _targets: dict[str, Figure | None] = field(default_factory=dict)
    _quotas: dict[tuple[str, str, date, date], Figure | None] = field(default_factory=dict)

    def measured(self, plan: Plan, measure: str, start: date, end: date) -> Figure:
        cells = self.cells.get((plan.version, measure), _NO_CELLS)
        return Bare(cells.between(start, end))

    def quota(self, plan: Plan, measure: str, start: date, end: date) -> Figure | None:
        key = (plan.version, measure, start, end)
        if key not in self._quotas:
            self._quotas[key] = self.known.quota(plan, measure, start, end)
        return self._quotas[key]

    def credits(self, plan: Plan, measure: str, start: date, end: date) -> tuple[Credit, ...]:
        return self.known.credits(plan, measure, start, end)

    def counted(self, plan: Plan, measure: str, start: date, end: date) -> tuple[Counted, ...]:
        return self.known.counted(plan, measure, start, end)

    def everyone(self, plan: Plan, measure: str, start: date, end: date) -> Mapping[str, Decimal]:
        return self.everyone_of.get((plan.version, measure, start, end), {})

    def yearly_target(self, plan: Plan, on: date) -> Figure | None:
        if self.known.own_terms:
            return self.known.yearly_target(plan, on)
        if plan.version not in self._targets:
            self._targets[plan.version] = self.known.yearly_target(plan, on)
        return self._targets[plan.version]

    def personal(self, plan: Plan, on: date) -> Mapping[str, Decimal]:
        return self.known.personal(plan, on)

    def scores(self, plan: Plan, start: date, end: date) -> Mapping[str, Figure]:
        return self.known.scores(plan, start, end)
