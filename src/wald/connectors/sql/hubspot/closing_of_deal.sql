-- What follows from the stages of a deal.
SELECT _row, change_id, opportunity_id, field, old, new, changed_at, changed_by, is_deleted
  FROM closing
