"""Open a workspace: its folder and its database are made at first use and kept up to date."""

from pathlib import Path

from wald.engine.intake.lock import held_in_turn
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import workspace as store


def open_workspace(home: Path) -> Workspace:
    """Return the workspace in the folder `home`. Raises Refusal if it cannot be made there."""
    home = home.expanduser().resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"No workspace can be made in {home}: {error.strerror}.") from error
    database = store.connect(home)
    if not store.is_up_to_date(database):
        with held_in_turn(home / "upgrade.lock"):
            store.bring_up_to_date(database)
    store.tie(home, database=database)
    return Workspace(home, database)


def close_workspace(workspace: Workspace) -> None:
    """Close this thread's connection to the workspace's database."""
    store.disconnect(workspace.database)
