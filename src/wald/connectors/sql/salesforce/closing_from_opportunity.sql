-- What follows for the deals of the opportunity file.
SELECT _row, change_id, opportunity_id, field, old, new, changed_at, changed_by, is_deleted
  FROM closing
 WHERE origin = 'opportunity'
