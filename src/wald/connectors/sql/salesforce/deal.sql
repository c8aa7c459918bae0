-- Every deal as it stands now: its row in the opportunity file or, where only snapshots were
-- exported, its latest snapshot. A deal without a snapshot that still holds was deleted.
WITH latest AS (
     SELECT *
       FROM opportunity_snapshot
      WHERE NOT EXISTS (SELECT 1 FROM opportunity WHERE opportunity.id = opportunity_snapshot.id)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY id
                               ORDER BY as_instant(fivetran_start) DESC NULLS LAST) = 1
), shown AS (
     SELECT 'opportunity' AS origin, _row, id, name, account_id, owner_id, type, lead_source,
            stage_name, is_closed, is_won, amount, currency_iso_code, probability,
            forecast_category, forecast_category_name, close_date, created_date,
            last_stage_change_date, last_modified_date, is_deleted, fivetran_deleted,
            fivetran_active
       FROM opportunity
      UNION ALL
     SELECT 'opportunity_snapshot', _row, id, name, account_id, owner_id, type, lead_source,
            stage_name, is_closed, is_won, amount, currency_iso_code, probability,
            forecast_category, forecast_category_name, close_date, created_date,
            last_stage_change_date, last_modified_date, is_deleted, NULL,
            fivetran_active
       FROM latest
), main_product AS (
     SELECT opportunity_id, ARG_MAX(product2_id, COALESCE(as_number(total_price), 0)) AS product_id
       FROM opportunity_line_item
      WHERE product2_id IS NOT NULL AND COALESCE(as_flag(is_deleted), FALSE) = FALSE
      GROUP BY opportunity_id
)
SELECT shown.origin,
       shown._row,
       shown.id                                                   AS opportunity_id,
       shown.name,
       shown.account_id,
       shown.owner_id,
       main_product.product_id,
       shown.type,
       shown.lead_source,
       shown.stage_name                                           AS stage,
       CASE WHEN as_flag(shown.is_won) THEN 'won'
            WHEN as_flag(shown.is_closed) THEN 'lost'
            ELSE 'open' END                                       AS outcome,
       shown.amount,
       COALESCE(shown.currency_iso_code, house.iso_code)          AS currency,
       TRY_CAST(as_number(RTRIM(shown.probability, '% ')) AS DECIMAL(9, 4)) * 0.01 AS probability,
       COALESCE(by_key.category, by_name.category)                AS forecast_category,
       shown.close_date                                           AS close_on,
       shown.created_date                                         AS created_at,
       CASE WHEN as_flag(shown.is_won) OR as_flag(shown.is_closed)
            THEN shown.close_date END                             AS closed_on,
       as_day(shown.close_date)                                   AS close_day,
       as_number(shown.amount)                                    AS known_amount,
       as_instant(shown.created_date)                             AS opened_at,
       as_instant(shown.last_stage_change_date)                   AS stage_changed_at,
       as_instant(shown.last_modified_date)                       AS modified_at,
       COALESCE(as_flag(shown.is_deleted), FALSE)
       OR COALESCE(as_flag(shown.fivetran_deleted), FALSE)
       OR NOT COALESCE(as_flag(shown.fivetran_active), TRUE)      AS is_deleted
  FROM shown
  LEFT JOIN main_product ON main_product.opportunity_id = shown.id
  LEFT JOIN category AS by_key ON by_key.word = LOWER(shown.forecast_category)
  LEFT JOIN category AS by_name ON by_name.word = LOWER(shown.forecast_category_name)
 CROSS JOIN house
