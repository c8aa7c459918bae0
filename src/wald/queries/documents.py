"""Documents as they are read: what holds on a day, every version, who may do what with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from pydantic import BaseModel

from wald.documents.document import DocumentType, document_types
from wald.documents.drift import Finding, to_look_at
from wald.documents.in_force import Stretch, standing, stretches
from wald.documents.resolve import Effective, resolve, value_of
from wald.documents.schema import json_schema
from wald.documents.version import OPEN, Standing, State, Version, units_above
from wald.kernel.actor import Actor
from wald.kernel.problem import NotAllowed, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.document_sight import named_seen, readable, seen
from wald.records.stores import documents as store

# The states that are kept with a version; the others follow from the days of an approved one.
_KEPT_AS = {
    Standing.DRAFT: State.DRAFT,
    Standing.IN_REVIEW: State.IN_REVIEW,
    Standing.SENT_BACK: State.SENT_BACK,
    Standing.WITHDRAWN: State.WITHDRAWN,
}


class NoSuchVersion(Refusal):
    """There is no version of that number."""


@dataclass(frozen=True, slots=True)
class DocumentName:
    """Which document: its type, also by title, its name, and whose it is."""

    type: str
    title: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Line:
    """A document in the list: what holds of it on the day, and its newest version."""

    type: str
    title: str  # of the type
    name: str
    unit: str
    holds: Version | None
    until: date | None
    newest: Version
    standing: Standing  # of the newest

    @property
    def standings(self) -> frozenset[Standing]:
        """Return under which states this document is found."""
        return frozenset({self.standing} | ({Standing.IN_FORCE} if self.holds else set()))


@dataclass(frozen=True, slots=True)
class DocumentList:
    lines: tuple[Line, ...]
    total: int  # before paging
    types: dict[str, str]  # key and title of every type


@dataclass(frozen=True, slots=True)
class Step:
    """A version on the time line of its document."""

    version: Version
    standing: Standing
    since: date | None  # the stretch of days on which it holds, as known now
    until: date | None


@dataclass(frozen=True, slots=True)
class Override:
    unit: str
    version: Version
    standing: Standing
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document of the organization or of a unit, on a day."""

    type: DocumentType[BaseModel]
    name: str
    unit: str
    on: date
    known: datetime | None
    effective: Effective | None
    summary: str
    steps: tuple[Step, ...]  # newest first
    overrides: tuple[Override, ...]  # of the whole name, by unit
    open: Version | None  # the draft that is being worked on
    may_write: bool


def effective(
    *,
    actor: Actor,
    workspace: Workspace,
    type: str,
    name: str,
    unit: str = "",
    on: date,
    known: datetime | None = None,
) -> Effective | None:
    """Return what held for a unit on a day, as it was known at an instant, each value with its
    origin; None where the organization had agreed nothing, or there is no such document."""
    actor.must("documents.read")
    shape = document_types().get(type)
    if shape is None:
        return None
    units = units_above(unit)
    versions = store.versions_of(type, name, units=units, database=workspace.database)
    if len(readable(actor, versions, database=workspace.database)) < len(versions):
        return None
    return resolve(shape, versions, unit, on, known)


