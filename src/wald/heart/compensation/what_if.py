"""What another plan would have paid on the same history: who, how much, why, at what cost.

Both sides are the same fold on the same credits and quotas; only the plan differs. History does not
react: people sell otherwise under another plan, so this is the cost of the plan, not its effect.
Source: docs/concepts/what-if.md
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation.component import components
from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.fold import ComponentPay, PeriodPay
from wald.heart.compensation.plan import Entry
from wald.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Part:
    """What one component paid on both sides; zero where a side has no such component."""

    component: str
    old: Decimal
    new: Decimal

    @property
    def change(self) -> Decimal:
        return self.new - self.old


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One person on both sides. `credit` and `margin` are what they were credited with."""

    person_id: str
    parts: tuple[Part, ...]
    credit: Decimal
    margin: Decimal | None = None  # None: nobody knows the costs
    attainment: Decimal | None = None  # of the new plan's first measure with a quota

    @property
    def old(self) -> Decimal:
        return sum((part.old for part in self.parts), Decimal(0))

    @property
    def new(self) -> Decimal:
        return sum((part.new for part in self.parts), Decimal(0))

    @property
    def change(self) -> Decimal:
        return self.new - self.old

    @property
    def why(self) -> tuple[Part, ...]:
        """The components that differ, the largest difference first."""
        differ = [part for part in self.parts if part.change]
        return tuple(sorted(differ, key=lambda part: (-abs(part.change), part.component)))


@dataclass(frozen=True, slots=True)
class Bend:
    """Somebody who ended a window close to where pay bends or jumps: one deal decided it."""

    component: str
    window: Period
    edge: Decimal  # attainment
    attained: Decimal


@dataclass(frozen=True, slots=True)
class Spread:
    """How pay is spread over people: the ends, and quartiles that are somebody's own figure."""

    least: Decimal
    quarter: Decimal
    half: Decimal
    three_quarters: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans on the same history, in one currency."""

    people: tuple[PersonChange, ...]  # the largest change first

    @property
    def old_cost(self) -> Decimal:
        return sum((one.old for one in self.people), Decimal(0))

    @property
    def new_cost(self) -> Decimal:
        return sum((one.new for one in self.people), Decimal(0))

    @property
    def credit(self) -> Decimal:
        return sum((one.credit for one in self.people), Decimal(0))

    @property
    def margin(self) -> Decimal | None:
        """Margin of what was credited; None where nobody knows the costs of somebody's deals."""
        known = [one.margin for one in self.people]
        if any(one is None for one in known):
            return None
        return sum((one for one in known if one is not None), Decimal(0))

    @property
    def winners(self) -> tuple[PersonChange, ...]:
        return tuple(one for one in self.people if one.change > 0)

    @property
    def losers(self) -> tuple[PersonChange, ...]:
        return tuple(one for one in self.people if one.change < 0)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What each component costs on both sides, in the order of the plans."""
        keys = dict.fromkeys(part.component for one in self.people for part in one.parts)
        return tuple(_added(key, self.people) for key in keys)

    @property
    def old_spread(self) -> Spread | None:
        return spread(one.old for one in self.people)

    @property
    def new_spread(self) -> Spread | None:
        return spread(one.new for one in self.people)


def compared(
    old: Mapping[str, Sequence[PeriodPay]],
    new: Mapping[str, Sequence[PeriodPay]],
    credit: Mapping[str, Decimal],
    margin: Mapping[str, Decimal | None],
) -> Comparison:
    """Compare what people are paid on both sides; who is on one side alone is paid 0 on the other.

    `credit` and `margin` are sums of what each person was credited with, in the same currency.
    """
    people = [
        PersonChange(
            person,
            _parts(old.get(person, ()), new.get(person, ())),
            credit.get(person, Decimal(0)),
            margin.get(person),
            _attained(new.get(person, ())),
        )
        for person in sorted({*old, *new})
    ]
    return Comparison(tuple(sorted(people, key=lambda one: (-abs(one.change), one.person_id))))


def spread(amounts: Iterable[Decimal]) -> Spread | None:
    """Return the spread of amounts, None of nothing; quartiles are the lower of two neighbours."""
    found = sorted(amounts)
    if not found:
        return None
    quarter, half, three = (found[(len(found) - 1) * k // 4] for k in (1, 2, 3))
    return Spread(found[0], quarter, half, three, found[-1])


def bends(pays: Sequence[PeriodPay], within: Decimal = Decimal("0.02")) -> tuple[Bend, ...]:
    """Return where a person ended a window within `within` of a place where pay bends or jumps;
    windows that are not over tell nothing yet."""
    last: dict[tuple[str, Period], tuple[Entry, Decimal]] = {}
    for pay in pays:
        entries = {entry.key: entry for entry in pay.stretch.plan.components}
        for one in pay.components:
            attained = _attainment(one)
            is_over = pay.stretch.closes or one.period.end == one.window.end
            if attained is not None and is_over:
                last[one.key, one.window] = (entries[one.key], attained)
    return tuple(
        Bend(key, window, edge, attained)
        for (key, window), (entry, attained) in last.items()
        for edge in components()[entry.component].edges(entry.terms)
        if abs(attained - edge) <= within
    )


def _parts(old: Sequence[PeriodPay], new: Sequence[PeriodPay]) -> tuple[Part, ...]:
    before, after = _by_component(old), _by_component(new)
    nothing = Decimal(0)
    return tuple(
        Part(key, before.get(key, nothing), after.get(key, nothing))
        for key in dict.fromkeys([*before, *after])
    )


def _by_component(pays: Sequence[PeriodPay]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for pay in pays:
        for one in pay.components:
            found[one.key] = found.get(one.key, Decimal(0)) + one.earned.value
    return found


def _attained(pays: Sequence[PeriodPay]) -> Decimal | None:
    """Return the attainment that the last period with a quota came to."""
    for pay in reversed(pays):
        for one in pay.components:
            if (found := _attainment(one)) is not None:
                return found
    return None


def _attainment(one: ComponentPay) -> Decimal | None:
    for measured in one.measures.values():
        quota = measured.quota_to_date
        if quota is not None and quota.value > 0:
            return EXACT.divide(measured.to_date.value, quota.value)
    return None


def _added(key: str, people: Iterable[PersonChange]) -> Part:
    found = [part for one in people for part in one.parts if part.component == key]
    return Part(
        key,
        sum((part.old for part in found), Decimal(0)),
        sum((part.new for part in found), Decimal(0)),
    )
