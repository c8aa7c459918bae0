"""Overrides that need somebody: outside the bounds, saying what holds anyway, or expired."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from pydantic import BaseModel

from wald.documents.document import DocumentType
from wald.documents.fields import leaves
from wald.documents.in_force import stretches
from wald.documents.resolve import changes_of, overlaid, value_of
from wald.documents.version import Version


class Why(Enum):
    """Why an override needs somebody."""

    OUTSIDE = "outside the bounds"
    SAME = "says what holds anyway"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one override, in a sentence; `path` is "" where it is about all of it."""

    override: Version
    why: Why
    path: str
    sentence: str


def held_against(
    type: DocumentType[BaseModel], central: Version, override: Version
) -> tuple[Finding, ...]:
    """Return what is wrong with an override under a version of the organization."""
    _, _, passed = overlaid(type, central, [override])
    found = [
        Finding(override, Why.OUTSIDE, one.path, f"{override.unit}: {one.why}") for one in passed
    ]
    own = leaves(type.shape, value_of(type, central).model_dump())
    for path, value in changes_of(type, override).items():
        if path in own and own[path] == value:
            label, told = type.tell(path, value)
            sentence = f"{override.unit}: {label} {told}, as for the whole organization"
            found.append(Finding(override, Why.SAME, path, sentence))
    return tuple(found)


def conflicts(
    type: DocumentType[BaseModel], central: Version, overrides: Iterable[Version]
) -> tuple[Finding, ...]:
    """Return what a new version of the organization would mean for the overrides that are
    approved for days on which it is to hold. `overrides` are versions of any unit."""
    by_unit: dict[str, list[Version]] = {}
    for version in overrides:
        if version.unit:
            by_unit.setdefault(version.unit, []).append(version)
    found: list[Finding] = []
    for unit in sorted(by_unit):
        for stretch in stretches(by_unit[unit]):
            begins_before = central.ends_on is None or stretch.since < central.ends_on
            if begins_before and (stretch.until is None or central.starts_on < stretch.until):
                found += held_against(type, central, stretch.version)
    return tuple(found)


def to_look_at(
    type: DocumentType[BaseModel], versions: Iterable[Version], on: date
) -> tuple[Finding, ...]:
    """Return what a day's check of all versions of one name finds about its overrides."""
    by_unit: dict[str, list[Version]] = {}
    for version in versions:
        by_unit.setdefault(version.unit, []).append(version)
    central = next(
        (one.version for one in stretches(by_unit.get("", ())) if one.holds_on(on)), None
    )
    found: list[Finding] = []
    for unit in sorted(by_unit):
        tiles = stretches(by_unit[unit])
        begun = [one for one in tiles if unit and one.since <= on]
        if not begun:
            continue
        last, follows = begun[-1], len(begun) < len(tiles)
        if last.holds_on(on):
            found += held_against(type, central, last.version) if central else ()
        elif not follows:
            sentence = f"{unit}: the override expired on {last.until}; renew it, or let it be"
            found.append(Finding(last.version, Why.EXPIRED, "", sentence))
    return tuple(found)
