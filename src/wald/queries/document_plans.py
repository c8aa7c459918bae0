"""What a text would change, and what a version changed: in words, in lines, for overrides."""

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel

from wald.documents.comparison import in_text, in_words
from wald.documents.document import DocumentType, document_types
from wald.documents.drift import Finding, conflicts
from wald.documents.in_force import in_force, stretches
from wald.documents.proposal import as_version, override_problems
from wald.documents.reading import Written, read
from wald.documents.version import OPEN, State, Version
from wald.kernel.actor import Actor
from wald.kernel.problem import Problem
from wald.kernel.workspace import Workspace
from wald.queries.document_sight import must_read, readable, seen
from wald.queries.documents import may_write
from wald.records.stores import documents as store


@dataclass(frozen=True, slots=True)
class Plan:
    """What a text would change if it held; nothing is written. With problems it cannot be kept."""

    written: Written | None
    problems: tuple[Problem, ...]
    compared_with: Version | None  # the version that it would follow
    changes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    conflicts: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    is_new: bool = True  # False: the newest version says exactly this


@dataclass(frozen=True, slots=True)
class Difference:
    old: Version | None
    new: Version
    changes: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A version with what its page shows of it."""

    version: Version
    own: tuple[Version, ...]  # every version of its document, oldest first
    difference: Difference | None  # None: there is no such other version
    conflicts: tuple[Finding, ...]  # what one of the organization means for approved overrides


def plan(*, actor: Actor, workspace: Workspace, text: str, at: datetime) -> Plan:
    """Return what a text would change, with every Problem that keeps it from being kept."""
    actor.must("documents.read")
    types = document_types()
    reading = read(text, types)
    written = reading.written
    if written is None:
        return Plan(None, reading.problems, None)
    must_read(actor, written, database=workspace.database)
    type = types[written.type]
    versions = store.versions_of(written.type, written.name, database=workspace.database)
    for version in versions:
        if version.unit == written.unit:
            must_read(actor, version, database=workspace.database)
    proposed = as_version(written, actor.name, at)
    problems: tuple[Problem, ...] = ()
    if written.unit:
        problems = override_problems(type, proposed, versions, reading.findings)
    own = [version for version in versions if version.unit == written.unit]
    before = in_force(own, written.starts_on)
    alive = [version for version in own if version.state is not State.WITHDRAWN]
    newest = max(alive, key=lambda version: version.number, default=None)
    return Plan(
        written=written,
        problems=problems,
        compared_with=before,
        changes=in_words(type, before, written),
        lines=in_text(before.text if before else "", text, _name(before), "this text"),
        conflicts=() if written.unit else conflicts(type, proposed, versions),
        notes=tuple(_notes(actor, proposed, own, at.date())),
        is_new=newest is None or newest.text != text,
    )


def warnings_in(*, actor: Actor, text: str) -> tuple[Problem, ...]:
    """Return what makes sense in a sound text of the organization and may not be meant, each with
    its line; nothing of a text that has Problems, or is a unit's."""
    actor.must("documents.read")
    types = document_types()
    reading = read(text, types)
    written = reading.written
    if written is None or written.unit:
        return ()
    type = types[written.type]
    found = type.warnings(type.shape.model_validate(written.content))
    return tuple(
        Problem(reading.findings.told(f"content.{one.where}"), one.what, one.fix) for one in found
    )


def difference(
    *, actor: Actor, workspace: Workspace, version_id: int, with_id: int | None = None
) -> Difference | None:
    """Return what changed from one version to another; without `with_id` from the one that held,
    or was to hold, before it. None where a version is missing, or of another type."""
    actor.must("documents.read")
    database = workspace.database
    new = seen(actor, store.find_version(version_id, database=database), database=database)
    if new is None:
        return None
    own: tuple[Version, ...] = ()
    if with_id is None:
        own = store.versions_of(new.type, new.name, units=[new.unit], database=workspace.database)
    return _difference(actor, new, own, with_id, workspace)


def version_page(
    *, actor: Actor, workspace: Workspace, version_id: int, with_id: int | None = None
) -> VersionPage | None:
    """Return a version, its `difference` and what it means for overrides; None where there is
    none. The versions of its name are read once."""
    actor.must("documents.read")
    database = workspace.database
    found = seen(actor, store.find_version(version_id, database=database), database=database)
    if found is None:
        return None
    named = readable(
        actor, store.versions_of(found.type, found.name, database=database), database=database
    )
    own = tuple(one for one in named if one.unit == found.unit)
    shape = document_types().get(found.type)
    return VersionPage(
        version=found,
        own=own,
        difference=_difference(actor, found, own, with_id, workspace),
        conflicts=() if shape is None or found.unit else conflicts(shape, found, named),
    )


def _difference(
    actor: Actor,
    new: Version,
    own: tuple[Version, ...],
    with_id: int | None,
    workspace: Workspace,
) -> Difference | None:
    database = workspace.database
    own = readable(actor, own, database=database)
    old = _one_before(new, own)
    if with_id is not None:
        is_with = (one for one in own if one.version_id == with_id)
        old = next(is_with, None) or seen(
            actor, store.find_version(with_id, database=database), database=database
        )
        if old is None or old.type != new.type:
            return None
    type = document_types().get(new.type)
    return Difference(
        old,
        new,
        _words(type, old, new),
        in_text(old.text if old else "", new.text, _name(old), _name(new)),
    )


def _one_before(new: Version, own: tuple[Version, ...]) -> Version | None:
    others = [one for one in own if one.version_id != new.version_id]
    if new.approved_at is not None:
        known = [one for one in others if one.number < new.number]
        return in_force(known, new.starts_on, new.approved_at)
    return in_force(others, new.starts_on)


def _words(
    type: DocumentType[BaseModel] | None, old: Version | None, new: Version
) -> tuple[str, ...]:
    return () if type is None else in_words(type, old, new)


def _name(version: Version | None) -> str:
    return "nothing" if version is None else f"version {version.number}"


def _notes(actor: Actor, proposed: Version, own: list[Version], on: date) -> list[str]:
    found = []
    if proposed.starts_on < on:
        found.append(f"It starts on {proposed.starts_on}, which is past: what held since changes.")
    later = [one for one in stretches(own) if one.since > proposed.starts_on]
    if later:
        next_one = later[0]
        found.append(
            f"It holds until {next_one.since}, when version {next_one.version.number} does."
        )
    is_open = next((version for version in own if version.state in OPEN), None)
    if is_open is not None and is_open.text != proposed.text:
        found.append(
            f"Version {is_open.number} by {is_open.author} is open "
            f"({is_open.state.value.replace('_', ' ')}); this text would replace it."
        )
    if not may_write(actor, proposed.unit):
        found.append(f"{actor.name} may not draft it for {proposed.unit or 'the organization'}.")
    return found
