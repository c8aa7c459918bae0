"""A canonical table as it stood: the facts themselves, for whoever wants to compute on."""

from datetime import date, datetime
from difflib import get_close_matches

import pyarrow as pa

from wald.engine.connect import run
from wald.facts.relations import Scene
from wald.facts.tables import TABLES
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.measure import READ, view


def table_as_of(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    day: date | None = None,
    known: datetime | None = None,
    engine: str = "",
) -> pa.Table:
    """Return the rows of table `name` as they stood on `day`, as known at `known`, by key.

    `day` None: as far as the data reach. Raises BadInput for a table that is not there.
    """
    actor.must(READ)
    table = TABLES.get(name)
    if table is None:
        near = get_close_matches(name, TABLES, n=1)
        fix = f"did you mean {near[0]}?" if near else f"choose among {', '.join(TABLES)}"
        raise BadInput(f"There is no table {name!r}.", [Problem("table", f"{name!r}", fix)])
    seen = view(actor=actor, workspace=workspace, engine=engine, known=known)
    when = AsOf(day or seen.snapshot.reaches or date(1970, 1, 1), known)
    columns = [column.name for column in table.columns]
    scene = Scene(seen.snapshot, when, seen.terms)
    return run(seen.engine, scene.table(name, columns).order_by(*table.key))
