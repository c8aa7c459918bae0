"""What may be behind a disputed line, as sentences with the rows they speak of.

It looks where disputes most often come from: a deal without credit, data that came after the
run, a bound that was nearly reached, a split, the day of an exchange rate. It decides nothing.
Source: docs/compensation/statements.md
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from wald.heart.compensation.component import Measured, components
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.derivation import plain, sources_of
from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.fold import ComponentPay, Line, PeriodPay
from wald.heart.compensation.plan import Entry, FxDate, Plan
from wald.heart.compensation.statement import Statement, credit_of

NEAR = Decimal("0.01")  # of a bound: so close is worth a sentence
_MOST = 20  # rows named in one sentence


class Found(Enum):
    """What kind of thing was found."""

    MISSING = "missing credit"
    LATE = "late data"
    BOUNDARY = "boundary"
    SPLIT = "split"
    FX = "exchange rate"
    NOTHING = "nothing found"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence, and the deals it speaks of."""

    kind: Found
    sentence: str
    deals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """A booking of theirs as it is known now; `amount` in its own currency."""

    deal_id: str
    booked_on: date
    amount: Decimal
    currency: str
    known_at: datetime
    is_held: bool = False


# The rate from a currency to that of the plan on a day; None where there is none.
Rates = Callable[[str, date], Decimal | None]


@dataclass(frozen=True, slots=True)
class Disputed:
    """A line of a statement with all around it."""

    statement: Statement
    period: PeriodPay
    component: ComponentPay
    line: Line

    @property
    def plan(self) -> Plan:
        return self.period.stretch.plan

    @property
    def entry(self) -> Entry:
        return next(one for one in self.plan.components if one.key == self.component.key)

    @property
    def credits(self) -> tuple[Credit, ...]:
        """The credits that the line stands on in its payout period, oldest first."""
        measured = (one.period for one in self.component.measures.values())
        known = self.statement.pay.credits
        ids = {credit_of(source, known)[0] for source in sources_of([self.line.base, *measured])}
        days = self.component.period
        found = (known[one] for one in ids if one in known)
        inside = (one for one in found if days.start <= one.credited_on < days.end)
        return tuple(sorted(inside, key=lambda one: (one.credited_on, one.credit_id)))


def disputed(statement: Statement, line: Line) -> Disputed:
    """Return a line with all around it. Raises ValueError for a line of another statement."""
    for period, component, one in statement.lines:
        if one is line:
            return Disputed(statement, period, component, line)
    raise ValueError(f"statement {statement.key} has no such line")


def diagnose(
    case: Disputed, deeds: Iterable[Deed], run_known: datetime, rates: Rates
) -> tuple[Finding, ...]:
    """Return what was found; one Finding that says so where it is nothing."""
    found = (
        *_deeds(case, deeds, run_known),
        *_bounds(case),
        *_splits(case),
        *_rates(case, rates),
    )
    if found:
        return found
    words = (
        "No deal of theirs in these days lacks credit, nothing came after the run, and no bound, "
        "split or exchange rate is near."
    )
    return (Finding(Found.NOTHING, words),)


def _deeds(case: Disputed, deeds: Iterable[Deed], run_known: datetime) -> Iterator[Finding]:
    """Deals of the days that no credit of the statement names: late, held, or met by no rule."""
    credited = {one.deal_id for one in case.statement.pay.credits.values()}
    days = case.component.period
    for one in sorted(deeds, key=lambda deed: (deed.booked_on, deed.deal_id)):
        if one.deal_id in credited or not days.start <= one.booked_on < days.end:
            continue
        told = f"Deal {one.deal_id} of {one.booked_on}, {_money(one.amount, one.currency)}"
        if one.known_at > run_known:
            yield Finding(
                Found.LATE,
                f"{told}, became known on {one.known_at.date()}, after the run: the next run pays "
                "the difference.",
                (one.deal_id,),
            )
        elif one.is_held:
            words = f"{told}, is on hold and counts once it is released."
            yield Finding(Found.MISSING, words, (one.deal_id,))
        else:
            yield Finding(
                Found.MISSING, f"{told}, has no credit: {_why(case.plan)}", (one.deal_id,)
            )


