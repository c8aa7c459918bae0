-- Every won deal is a booking of its close value on its close date; one that is won no longer takes
-- its booking back.
SELECT _row,
       opportunity_id               AS booking_id,
       opportunity_id,
       account                      AS account_id,
       sales_agent                  AS owner_id,
       close_date                   AS booked_on,
       close_value                  AS amount,
       COALESCE(deal_stage, '') <> 'Won' AS is_deleted
  FROM sales_pipeline
