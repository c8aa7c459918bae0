-- A quota holds from its date up to the same person's next one; the last for three months, the
-- usual distance.
SELECT _row,
       business_entity_id || '/' || CAST(as_day(quota_date) AS TEXT)  AS quota_id,
       business_entity_id                                             AS person_id,
       as_day(quota_date)                                             AS starts_on,
       COALESCE(LEAD(as_day(quota_date))
                    OVER (PARTITION BY business_entity_id ORDER BY as_day(quota_date)),
                CAST(as_day(quota_date) + INTERVAL 3 MONTH AS DATE))  AS ends_on,
       sales_quota                                                    AS amount
  FROM sales_person_quota_history
