-- Stages that deals carry and the list lacks: after the list, open ones by their chance, then won,
-- then lost.
WITH seen AS (
     SELECT MIN(deal._row)            AS _row,
            deal.stage,
            stage_outcome.outcome,
            MAX(deal.probability)     AS probability,
            MAX(deal.forecast_category) AS forecast_category
       FROM deal
       LEFT JOIN stage_outcome ON stage_outcome.stage = deal.stage
      WHERE deal.origin = 'opportunity'
        AND deal.stage IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM opportunity_stage AS listed
                         WHERE listed.master_label = deal.stage)
      GROUP BY deal.stage, stage_outcome.outcome
)
SELECT _row,
       stage,
       (SELECT COALESCE(MAX(TRY_CAST(as_number(sort_order) AS BIGINT)), 0) FROM opportunity_stage)
       + ROW_NUMBER() OVER (ORDER BY CASE outcome WHEN 'lost' THEN 3 WHEN 'won' THEN 2 ELSE 1 END,
                                     probability NULLS FIRST, stage) AS position,
       outcome,
       probability,
       forecast_category
  FROM seen
