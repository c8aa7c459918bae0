"""Which version held on a day, as it was known at an instant.

Each approved version claims the days from its first one on. Where several do, the one that
starts last holds; of those that start together, the one approved last. Once a version ended by
its own last day, nothing holds until the next starts: an end is an end. So the versions of one
document tile the days with half-open stretches, for every instant of knowledge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from wald.documents.version import Standing, State, Version


@dataclass(frozen=True, slots=True)
class Stretch:
    """A version and the days on which it holds, half-open; `until` None has no end."""

    version: Version
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


def is_known(version: Version, known: datetime | None) -> bool:
    """Was this version approved, and not withdrawn, as far as was known at `known`?"""
    if version.approved_at is None:
        return False
    if known is None:
        return version.withdrawn_at is None
    was_withdrawn = version.withdrawn_at is not None and version.withdrawn_at <= known
    return version.approved_at <= known and not was_withdrawn


def stretches(versions: Iterable[Version], known: datetime | None = None) -> tuple[Stretch, ...]:
    """Return when each version of one document holds, by day; one that never does is left out."""
    approved = [version for version in versions if is_known(version, known)]
    ordered = sorted(approved, key=lambda v: (v.starts_on, v.approved_at, v.number))
    found = []
    for place, version in enumerate(ordered, start=1):
        ends = [following.starts_on for following in ordered[place : place + 1]]
        ends += [version.ends_on] if version.ends_on else []
        until = min(ends, default=None)
        if until is None or version.starts_on < until:
            found.append(Stretch(version, version.starts_on, until))
    return tuple(found)


def in_force(
    versions: Iterable[Version], on: date, known: datetime | None = None
) -> Version | None:
    """Return the version of one document that held on a day."""
    for stretch in stretches(versions, known):
        if stretch.holds_on(on):
            return stretch.version
    return None


def standing(version: Version, others: Iterable[Version], on: date) -> Standing:
    """Return what a version is on a day, among all versions of its document."""
    if version.state is not State.APPROVED:
        return Standing[version.state.name]
    if version.starts_on > on:
        return Standing.AHEAD
    for stretch in stretches(others):
        if stretch.version.version_id == version.version_id:
            if stretch.holds_on(on):
                return Standing.IN_FORCE
            break
    has_ended = version.ends_on is not None and version.ends_on <= on
    later = any(
        (other.starts_on, other.approved_at, other.number)
        > (version.starts_on, version.approved_at, version.number)
        and other.starts_on <= (version.ends_on or on)
        for other in others
        if is_known(other, None)
    )
    return Standing.ENDED if has_ended and not later else Standing.SUPERSEDED
