"""What released runs have paid: by person and slot, what is withheld, on which basis the last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from wald.engine.layers import read_layer
from wald.heart.compensation.deltas import Slot
from wald.heart.compensation.figure import EXACT
from wald.kernel.period import Period
from wald.kernel.workspace import Workspace
from wald.queries.pay_basis import Basis, basis_of
from wald.records.stores import pay as store

_COLUMNS = [
    "person_id", "entry", "currency", "period", "starts_on", "ends_on", "plan", "component",
    "amount",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Released:
    """`earned`: pay and deltas together, what each slot of a person was released with."""

    earned: Mapping[str, Mapping[Slot, Decimal]] = field(default_factory=dict)
    carried: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)  # by currency
    currency: Mapping[str, str] = field(default_factory=dict)
    basis: Basis | None = None  # of the last run
    hashes: tuple[str, ...] = ()  # of the results of each

    @staticmethod
    def run_ids(workspace: Workspace) -> tuple[int, ...]:
        """Return the runs that count now, by their period."""
        return tuple(one.run_id for one in store.released(database=workspace.database))


def released_before(workspace: Workspace, run_ids: Sequence[int], person_id: str = "") -> Released:
    """Read what these runs have paid, everybody or one person."""
    earned: dict[str, dict[Slot, Decimal]] = {}
    carried: dict[str, dict[str, Decimal]] = {}
    currencies: dict[str, str] = {}
    hashes, basis = [], None
    for run_id in run_ids:
        run = store.find(run_id, database=workspace.database)
        if run is None:
            continue
        hashes.append(run.results_hash)
        basis = basis_of(run.inputs)
        path = workspace.home / "pay" / "runs" / str(run_id) / "payment.parquet"
        rows = read_layer(path, columns=_COLUMNS, persons=[person_id] if person_id else None)
        for person, entry, currency, label, start, end, plan, component, text in zip(
            *(rows.column(name).to_pylist() for name in _COLUMNS), strict=True
        ):
            amount = Decimal(text)
            currencies[person] = currency
            if entry in ("pay", "delta"):
                slots = earned.setdefault(person, {})
                slot = Slot(Period(start, end, label), plan, component, currency)
                slots[slot] = EXACT.add(slots.get(slot, Decimal(0)), amount)
            elif entry in ("withheld", "carried"):
                sums = carried.setdefault(person, {})
                sums[currency] = EXACT.subtract(sums.get(currency, Decimal(0)), amount)
    return Released(earned, carried, currencies, basis, tuple(hashes))
