"""Nights as they were kept: what was looked at as of a day, found, not told, and silent."""

from dataclasses import dataclass
from datetime import date

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores.nights import KeptNight, find_night, nights_kept

READ = "insights.read"
_MOST = 60


@dataclass(frozen=True, slots=True)
class NightPage:
    """A night, and the days of the last nights that were kept."""

    night: KeptNight
    days: tuple[date, ...]


def night_page(*, actor: Actor, workspace: Workspace, day: date | None = None) -> NightPage | None:
    """Return the night of a day, None for the last that was kept; None where there is none.

    What a night tells of a person names nobody.
    """
    actor.must(READ)
    night = find_night(day, database=workspace.database)
    if night is None:
        return None
    return NightPage(night, nights_kept(limit=_MOST, database=workspace.database))
