"""A plan on the test bench: one person with invented sales, paid by the real fold.

Every measure of the plan is fed directly, so that conditions of measures do not matter here, and
nothing is rounded, so that a bend of the pay is a bend of the plan. Sales are told as attainments:
1 is the quota of the measure, or where it has none the bench's own. Source:
docs/compensation/lint.md
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from wald.heart.compensation.component import components
from wald.heart.compensation.credit import Credit, Event
from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.fold import PeriodPay, Stretch, fold
from wald.heart.compensation.inputs import Known, Score
from wald.heart.compensation.lint.following import Followed, follow
from wald.heart.compensation.lint.form import NotFollowed, rising
from wald.heart.compensation.measuring import COLUMNS, read_credit_condition
from wald.heart.compensation.plan import Entry, Every, MeasureRule, Plan, Rounding, Step
from wald.kernel.period import Grain, months_calendar, periods
from wald.language.rule import predicate

CALENDAR = months_calendar()
YEAR = 2026
QUOTA = Decimal(1_200_000)  # where nothing says another
_FINE = Rounding(Step.PAYMENT, Decimal("1e-15"))
_FINEST = Decimal("0.000001")
_MONEY = re.compile(r"\b(deal_|list_)?amount\b|\b(margin|cost|tax)\b", re.IGNORECASE)
_MARGIN = re.compile(r"\b(margin|cost)\b", re.IGNORECASE)
_PRICE = Decimal(1000)  # of a piece, where a measure counts pieces and has no quota
_DAY = 15  # of the month on which steady sales happen
PERIODS = {Every.MONTH: 12, Every.QUARTER: 4, Every.YEAR: 1, Every.NEVER: 1}


@dataclass(frozen=True, slots=True)
class Sale:
    """One deal on the bench, in units of one measure, or of every measure ("")."""

    day: date
    amount: Decimal
    measure: str = ""
    deal: str = ""
    margin: Decimal | None = None  # share of the amount; the bench's if it says none


@dataclass(frozen=True, slots=True)
class Growing:
    """A deal whose amount is a formula of the number that is followed: `start` + `per` x it."""

    day: date
    start: Fraction
    per: Fraction
    measure: str
    deal: str


@dataclass(frozen=True, slots=True)
class Margins:
    """Which share of a sale is its margin: of the sales of some measures, and of all others.

    `said`: where this is known from, in words.
    """

    usual: Decimal
    of: Mapping[str, Decimal] = field(default_factory=dict)
    said: str = "assumed"


@dataclass(frozen=True, slots=True)
class Bench:
    """`quota` is that of a year for measures whose quotas are personal."""

    plan: Plan
    quota: Decimal
    quota_is_given: bool
    margins: Margins
    own: Mapping[str, MeasureRule] = field(default_factory=dict)  # measures as the plan has them
    _known: dict[object, Decimal] = field(default_factory=dict, compare=False, repr=False)

    @property
    def margin(self) -> Decimal:
        """Return the margin of a sale that no measure has a margin of its own for."""
        return self.margins.usual

    def margin_of(self, measure: str) -> Decimal:
        """Return which share of a unit of a measure is margin: all of it where it counts margin."""
        if self.counts_margin(measure):
            return Decimal(1)
        return self.margins.of.get(measure, self.margins.usual)

    def counts_margin(self, measure: str) -> bool:
        return _MARGIN.search(self.own[measure].value) is not None

    def bound_to_margin(self) -> set[str]:
        """Return measures that are not sold apart: of margin without a quota, and what a
        component pays on beside one. Alone they would change nothing but the price."""
        found: set[str] = set()
        for entry in self.plan.components:
            reads = components()[entry.component].reads(entry.terms)
            together = [one for one in (entry.measure, entry.attainment_by, *reads) if one]
            if any(self._follows(one) for one in together):
                found |= set(together)
        return found

    def _follows(self, measure: str) -> bool:
        rule = self.plan.measure(measure)
        return rule.yearly_quota is None and self.counts_margin(measure)

    @property
    def target(self) -> Decimal | None:
        return self.plan.target_incentive

    @property
    def scale(self) -> Decimal:
        """Return what differences are held against: the target, else pay at 100 %."""
        return self.target or max(self.at(Decimal(1)), Decimal(1))

    def quota_of(self, measure: str) -> Decimal:
        """Return the quota of a measure for a year; without one, what a quota's worth of sales
        is in it: their margin, or pieces by their price."""
        found = self.plan.measure(measure).yearly_quota
        if found is not None:
            return found
        if self.counts_pieces(measure):
            return self.quota / _PRICE
        is_margin = _MARGIN.search(self.own[measure].value)
        return self.quota * self.margin if is_margin else self.quota

    def counts_pieces(self, measure: str) -> bool:
        """Has a measure no quota and no money? Then nobody can say what 100 % of it is."""
        rule = self.plan.measure(measure)
        return rule.yearly_quota is None and not _MONEY.search(self.own[measure].value)

    def sells(self, measure: str) -> bool:
        """Do sales count in a measure? Not pieces without a quota, and not cancellations."""
        return not self.counts_pieces(measure) and not _is_cancelled(self.own[measure].where)

    def measures(self) -> tuple[str, ...]:
        """Return the measures that some component pays on, or takes attainment from."""
        found: dict[str, None] = {}
        for entry in self.plan.components:
            reads = components()[entry.component].reads(entry.terms)
            found |= dict.fromkeys([entry.measure, entry.attainment_by, *reads])
        return tuple(key for key in found if key)

    def steady(self, attained: Decimal, measure: str = "", *, year: int = YEAR) -> Iterator[Sale]:
        """Yield the same sales each month, so that each counter reaches the same attainment.

        With a measure, it alone reaches `attained` and all others reach 1. Of what has no quota
        and no money nothing is sold, unless it is that measure.
        """
        for key in self.measures():
            reached = attained if measure in ("", key) else Decimal(1)
            if key != measure and not self.sells(key):
                continue
            for month, amount in enumerate(_months(reached * self.quota_of(key)), start=1):
                if amount:
                    yield Sale(date(year, month, _DAY), amount, key, f"{year}-{month}")

    def at(self, attained: Decimal, measure: str = "") -> Decimal:
        """Return the pay of a year of steady sales."""
        return self.total(tuple(self.steady(attained, measure)))

    def total(self, sales: Sequence[Sale], *, years: int = 1) -> Decimal:
        key = (tuple(sales), years)
        if key not in self._known:
            pays = self.pays(sales, years=years)
            self._known[key] = sum((one.total.value for one in pays), Decimal(0))
        return self._known[key]

    def pays(self, sales: Sequence[Sale], *, years: int = 1) -> tuple[PeriodPay, ...]:
        """Return the payments of a person with these sales, exact."""
        return self._folded(tuple(self._credits(sales)), years)

    def _folded(self, credits: tuple[Credit, ...], years: int) -> tuple[PeriodPay, ...]:
        grain = self.plan.pays.grain or Grain.YEAR
        end = date(YEAR + years, 1, 1)
        stretches = [
            Stretch(days, days, self.plan)
            for days in periods(CALENDAR, grain, date(YEAR, 1, 1), end)
        ]
        known = Known(
            all_credits=credits,
            all_scores=tuple(_full_scores(self.plan, years)),
            field_of={"bench": credits},
        )
        return tuple(fold("bench", stretches, known, CALENDAR))

    def growing(self, measure: str = "") -> Iterator[Growing]:
        """Yield the same sales each month, that grow with attainment: see `steady`."""
        for key in self.measures():
            if key != measure and not self.sells(key):
                continue
            monthly = Fraction(self.quota_of(key)) / 12
            grows = measure in ("", key)
            start, per = (Fraction(0), monthly) if grows else (monthly, Fraction(0))
            for month in range(1, 13):
                yield Growing(date(YEAR, month, _DAY), start, per, key, f"{YEAR}-{month}")

    def at_once(
        self, day: date, deal: str, start: Fraction = Fraction(0), per: Fraction = Fraction(0)
    ) -> Iterator[Growing]:
        """Yield one deal that counts in every measure, in units of the bench's quota."""
        for key in self.measures():
            if self.sells(key):
                worth = Fraction(self.quota_of(key)) / Fraction(self.quota)
                yield Growing(day, start * worth, per * worth, key, deal)

    def following(self, sales: Sequence[Growing]) -> Callable[[Fraction, bool], Followed]:
        """Return what follows pay of a year from a number on. It raises NotFollowed."""
        if any(components()[one.component].reads_everyone for one in self.plan.components):
            raise NotFollowed("pay depends on what others sell")
        forms = {f"{i}/{one.measure}": rising(one.start, one.per) for i, one in enumerate(sales)}

        def followed(x: Fraction, is_beyond: bool) -> Followed:
            credits = tuple(_drawn(sales, x))
            return follow(lambda: self._folded(credits, 1), forms, x, is_beyond=is_beyond)

        return followed

    def _credits(self, sales: Sequence[Sale]) -> Iterator[Credit]:
        for number, sale in enumerate(sales):
            every = (key for key in self.measures() if self.sells(key))
            for key in (sale.measure,) if sale.measure else every:
                worth = self.quota_of(key) / self.quota if not sale.measure else Decimal(1)
                amount = sale.amount * worth
                deal = sale.deal or f"deal {number}"
                margin = amount * (self.margin if sale.margin is None else sale.margin)
                cost = amount - margin
                row = {"quantity": amount, "cost": cost, "margin": margin,
                       "list_amount": cost / (1 - self.margin)}  # fmt: skip
                yield Credit(f"{number}/{key}", "bench", deal, sale.day, amount, rule=key, row=row)

    def earned(self, sales: Sequence[Sale]) -> Mapping[str, Decimal]:
        """Return what each component earns of these sales in a year."""
        found = dict.fromkeys((one.key for one in self.plan.components), Decimal(0))
        for pay in self.pays(sales):
            for one in pay.components:
                found[one.key] += one.earned.value
        return found

    def edges(self) -> tuple[Decimal, ...]:
        """Return the attainments at which some component says that its pay bends or jumps."""
        found = {Decimal(1)}
        for entry in self.plan.components:
            component = components()[entry.component]
            found |= set(component.edges(entry.terms))
            goal = entry.attainment_by or entry.measure
            if goal:
                quota = self.quota_of(goal) / PERIODS[entry.resets]
                found |= {one / quota for one in component.amounts(entry.terms)}
        return tuple(sorted(one for one in found if one > 0))

    def path_of(self, key: str) -> str:
        """Return where a component stands in the document."""
        for i, entry in enumerate(self.plan.components):
            if entry.key == key:
                return f"components[{i}].{entry.component}"
        return "components"

    def without_advances(self) -> "Bench":
        """Return the bench without draws and guarantees, which pay where nothing is sold: under
        them a deal that pays nothing is what they are for."""
        kept = tuple(
            one
            for one in self.plan.components
            if not components()[one.component].pays_on_nothing(one.terms)
        )
        if len(kept) == len(self.plan.components):
            return self
        return replace(self, plan=replace(self.plan, components=kept), _known={})

    @property
    def slows_down(self) -> bool:
        """Does some component declare that more sales may pay less?"""
        return any(components()[one.component].may_lower(one.terms) for one in self.plan.components)


