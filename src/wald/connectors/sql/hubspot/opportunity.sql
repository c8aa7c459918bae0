-- Every deal; a closed one closed on its close date.
SELECT _row, opportunity_id, name, account_id, owner_id, type, lead_source, stage, outcome, amount,
       currency, probability, forecast_category, close_on, created_at,
       CASE WHEN outcome <> 'open' THEN close_on END AS closed_on,
       is_deleted
  FROM deal
