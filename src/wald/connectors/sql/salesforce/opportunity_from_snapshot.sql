-- Every deal that only the snapshots tell of.
SELECT _row, opportunity_id, name, account_id, owner_id, product_id, type, lead_source, stage,
       outcome, amount, currency, probability, forecast_category, close_on, created_at, closed_on,
       is_deleted
  FROM deal
 WHERE origin = 'opportunity_snapshot'
