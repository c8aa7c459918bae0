"""Taking a turn at the facts: what dead loads left is removed, and time goes on."""

from datetime import datetime

from wald.engine.intake import keeping
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import loads as store


def begin_turn(workspace: Workspace, at: datetime) -> None:
    """Make ready to write facts, while holding the lock of loads. Raises Refusal for a clock that
    goes backwards."""
    clear_dead_loads(workspace)
    last = store.last_loaded_at(database=workspace.database)
    if last is not None and at < last:
        raise Refusal(
            f"The clock says {at:%Y-%m-%d %H:%M:%S} UTC, but the newest load or undo is of "
            f"{last:%Y-%m-%d %H:%M:%S} UTC; what is known must follow in time. Check the clock."
        )


def clear_dead_loads(workspace: Workspace) -> None:
    """Remove what loads left that died; we hold the lock, so none of them can still run."""
    for load_id in store.unfinished_loads(database=workspace.database):
        keeping.remove_load(load_id, workspace.facts, workspace.rejects)
        store.forget_load(load_id, database=workspace.database)
    keeping.remove_strays(workspace.facts, store.known_numbers(database=workspace.database))
