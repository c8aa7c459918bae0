-- What a deal in a stage is: as the list of stages says, as deals in it are, or by the keys of the
-- standard pipeline.
SELECT stage, outcome
  FROM (SELECT stage_id AS stage, outcome, 1 AS trust FROM known_stage
         UNION ALL
        SELECT stage, outcome, 2 FROM deal
         UNION ALL
        SELECT * FROM (VALUES ('closedwon', 'won', 3), ('closedlost', 'lost', 3))) AS said
 WHERE stage IS NOT NULL
 GROUP BY stage, trust, outcome
QUALIFY ROW_NUMBER() OVER (PARTITION BY stage ORDER BY trust, COUNT(*) DESC, outcome) = 1
