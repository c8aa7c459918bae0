"""The document that holds for a unit: the organization's, and what units change in it.

Region before team: each changes what is there by then. A value of an override holds only where
the organization's version in force allows it, within its bounds. An override with which the whole
would make no sense (its type's check finds something) does not hold at all. What does not hold
is told, with why, and the value of the level above stands in its place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ValidationError

from wald.documents.bounds import outside, parsed
from wald.documents.document import DocumentType
from wald.documents.fields import field_at, leaves, with_leaf
from wald.documents.in_force import in_force
from wald.documents.version import Version, units_above


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value of an effective document comes from, in words too."""

    path: str
    value: object
    label: str
    told: str
    origin: str
    version_id: int
    is_local: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """A value, or with path "" a whole override, that does not hold, and why not; `is_for_all`: of
    its kind no unit may change any, whatever the bounds."""

    version_id: int
    unit: str
    path: str
    why: str
    is_for_all: bool = False


@dataclass(frozen=True, slots=True)
class Effective:
    """What held for a unit on a day. `version_id` is the organization's version."""

    type: str
    name: str
    unit: str
    on: date
    known: datetime | None
    version_id: int
    content: BaseModel
    fields: tuple[Origin, ...]
    passed: tuple[Passed, ...] = ()

    @property
    def origins(self) -> Mapping[str, str]:
        """Return where each value comes from: "version 3 of the organization", by its path."""
        return {field.path: field.origin for field in self.fields}


def value_of(type: DocumentType[BaseModel], version: Version) -> BaseModel:
    """Return the whole content of a version of the organization as its shape's value."""
    return type.shape.model_validate(_present(type, version))


def _present(type: DocumentType[BaseModel], version: Version) -> Mapping[str, object]:
    if version.schema == type.schema:
        return version.content
    return type.upgrade(version.content, version.schema)


def changes_of(type: DocumentType[BaseModel], version: Version) -> Mapping[str, object]:
    """Return the values that an override gives, typed, each by its path."""
    raw = leaves(type.shape, _present(type, version))
    found = {}
    for path, value in raw.items():
        field = field_at(type.shape, path)
        found[path] = value if field is None else parsed(field, value)
    return found


def overlaid(
    type: DocumentType[BaseModel], central: Version, overrides: Iterable[Version]
) -> tuple[BaseModel, dict[str, Version], tuple[Passed, ...]]:
    """Lay overrides over the organization's version, in order; say which version each value
    that is not the organization's comes from, and what does not hold."""
    value = value_of(type, central)
    tree: dict[str, object] = value.model_dump()
    origins: dict[str, Version] = {}
    passed: list[Passed] = []
    for override in overrides:
        allowed, faults = _allowed(type, central, override, value)
        passed += faults
        changed = tree
        for path, new in allowed.items():
            changed = with_leaf(type.shape, changed, path, new) or changed
        try:
            candidate = type.shape.model_validate(changed)
        except ValidationError as error:
            why = "; ".join(str(one["msg"]) for one in error.errors(include_url=False))
            passed.append(Passed(override.version_id, override.unit, "", why))
            continue
        faults_of_whole = [f"{one.what}: {one.where}" for one in type.check(candidate)]
        if faults_of_whole:
            why = "; ".join(faults_of_whole)
            passed.append(Passed(override.version_id, override.unit, "", why))
            continue
        value, tree = candidate, candidate.model_dump()
        origins |= dict.fromkeys(allowed, override)
    return value, origins, tuple(passed)


def _allowed(
    type: DocumentType[BaseModel], central: Version, override: Version, held: BaseModel
) -> tuple[dict[str, object], list[Passed]]:
    allowed: dict[str, object] = {}
    faults = []
    tree: Mapping[str, object] = held.model_dump()
    for path, value in changes_of(type, override).items():
        for_all = type.not_local(path, held, override.unit)
        why = for_all or outside(type, central.local, path, value)
        if why is None and with_leaf(type.shape, tree, path, value) is None:
            why = f"{path} is no longer in {central.label}"
        if why is None:
            allowed[path] = value
        else:
            faults.append(Passed(override.version_id, override.unit, path, why, bool(for_all)))
    return allowed, faults


def resolve(
    type: DocumentType[BaseModel],
    versions: Iterable[Version],
    unit: str,
    on: date,
    known: datetime | None = None,
) -> Effective | None:
    """Return what held for a unit, of all versions of one name; None where the organization
    had agreed nothing for that day."""
    by_unit: dict[str, list[Version]] = {}
    for version in versions:
        by_unit.setdefault(version.unit, []).append(version)
    central = in_force(by_unit.get("", ()), on, known)
    if central is None:
        return None
    held = (in_force(by_unit.get(one, ()), on, known) for one in units_above(unit)[1:])
    overrides = [one for one in held if one is not None]
    value, origins, passed = overlaid(type, central, overrides)
    return Effective(
        type=type.key,
        name=central.name,
        unit=unit,
        on=on,
        known=known,
        version_id=central.version_id,
        content=value,
        fields=tuple(
            _origin(type, path, one, origins.get(path, central))
            for path, one in leaves(type.shape, value.model_dump()).items()
        ),
        passed=passed,
    )


def _origin(type: DocumentType[BaseModel], path: str, value: object, version: Version) -> Origin:
    label, told = type.tell(path, value)
    return Origin(
        path=path,
        value=value,
        label=label,
        told=told,
        origin=version.label,
        version_id=version.version_id,
        is_local=version.unit != "",
    )
