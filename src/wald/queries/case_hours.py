"""When a case of a kind is due: business hours as agreed for its unit, else the usual ones."""

from dataclasses import replace
from datetime import datetime, timedelta

from wald.agreements.working_hours import WorkingHours
from wald.cases.case import CaseKind
from wald.cases.hours import Hours, Window, due
from wald.kernel.actor import Actor
from wald.kernel.weekday import Weekday
from wald.kernel.workspace import Workspace
from wald.queries.documents import effective

USUAL = Hours()  # where nothing is agreed: Monday to Friday, 9 to 17, UTC, no holidays
DOCUMENT = ("working_hours", "office")  # type and name of what is agreed
_WEEKDAYS = tuple(Weekday)


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
    type, name = DOCUMENT
    # Whoever opens a case has its due time, whether or not they may read the agreement.
    reader = replace(actor, permissions=actor.permissions | {"documents.read"})
    found = effective(
        actor=reader, workspace=workspace, type=type, name=name, unit=unit, on=at.date()
    )
    if found is None or not isinstance(found.content, WorkingHours):
        return USUAL, {}
    agreed = found.content
    windows = tuple(
        Window(_WEEKDAYS.index(one.day), one.opens, one.closes) for one in agreed.weekdays
    )
    amounts = {one.kind: one.hours for one in agreed.due}
    return Hours(windows, agreed.time_zone, frozenset(agreed.holidays)), amounts
