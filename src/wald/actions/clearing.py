"""Clear what is long done with: events that every channel has, or will never get."""

from datetime import datetime, timedelta

from wald.actions.act import act
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores import deliveries as store

KEPT = timedelta(days=90)
_BATCH = 2000  # rows of one transaction, in which nobody else writes


def clear_sent(*, actor: Actor, workspace: Workspace, at: datetime) -> dict[str, int]:
    """Delete deliveries that ended longer than KEPT ago, then events that have none.

    Return how many of each. What still waits, and its event, is never deleted, however old.
    """
    actor.must("work.run")
    database, before = workspace.database, at - KEPT
    cleared = {"deliveries": 0, "events": 0}
    while store.ended_before(before, database=database):
        with act(
            actor=actor, workspace=workspace, at=at, permission="work.run", action="work.clear"
        ) as entry:
            found = store.clear_before(before, most=_BATCH, database=database)
            entry.after = {"before": before.isoformat(), **found}
        for name, count in found.items():
            cleared[name] += count
    return cleared
