"""A run for payroll as a table and as a file: it adds up to what the run pays, to the cent."""

from io import BytesIO

import pyarrow as pa
import pyarrow.csv as pa_csv

from wald.engine.escapes import escaped
from wald.heart.compensation.payroll import Mapping, mapping_of
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.pay_page import payroll
from wald.records.stores import pay as store

_AMOUNT = pa.decimal128(38, 10)


def payroll_table(
    *, actor: Actor, workspace: Workspace, run_id: int, mapping: Mapping | None = None
) -> pa.Table:
    """Return the lines of a run for payroll, with the columns that the mapping names.

    Amounts are decimals with the digits that they need; drafts are marked as such.
    """
    actor.must("pay.read_all")
    run, used, lines = payroll(actor=actor, workspace=workspace, run_id=run_id, mapping=mapping)
    label = run.period if run.state.value == "released" else f"{run.period} ({run.state.value})"
    digits = max((-_scale(line.amount.as_tuple().exponent) for line in lines), default=0)
    amounts = pa.array([line.amount for line in lines], _AMOUNT)
    columns = {
        "person_id": pa.array([line.person_id for line in lines], pa.string()),
        "name": pa.array([line.name for line in lines], pa.string()),
        "run": pa.array([run.run_id] * len(lines), pa.int64()),
        "period": pa.array([label] * len(lines), pa.string()),
        "wage_type": pa.array([line.wage_type for line in lines], pa.string()),
        "amount": amounts.cast(pa.decimal128(38, max(2, digits))),
        "currency": pa.array([line.currency for line in lines], pa.string()),
        "pays_for": pa.array([line.pays_for for line in lines], pa.string()),
    }
    return pa.table({title: columns[name] for name, title in used.columns.items()})


def mapping_now(*, actor: Actor, workspace: Workspace) -> Mapping:
    """Return how payroll wants its export."""
    actor.must("pay.read_all")
    return mapping_of(store.newest_mapping(database=workspace.database))


def payroll_csv(table: pa.Table) -> bytes:
    """Return the table as CSV in which no cell is a formula to a spreadsheet."""
    file = BytesIO()
    pa_csv.write_csv(escaped(table), file)
    return file.getvalue()


def _scale(exponent: object) -> int:
    return exponent if isinstance(exponent, int) else 0
