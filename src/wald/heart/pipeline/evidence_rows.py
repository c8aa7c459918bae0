"""Deals that left a stage, or stand in it, by which of its exit criteria the facts proved by then.

Measured in the engine as counts, one SELECT for all stages. A deal counts once per stage: from its
first day there to the end of its last stay, or to the day asked about. Whether an amount and a
closing day were there is rolled back to that day; products on a deal have no day of their own.
Source: docs/pipeline/exit-criteria.md
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.relations import Scene, template
from wald.heart.pipeline.exit_criteria import Criterion, Evidence, Since

ONES = exp.Literal.number(1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion of a stage as deals carry it; `column` is where the SELECT tells of it."""

    stage: str
    criterion: Criterion
    column: str


def asked_of(criteria: Mapping[str, Sequence[Criterion]]) -> tuple[Asked, ...]:
    """Return each different criterion of each stage once, by the name of the stage."""
    found = [(stage, one) for stage, listed in criteria.items() for one in dict.fromkeys(listed)]
    return tuple(Asked(stage, one, f"met_{i}") for i, (stage, one) in enumerate(found))


_PASSED = """
SELECT ranked.opportunity_id, ranked.stage, ranked.next_stage, ranked.outcome, ranked.segment,
       ranked.opened_on, ranked.first_on, ranked.left_on,
       COALESCE(ranked.left_on, :today) AS seen_on
  FROM (SELECT stay.opportunity_id, stay.stage, stay.next_stage, stay.outcome, stay.left_on,
               deal.segment, deal.opened_on,
               MIN(stay.entered_on) OVER (PARTITION BY stay.opportunity_id, stay.stage) AS first_on,
               ROW_NUMBER() OVER (PARTITION BY stay.opportunity_id, stay.stage
                 ORDER BY stay.entered_on DESC,
                          CASE WHEN stay.left_on IS NULL THEN 0 ELSE 1 END,
                          stay.left_on DESC, stay.next_stage) AS number
          FROM stay JOIN deal ON deal.opportunity_id = stay.opportunity_id) AS ranked
 WHERE ranked.number = 1
"""
_TOUCHES = """
SELECT activity.opportunity_id, activity.kind, CAST(activity.happened_at AS DATE) AS happened_on,
       LOWER(contact.title) AS title
  FROM activity LEFT JOIN contact ON contact.contact_id = activity.contact_id
 WHERE activity.opportunity_id IS NOT NULL
"""
_TOUCHED = """
SELECT passed.opportunity_id, passed.stage
  FROM passed JOIN touch
    ON touch.opportunity_id = passed.opportunity_id AND touch.happened_on <= passed.seen_on
 GROUP BY 1, 2
"""
# What the first change after the day replaced: so it stood on the day.
_UNDONE = """
SELECT ranked.opportunity_id, ranked.stage,
       MAX(CASE WHEN ranked.field = 'amount' THEN 1 END) AS amount_changed,
       MAX(CASE WHEN ranked.field = 'amount' THEN ranked.old END) AS amount,
       MAX(CASE WHEN ranked.field = 'close_on' THEN 1 END) AS close_on_changed,
       MAX(CASE WHEN ranked.field = 'close_on' THEN ranked.old END) AS close_on
  FROM (SELECT passed.opportunity_id, passed.stage, change.field, change.old,
               ROW_NUMBER() OVER (PARTITION BY passed.opportunity_id, passed.stage, change.field
                                  ORDER BY change.changed_at) AS number
          FROM passed JOIN change
            ON change.opportunity_id = passed.opportunity_id
           AND change.field IN ('amount', 'close_on')
           AND CAST(change.changed_at AS DATE) > passed.seen_on) AS ranked
 WHERE ranked.number = 1
 GROUP BY 1, 2
"""
_STOOD = """
SELECT passed.opportunity_id, passed.stage, passed.next_stage, passed.outcome, passed.segment,
       passed.left_on,
       CASE WHEN undone.amount_changed = 1 THEN CAST(undone.amount AS DECIMAL(18, 4))
            ELSE deal.amount END > 0 AS has_amount,
       CASE WHEN undone.close_on_changed = 1 THEN CAST(undone.close_on AS DATE)
            ELSE deal.close_on END >= passed.seen_on AS has_close_on,
       line.opportunity_id IS NOT NULL AS has_line
  FROM passed
  JOIN deal ON deal.opportunity_id = passed.opportunity_id
  LEFT JOIN undone
    ON undone.opportunity_id = passed.opportunity_id AND undone.stage = passed.stage
  LEFT JOIN line ON line.opportunity_id = passed.opportunity_id
"""
_ROWS = """
SELECT stood.opportunity_id, stood.stage, stood.next_stage, stood.outcome, stood.segment,
       stood.left_on IS NOT NULL AS is_over
  FROM stood LEFT JOIN touched
    ON touched.opportunity_id = stood.opportunity_id AND touched.stage = stood.stage
"""


