"""To whom everybody reported, level by level and day by day, as one small relation.

Source: docs/compensation/credits.md
"""

from sqlglot import exp

from wald.facts.relations import Scene, template
from wald.heart.compensation.plan_currency import union

# Half-open windows of days; whoever reports to themselves reports to nobody.
_FIRST = """
    SELECT person_id, valid_from, COALESCE(valid_to, CAST('9999-12-31' AS DATE)) AS valid_to,
           manager_id AS boss_1
      FROM person WHERE manager_id IS NOT NULL AND manager_id <> person_id
"""


def chains(scene: Scene, levels: int) -> exp.Select:
    """Return person_id, valid_from, valid_to, level, boss_id: windows in which somebody was above.

    Going up ends where it would come back to somebody met before: a ring does no harm.
    """
    first = template(_FIRST, person=scene.labels("person", ["person_id", "manager_id"]))
    steps = [first]
    for level in range(2, levels + 1):
        steps.append(_further(steps[-1], first, level))
    shown = (
        template(
            "SELECT person_id, valid_from, valid_to, CAST(:level AS INT) AS level FROM step",
            step=step,
            level=exp.Literal.number(level),
        ).select(exp.alias_(exp.column(f"boss_{level}"), "boss_id"), copy=False)
        for level, step in enumerate(steps, start=1)
    )
    columns = "person_id valid_from valid_to level boss_id".split()
    return exp.select(*columns).from_(union(shown).subquery("levels", copy=False))


def _further(below: exp.Select, first: exp.Select, level: int) -> exp.Select:
    """Go one level up from the highest boss of `below`, on the days that both windows share."""
    bosses = [f"boss_{one}" for one in range(1, level)]
    rows = template(
        """
        SELECT below.person_id, GREATEST(below.valid_from, up.valid_from) AS valid_from,
               LEAST(below.valid_to, up.valid_to) AS valid_to
          FROM below JOIN up ON up.person_id = :highest
           AND up.valid_from < below.valid_to AND below.valid_from < up.valid_to
        """,
        below=below,
        up=first,
        highest=exp.column(bosses[-1], "below"),
    )
    above = exp.column("boss_1", "up")
    rows = rows.select(*[exp.column(one, "below") for one in bosses], copy=False)
    rows = rows.select(exp.alias_(above, f"boss_{level}"), copy=False)
    met = [above.copy().neq(exp.column(one, "below")) for one in ("person_id", *bosses)]
    return rows.where(exp.and_(*met), copy=False)