def _drawn(sales: Sequence[Growing], x: Fraction) -> Iterator[Credit]:
    """Yield credits for the fold to be paid on; what they are worth is told by their formulas."""
    near = x + Fraction(137, 10_000)
    for i, one in enumerate(sales):
        worth = one.start + one.per * near
        amount = EXACT.divide(Decimal(worth.numerator), Decimal(worth.denominator))
        yield Credit(f"{i}/{one.measure}", "bench", one.deal, one.day, amount, rule=one.measure)


def _is_cancelled(where: str) -> bool:
    """Does a condition let nothing but cancellations pass?"""
    tree = read_credit_condition(where).tree if where else None
    if tree is None:
        return False
    meets = predicate(tree, COLUMNS)
    row: dict[str, object] = dict.fromkeys(COLUMNS)
    found = {event: meets(row | {"event": event.value}) for event in Event}
    others = (found[event] for event in Event if event is not Event.CANCELLED)
    return found[Event.CANCELLED] is not False and all(one is False for one in others)


def _months(yearly: Decimal) -> tuple[Decimal, ...]:
    """Divide a year's sales by months; each quarter is exactly a fourth of it."""
    quarter = yearly / 4
    third = (quarter / 3).quantize(_FINEST)
    return (third, third, quarter - 2 * third) * 4


