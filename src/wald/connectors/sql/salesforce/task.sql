-- Tasks that are done; one still to do has not happened and is taken back. Keys say by their first
-- letters what they are: 001 account, 003 contact, 006 deal, 00Q lead.
SELECT _row,
       id                                                          AS activity_id,
       owner_id                                                    AS person_id,
       COALESCE(account_id, CASE WHEN what_id LIKE '001%' THEN what_id END) AS account_id,
       CASE WHEN what_id LIKE '006%' THEN what_id END              AS opportunity_id,
       CASE WHEN who_id LIKE '003%' THEN who_id END                AS contact_id,
       CASE WHEN who_id LIKE '00Q%' THEN who_id END                AS lead_id,
       CASE WHEN LOWER(task_subtype) = 'call' OR LOWER(type) = 'call' THEN 'call'
            WHEN LOWER(task_subtype) IN ('email', 'listemail') OR LOWER(type) = 'email' THEN 'email'
            WHEN LOWER(type) = 'meeting' THEN 'meeting'
            ELSE 'task' END                                        AS kind,
       COALESCE(completed_date_time, activity_date, created_date)  AS happened_at,
       COALESCE(as_flag(is_deleted), FALSE)
       OR COALESCE(as_flag(fivetran_deleted), FALSE)
       OR NOT COALESCE(as_flag(is_closed), completed_date_time IS NOT NULL
                       OR COALESCE(LOWER(status) = 'completed', FALSE)) AS is_deleted
  FROM task
