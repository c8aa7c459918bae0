"""What was open on some days of the past and expected to close in a window, all days in one SELECT.

As `facts/as_of.py` rolls one day back: of each field the first change after the day tells what it
was, and a deal that closed later was open. Amounts are at the rate of the day, teams those of the
day. Source: docs/pipeline/coverage.md
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from wald.facts.as_of import day_literal, known_rows
from wald.facts.reading import people_windows
from wald.facts.relations import Scene, converted, template
from wald.facts.seen import among
from wald.facts.terms import RateRule
from wald.kernel.period import Period

Sight = Callable[[date], frozenset[str] | None]
_FIELDS = ("outcome", "closed_on", "amount", "close_on", "owner_id")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day of the past, and the window in which deals were then expected to close."""

    day: date
    closing: Period


_CHANGES = """
SELECT opportunity_id, field, old, CAST(changed_at AS DATE) AS changed_on,
       LAG(CAST(changed_at AS DATE)) OVER (PARTITION BY opportunity_id, field
                                           ORDER BY changed_at) AS before_on
  FROM change
 WHERE field IN ('outcome', 'closed_on', 'amount', 'close_on', 'owner_id')
   AND CAST(changed_at AS DATE) > :first
"""
# What the first change after each day replaced.
_UNDONE = """
SELECT later.opportunity_id, moment.day,
       MAX(CASE WHEN later.field = 'outcome' THEN 1 END) AS outcome_changed,
       MAX(CASE WHEN later.field = 'outcome' THEN later.old END) AS outcome,
       MAX(CASE WHEN later.field = 'closed_on' THEN 1 END) AS closed_on_changed,
       MAX(CASE WHEN later.field = 'closed_on' THEN later.old END) AS closed_on,
       MAX(CASE WHEN later.field = 'amount' THEN 1 END) AS amount_changed,
       MAX(CASE WHEN later.field = 'amount' THEN later.old END) AS amount,
       MAX(CASE WHEN later.field = 'close_on' THEN 1 END) AS close_on_changed,
       MAX(CASE WHEN later.field = 'close_on' THEN later.old END) AS close_on,
       MAX(CASE WHEN later.field = 'owner_id' THEN 1 END) AS owner_id_changed,
       MAX(CASE WHEN later.field = 'owner_id' THEN later.old END) AS owner_id
  FROM later JOIN moment
    ON later.changed_on > moment.day
   AND COALESCE(later.before_on <= moment.day, TRUE)
 GROUP BY 1, 2
"""
_STATES = """
SELECT moment.day, moment.starts_on, moment.ends_on, deal.currency,
       CASE WHEN undone.outcome_changed = 1 THEN undone.outcome
            WHEN deal.closed_on > moment.day
             AND COALESCE(CASE WHEN undone.closed_on_changed = 1
                               THEN CAST(undone.closed_on AS DATE) END > moment.day, TRUE)
            THEN 'open' ELSE deal.outcome END AS outcome,
       CASE WHEN undone.amount_changed = 1 THEN CAST(undone.amount AS DECIMAL(18, 4))
            ELSE deal.amount END AS amount,
       CASE WHEN undone.close_on_changed = 1 THEN CAST(undone.close_on AS DATE)
            ELSE deal.close_on END AS close_on,
       CASE WHEN undone.owner_id_changed = 1 THEN undone.owner_id
            ELSE deal.owner_id END AS owner_id
  FROM deal JOIN moment
    ON COALESCE(CAST(deal.created_at AS DATE) <= moment.day, TRUE)
  LEFT JOIN undone
    ON undone.opportunity_id = deal.opportunity_id AND undone.day = moment.day
"""
_OPEN = """
SELECT day, owner_id, amount, currency FROM state
 WHERE outcome = 'open' AND close_on >= starts_on AND close_on < ends_on
"""
_BY_TEAM = """
SELECT priced.day, person.team, SUM(priced.amount) AS amount
  FROM priced LEFT JOIN person
    ON person.rep_id = priced.owner_id
   AND person.valid_from <= priced.day
   AND COALESCE(priced.day < person.valid_to, TRUE)
 GROUP BY 1, 2
"""


def compose_open_then(moments: Sequence[Moment], scene: Scene, sight: Sight) -> exp.Select:
    """Return the SELECT of day, team, amount: what was open on each day and expected to close in
    its window, of deals whose owner was seen as of that day. `moments` has one at least."""
    snapshot = scene.snapshot
    changes = known_rows(
        "opportunity_change", snapshot, ["opportunity_id", "field", "old", "changed_at"]
    )
    listed = _listed(moments)
    first = day_literal(min(one.day for one in moments))
    undone = template(
        _UNDONE, later=template(_CHANGES, change=changes, first=first), moment=listed.copy()
    )
    columns = ["opportunity_id", "created_at", "currency", *_FIELDS]
    deals = known_rows("opportunity", snapshot, columns)
    states = template(_STATES, deal=deals, moment=listed, undone=undone)
    rows = template(_OPEN, state=states)
    owned = _owned(moments, sight)
    if owned is not None:
        rows = rows.where(owned, copy=False)
    terms = replace(scene.terms, rate_rule=RateRule.ON_THE_DAY)
    at_rates = replace(scene, terms=terms)
    priced = converted(rows, ["amount"], exp.column("day"), "opportunity", at_rates)
    return template(_BY_TEAM, priced=priced, person=people_windows(scene, ()))


def _listed(moments: Sequence[Moment]) -> exp.Select:
    rows = [
        exp.select(
            exp.alias_(day_literal(one.day), "day"),
            exp.alias_(day_literal(one.closing.start), "starts_on"),
            exp.alias_(day_literal(one.closing.end), "ends_on"),
        )
        for one in moments
    ]
    if len(rows) == 1:
        return rows[0]
    return exp.select("*").from_(exp.union(*rows, distinct=False).subquery("listed"))


def _owned(moments: Sequence[Moment], sight: Sight) -> exp.Expr | None:
    """Return the condition that a deal's owner was seen on the day, None: everybody was."""
    groups: dict[frozenset[str] | None, list[date]] = {}
    for one in moments:
        groups.setdefault(sight(one.day), []).append(one.day)
    if set(groups) == {None}:
        return None
    parts = []
    for persons, days in groups.items():
        listed = exp.column("day").isin(*[day_literal(day) for day in days])
        seen = exp.true() if persons is None else among(exp.column("owner_id"), persons)
        parts.append(exp.and_(listed, seen))
    return exp.or_(*parts)
