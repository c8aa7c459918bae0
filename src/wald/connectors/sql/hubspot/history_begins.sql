-- The first stage that a history knows of each deal.
SELECT deal_id AS opportunity_id, MIN(entered_at) AS begins_at
  FROM (SELECT deal_id, as_instant(timestamp) AS entered_at
          FROM deal_property_history
         WHERE LOWER(name) = 'dealstage'
         UNION ALL
        SELECT deal_id, as_instant(date_entered) FROM deal_stage) AS entry
 GROUP BY deal_id
