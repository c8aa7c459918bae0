-- Changes between a deal's rows in the opportunity history.
SELECT _row, change_id, opportunity_id, field, old, new, changed_at, changed_by, is_deleted
  FROM change
 WHERE origin = 'opportunity_history'
