"""What a released run paid, amount by amount, each with the contracts it was paid on.

A released run never changes, and neither does what is read here of it: it is kept at hand.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from wald.facts.settings import calendar_of
from wald.heart.compensation.component import components
from wald.heart.compensation.contract_costs import Spent
from wald.heart.compensation.credit import Credit, Event
from wald.heart.compensation.inputs import Known
from wald.heart.compensation.measuring import part
from wald.heart.compensation.plan import Entry, Plan
from wald.heart.compensation.spans import payout_period
from wald.kernel.money import minor_units, rounded
from wald.kernel.period import Calendar, Period
from wald.kernel.problem import Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
from wald.queries.pay import entries_of
from wald.queries.pay_basis import basis_of
from wald.queries.pay_people import plans_in
from wald.queries.pay_reading import Reading, read, span_of
from wald.queries.pay_spent_kept import InCurrency, kept_spent
from wald.records.stores.pay import KeptRun

Rate = Callable[[str, date], Decimal | None]
_MOST_AT_ONCE = 200_000  # credits
_EARNED = ("pay", "delta", "adjustment")  # what is withheld or carried was earned before


@dataclass(frozen=True, slots=True)
class RunSpent:
    """What one run paid, in the books' currency; `left_out`: what cannot be converted."""

    run_id: int
    spent: tuple[Spent, ...]
    left_out: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Amount:
    """An entry of the payment layer, with the plan and its component where it has one."""

    person_id: str
    component: str
    days: Period
    amount: Decimal
    currency: str
    earned_on: date
    plan: Plan | None = None
    entry: Entry | None = None


def contract_key(credit: Credit) -> str:
    """Return which contract a credit is for: a renewal is one of its own."""
    if credit.event is Event.RENEWED:
        return f"{credit.deal_id} renewed {credit.credited_on}"
    return credit.deal_id


def spent_in(workspace: Workspace, run: KeptRun, currency: str, rate: Rate) -> RunSpent:
    """Return what a released run paid; whoever asks here may read everybody's pay."""
    key = (str(workspace.home), "spent", run.run_id, run.inputs_hash, run.results_hash)
    amounts = kept(key, lambda: kept_spent(workspace, run, lambda: _weighed(workspace, run)))
    spent, left_out = [], []
    digits = minor_units(currency)
    for given, one in amounts:
        factor = Decimal(1) if given == currency else rate(given, one.earned_on)
        if factor is None:
            what = f"there is no rate from {given} to {currency} on {one.earned_on}"
            left_out.append(Problem(f"person {one.person_id}", what, "load exchange rates"))
            continue
        spent.append(replace(one, amount=rounded(one.amount * factor, digits)))
    return RunSpent(run.run_id, tuple(spent), tuple(dict.fromkeys(left_out)))


def keep_spent(workspace: Workspace, run: KeptRun) -> None:
    """Read what a run paid as soon as it is released, so that nobody waits for it in the books; of
    a run with very many credits whoever looks first waits."""
    if run.layers["credit"].rows <= _MOST_AT_ONCE:
        with suppress(Refusal):  # a document or a load is gone: the books will say so
            kept_spent(workspace, run, lambda: _weighed(workspace, run))


def _weighed(workspace: Workspace, run: KeptRun) -> Iterator[InCurrency]:
    """Yield what a run paid, each with the currency it was paid in."""
    amounts = list(_amounts(workspace, run))
    persons = frozenset(one.person_id for one in amounts if one.entry is not None)
    if not persons:
        return
    span = span_of(run)
    calendar = calendar_of(basis_of(run.inputs).settings)
    first = min(_days_of(one, calendar).start for one in amounts if one.entry is not None)
    reading = read(
        workspace,
        basis_of(run.inputs),
        replace(span, counts_from=max(span.counts_from, first)),
        persons=persons,
        with_credits=True,
    )
    for one in amounts:
        weights, follows = _weights(one, reading, calendar)
        yield (
            one.currency,
            Spent(
                run.run_id,
                one.person_id,
                one.component,
                one.earned_on,
                one.amount,
                weights,
                follows,
            ),
        )


def _amounts(workspace: Workspace, run: KeptRun) -> Iterator[_Amount]:
    dated = plans_in(workspace, basis_of(run.inputs))
    last_day = run.ends_on - timedelta(days=1)
    for row in entries_of(workspace, run):
        if row["entry"] not in _EARNED:
            continue
        start, end = row["starts_on"], row["ends_on"]
        if not isinstance(start, date) or not isinstance(end, date):
            start, end = run.starts_on, run.ends_on
        days = Period(start, end, str(row["period"]))
        plan = next(
            (
                one.plan
                for one in dated
                if one.plan.key == row["plan"] and days.last_day in one.days
            ),
            None,
        )
        entries = plan.components if plan is not None else ()
        entry = next((one for one in entries if one.key == row["component"]), None)
        yield _Amount(
            str(row["person_id"]),
            str(row["component"] or row["entry"]),
            days,
            Decimal(str(row["amount"])),
            str(row["currency"]),
            days.last_day if row["entry"] == "pay" else last_day,
            plan,
            entry if row["entry"] != "adjustment" else None,
        )


def _days_of(one: _Amount, calendar: Calendar) -> Period:
    """Return the days whose credit an amount was paid on: its payout period up to its last day."""
    if one.entry is None or one.entry.every.grain is None:
        return one.days
    whole = payout_period(one.entry.every, one.days.last_day, calendar)
    return Period(min(whole.start, one.days.start), one.days.end, one.days.label)


def _weights(
    one: _Amount, reading: Reading, calendar: Calendar
) -> tuple[Mapping[str, Decimal], tuple[str, ...] | None]:
    """Return what each contract added to the credit that an amount was paid on, or which
    components it follows."""
    if one.entry is None or one.plan is None:
        return {}, None
    kind = components()[one.entry.component]
    if kind.is_for_no_contract:
        return {}, None
    if not one.entry.measure:
        return {}, tuple(kind.names(one.entry.terms)) if kind.works_on_others else None
    days = _days_of(one, calendar)
    known = reading.known.get(one.person_id, Known())
    credits = known.credits(one.plan, one.entry.measure, days.start, days.end)
    return _by_contract(one.plan, one.entry, credits), None


def _by_contract(plan: Plan, entry: Entry, credits: Iterable[Credit]) -> dict[str, Decimal]:
    rule = plan.measure(entry.measure)
    found: dict[str, Decimal] = {}
    for credit in credits:
        key = contract_key(credit)
        found[key] = found.get(key, Decimal(0)) + part(rule, credit).value
    return {key: amount for key, amount in found.items() if amount}
