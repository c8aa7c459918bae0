"""Which forecast calendar holds for a unit on a day; where none does, the usual cadence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel

from wald.agreements.forecast_calendar import ForecastCalendar, cadence_of
from wald.documents.document import DocumentType, document_types
from wald.documents.resolve import resolve
from wald.documents.version import Version, units_above
from wald.heart.cadence import USUAL, Cadence
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores import documents as store

CALENDAR = "forecast_calendar"


@dataclass(frozen=True, slots=True)
class Calendars:
    """`units` hold what differs from `company`. `label` names the document, "" for none."""

    company: Cadence
    units: Mapping[str, Cadence]
    label: str
    version_id: int | None
    notes: tuple[str, ...] = ()

    def of(self, unit: str) -> Cadence:
        return self.units.get(unit, self.company)


def calendars(
    *,
    actor: Actor,
    workspace: Workspace,
    units: Collection[str],
    on: date,
    known: datetime | None = None,
) -> Calendars:
    """Return what holds for the organization and each of some units ("EMEA/DACH") on a day."""
    actor.must("facts.read")
    shape, database = document_types()[CALENDAR], workspace.database
    names = sorted(
        {name for _, _, name, _ in store.documents_like(type=CALENDAR, database=database)}
    )
    found = []
    for name in names:
        every = sorted({part for unit in units for part in units_above(unit)} | {""})
        versions = store.versions_of(CALENDAR, name, units=every, database=database)
        held = _held(shape, versions, "", on, known)
        if held is not None:
            found.append((name, versions, held))
    if not found:
        return Calendars(USUAL, {}, "", None)
    name, versions, (company, label, version_id) = found[0]
    notes: tuple[str, ...] = ()
    if len(found) > 1:
        both = ", ".join(one for one, _, _ in found)
        notes = (f"{len(found)} forecast calendars are in force: {both}. {name} counts.",)
    own = {}
    for unit in units:
        there = _held(shape, versions, unit, on, known) if unit else None
        if there is not None and there[0] != company:
            own[unit] = there[0]
    return Calendars(company, own, label, version_id, notes)


def _held(
    shape: DocumentType[BaseModel],
    versions: tuple[Version, ...],
    unit: str,
    on: date,
    known: datetime | None,
) -> tuple[Cadence, str, int] | None:
    effective = resolve(shape, versions, unit, on, known)
    if effective is None or not isinstance(effective.content, ForecastCalendar):
        return None
    return cadence_of(effective.content), effective.name, effective.version_id
