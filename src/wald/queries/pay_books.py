"""Commissions in the books: journal lines of a period, the roll-forward, the commensurate test.

Costs are what released runs paid, so lines of a run do not change when a later one is released.
Whether renewals are commensurate is judged run by run, from what was paid up to then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from wald.agreements.accounting_policy import terms_of
from wald.documents.in_force import is_known
from wald.heart.compensation.capitalising import (
    Account,
    Commensurate,
    Cost,
    JournalLine,
    RollForward,
    commensurate,
    journal_lines,
    roll_forward,
)
from wald.heart.compensation.contract_costs import Contract, costs_of, expensed
from wald.kernel.actor import Actor
from wald.kernel.money import minor_units
from wald.kernel.period import Period
from wald.kernel.problem import Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.accounting import Policy, booked_period, policy_on
from wald.queries.kept import kept, signature
from wald.queries.pay_accruals import Accruals, accruals
from wald.queries.pay_accruals_kept import kept_accruals
from wald.queries.pay_basis import as_json, basis_now, hash_of, pay_documents
from wald.queries.pay_contracts import contracts_of
from wald.queries.pay_deeds import rates_of
from wald.queries.pay_spent import RunSpent, spent_in
from wald.queries.sight import places_on
from wald.records.stores import pay as store
from wald.records.stores.loads import snapshot
from wald.records.stores.pay import KeptRun

Told = Callable[[str, int, int | None], None]
_EVER = datetime(1, 1, 1, tzinfo=UTC)  # documents say themselves which of them are known


@dataclass(frozen=True, slots=True)
class Booked:
    """A line for the ledger, with the run it comes from; None: from an expectation."""

    line: JournalLine
    run_id: int | None


@dataclass(frozen=True, slots=True)
class RunTied:
    """What a run paid, and what of it was added to the asset and expensed: the same."""

    run_id: int
    period: str
    paid: Decimal
    added: Decimal
    expensed: Decimal
    test: Commensurate

    @property
    def difference(self) -> Decimal:
        return self.paid - self.added - self.expensed


@dataclass(frozen=True, slots=True)
class Books:
    """`lines` of the period; `months`: the asset month by month, from the first run on."""

    period: Period
    policy: Policy
    lines: tuple[Booked, ...]
    months: tuple[RollForward, ...]
    runs: tuple[RunTied, ...]  # released up to the end of the period
    names: Mapping[str, str]
    contracts: Mapping[str, Contract]
    accruals: Accruals
    doubts: tuple[str, ...]
    left_out: tuple[Problem, ...]

    @property
    def currency(self) -> str:
        return self.policy.content.currency

    @property
    def test(self) -> Commensurate | None:
        """The test as it stood with the last run."""
        return self.runs[-1].test if self.runs else None

    @property
    def by_account(self) -> tuple[tuple[date, Account, Decimal, Decimal], ...]:
        """Debit and credit of each account, month by month."""
        sums: dict[tuple[date, Account], list[Decimal]] = {}
        for one in self.lines:
            line = one.line
            sums.setdefault((line.month, line.debit), [Decimal(0), Decimal(0)])[0] += line.amount
            sums.setdefault((line.month, line.credit), [Decimal(0), Decimal(0)])[1] += line.amount
        order = list(Account)
        keys = sorted(sums, key=lambda key: (key[0], order.index(key[1])))
        return tuple((*key, sums[key][0], sums[key][1]) for key in keys)


def books(
    *,
    actor: Actor,
    workspace: Workspace,
    period: str,
    at: datetime,
    told: Told = lambda step, done, total: None,
) -> Books:
    """Return what the ledger gets for a period. Raises BadInput for a period that is none,
    Refusal without an accounting policy or a released run.

    Computed anew only when something that decides it has changed.
    """
    actor.must("pay.read_all")
    days = booked_period(workspace, period)
    policy = policy_on(workspace, days.last_day, at)
    runs = [one for one in store.released(database=workspace.database) if one.starts_on < days.end]
    if not runs:
        raise Refusal(f"No pay run was released up to {days.last_day}: there is nothing to book.")
    rests_on = (
        "books",
        period,
        days,
        policy.version_id,
        tuple((run.run_id, run.inputs_hash, run.results_hash) for run in runs),
        *_known_now(workspace, days, at),
    )

    currency = terms_of(policy.content).currency

    def accrued() -> Accruals:
        return accruals(
            actor=actor, workspace=workspace, period=period, at=at, currency=currency, told=told
        )

    def make() -> Books:
        expected = kept_accruals(workspace, (currency, *rests_on), accrued)
        return _made(workspace, days, policy, runs, expected, told)

    return kept(rests_on, make)


def _known_now(workspace: Workspace, days: Period, at: datetime) -> tuple[object, ...]:
    """Return what books rest on beside what was released: facts, documents, holds, settings."""
    basis = replace(basis_now(workspace, last_day=days.last_day, at=at), known=_EVER)
    facts = signature(snapshot(database=workspace.database, root=workspace.facts))
    agreed = tuple(
        (one.version_id, one.state, one.revision)
        for one in pay_documents(workspace)
        if is_known(one, at)
    )
    return str(workspace.home), facts, hash_of(as_json(basis)), agreed


def _made(
    workspace: Workspace,
    days: Period,
    policy: Policy,
    runs: Sequence[KeptRun],
    expected: Accruals,
    told: Told,
) -> Books:
    terms = terms_of(policy.content)
    rate = rates_of(workspace, terms.currency)
    spent = []
    for done, run in enumerate(runs):
        told("Reading what runs paid", done, len(runs))
        spent.append(spent_in(workspace, run, terms.currency, rate))
    told("Reading contracts", 0, None)
    keys = {key for one in spent for part in one.spent for key in part.weights}
    contracts = contracts_of(workspace, keys, terms.benefit_months)
    lines: list[Booked] = []
    tied: list[RunTied] = []
    known: list[Cost] = []
    unit = Decimal(1).scaleb(-minor_units(terms.currency))
    for run, one in zip(runs, spent, strict=True):
        shares = costs_of(one.spent, contracts, unit)
        known += shares.costs
        test = commensurate(known, terms)
        found = [
            *journal_lines(shares.costs, terms, until=days.end, is_commensurate=test.is_met),
            *(line for line in expensed(shares.rest) if line.month < days.end),
        ]
        lines += [Booked(line, run.run_id) for line in found]
        tied.append(_tied(run.run_id, run.period, one, found, test, days.end))
    persons = places_on(workspace=workspace, on=days.last_day)
    names = {person: place.name for person, place in persons.items()}
    asset = roll_forward([one.line for one in lines])
    lines += [Booked(line, None) for line in _accrual_lines(expected)]
    return Books(
        period=days,
        policy=policy,
        lines=tuple(_sorted(one for one in lines if one.line.month in days)),
        months=tuple(one for one in asset if one.month < days.end),
        runs=tuple(tied),
        names=names,
        contracts=contracts,
        accruals=replace(expected, names=names),
        doubts=tuple(_doubts(contracts)),
        left_out=tuple(dict.fromkeys(problem for one in spent for problem in one.left_out)),
    )


def _tied(
    run_id: int,
    period: str,
    spent: RunSpent,
    lines: Sequence[JournalLine],
    test: Commensurate,
    until: date,
) -> RunTied:
    paid = sum((part.amount for part in spent.spent if part.earned_on < until), Decimal(0))
    added = _against_payable(lines, Account.ASSET)
    return RunTied(run_id, period, paid, added, _against_payable(lines, Account.EXPENSE), test)


def _against_payable(lines: Iterable[JournalLine], account: Account) -> Decimal:
    found = Decimal(0)
    for line in lines:
        if (line.debit, line.credit) == (account, Account.PAYABLE):
            found += line.amount
        elif (line.debit, line.credit) == (Account.PAYABLE, account):
            found -= line.amount
    return found


def _accrual_lines(found: Accruals) -> Iterable[JournalLine]:
    """Yield what is accrued at the end of the period, and the reversal of what was at the end of
    the one before."""
    last = found.period.last_day.replace(day=1)
    for one in found.people:
        why = f"{one.component}: accrued at the end of {found.period.label}"
        yield from _accrued(last, one.booked, one.person_id, why)
    if found.earlier:
        before = found.earlier[-1]
        for person, component, amount in before.lines:
            why = f"{component}: accrual of {before.period.label} reversed"
            yield from _accrued(found.period.start, -amount, person, why)


def _accrued(month: date, amount: Decimal, person_id: str, why: str) -> Iterable[JournalLine]:
    debit, credit = Account.EXPENSE, Account.ACCRUED
    if amount < 0:
        debit, credit = credit, debit
    if amount:
        yield JournalLine(month, debit, credit, abs(amount), "", person_id, why)


def _sorted(lines: Iterable[Booked]) -> list[Booked]:
    order = list(Account)
    return sorted(
        lines,
        key=lambda one: (
            one.line.month,
            order.index(one.line.debit),
            one.line.contract_id,
            one.line.person_id,
            one.run_id or 0,
        ),
    )


def _doubts(contracts: Mapping[str, Contract]) -> Iterable[str]:
    unsure = sum(bool(one.doubt) for one in contracts.values())
    if unsure:
        yield (
            f"{unsure} of {len(contracts)} contracts have no term in the facts; they are taken to "
            "last as long as the policy says a first contract is of benefit."
        )
    yield (
        "Terms and cancellations are as they are known now: one that becomes known late is booked "
        "in the month in which it happened."
    )
    yield (
        "A delta that a later run paid is shared among the deals of the days it is for, and booked "
        "in the month in which that run ends."
    )
