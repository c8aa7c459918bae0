-- Changes between a deal's stays in stages.
SELECT _row, change_id, opportunity_id, field, old, new, changed_at, changed_by, is_deleted
  FROM change
 WHERE origin = 'deal_stage'
