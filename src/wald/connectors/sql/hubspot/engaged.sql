-- Calls, e-mails, meetings, notes and tasks of every kind of file, with the deal, company and
-- contact that each is about. A task that is not done has not happened.
WITH one AS (
     SELECT 'engagement_call' AS origin, 'call' AS kind, _row, engagement_id, hubspot_owner_id,
            hs_timestamp, hs_createdate, TRUE AS is_done, fivetran_deleted
       FROM engagement_call
      UNION ALL
     SELECT 'engagement_email', 'email', _row, engagement_id, hubspot_owner_id,
            hs_timestamp, hs_createdate, TRUE, fivetran_deleted
       FROM engagement_email
      UNION ALL
     SELECT 'engagement_meeting', 'meeting', _row, engagement_id, hubspot_owner_id,
            COALESCE(start_time, hs_timestamp), hs_createdate, TRUE, fivetran_deleted
       FROM engagement_meeting
      UNION ALL
     SELECT 'engagement_note', 'note', _row, engagement_id, hubspot_owner_id,
            hs_timestamp, hs_createdate, TRUE, fivetran_deleted
       FROM engagement_note
      UNION ALL
     SELECT 'engagement_task', 'task', _row, engagement_id, hubspot_owner_id,
            hs_timestamp, hs_createdate, COALESCE(hs_task_status = 'COMPLETED', TRUE),
            fivetran_deleted
       FROM engagement_task
), about AS (
     SELECT engagement_id, MIN(deal_id) AS deal_id, MIN(company_id) AS company_id,
            MIN(contact_id) AS contact_id
       FROM (SELECT engagement_id, deal_id, NULL AS company_id, NULL AS contact_id
               FROM engagement_deal
              UNION ALL
             SELECT engagement_id, NULL, company_id, NULL FROM engagement_company
              UNION ALL
             SELECT engagement_id, NULL, NULL, contact_id FROM engagement_contact) AS link
      GROUP BY engagement_id
)
SELECT one.origin,
       one._row,
       one.engagement_id                                           AS activity_id,
       COALESCE(one.hubspot_owner_id, shared.owner_id)             AS person_id,
       about.company_id                                            AS account_id,
       COALESCE(survivor.kept, about.deal_id)                      AS opportunity_id,
       about.contact_id,
       one.kind,
       COALESCE(one.hs_timestamp, shared.timestamp, one.hs_createdate) AS happened_at,
       NOT one.is_done OR COALESCE(as_flag(one.fivetran_deleted), FALSE) AS is_deleted
  FROM one
  LEFT JOIN about ON about.engagement_id = one.engagement_id
  LEFT JOIN engagement AS shared ON shared.id = one.engagement_id
  LEFT JOIN survivor ON survivor.gone = about.deal_id
