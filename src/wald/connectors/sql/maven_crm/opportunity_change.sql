-- The one change the file tells of: on its close date a deal went from Engaging to Won or Lost.
-- What stands in the row since then (outcome, days, value) was unknown the day before. A deal that
-- is closed no longer takes these changes back.
WITH deal AS (
     SELECT _row,
            opportunity_id,
            as_day(close_date)                                                   AS day,
            deal_stage,
            COALESCE(deal_stage, '') IN ('Won', 'Lost')
            AND as_day(close_date) IS NOT NULL                                   AS is_closed,
            CASE WHEN deal_stage = 'Won'
                 THEN TRY_CAST(as_number(close_value) AS DECIMAL(18, 4)) END     AS amount
       FROM sales_pipeline
)
SELECT deal._row,
       deal.opportunity_id || '/' || field.name                                  AS change_id,
       deal.opportunity_id,
       field.name                                                                AS field,
       CASE field.name WHEN 'stage' THEN 'Engaging' WHEN 'outcome' THEN 'open' END AS old,
       CASE field.name
            WHEN 'stage' THEN deal.deal_stage
            WHEN 'outcome' THEN LOWER(deal.deal_stage)
            WHEN 'amount' THEN RTRIM(RTRIM(CAST(deal.amount AS TEXT), '0'), '.')
            ELSE CAST(deal.day AS TEXT)
       END                                                                       AS new,
       deal.day                                                                  AS changed_at,
       NOT deal.is_closed OR (field.name = 'amount' AND deal.amount IS NULL)     AS is_deleted
  FROM deal
 CROSS JOIN (VALUES ('stage'), ('outcome'), ('close_on'), ('closed_on'), ('amount')) AS field (name)
