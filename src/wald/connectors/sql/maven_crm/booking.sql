-- Every won deal is a booking of its close value on its close date.
SELECT _row,
       opportunity_id  AS booking_id,
       opportunity_id,
       account         AS account_id,
       sales_agent     AS owner_id,
       close_date      AS booked_on,
       close_value     AS amount
  FROM sales_pipeline
 WHERE deal_stage = 'Won'
