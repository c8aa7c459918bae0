-- Every event of a calendar: a meeting, unless its type says call.
SELECT _row,
       id                                                          AS activity_id,
       owner_id                                                    AS person_id,
       COALESCE(account_id, CASE WHEN what_id LIKE '001%' THEN what_id END) AS account_id,
       CASE WHEN what_id LIKE '006%' THEN what_id END              AS opportunity_id,
       CASE WHEN who_id LIKE '003%' THEN who_id END                AS contact_id,
       CASE WHEN who_id LIKE '00Q%' THEN who_id END                AS lead_id,
       CASE WHEN LOWER(type) = 'call' THEN 'call' ELSE 'meeting' END AS kind,
       COALESCE(start_date_time, activity_date_time, activity_date) AS happened_at,
       COALESCE(as_flag(is_deleted), FALSE)
       OR COALESCE(as_flag(fivetran_deleted), FALSE)               AS is_deleted
  FROM event
