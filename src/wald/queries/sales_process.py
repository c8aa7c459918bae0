"""Which sales process holds: for a region or team on a day, and for whoever looks at stages."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from wald.agreements.sales_process import SalesProcess, rules_of
from wald.documents.document import document_types
from wald.documents.in_force import is_known
from wald.documents.resolve import Effective, resolve
from wald.documents.version import Version, units_above
from wald.heart.pipeline import sales_process as heart
from wald.heart.pipeline.exit_criteria import StageRule
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.measure import READ, View, view
from wald.records.stores import documents as store

PROCESS = "sales_process"


@dataclass(frozen=True, slots=True)
class Processes:
    """The process of the organization, None where none is agreed, and of units that differ.

    `label` says which document and version it is, "" for none.
    """

    company: heart.SalesProcess | None
    units: Mapping[str, heart.SalesProcess] = field(default_factory=dict)
    label: str = ""
    version_id: int | None = None
    notes: tuple[str, ...] = ()

    def of(self, region: str | None, team: str | None) -> heart.SalesProcess | None:
        """Return the process of a team: its own, else its region's, else the organization's."""
        for unit in (f"{region}/{team}", team, region):
            if unit and unit in self.units:
                return self.units[unit]
        return self.company

    def rules(
        self, region: str | None, team: str | None, segment: str | None
    ) -> tuple[StageRule, ...]:
        """Return the stages as they are for a deal; () where no process is agreed."""
        found = self.of(region, team)
        return () if found is None else found.of(segment)


def staged_view(
    *, actor: Actor, workspace: Workspace, engine: str = "", known: datetime | None = None
) -> View:
    """Return the workspace as `view` does, with the sales process that was agreed."""
    seen = view(actor=actor, workspace=workspace, engine=engine, known=known)
    versions = store.versions_of_type(PROCESS, database=workspace.database)
    return replace(seen, agreed=tuple(one for one in versions if is_known(one, known)))


def agreed_process(seen: View, day: date) -> heart.SalesProcess | None:
    """Return the organization's process as of a day, in a view of `staged_view`."""
    found = next(iter(_held(seen.agreed, "", day, seen.snapshot.known)), None)
    return None if found is None else _rules(found)


def agreed_label(seen: View, day: date) -> str:
    """Return which document and version `agreed_process` is of, "" for none."""
    found = next(iter(_held(seen.agreed, "", day, seen.snapshot.known)), None)
    return "" if found is None else _label(found, seen.agreed)


def sales_processes(
    *,
    actor: Actor,
    workspace: Workspace,
    units: Collection[str],
    on: date,
    known: datetime | None = None,
) -> Processes:
    """Return what holds for the organization and each of some units ("EMEA/DACH") on a day."""
    actor.must(READ)
    every = sorted({part for unit in units for part in units_above(unit)} | {""})
    versions = store.versions_of_type(PROCESS, units=every, database=workspace.database)
    found = _held(versions, "", on, known)
    if not found:
        return Processes(None)
    company = found[0]
    notes = tuple(_passed(company))
    if len(found) > 1:
        both = ", ".join(one.name for one in found)
        notes += (f"{len(found)} sales processes are in force: {both}. {company.name} counts.",)
    own = {}
    named = [one for one in versions if one.name == company.name]
    for unit in units:
        there = next(iter(_held(named, unit, on, known)), None)
        if there is not None:
            notes += tuple(one for one in _passed(there) if one not in notes)
            if _rules(there) != _rules(company):
                own[unit] = _rules(there)
    return Processes(_rules(company), own, _label(company, versions), company.version_id, notes)


def _held(
    versions: Iterable[Version], unit: str, on: date, known: datetime | None
) -> list[Effective]:
    """Return what holds of each name, by name."""
    by_name: dict[str, list[Version]] = {}
    for version in versions:
        if version.type != PROCESS:
            continue
        by_name.setdefault(version.name, []).append(version)
    shape = document_types()[PROCESS]
    held = (resolve(shape, by_name[name], unit, on, known) for name in sorted(by_name))
    return [one for one in held if one is not None]


def _label(effective: Effective, versions: Iterable[Version]) -> str:
    of = next(one.label for one in versions if one.version_id == effective.version_id)
    return f"{effective.name}, {of}"


def _rules(effective: Effective) -> heart.SalesProcess:
    if not isinstance(effective.content, SalesProcess):
        raise TypeError(f"{effective.type} is no sales process")
    return rules_of(effective.content)


def _passed(effective: Effective) -> Iterable[str]:
    for one in effective.passed:
        yield f"What {one.unit} changed does not hold: {one.path or 'the whole'}, {one.why}."
