-- Changes that the property history tells.
SELECT _row, change_id, opportunity_id, field, old, new, changed_at, changed_by, is_deleted
  FROM change
 WHERE origin = 'deal_property_history'