def document_list(
    *,
    actor: Actor,
    workspace: Workspace,
    on: date,
    type: str = "",
    state: Standing | None = None,
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> DocumentList:
    """Return the documents of the organization and of units, by type, name and unit."""
    actor.must("documents.read")
    types = {key: one.title for key, one in document_types().items()}
    kept = None if state is None else _KEPT_AS.get(state, State.APPROVED)
    named = store.documents_like(type=type, text=text, state=kept, database=workspace.database)
    named = named_seen(actor, named, database=workspace.database)
    wanted = named if state is not None else named[offset : offset + limit]
    lines = _lines(workspace, wanted, on)
    if state is None:
        return DocumentList(tuple(lines), len(named), types)
    lines = [line for line in lines if state in line.standings]
    return DocumentList(tuple(lines[offset : offset + limit]), len(lines), types)


def document_page(
    *,
    actor: Actor,
    workspace: Workspace,
    type: str,
    name: str,
    unit: str = "",
    on: date,
    known: datetime | None = None,
) -> DocumentPage | None:
    """Return a document with its versions; None where there is none of that type and name."""
    actor.must("documents.read")
    shape = document_types().get(type)
    if shape is None:
        return None
    every = store.versions_of(type, name, database=workspace.database)
    versions = readable(actor, every, database=workspace.database)
    hidden = {one.unit for one in every if one not in versions}
    if not versions or hidden & set(units_above(unit)):
        return None
    own = [version for version in versions if version.unit == unit]
    held = resolve(shape, versions, unit, on, known)
    return DocumentPage(
        type=shape,
        name=name,
        unit=unit,
        on=on,
        known=known,
        effective=held,
        summary=shape.summary(held.content) if held else "",
        steps=_steps(own, on),
        overrides=_overrides(shape, versions, on),
        open=next((version for version in own if version.state in OPEN), None),
        may_write=may_write(actor, unit),
    )


def versions(
    *, actor: Actor, workspace: Workspace, type: str, name: str, unit: str = ""
) -> tuple[Version, ...]:
    """Return every version of a document, oldest first."""
    actor.must("documents.read")
    found = store.versions_of(type, name, units=[unit], database=workspace.database)
    return readable(actor, found, database=workspace.database)


def one_version(*, actor: Actor, workspace: Workspace, version_id: int) -> Version | None:
    actor.must("documents.read")
    found = store.find_version(version_id, database=workspace.database)
    return seen(actor, found, database=workspace.database)


def schema(*, actor: Actor, workspace: Workspace, type: str) -> dict[str, object] | None:
    """Return the JSON Schema of the texts of a type; None where there is no such type."""
    actor.must("documents.read")
    shape = document_types().get(type)
    return None if shape is None else json_schema(shape)


def find_documents(
    *, actor: Actor, workspace: Workspace, text: str, limit: int = 5
) -> tuple[DocumentName, ...]:
    """Return documents whose type, name or unit hold every word of `text`."""
    actor.must("documents.read")
    types = document_types()
    found = store.documents_like(text=text, database=workspace.database)
    found = named_seen(actor, found, database=workspace.database)
    return tuple(
        DocumentName(type, types[type].title if type in types else type, name, unit)
        for _, type, name, unit in found[:limit]
    )


def page_of(type: str, name: str, unit: str = "") -> str:
    """Return the address of a document's page."""
    end = f"?{urlencode({'unit': unit})}" if unit else ""
    return f"/documents/{type}/{name}/{end}"


def may_write(actor: Actor, unit: str) -> bool:
    """May this actor draft for the organization (""), or for this unit?"""
    if actor.may("documents.draft"):
        return True
    # Who looks after a team may be given its name alone, as the facts have it.
    is_theirs = bool(actor.unit and unit) and actor.unit in (*units_above(unit), *unit.split("/"))
    return is_theirs and actor.may("documents.override")


def must_write(actor: Actor, unit: str | None = None) -> None:
    """Raise NotAllowed if this actor may not draft for a unit; None: for any."""
    if actor.may("documents.draft"):
        return
    if not actor.may("documents.override"):
        actor.must("documents.draft")
    if unit is not None and not may_write(actor, unit):
        whose = unit or "the organization"
        theirs = f"overrides for {actor.unit}" if actor.unit else "overrides once given a unit"
        raise NotAllowed(f"{actor.name} may draft {theirs}, and not for {whose}.")


def latest(versions: Iterable[Version], state: State) -> Version | None:
    """Return the newest version of a state."""
    found = [version for version in versions if version.state is state]
    return max(found, key=lambda version: version.number, default=None)


def central_lines(*, workspace: Workspace, type: str, on: date) -> tuple[Line, ...]:
    """Return the organization's documents of a type, also those whose text the asker may not read;
    for queries that asked already, and show only that they are there."""
    named = store.documents_like(type=type, database=workspace.database)
    return tuple(_lines(workspace, [one for one in named if not one[3]], on))


def _lines(
    workspace: Workspace, named: Sequence[tuple[int, str, str, str]], on: date
) -> list[Line]:
    types = {key: one.title for key, one in document_types().items()}
    by_document = store.light_versions(named, database=workspace.database)
    return [_line(by_document[one[0]], types, on) for one in named if by_document.get(one[0])]


def _line(own: list[Version], types: dict[str, str], on: date) -> Line:
    newest = own[-1]
    held = next((one for one in stretches(own) if one.holds_on(on)), None)
    return Line(
        type=newest.type,
        title=types.get(newest.type, newest.type),
        name=newest.name,
        unit=newest.unit,
        holds=held.version if held else None,
        until=held.until if held else None,
        newest=newest,
        standing=standing(newest, own, on),
    )


def _steps(own: list[Version], on: date) -> tuple[Step, ...]:
    days = {one.version.version_id: one for one in stretches(own)}
    return tuple(_step(version, own, days.get(version.version_id), on) for version in own[::-1])


def _step(version: Version, own: list[Version], days: Stretch | None, on: date) -> Step:
    since, until = (days.since, days.until) if days else (None, None)
    return Step(version, standing(version, own, on), since, until)


def _overrides(
    shape: DocumentType[BaseModel], all_versions: tuple[Version, ...], on: date
) -> tuple[Override, ...]:
    """Return of each unit the version that holds, else its newest, with what is to look at."""
    found = to_look_at(shape, all_versions, on)
    made = []
    for unit in sorted({version.unit for version in all_versions} - {""}):
        own = [version for version in all_versions if version.unit == unit]
        held = next((one.version for one in stretches(own) if one.holds_on(on)), own[-1])
        about = tuple(one for one in found if one.override.unit == unit)
        made.append(Override(unit, held, standing(held, own, on), about))
    return tuple(made)


def summary_of(version: Version) -> str:
    """Return a version of the organization in one line, "" of an override."""
    shape = document_types().get(version.type)
    if shape is None or version.unit:
        return ""
    return shape.summary(value_of(shape, version))
