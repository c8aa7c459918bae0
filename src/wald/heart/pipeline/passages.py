"""How deals pass through the stages: when each entered one, for how long, and where it went.

Measured in the engine as counts: so many deals were so many days in a stage and then went on, back,
won, lost, or are in it yet. A deal enters its first stage when it is opened; where no change tells
what that was, it is the stage it stands in. Days are whole days between two dates.
Source: docs/pipeline/process.md
"""

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.relations import Scene, template

# What every look at the process needs of a deal.
DEAL_COLUMNS = ("opportunity_id", "opened_on", "stage", "outcome", "closed_on", "owner_id")


def compose_passages(deals: exp.Select, scene: Scene) -> exp.Select:
    """Return the SELECT of one row per stay of a deal in a stage of the open process.

    opportunity_id, stage, entered_on, left_on (null: it is there yet), next_stage (null: none),
    outcome of the deal. `deals` has DEAL_COLUMNS.
    """
    changes = scene.labels(
        "opportunity_change", ["change_id", "opportunity_id", "field", "old", "new", "changed_at"]
    )
    return template(
        """
        SELECT stay.opportunity_id, stay.stage, stay.entered_on, stay.next_stage, stay.outcome,
               COALESCE(stay.left_on, stay.closed_on) AS left_on
          FROM (
            SELECT step.opportunity_id, step.stage, step.outcome, step.closed_on,
                   step.happened_on AS entered_on,
                   LEAD(step.happened_on) OVER (PARTITION BY step.opportunity_id
                                                ORDER BY step.place, step.at, step.change_id)
                     AS left_on,
                   LEAD(step.stage) OVER (PARTITION BY step.opportunity_id
                                          ORDER BY step.place, step.at, step.change_id)
                     AS next_stage
              FROM (
                SELECT deal.opportunity_id, change.new AS stage, deal.outcome, deal.closed_on,
                       CAST(change.changed_at AS DATE) AS happened_on, 1 AS place,
                       change.changed_at AS at, change.change_id
                  FROM deal JOIN change ON change.opportunity_id = deal.opportunity_id
                 WHERE change.field = 'stage'
                UNION ALL
                SELECT deal.opportunity_id, COALESCE(first.old, deal.stage), deal.outcome,
                       deal.closed_on, deal.opened_on, 0, CAST(NULL AS TIMESTAMP), ''
                  FROM deal LEFT JOIN (
                       SELECT ranked.opportunity_id, ranked.old
                         FROM (SELECT change.opportunity_id, change.old,
                                      ROW_NUMBER() OVER (PARTITION BY change.opportunity_id
                                        ORDER BY change.changed_at, change.change_id) AS number
                                 FROM change WHERE change.field = 'stage') AS ranked
                        WHERE ranked.number = 1) AS first
                    ON first.opportunity_id = deal.opportunity_id
                 WHERE deal.opened_on IS NOT NULL) AS step) AS stay
         WHERE stay.stage IS NOT NULL
        """,
        deal=deals,
        change=changes,
    )


def compose_stays(passages: exp.Select, scene: Scene) -> exp.Select:
    """Return the SELECT of stage, next_stage, outcome, is_over, days, deals: stays, counted."""
    return template(
        """
        SELECT stay.stage, stay.next_stage, stay.outcome,
               stay.left_on IS NOT NULL AS is_over,
               DATE_DIFF('day', stay.entered_on, COALESCE(stay.left_on, :today)) AS days,
               COUNT(*) AS deals
          FROM stay
         GROUP BY 1, 2, 3, 4, 5
        """,
        stay=passages,
        today=day_literal(scene.when.valid),
    )


def compose_closings(deals: exp.Select, scene: Scene) -> exp.Select:
    """Return the SELECT of outcome, days, deals: how long deals took, or are open yet."""
    return template(
        """
        SELECT deal.outcome,
               DATE_DIFF('day', deal.opened_on, COALESCE(deal.closed_on, :today)) AS days,
               COUNT(*) AS deals
          FROM deal WHERE deal.opened_on IS NOT NULL
         GROUP BY 1, 2
        """,
        deal=deals,
        today=day_literal(scene.when.valid),
    )


def compose_reached(deals: exp.Select, passages: exp.Select, stages: exp.Select) -> exp.Select:
    """Return the SELECT of opened_in (the day), reached, outcome, deals.

    `reached` is the furthest position of an open stage a deal ever stood in; `stages` has stage,
    position and outcome.
    """
    return template(
        """
        SELECT found.opened_in, found.reached, found.outcome, COUNT(*) AS deals
          FROM (
            SELECT deal.opportunity_id, deal.outcome,
                   deal.opened_on AS opened_in,
                   MAX(stage.position) AS reached
              FROM deal
              JOIN stay ON stay.opportunity_id = deal.opportunity_id
              JOIN stage ON stage.stage = stay.stage AND stage.outcome = 'open'
             GROUP BY 1, 2, 3) AS found
         GROUP BY 1, 2, 3
        """,
        deal=deals,
        stay=passages,
        stage=stages,
    )
