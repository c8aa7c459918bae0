-- Stages that deals carry and no pipeline lists: open ones by their chance, then won, then lost.
WITH seen AS (
     SELECT MIN(deal._row)         AS _row,
            deal.stage,
            stage_outcome.outcome,
            MAX(deal.probability)  AS probability
       FROM deal
       LEFT JOIN stage_outcome ON stage_outcome.stage = deal.stage
      WHERE deal.stage IS NOT NULL
        AND deal.stage NOT IN (SELECT stage_id FROM known_stage)
      GROUP BY deal.stage, stage_outcome.outcome
)
SELECT _row,
       stage,
       (SELECT COALESCE(MAX(position), 0) FROM known_stage)
       + ROW_NUMBER() OVER (ORDER BY CASE outcome WHEN 'lost' THEN 3 WHEN 'won' THEN 2 ELSE 1 END,
                                     probability NULLS FIRST, stage) AS position,
       outcome,
       probability
  FROM seen
