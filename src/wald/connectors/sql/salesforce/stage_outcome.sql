-- What a deal in a stage is: open, won or lost. The stage list says so; for a stage it does not
-- list, the deals seen in that stage do, the many over the few.
SELECT stage, outcome
  FROM (SELECT master_label AS stage, is_closed, is_won, 1 AS trust FROM opportunity_stage
         UNION ALL
        SELECT api_name, is_closed, is_won, 1 FROM opportunity_stage
         UNION ALL
        SELECT stage_name, is_closed, is_won, 2 FROM opportunity
         UNION ALL
        SELECT stage_name, is_closed, is_won, 2 FROM opportunity_snapshot) AS seen,
       LATERAL (SELECT CASE WHEN as_flag(is_won) THEN 'won'
                            WHEN as_flag(is_closed) THEN 'lost'
                            ELSE 'open' END AS outcome) AS said
 WHERE stage IS NOT NULL
 GROUP BY stage, trust, outcome
QUALIFY ROW_NUMBER() OVER (PARTITION BY stage ORDER BY trust, COUNT(*) DESC, outcome) = 1