def compose_evidence(
    deals: exp.Select,
    passages: exp.Select,
    asked: Sequence[Asked],
    scene: Scene,
    stages: Collection[str],
) -> exp.Select:
    """Return the SELECT of one row per deal and stage of `stages`: opportunity_id, stage,
    next_stage, outcome, segment, is_over, and of each of `asked` 1 or 0 in its column.

    `deals` has the columns of `passages`, and segment, amount and close_on.
    """
    passed = template(
        _PASSED, stay=passages, deal=deals.copy(), today=day_literal(scene.when.valid)
    )
    named = [exp.Literal.string(stage) for stage in sorted(stages)]
    passed = passed.where(exp.column("stage", "ranked").isin(*named), copy=False)
    touches = template(
        _TOUCHES,
        activity=scene.labels("activity", ["opportunity_id", "contact_id", "kind", "happened_at"]),
        contact=scene.labels("contact", ["contact_id", "title"]),
    )
    touched = template(_TOUCHED, passed=passed.copy(), touch=touches)
    columns = ["opportunity_id", "field", "old", "changed_at"]
    stood = template(
        _STOOD,
        passed=passed,
        deal=deals,
        undone=template(
            _UNDONE, passed=passed.copy(), change=scene.labels("opportunity_change", columns)
        ),
        line=exp.select("opportunity_id")
        .distinct()
        .from_(scene.labels("opportunity_line", ["opportunity_id"]).subquery("line")),
    )
    flags = []
    for one in asked:
        proof = _touch(one)
        if proof is not None:
            count = exp.Max(this=exp.Case().when(proof, ONES.copy()).else_(exp.Literal.number(0)))
            touched = touched.select(exp.alias_(count, one.column), copy=False)
            flag: exp.Expr = exp.func("COALESCE", exp.column(one.column, "touched"), "0")
        else:
            flag = exp.Case().when(_state(one), ONES.copy()).else_(exp.Literal.number(0))
        flags.append(exp.alias_(flag, one.column))
    return template(_ROWS, stood=stood, touched=touched).select(*flags, copy=False)


def compose_first_entries(deals: exp.Select, passages: exp.Select, scene: Scene) -> exp.Select:
    """Return the SELECT of stage, segment, outcome, days, deals: how long deals took from their
    first day in a stage to their closing, or are open since."""
    return template(
        """
        SELECT entry.stage, entry.segment, entry.outcome,
               DATE_DIFF('day', entry.first_on, COALESCE(entry.closed_on, :today)) AS days,
               COUNT(*) AS deals
          FROM (SELECT stay.opportunity_id, stay.stage, deal.segment, deal.outcome, deal.closed_on,
                       MIN(stay.entered_on) AS first_on
                  FROM stay JOIN deal ON deal.opportunity_id = stay.opportunity_id
                 GROUP BY 1, 2, 3, 4, 5) AS entry
         GROUP BY 1, 2, 3, 4
        """,
        stay=passages,
        deal=deals,
        today=day_literal(scene.when.valid),
    )


def compose_counts(rows: exp.Select, asked: Sequence[Asked]) -> exp.Select:
    """Return the rows of `compose_evidence` counted: deals for each way they came out."""
    by = ["stage", "next_stage", "outcome", "segment", "is_over", *[one.column for one in asked]]
    count = exp.alias_(exp.Count(this=exp.Star()), "deals")
    return exp.select(*by, count).from_(rows.subquery("found", copy=False)).group_by(*by)


def _touch(one: Asked) -> exp.Expr | None:
    """Return the condition that a touch proves a criterion; None where touches do not."""
    criterion = one.criterion
    if criterion.evidence not in (Evidence.ACTIVITY, Evidence.CONTACT):
        return None
    begin = "opened_on" if criterion.since is Since.OPENING else "first_on"
    since = exp.func(
        "COALESCE",
        exp.column("happened_on", "touch") >= exp.column(begin, "passed"),
        exp.true(),
    )
    parts: list[exp.Expr] = [
        exp.column("stage", "passed").eq(exp.Literal.string(one.stage)),
        since,
    ]
    if criterion.evidence is Evidence.CONTACT:
        title = exp.column("title", "touch")
        found = [
            exp.StrPosition(this=title.copy(), substr=exp.Literal.string(word)) > 0
            for word in criterion.words_of_title
        ]
        parts.append(exp.or_(*found))
    elif criterion.like:
        parts.append(exp.column("kind", "touch").eq(exp.Literal.string(criterion.like)))
    return exp.and_(*parts)


def _state(one: Asked) -> exp.Expr:
    column = {
        Evidence.AMOUNT: "has_amount",
        Evidence.CLOSE_ON: "has_close_on",
        Evidence.LINE: "has_line",
    }[one.criterion.evidence]
    return exp.column(column, "stood")
