"""What stands in the rail of every page beside its entries: what waits, and is it all invented?"""

from datetime import date

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores import rail as store
from wald.records.stores.rail import Counts

READS = ("cases.read", "notices.keep", "facts.read")


def rail_counts(*, actor: Actor, workspace: Workspace, on: date) -> Counts:
    """Return the counts of what the actor may see, 0 for the rest: one query. Raises NotAllowed
    for who holds none of READS.

    Nobody looks at who is below the actor: what waits is theirs, or of whom they stand in for.
    """
    if not any(actor.may(permission) for permission in READS):
        actor.must("notices.keep")
    found = store.counts_of(actor.name, on=on, database=workspace.database)
    return Counts(
        waiting=found.waiting if actor.may("cases.read") else 0,
        unread=found.unread if actor.may("notices.keep") else 0,
        is_invented=found.is_invented and actor.may("facts.read"),
    )
