-- Every task.
SELECT _row, activity_id, person_id, account_id, opportunity_id, contact_id, kind, happened_at,
       is_deleted
  FROM engaged
 WHERE origin = 'engagement_task'
