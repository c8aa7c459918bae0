"""What the rules of hygiene read: four SELECTs of the past, and one of what is planned.

Each is one SELECT over all deals, never one per deal. They read what the scene sees: for what is
usual everybody's deals, which only counts and medians are shown of.
Source: docs/hygiene/README.md
"""

from datetime import timedelta

from sqlglot import exp

from wald.facts.as_of import day_literal, instant_after, known_rows
from wald.facts.parts import Snapshot
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene, template
from wald.facts.subject import DEALS
from wald.heart.hygiene.usual import RECENT_DAYS

PEERS = ("segment", "type", "amount")


def compose_changes(scene: Scene) -> exp.Select:
    """Return the SELECT of opportunity_id, happened_on and days (by which a closing day moved
    later; null for other changes), one row per change."""
    return template(
        """
        SELECT change.opportunity_id, CAST(change.changed_at AS DATE) AS happened_on,
               CASE WHEN change.field = 'close_on'
                    THEN DATE_DIFF('day', CAST(change.old AS DATE), CAST(change.new AS DATE))
               END AS days
          FROM change
        """,
        change=scene.table(
            "opportunity_change", ["opportunity_id", "field", "old", "new", "changed_at"]
        ),
    )


def compose_acts(scene: Scene) -> exp.Select:
    """Return the SELECT of opportunity_id, happened_on and contact_id, one row per activity."""
    return template(
        """
        SELECT act.opportunity_id, CAST(act.happened_at AS DATE) AS happened_on, act.contact_id
          FROM act WHERE act.opportunity_id IS NOT NULL
        """,
        act=scene.table("activity", ["opportunity_id", "happened_at", "contact_id"]),
    )


def compose_touches(scene: Scene) -> exp.Select:
    """Return the SELECT of opportunity_id, kind, happened_on and the title of the contact."""
    return template(
        """
        SELECT act.opportunity_id, act.kind, CAST(act.happened_at AS DATE) AS happened_on,
               contact.title
          FROM act LEFT JOIN contact ON contact.contact_id = act.contact_id
         WHERE act.opportunity_id IS NOT NULL
        """,
        act=scene.table("activity", ["opportunity_id", "kind", "happened_at", "contact_id"]),
        contact=scene.table("contact", ["contact_id", "title"]),
    )


def compose_with_lines(scene: Scene) -> exp.Select:
    """Return the SELECT of the opportunity_id of every deal that has a product on it."""
    rows = scene.table("opportunity_line", ["opportunity_id"])
    return exp.select("opportunity_id").distinct().from_(rows.subquery("line", copy=False))


def compose_peers(scene: Scene) -> exp.Select:
    """Return the SELECT of PEERS of the deals won in the two years up to the day."""
    rows = subject_rows(DEALS, scene, {*PEERS, "outcome", "closed_on"})
    since = scene.when.valid - timedelta(days=RECENT_DAYS)
    return (
        exp.select(*PEERS)
        .from_(rows.subquery("deal", copy=False), copy=False)
        .where(exp.column("outcome").eq(exp.Literal.string("won")), copy=False)
        .where(exp.column("closed_on") > day_literal(since), copy=False)
    )


def compose_plans(scene: Scene, then: Snapshot) -> exp.Select:
    """Return the SELECT of opportunity_id and planned_on, the day of the first activity after the
    day. `then` is what was known on it: what was loaded later was not known to be planned."""
    later = exp.column("happened_at") >= instant_after(scene.when.valid)
    acts = known_rows("activity", then, ["activity_id", "opportunity_id", "happened_at"])
    return template(
        """
        SELECT act.opportunity_id, MIN(CAST(act.happened_at AS DATE)) AS planned_on
          FROM act WHERE act.opportunity_id IS NOT NULL
         GROUP BY act.opportunity_id
        """,
        act=acts.where(later, copy=False),
    )
