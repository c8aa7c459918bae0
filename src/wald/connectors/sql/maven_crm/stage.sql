-- The four stages in the order of the publisher's description, as far as a deal stands in them.
SELECT MIN(deal._row)  AS _row,
       step.stage,
       step.position,
       step.outcome
  FROM sales_pipeline AS deal
  JOIN (VALUES ('Prospecting', 1, 'open'),
               ('Engaging', 2, 'open'),
               ('Won', 3, 'won'),
               ('Lost', 4, 'lost')) AS step (stage, position, outcome)
    ON step.stage = deal.deal_stage
 GROUP BY step.stage, step.position, step.outcome