def _why(plan: Plan) -> str:
    """Say under what a deal is credited at all."""
    asked = [
        f"rule {rule.name} takes deals where {rule.where}" for rule in plan.credits if rule.where
    ]
    dated = [
        f"rule {rule.name} credits when it is {rule.credited.value}"
        for rule in plan.credits
        if rule.credited.value != "booked"
    ]
    told = "; ".join((*asked, *dated))
    return f"{told}." if told else "no credit rule of the plan names them for it."


def _bounds(case: Disputed) -> Iterator[Finding]:
    entry = case.entry
    goal = case.component.measures.get(entry.attainment_by or entry.measure)
    if goal is None:
        return
    to_date, currency = goal.to_date.value, case.plan.currency
    for bound, words in sorted(_edges(entry, goal)):
        gap = EXACT.subtract(to_date, bound)
        if bound > 0 and abs(gap) <= EXACT.multiply(bound, NEAR):
            side = "exactly on" if not gap else ("above" if gap > 0 else "below")
            far = "" if not gap else f"{_money(abs(gap), currency)} "
            yield Finding(
                Found.BOUNDARY,
                f"Credit to date, {_money(to_date, currency)}, lies {far}{side} the bound of "
                f"{words}, {_money(bound, currency)}.{_on_it(entry)}",
            )


def _edges(entry: Entry, goal: Measured) -> Iterator[tuple[Decimal, str]]:
    kind = components()[entry.component]
    quotas = {one.value for one in (goal.quota, goal.quota_to_date) if one is not None}
    for edge in kind.edges(entry.terms):
        for quota in quotas:
            yield EXACT.multiply(edge, quota), f"{plain(edge * 100)} % of quota"
    for amount in kind.amounts(entry.terms):
        yield amount, "a tier"


def _on_it(entry: Entry) -> str:
    side = getattr(getattr(entry.terms, "side", None), "value", "")
    words: Mapping[str, str] = {
        "upper": " What lies exactly on it belongs to what starts there.",
        "lower": " What lies exactly on it belongs to what ends there.",
    }
    return words.get(side, "")


def _splits(case: Disputed) -> Iterator[Finding]:
    shared = [one for one in case.credits if one.share != 1]
    for one in shared[:_MOST]:
        currency = case.plan.currency
        yield Finding(
            Found.SPLIT,
            f"Deal {one.deal_id} counts with {plain(one.share * 100)} %: "
            f"{_money(one.amount, currency)} of {_money(one.deal_amount, currency)}, by the rule "
            f"{one.rule or one.kind.value} ({one.kind.value}).",
            (one.deal_id,),
        )
    if len(shared) > _MOST:
        yield Finding(Found.SPLIT, f"So do {len(shared) - _MOST:,} further deals in part.")


def _rates(case: Disputed, rates: Rates) -> Iterator[Finding]:
    """Amounts that were converted, where the rate of another day would give another credit."""
    for one in case.credits[:_MOST]:
        currency = one.row.get("currency")
        if not isinstance(currency, str) or currency == case.plan.currency:
            continue
        days = _days(one, case)
        taken = days[case.plan.fx_date]
        used = rates(currency, taken)
        others = {
            day: rate
            for kind, day in days.items()
            if day != taken and (rate := rates(currency, day)) is not None and rate != used
        }
        if used is not None and others:
            told = ", ".join(f"{plain(rate)} on {day}" for day, rate in sorted(others.items()))
            yield Finding(
                Found.FX,
                f"Deal {one.deal_id} was converted from {currency} at {plain(used)} of {taken}, "
                f"the day it was {case.plan.fx_date.value.replace('_', ' ')}; it was {told}.",
                (one.deal_id,),
            )


def _days(one: Credit, case: Disputed) -> dict[FxDate, date]:
    return {
        FxDate.BOOKED: one.booked_on or one.credited_on,
        FxDate.CREDITED: one.credited_on,
        FxDate.PERIOD_END: case.period.stretch.paid_in.last_day,
    }


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}"


def in_words(findings: Sequence[Finding]) -> str:
    """Return the kinds that were found, without an amount: what may stand in a case."""
    kinds = dict.fromkeys(one.kind.value for one in findings)
    return ", ".join(kinds)
