-- Every lead. We answered with the first call or e-mail that the lead itself knows of or, before
-- that, the first call, e-mail or meeting with it.
WITH touch AS (
     SELECT who_id AS lead_id,
            COALESCE(as_instant(completed_date_time), as_instant(activity_date)) AS happened_at
       FROM task
      WHERE COALESCE(LOWER(task_subtype), '') IN ('call', 'email')
        AND as_flag(is_closed)
      UNION ALL
     SELECT who_id, COALESCE(as_instant(start_date_time), as_instant(activity_date)) FROM event
), answer AS (
     SELECT touch.lead_id, MIN(touch.happened_at) AS happened_at
       FROM touch
       JOIN lead ON lead.id = touch.lead_id
      WHERE touch.happened_at >= as_instant(lead.created_date)
      GROUP BY touch.lead_id
)
SELECT lead._row,
       lead.id                                                         AS lead_id,
       COALESCE(lead.name, NULLIF(CONCAT_WS(' ', lead.first_name, lead.last_name), '')) AS name,
       lead.company,
       lead.email,
       lead.owner_id,
       lead.lead_source                                                AS source,
       lead.country,
       lead.status,
       lead.created_date                                               AS created_at,
       LEAST(as_instant(lead.first_call_date_time), as_instant(lead.first_email_date_time),
             answer.happened_at)                                       AS first_response_at,
       CASE WHEN as_flag(lead.is_converted) THEN lead.converted_date END AS converted_on,
       lead.converted_opportunity_id                                   AS opportunity_id,
       lead.converted_account_id                                       AS account_id,
       COALESCE(as_flag(lead.is_deleted), FALSE)
       OR COALESCE(as_flag(lead.fivetran_deleted), FALSE)              AS is_deleted
  FROM lead
  LEFT JOIN answer ON answer.lead_id = lead.id
