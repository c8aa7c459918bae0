"""Whose rows somebody may see, from the hierarchy as it stood on the day asked about.

Everybody, the people of a unit, oneself and those below (with those of a unit), or oneself:
`kernel/policy.py` says which for each role. Whoever left stays with the manager and the unit they
had last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlglot import exp

from wald.engine.connect import Engine, shared
from wald.facts.as_of import as_of
from wald.facts.parts import Sight, Snapshot
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.policy import WHOLE, Reach
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept, kept_rows, signature
from wald.records.stores.loads import snapshot
from wald.records.stores.users import list_users


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stood in the organization on one day."""

    manager_id: str
    team: str
    region: str
    name: str = ""


def persons_seen(
    *, actor: Actor, workspace: Workspace, on: date, known: datetime | None = None
) -> frozenset[str] | None:
    """Return the keys of the persons whose rows `actor` may see as of `on`; None: everybody's.

    Somebody who is nobody of the facts, and looks after no unit, sees no row.
    """
    actor.must("facts.read")
    return _persons_seen(actor, workspace, on, known)


def names_below(*, actor: Actor, workspace: Workspace, on: date) -> frozenset[str] | None:
    """Return the names of the users whose cases `actor` may see as of `on`; None: everybody's.

    Their own always; those of the people below them, or of their unit, by the hierarchy.
    """
    actor.must("cases.read")
    if actor.may("cases.read_all"):
        return None
    if actor.reach is Reach.EVERYBODY:  # of numbers, which says nothing of other people's work
        return frozenset({actor.name})
    seen = _persons_seen(actor, workspace, on, None) or frozenset()
    users = list_users(database=workspace.database)
    return frozenset({actor.name, *(u.name for u in users if u.person_id in seen)})


def may_see_pay(
    *,
    actor: Actor,
    workspace: Workspace,
    person_id: str,
    on: date,
    known: datetime | None = None,
) -> bool:
    """May `actor` see what `person_id` is paid, as of `on`? The one policy for all of pay.

    The person themselves, whoever they reported to on that day, directly or not, and those
    with the right to everybody's pay; who only keeps the system running may not.
    """
    if actor.may("pay.read_all"):
        return True
    if not actor.may("pay.read") or not actor.person_id or not person_id:
        return False
    if actor.person_id == person_id:
        return True
    if actor.reach is not Reach.BELOW:
        return False
    return actor.person_id in above(person_id, places_on(workspace=workspace, on=on, known=known))


def persons_with_pay_seen(*, actor: Actor, workspace: Workspace, on: date) -> frozenset[str] | None:
    """Return whose pay `actor` may see as of `on`, as `may_see_pay` says one by one; None:
    everybody's."""
    actor.must("pay.read")
    if actor.may("pay.read_all"):
        return None
    if not actor.person_id:
        return frozenset()
    if actor.reach is not Reach.BELOW:
        return frozenset({actor.person_id})
    return below(actor.person_id, places_on(workspace=workspace, on=on))


def sight_of(actor: Actor, engine: Engine, stored: Snapshot) -> Sight | None:
    """Return what restricts the rows of `stored` for `actor`, None for nothing."""
    if actor.reach is Reach.EVERYBODY:
        return None
    whole = stored.whole
    name = "\n".join((actor.reach.value, actor.person_id, actor.unit))
    facts = signature(whole)

    def persons(on: date) -> frozenset[str]:
        key = (facts, "sight", name, on)
        return kept(key, lambda: _reached(actor, _places(engine, whole, facts, on)))

    return Sight(name, persons)


def below(person_id: str, places: Mapping[str, Place]) -> frozenset[str]:
    """Return `person_id` and everybody who reports to them, directly or not; rings do no harm."""
    reports: dict[str, list[str]] = {}
    for person, place in places.items():
        reports.setdefault(place.manager_id, []).append(person)
    found, waiting = {person_id}, [person_id]
    while waiting:
        new = [one for one in reports.get(waiting.pop(), ()) if one not in found]
        found.update(new)
        waiting += new
    return frozenset(found)


def above(person_id: str, places: Mapping[str, Place]) -> frozenset[str]:
    """Return everybody to whom `person_id` reports, directly or not, never themselves."""
    found: set[str] = set()
    place = places.get(person_id)
    while place is not None and place.manager_id and place.manager_id not in found:
        found.add(place.manager_id)
        place = places.get(place.manager_id)
    return frozenset(found - {person_id})


def places_on(
    *, workspace: Workspace, on: date, known: datetime | None = None
) -> Mapping[str, Place]:
    """Return where each person of the facts stood on a day; for queries that asked already."""
    engine, stored = _opened(workspace, known)
    return _places(engine, stored, signature(stored), on)


def _persons_seen(
    actor: Actor, workspace: Workspace, on: date, known: datetime | None
) -> frozenset[str] | None:
    if actor.reach is Reach.EVERYBODY:
        return None
    sight = sight_of(actor, *_opened(workspace, known))
    return None if sight is None else sight.persons(on)


def _opened(workspace: Workspace, known: datetime | None) -> tuple[Engine, Snapshot]:
    stored = snapshot(database=workspace.database, root=workspace.facts, known=known)
    engine = shared("", workspace.facts)
    engine.attach(stored)
    return engine, stored


def _reached(actor: Actor, places: Mapping[str, Place]) -> frozenset[str]:
    own = frozenset({actor.person_id} if actor.person_id else ())
    if actor.reach is Reach.BELOW:
        reports = below(actor.person_id, places) if own else own
        return reports | (places.keys() if actor.unit == WHOLE else _of_unit(actor, places))
    return own | _of_unit(actor, places) if actor.reach is Reach.UNIT else own


def _of_unit(actor: Actor, places: Mapping[str, Place]) -> frozenset[str]:
    unit = actor.unit
    return frozenset(
        one for one, place in places.items() if unit and unit in (place.team, place.region)
    )


def _places(engine: Engine, whole: Snapshot, facts: str, on: date) -> Mapping[str, Place]:
    return kept((facts, "places", on), lambda: _read_places(engine, whole, on))


def _read_places(engine: Engine, whole: Snapshot, on: date) -> Mapping[str, Place]:
    if not whole.has("person"):
        return MappingProxyType({})
    columns = ["person_id", "manager_id", "team", "region", "name"]
    rows = as_of("person", AsOf(on, whole.known), whole, columns)
    held = rows.where(exp.column("valid_to").is_(exp.null()))  # rows of later days are not there
    found = kept_rows(engine, whole, exp.select(*columns).from_(held.subquery("held")))
    return MappingProxyType(
        {
            row["person_id"]: Place(
                row["manager_id"] or "", row["team"] or "", row["region"] or "", row["name"] or ""
            )
            for row in found.to_pylist()
        }
    )
