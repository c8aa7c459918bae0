-- The first row that the opportunity history has of each deal.
SELECT opportunity_id, MIN(as_instant(created_date)) AS begins_at
  FROM opportunity_history
 GROUP BY opportunity_id
