-- For any CRM, given `deal`, `change`, `stage_outcome` and `history_begins`: what follows from a
-- deal's stages and close dates, which are when its outcome changed and the day it closed. A deal
-- that was closed before its records begin gets the one closing that must have happened, so that no
-- day before it knows how it ended; where history has come since, that closing is taken back.
WITH moment AS (
     SELECT opportunity_id, changed_at, MIN(changed_by) AS changed_by,
            MAX(old) FILTER (WHERE field = 'stage')    AS stage_old,
            MAX(new) FILTER (WHERE field = 'stage')    AS stage_new,
            MAX(old) FILTER (WHERE field = 'close_on') AS close_old,
            MAX(new) FILTER (WHERE field = 'close_on') AS close_new
       FROM change
      WHERE field IN ('stage', 'close_on') AND NOT is_deleted
      GROUP BY opportunity_id, changed_at
), filled AS (
     SELECT deal.origin, deal._row, moment.opportunity_id, moment.changed_at, moment.changed_by,
            COALESCE(LAST_VALUE(stage_new IGNORE NULLS) OVER earlier,
                     FIRST_VALUE(stage_old IGNORE NULLS) OVER whole, deal.stage) AS stage_before,
            COALESCE(LAST_VALUE(stage_new IGNORE NULLS) OVER up_to,
                     FIRST_VALUE(stage_old IGNORE NULLS) OVER whole, deal.stage) AS stage_after,
            COALESCE(LAST_VALUE(close_new IGNORE NULLS) OVER earlier,
                     FIRST_VALUE(close_old IGNORE NULLS) OVER whole,
                     CAST(deal.close_day AS TEXT))                    AS close_before,
            COALESCE(LAST_VALUE(close_new IGNORE NULLS) OVER up_to,
                     FIRST_VALUE(close_old IGNORE NULLS) OVER whole,
                     CAST(deal.close_day AS TEXT))                    AS close_after,
            ROW_NUMBER() OVER up_to                                          AS turn
       FROM moment
       JOIN deal ON deal.opportunity_id = moment.opportunity_id
     WINDOW whole AS (PARTITION BY moment.opportunity_id ORDER BY moment.changed_at
                      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
            earlier AS (PARTITION BY moment.opportunity_id ORDER BY moment.changed_at
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            up_to AS (PARTITION BY moment.opportunity_id ORDER BY moment.changed_at
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
), judged AS (
     SELECT filled.*,
            COALESCE(before.outcome, 'open')                                 AS outcome_before,
            COALESCE(after.outcome, 'open')                                  AS outcome_after,
            CASE WHEN before.outcome <> 'open' THEN close_before END         AS closed_before,
            CASE WHEN after.outcome <> 'open' THEN close_after END           AS closed_after
       FROM filled
       LEFT JOIN stage_outcome AS before ON before.stage = filled.stage_before
       LEFT JOIN stage_outcome AS after ON after.stage = filled.stage_after
), followed AS (
     SELECT origin, _row, opportunity_id || '/outcome/' || CAST(changed_at AS TEXT) AS change_id,
            opportunity_id, 'outcome' AS field, outcome_before AS old, outcome_after AS new,
            changed_at, changed_by, FALSE AS is_deleted
       FROM judged
      WHERE outcome_before <> outcome_after
      UNION ALL
     SELECT origin, _row, opportunity_id || '/closed_on/' || CAST(changed_at AS TEXT), opportunity_id,
            'closed_on', closed_before, closed_after, changed_at, changed_by, FALSE
       FROM judged
      WHERE closed_before IS DISTINCT FROM closed_after
), first_moment AS (
     SELECT opportunity_id, changed_at, stage_before, outcome_before, close_before
       FROM judged
      WHERE turn = 1
), known_moves AS (
     SELECT DISTINCT opportunity_id, field
       FROM change
      WHERE field IN ('probability', 'forecast_category') AND NOT is_deleted
), ending AS (
     SELECT deal.origin, deal._row, deal.opportunity_id, deal.is_deleted, deal.probability,
            deal.forecast_category,
            COALESCE(first_moment.stage_before, deal.stage)                  AS stage,
            COALESCE(first_moment.outcome_before, deal.outcome)              AS outcome,
            COALESCE(first_moment.close_before, CAST(deal.close_day AS TEXT)) AS closed_on,
            LEAST(first_moment.changed_at - INTERVAL 1 SECOND,
                  COALESCE(CASE WHEN first_moment.changed_at IS NULL
                                THEN deal.stage_changed_at END,
                           GREATEST(deal.opened_at,
                                    LEAST(TRY_CAST(COALESCE(first_moment.close_before,
                                                            CAST(deal.close_day AS TEXT))
                                                   AS TIMESTAMP),
                                          deal.modified_at)))) AS changed_at,
            COALESCE(history_begins.begins_at < deal.opened_at + INTERVAL 1 DAY, FALSE)
                                                                             AS is_whole
       FROM deal
       LEFT JOIN first_moment ON first_moment.opportunity_id = deal.opportunity_id
       LEFT JOIN history_begins ON history_begins.opportunity_id = deal.opportunity_id
), supplied AS (
     SELECT ending.origin,
            ending._row,
            ending.opportunity_id || '/closing/' || field.name              AS change_id,
            ending.opportunity_id,
            field.name                                                       AS field,
            CASE field.name WHEN 'outcome' THEN 'open' END                   AS old,
            CASE field.name
                 WHEN 'stage' THEN ending.stage
                 WHEN 'outcome' THEN ending.outcome
                 WHEN 'closed_on' THEN ending.closed_on
                 WHEN 'probability'
                 THEN RTRIM(RTRIM(CAST(ending.probability AS TEXT), '0'), '.')
                 WHEN 'forecast_category' THEN ending.forecast_category
            END                                                              AS new,
            ending.changed_at,
            CAST(NULL AS TEXT)                                               AS changed_by,
            ending.is_deleted OR ending.is_whole OR ending.outcome = 'open'
            OR ending.changed_at IS NULL
            OR known_moves.field IS NOT NULL                                 AS is_deleted
       FROM ending
       CROSS JOIN (VALUES ('stage'), ('outcome'), ('closed_on'), ('probability'),
                          ('forecast_category')) AS field (name)
       LEFT JOIN known_moves
         ON known_moves.opportunity_id = ending.opportunity_id
        AND known_moves.field = field.name
)
SELECT * FROM followed
 UNION ALL
SELECT *
  FROM supplied
 WHERE is_deleted OR new IS NOT NULL
