"""One deal: what is known of it as of a day, and every change up to then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlglot import exp

from wald.engine.connect import run
from wald.facts.relations import Scene, template
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.workspace import Workspace
from wald.queries.deals import COLUMNS, deals_as_of
from wald.queries.measure import View, view

_MOST_CHANGES = 500


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    old: str | None
    new: str | None
    changed_at: datetime  # UTC
    changed_by: str | None


@dataclass(frozen=True, slots=True)
class DealPage:
    """`fields` are by name, in the order of the deals table; changes newest first."""

    opportunity_id: str
    title: str
    currency: str
    as_of: date
    known_at: datetime | None
    fields: Mapping[str, object]
    changes: tuple[Change, ...]


def deal_page(
    *,
    actor: Actor,
    workspace: Workspace,
    opportunity_id: str,
    as_of: date | None = None,
    known: datetime | None = None,
) -> DealPage | None:
    """Return the deal, None if there was none with this key on that day."""
    seen = view(actor=actor, workspace=workspace, known=known)
    day = as_of or seen.snapshot.reaches
    if day is None or "\0" in opportunity_id or not seen.snapshot.has("opportunity"):
        return None
    scene = Scene(seen.snapshot, AsOf(day, known), seen.terms)
    wanted = exp.column("opportunity_id").eq(exp.Literal.string(opportunity_id))
    columns = [exp.column(name) for name in COLUMNS]
    found = _fetched(seen, exp.select(*columns).from_(deals_as_of(seen, scene)).where(wanted))
    if not found:
        return None
    fields = found[0]
    return DealPage(
        opportunity_id=opportunity_id,
        title=str(fields["name"] or fields["account"] or opportunity_id),
        currency=seen.terms.currency,
        as_of=day,
        known_at=seen.snapshot.learned_at,
        fields=MappingProxyType(fields),
        changes=tuple(_changes(seen, scene, opportunity_id)),
    )


def _changes(seen: View, scene: Scene, opportunity_id: str) -> list[Change]:
    tree = template(
        """
        SELECT change.field, change.old, change.new, change.changed_at,
               COALESCE(MAX(person.name), change.changed_by) AS changed_by
          FROM change LEFT JOIN person ON person.person_id = change.changed_by
         WHERE change.opportunity_id = :wanted
         GROUP BY change.field, change.old, change.new, change.changed_at, change.changed_by
         ORDER BY change.changed_at DESC, change.field
        """,
        change=scene.table(
            "opportunity_change",
            ["change_id", "opportunity_id", "field", "old", "new", "changed_at", "changed_by"],
        ),
        person=scene.labels("person", ["person_id", "name"]),
        wanted=exp.Literal.string(opportunity_id),
    ).limit(_MOST_CHANGES)
    return [Change(**row) for row in _fetched(seen, tree)]


def _fetched(seen: View, tree: exp.Expr) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run(seen.engine, tree).to_pylist()
    return found
