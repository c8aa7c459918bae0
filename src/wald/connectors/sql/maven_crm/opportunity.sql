-- One deal per row. The first stage with a date is Engaging, so a deal begins on its engage date.
SELECT _row,
       opportunity_id,
       account                                                  AS account_id,
       sales_agent                                              AS owner_id,
       product                                                  AS product_id,
       deal_stage                                               AS stage,
       CASE deal_stage
            WHEN 'Prospecting' THEN 'open'
            WHEN 'Engaging' THEN 'open'
            WHEN 'Won' THEN 'won'
            WHEN 'Lost' THEN 'lost'
       END                                                      AS outcome,
       close_value                                              AS amount,
       engage_date                                              AS created_at,
       close_date                                               AS close_on,
       CASE WHEN deal_stage IN ('Won', 'Lost') THEN close_date END AS closed_on
  FROM sales_pipeline
