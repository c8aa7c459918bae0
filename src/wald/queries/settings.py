"""On which terms a workspace gives its numbers."""

from wald.facts.settings import Settings
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores.settings import load_settings


def settings_of(*, actor: Actor, workspace: Workspace) -> Settings:
    """Return the settings; a currency of None waits for the first load to decide."""
    actor.must("facts.read")
    return load_settings(database=workspace.database)
