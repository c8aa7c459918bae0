-- Every recorded change of a tracked field, from three kinds of history, reconciled: the field
-- history where a field is tracked, the opportunity history before that and for other fields,
-- snapshots for what neither knows. What another history tells better is marked as taken back.
WITH tracked AS (
     SELECT _row, id AS record, opportunity_id, created_by_id AS changed_by,
            as_instant(created_date) AS changed_at,
            CASE LOWER(field)
                 WHEN 'stagename' THEN 'stage'
                 WHEN 'amount' THEN 'amount'
                 WHEN 'closedate' THEN 'close_on'
                 WHEN 'owner' THEN 'owner_id'
                 WHEN 'probability' THEN 'probability'
                 WHEN 'forecastcategoryname' THEN 'forecast_category'
            END AS field,
            old_value AS old,
            new_value AS new
       FROM opportunity_field_history
      WHERE as_instant(created_date) IS NOT NULL
        AND NOT COALESCE(as_flag(is_deleted), FALSE)
        -- an owner change stands twice, with names and with keys: the keys count
        AND (LOWER(field) <> 'owner'
             OR REGEXP_FULL_MATCH(COALESCE(new_value, old_value, ''),
                                  '00[5G][0-9A-Za-z]{12}([0-9A-Za-z]{3})?'))
), stand AS (
     SELECT 'opportunity_history' AS origin, _row, id AS record, opportunity_id,
            created_by_id AS changed_by, as_instant(created_date) AS changed_at,
            stage_name, amount, close_date, probability, forecast_category, NULL AS owner_id
       FROM opportunity_history
      WHERE NOT COALESCE(as_flag(is_deleted), FALSE)
      UNION ALL
     SELECT 'opportunity_snapshot', _row, id || '/' || fivetran_start, id,
            NULL, as_instant(fivetran_start),
            stage_name, amount, close_date, probability,
            COALESCE(forecast_category, forecast_category_name), owner_id
       FROM opportunity_snapshot
), move AS (
     SELECT origin, _row, record, opportunity_id, changed_by, changed_at,
            ROW_NUMBER() OVER by_time AS turn,
            [{'field': 'stage', 'old': LAG(stage_name) OVER by_time, 'new': stage_name},
             {'field': 'amount', 'old': LAG(amount) OVER by_time, 'new': amount},
             {'field': 'close_on', 'old': LAG(close_date) OVER by_time, 'new': close_date},
             {'field': 'probability', 'old': LAG(probability) OVER by_time, 'new': probability},
             {'field': 'forecast_category', 'old': LAG(forecast_category) OVER by_time,
              'new': forecast_category},
             {'field': 'owner_id', 'old': LAG(owner_id) OVER by_time, 'new': owner_id}] AS fields
       FROM stand
      WHERE changed_at IS NOT NULL
     WINDOW by_time AS (PARTITION BY origin, opportunity_id ORDER BY changed_at, record)
), told AS (
     SELECT 'opportunity_field_history' AS origin, _row, record, opportunity_id, changed_by,
            changed_at, field, old, new
       FROM tracked
      WHERE field IS NOT NULL
      UNION ALL
     SELECT origin, _row, record || '/' || one.field, opportunity_id, changed_by, changed_at,
            one.field, one.old, one.new
       FROM (SELECT * EXCLUDE (fields), UNNEST(fields) AS one FROM move WHERE turn > 1)
      WHERE one.old IS DISTINCT FROM one.new
), plain AS (
     -- values as a deal carries them: days, plain decimals, shares of 1, our words
     SELECT told.* EXCLUDE (old, new),
            CASE told.field
                 WHEN 'amount' THEN COALESCE(RTRIM(RTRIM(CAST(
                      TRY_CAST(as_number(old) AS DECIMAL(18, 4)) AS TEXT), '0'), '.'), old)
                 WHEN 'close_on' THEN COALESCE(CAST(as_day(old) AS TEXT), old)
                 WHEN 'probability' THEN COALESCE(RTRIM(RTRIM(CAST(
                      TRY_CAST(as_number(RTRIM(old, '% ')) AS DECIMAL(9, 4)) * 0.01
                      AS TEXT), '0'), '.'), old)
                 WHEN 'forecast_category' THEN before.category
                 ELSE old
            END AS old,
            CASE told.field
                 WHEN 'amount' THEN COALESCE(RTRIM(RTRIM(CAST(
                      TRY_CAST(as_number(new) AS DECIMAL(18, 4)) AS TEXT), '0'), '.'), new)
                 WHEN 'close_on' THEN COALESCE(CAST(as_day(new) AS TEXT), new)
                 WHEN 'probability' THEN COALESCE(RTRIM(RTRIM(CAST(
                      TRY_CAST(as_number(RTRIM(new, '% ')) AS DECIMAL(9, 4)) * 0.01
                      AS TEXT), '0'), '.'), new)
                 WHEN 'forecast_category' THEN after.category
                 ELSE new
            END AS new
       FROM told
       LEFT JOIN category AS before
         ON before.word = CASE WHEN told.field = 'forecast_category' THEN LOWER(told.old) END
       LEFT JOIN category AS after
         ON after.word = CASE WHEN told.field = 'forecast_category' THEN LOWER(told.new) END
), first_tracked AS (
     SELECT opportunity_id, field, MIN(changed_at) AS changed_at, ARG_MIN_NULL(new, changed_at) AS new
       FROM plain
      WHERE origin = 'opportunity_field_history'
      GROUP BY opportunity_id, field
), in_history AS (
     SELECT DISTINCT opportunity_id FROM opportunity_history
)
SELECT plain.origin,
       plain._row,
       plain.record                                               AS change_id,
       plain.opportunity_id,
       plain.field,
       plain.old,
       plain.new,
       -- changes of one field in one instant are kept apart, in their order
       plain.changed_at + TO_MICROSECONDS(ROW_NUMBER() OVER (
           PARTITION BY plain.origin, plain.opportunity_id, plain.field, plain.changed_at
               ORDER BY plain.record) - 1)                        AS changed_at,
       plain.changed_by,
       plain.origin <> 'opportunity_field_history'
       AND COALESCE(plain.changed_at >= first_tracked.changed_at
                    OR (plain.new IS NOT DISTINCT FROM first_tracked.new
                        AND plain.changed_at >= first_tracked.changed_at - INTERVAL 1 MINUTE),
                    FALSE)
       OR (plain.origin = 'opportunity_snapshot'
           AND (first_tracked.field IS NOT NULL
                OR (in_history.opportunity_id IS NOT NULL AND plain.field <> 'owner_id')))
       OR COALESCE(deal.is_deleted, FALSE)
                                                                  AS is_deleted
  FROM plain
  LEFT JOIN first_tracked
    ON first_tracked.opportunity_id = plain.opportunity_id AND first_tracked.field = plain.field
  LEFT JOIN in_history ON in_history.opportunity_id = plain.opportunity_id
  LEFT JOIN deal ON deal.opportunity_id = plain.opportunity_id
 WHERE plain.old IS DISTINCT FROM plain.new