def bench_for(plan: Plan, *, quota: Decimal | None, margins: Margins) -> Bench:
    """Put a plan on the bench. Without a quota, it is the one at which 100 % pays the target."""
    measures = tuple(
        replace(rule, value="amount", where="", rules=(rule.key,)) for rule in plan.measures
    )
    bare = replace(plan, measures=measures, rounding=_FINE, credits=())
    own = {rule.key: rule for rule in plan.measures}
    bench = Bench(bare, QUOTA, quota is not None, margins, own)
    return _with_quotas(bench, _solved(bench) if quota is None else quota)


def _with_quotas(bench: Bench, quota: Decimal) -> Bench:
    """Give each measure whose quotas are personal this quota a year."""
    rules = tuple(
        replace(one, quota="", yearly_quota=quota) if one.quota else one
        for one in bench.plan.measures
    )
    return replace(bench, quota=quota, plan=replace(bench.plan, measures=rules), _known={})


def _solved(bench: Bench) -> Decimal:
    """Return the yearly quota at which steady sales of 100 % pay the target incentive."""
    if bench.target is None:
        return QUOTA
    low, high = QUOTA, QUOTA * 2
    at_low, at_high = (_with_quotas(bench, one).at(Decimal(1)) for one in (low, high))
    if at_high == at_low:
        return QUOTA
    found = low + (bench.target - at_low) * (high - low) / (at_high - at_low)
    if found <= 0:
        return QUOTA
    whole = found.quantize(Decimal(1), ROUND_HALF_UP)
    reached = _with_quotas(bench, whole).at(Decimal(1))
    return whole if abs(reached - bench.target) <= 1 else QUOTA


def _full_scores(plan: Plan, years: int) -> Iterator[Score]:
    """Yield every objective that a component names as reached in full, in each month."""
    names = dict.fromkeys(name for entry in plan.components for name in _objectives(entry))
    for days in periods(CALENDAR, Grain.MONTH, date(YEAR, 1, 1), date(YEAR + years, 1, 1)):
        for name in names:
            yield Score(name, days, Decimal(1))


def _objectives(entry: Entry) -> Iterator[str]:
    for one in getattr(entry.terms, "objectives", ()):
        yield one.name
