-- A forecast quota holds for its period; where periods are not exported, up to the same person's
-- next one, and the last as long as the one before it, or three months. A quota in units alone is
-- none in money.
WITH ordered AS (
     SELECT given.*,
            as_day(given.start_date)                              AS starts_on,
            LAG(as_day(given.start_date)) OVER by_time            AS previous_on,
            LEAD(as_day(given.start_date)) OVER by_time           AS next_on
       FROM forecasting_quota AS given
     WINDOW by_time AS (PARTITION BY given.quota_owner_id, given.forecasting_type_id
                        ORDER BY as_day(given.start_date))
)
SELECT ordered._row,
       ordered.id                                                 AS quota_id,
       ordered.quota_owner_id                                     AS person_id,
       ordered.start_date                                         AS starts_on,
       COALESCE(as_day(period.end_date) + 1,
                ordered.next_on,
                CAST(ordered.starts_on + TO_MONTHS(COALESCE(
                    DATE_DIFF('month', ordered.previous_on, ordered.starts_on), 3)) AS DATE)) AS ends_on,
       ordered.quota_amount                                       AS amount,
       COALESCE(ordered.currency_iso_code, house.iso_code)        AS currency,
       ordered.quota_amount IS NULL                               AS is_deleted
  FROM ordered
  LEFT JOIN period ON period.id = ordered.period_id
 CROSS JOIN house
