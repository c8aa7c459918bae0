-- Every recorded change of a tracked property. The property history tells each value a property
-- took; where it does not tell of the stage, the deal's stays in stages do. A first value that came
-- after the deal was opened replaced nothing.
WITH value AS (
     SELECT 'deal_property_history' AS origin, _row, deal_id, as_instant(timestamp) AS changed_at,
            CASE LOWER(name)
                 WHEN 'dealstage' THEN 'stage'
                 WHEN 'amount' THEN 'amount'
                 WHEN 'closedate' THEN 'close_on'
                 WHEN 'hubspot_owner_id' THEN 'owner_id'
                 WHEN 'hs_deal_stage_probability' THEN 'probability'
                 WHEN 'hs_manual_forecast_category' THEN 'forecast_category'
            END AS field,
            value
       FROM deal_property_history
      UNION ALL
     SELECT 'deal_stage', _row, deal_id, as_instant(date_entered), 'stage', value
       FROM deal_stage
), plain AS (
     SELECT value.origin, value._row, value.deal_id, value.changed_at, value.field,
            CASE value.field
                 WHEN 'amount' THEN COALESCE(RTRIM(RTRIM(CAST(
                      TRY_CAST(as_number(value.value) AS DECIMAL(18, 4)) AS TEXT), '0'), '.'),
                      value.value)
                 WHEN 'probability' THEN COALESCE(RTRIM(RTRIM(CAST(
                      TRY_CAST(as_number(value.value) AS DECIMAL(9, 6)) AS TEXT), '0'), '.'),
                      value.value)
                 WHEN 'close_on' THEN COALESCE(CAST(as_day(value.value) AS TEXT), value.value)
                 WHEN 'forecast_category' THEN category.category
                 ELSE value.value
            END AS value
       FROM value
       LEFT JOIN category
         ON category.word = CASE WHEN value.field = 'forecast_category' THEN LOWER(value.value) END
      WHERE value.field IS NOT NULL AND value.changed_at IS NOT NULL
), with_stages AS (
     SELECT DISTINCT deal_id
       FROM plain
      WHERE origin = 'deal_property_history' AND field = 'stage'
), step AS (
     SELECT plain.*,
            LAG(plain.value) OVER by_time                          AS old,
            ROW_NUMBER() OVER by_time                              AS turn,
            ROW_NUMBER() OVER (PARTITION BY plain.origin, plain.deal_id, plain.field,
                                            plain.changed_at ORDER BY plain.value) AS twin
       FROM plain
     WINDOW by_time AS (PARTITION BY plain.origin, plain.deal_id, plain.field
                        ORDER BY plain.changed_at, plain.value)
)
SELECT step.origin,
       step._row,
       step.deal_id || '/' || step.field || '/' || CAST(step.changed_at AS TEXT)
       || CASE WHEN step.twin > 1 THEN '/' || step.twin ELSE '' END AS change_id,
       step.deal_id                                                AS opportunity_id,
       step.field,
       step.old,
       step.value                                                  AS new,
       -- changes of one property in one instant are kept apart
       step.changed_at + TO_MICROSECONDS(step.twin - 1)            AS changed_at,
       CAST(NULL AS TEXT)                                          AS changed_by,
       COALESCE(deal.is_deleted, FALSE)                            AS is_deleted
  FROM step
  LEFT JOIN deal ON deal.opportunity_id = step.deal_id
  LEFT JOIN with_stages ON with_stages.deal_id = step.deal_id
 WHERE step.old IS DISTINCT FROM step.value
   AND (step.turn > 1 OR step.changed_at > deal.opened_at + INTERVAL 1 MINUTE)
   AND (step.origin = 'deal_property_history' OR with_stages.deal_id IS NULL)
