"""What released runs paid, contract by contract: the costs of obtaining them, and what is none.

A component that pays on credit belongs to the contracts of that credit; one that works on what
others earned (a cap, a gate) follows their shares; what stands for no contract (a draw, a bonus,
an entry by hand) is expensed as it is earned. Source: docs/concepts/commission-accounting.md
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wald.heart.compensation.capitalising import Account, Cost, JournalLine
from wald.heart.compensation.sharing import shared


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract's term; `doubt`: why the term is not known for certain, "" where it is."""

    contract_id: str
    starts_on: date
    ends_on: date  # first day after its term
    is_renewal: bool = False
    cancelled_on: date | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one component of one person was paid with in a released run, in the books' currency.

    `weights`: what each contract added to the credit it was paid on. `follows`: it has none of
    its own and is shared as what these components were paid with; empty: as all of them.
    """

    run_id: int
    person_id: str
    component: str
    earned_on: date
    amount: Decimal  # rounded to the minor unit
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    follows: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Shares:
    """Costs by contract, and what belongs to none: together exactly what was spent."""

    costs: tuple[Cost, ...]
    rest: tuple[Spent, ...]


def costs_of(spent: Sequence[Spent], contracts: Mapping[str, Contract], unit: Decimal) -> Shares:
    """Share what one run paid among contracts, to the cent.

    Costs of one person, contract and day are one; its `contract_amount` is the credit of the
    first component that was paid on it, so that two components do not count it twice.
    """
    parts: dict[tuple[str, str, date], dict[str, Decimal]] = {}  # by whom and which contract
    amounts: dict[tuple[str, str, date], Decimal] = {}
    rest: list[Spent] = []
    for one in sorted(spent, key=lambda one: one.follows is not None):  # those that follow last
        weights = one.weights if one.follows is None else _followed(one, parts)
        known = {key: weight for key, weight in weights.items() if key in contracts}
        found = shared(one.amount, known, unit)
        if not found:
            rest.append(one)
            continue
        for contract, amount in found.items():
            key = (one.person_id, contract, one.earned_on)
            by_component = parts.setdefault(key, {})
            by_component[one.component] = by_component.get(one.component, Decimal(0)) + amount
            if one.follows is None:
                amounts.setdefault(key, known[contract])
    return Shares(tuple(_costs(parts, amounts, contracts)), tuple(rest))


def expensed(rest: Iterable[Spent]) -> Iterable[JournalLine]:
    """Yield a line for each amount that belongs to no contract; what is taken back turns round."""
    for one in rest:
        if not one.amount:
            continue
        debit, credit = Account.EXPENSE, Account.PAYABLE
        if one.amount < 0:
            debit, credit = credit, debit
        why = f"{one.component}: stands for no contract"
        month = one.earned_on.replace(day=1)
        yield JournalLine(month, debit, credit, abs(one.amount), "", one.person_id, why)


def _followed(
    one: Spent, parts: Mapping[tuple[str, str, date], Mapping[str, Decimal]]
) -> dict[str, Decimal]:
    """Return what the components that `one` follows were paid for each contract on that day."""
    found: dict[str, Decimal] = {}
    for (person, contract, day), by_component in parts.items():
        if (person, day) != (one.person_id, one.earned_on):
            continue
        amount = sum(
            (a for key, a in by_component.items() if not one.follows or key in one.follows),
            Decimal(0),
        )
        if amount:
            found[contract] = amount
    return found


def _costs(
    parts: Mapping[tuple[str, str, date], Mapping[str, Decimal]],
    amounts: Mapping[tuple[str, str, date], Decimal],
    contracts: Mapping[str, Contract],
) -> Iterable[Cost]:
    for key in sorted(parts):
        person, contract_id, day = key
        contract = contracts[contract_id]
        yield Cost(
            contract_id,
            person,
            day,
            sum(parts[key].values(), Decimal(0)),
            contract.starts_on,
            contract.ends_on,
            contract.is_renewal,
            amounts.get(key, Decimal(0)),
            contract.cancelled_on,
        )
