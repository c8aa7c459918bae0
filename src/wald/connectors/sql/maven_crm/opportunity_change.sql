-- The one change the file tells of: on its close date a deal went from Engaging to Won or Lost.
-- What stands in the row since then (outcome, days, value) was unknown the day before.
WITH closing AS (
     SELECT _row,
            opportunity_id,
            as_day(close_date)                                   AS day,
            deal_stage,
            LOWER(deal_stage)                                    AS outcome,
            CASE WHEN deal_stage = 'Won' THEN close_value END    AS amount
       FROM sales_pipeline
      WHERE deal_stage IN ('Won', 'Lost')
        AND as_day(close_date) IS NOT NULL
), change AS (
     SELECT _row, opportunity_id, day, 'stage' AS field, 'Engaging' AS old, deal_stage AS new
       FROM closing
      UNION ALL
     SELECT _row, opportunity_id, day, 'outcome', 'open', outcome FROM closing
      UNION ALL
     SELECT _row, opportunity_id, day, 'close_on', NULL, CAST(day AS TEXT) FROM closing
      UNION ALL
     SELECT _row, opportunity_id, day, 'closed_on', NULL, CAST(day AS TEXT) FROM closing
      UNION ALL
     SELECT _row, opportunity_id, day, 'amount', NULL, TRY_CAST(as_number(amount) AS TEXT)
       FROM closing
      WHERE as_number(amount) IS NOT NULL
)
SELECT _row,
       opportunity_id || '/' || field                            AS change_id,
       opportunity_id,
       field,
       old,
       new,
       day                                                       AS changed_at
  FROM change
