"""What is known of one person where credits are at hand: plain files, tests, estimates."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter

from wald.heart.compensation.component import Counted
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import Figure, from_plan, given, total
from wald.heart.compensation.measuring import adding, counting, measured
from wald.heart.compensation.plan import MeasureRule, Plan
from wald.kernel.period import Period

_IN_ORDER = attrgetter("credited_on", "credit_id")


@dataclass(frozen=True, slots=True)
class Quota:
    """A target for one window of days; `measure` as the plan's measure names it."""

    quota_id: str
    days: Period
    amount: Decimal
    measure: str = "bookings"
    currency: str = ""  # of the plans it counts for; "": of all


@dataclass(frozen=True, slots=True)
class Score:
    """Which share of an objective was reached in a window of days; 1 = in full."""

    objective: str
    days: Period
    reached: Decimal


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What somebody has of their own in some days: a target incentive a year, rates."""

    days: Period
    target: Decimal | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """One person's credits, quotas and terms.

    Versions of a plan may credit the same deal otherwise: `of_version`, where it is filled, has
    the credits of each, and `all_credits` those of all. What everyone in a plan has measured, for
    contests, comes from `field_of`, or where it was added up already from `everyone_of`.
    """

    all_credits: Sequence[Credit] = ()
    quotas: Sequence[Quota] = ()
    own_target: Decimal | None = None  # target incentive a year
    own_rates: Mapping[str, Decimal] = field(default_factory=dict)
    all_scores: Sequence[Score] = ()
    field_of: Mapping[str, Sequence[Credit]] = field(default_factory=dict)  # credits by person
    of_version: Mapping[str, Sequence[Credit]] = field(default_factory=dict)
    everyone_of: Mapping[tuple[str, str, date, date], Mapping[str, Decimal]] = field(
        default_factory=dict
    )
    own_terms: Sequence[OwnTerms] = ()  # where they change in time: before the two above
    explained: bool = True  # figures of credits say which; not in runs: nobody asks, and it is much
    _ordered: dict[str, tuple[Credit, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    # A plan is kept with what is counted by it, so that no other gets its place in memory.
    _counting: dict[tuple[str, str, int], tuple["_Counting", Plan]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def measured(self, plan: Plan, measure: str, start: date, end: date) -> Figure:
        return total((one.part for one in self.counted(plan, measure, start, end)), measure)

    def counted(self, plan: Plan, measure: str, start: date, end: date) -> tuple[Counted, ...]:
        """Return the credits that count for a measure, oldest first, each with what it adds."""
        version = plan.version if self.of_version else ""
        key = (version, measure, id(plan))
        if key not in self._counting:  # folds ask for the same again and again
            rule, ordered = plan.measure(measure), self._in_order(version)
            self._counting[key] = (_Counting.of(rule, ordered, explained=self.explained), plan)
        return self._counting[key][0].between(start, end)

    def _in_order(self, version: str) -> tuple[Credit, ...]:
        """Return the credits of a version, oldest first."""
        if version not in self._ordered:
            of = self.of_version.get(version, ()) if self.of_version else self.all_credits
            self._ordered[version] = tuple(sorted(of, key=_IN_ORDER))
        return self._ordered[version]

    def quota(self, plan: Plan, measure: str, start: date, end: date) -> Figure | None:
        """Return the target of the days: quotas by the days they share with them."""
        rule = plan.measure(measure)
        if rule.yearly_quota is not None:
            path = f"measures.{measure}.yearly_quota"
            label = f"yearly quota for {measure}"
            yearly = from_plan(rule.yearly_quota, label, path, plan.version)
            return _of_year(yearly, measure, start, end)
        if not rule.quota:
            return None
        parts = [
            _within(one, start, end)
            for one in self.quotas
            if one.measure == rule.quota
            and one.currency in ("", plan.currency)
            and one.days.start < end
            and start < one.days.end
        ]
        return total(parts, f"quota for {measure}") if parts else None

    def credits(self, plan: Plan, measure: str, start: date, end: date) -> tuple[Credit, ...]:
        """Return the credits that count for a measure, oldest first."""
        return tuple(one.credit for one in self.counted(plan, measure, start, end))

    def everyone(self, plan: Plan, measure: str, start: date, end: date) -> Mapping[str, Decimal]:
        added_up = self.everyone_of.get((plan.version, measure, start, end))
        if added_up is not None:
            return added_up
        rule = plan.measure(measure)
        return {
            person: measured(rule, (c for c in credits if start <= c.credited_on < end)).value
            for person, credits in self.field_of.items()
        }

    def yearly_target(self, plan: Plan, on: date) -> Figure | None:
        dated = [one.target for one in self.own_terms if on in one.days]
        own = next((one for one in dated if one is not None), self.own_target)
        if own is not None:
            return given(own, "own target incentive a year", "personal:target")
        if plan.target_incentive is None:
            return None
        label = "target incentive a year"
        return from_plan(plan.target_incentive, label, "target_incentive", plan.version)

    def personal(self, plan: Plan, on: date) -> Mapping[str, Decimal]:
        if not self.own_terms:
            return self.own_rates
        return next((one.rates for one in self.own_terms if on in one.days), self.own_rates)

    def scores(self, plan: Plan, start: date, end: date) -> Mapping[str, Figure]:
        """Return the latest score of each objective whose window ends in the days."""
        if not self.all_scores:
            return {}
        found = sorted(
            (one for one in self.all_scores if start < one.days.end <= end),
            key=lambda one: one.days.end,
        )
        return {
            one.objective: given(
                one.reached, f"{one.objective} reached", f"score:{one.objective}/{one.days.label}"
            )
            for one in found
        }


@dataclass(frozen=True, slots=True)
class _Counting:
    """The credits that count for one measure, oldest first, each with what it adds."""

    days: tuple[date, ...]
    ones: tuple[Counted, ...]

    @classmethod
    def of(cls, rule: MeasureRule, credits: Iterable[Credit], *, explained: bool) -> "_Counting":
        """Choose from credits given oldest first."""
        found, added = counting(rule, credits), adding(rule, explained=explained)
        days = tuple([one.credited_on for one in found])
        return cls(days, tuple([Counted(one, added(one)) for one in found]))

    def between(self, start: date, end: date) -> tuple[Counted, ...]:
        return self.ones[bisect_left(self.days, start) : bisect_left(self.days, end)]


@dataclass(slots=True)
class Taken:
    """One person's credits as they are read: by id, and of each version of their plans."""

    by_id: dict[str, Credit] = field(default_factory=dict)
    of_version: dict[str, list[Credit]] = field(default_factory=dict)

    def add(self, credit: Credit, version: str) -> None:
        """Take a credit. What two versions give otherwise has two ids: figures name one."""
        kept = self.by_id.setdefault(credit.credit_id, credit)
        if kept is not credit and kept != credit:
            kept = self._beside(credit)
        self.of_version.setdefault(version, []).append(kept)

    def _beside(self, credit: Credit) -> Credit:
        """Keep a credit whose id another one has."""
        place = 2
        while True:
            other = replace(credit, credit_id=f"{credit.credit_id}~{place}")
            kept = self.by_id.setdefault(other.credit_id, other)
            if kept == other:
                return kept
            place += 1


def _of_year(amount: Figure, measure: str, start: date, end: date) -> Figure:
    """Return the part of a yearly target: whole months by twelfths, days by the month's days."""
    share = given(_months(start, end), "months", "days")
    return (amount * share / given(12, "months of a year", "days")).called(f"quota for {measure}")


def _months(start: date, end: date) -> Decimal:
    whole = (end.year - start.year) * 12 + end.month - start.month
    return whole + _into(end) - _into(start)


def _into(day: date) -> Decimal:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return Decimal(day.day - 1) / (following - day.replace(day=1)).days


def _within(quota: Quota, start: date, end: date) -> Figure:
    """Return the part of a quota that falls into the days, by days."""
    amount = given(quota.amount, f"quota {quota.days.label}", f"quota:{quota.quota_id}")
    first, last = max(start, quota.days.start), min(end, quota.days.end)
    if (first, last) == (quota.days.start, quota.days.end):
        return amount
    days = given((last - first).days, "days of the quota in the period", "days")
    return amount * days / given(quota.days.days, "days of the quota", "days")
