-- Every deal as it stands now. Its stage is found by key or, in an export of labels, by label
-- within the pipeline; its company by association, by key or by name. A deal that was merged into
-- another is gone.
WITH found AS (
     SELECT given._row, stage.*, 1 AS trust
       FROM deal_row AS given
       JOIN known_stage AS stage ON stage.stage_id = given.dealstage
      UNION ALL
     SELECT given._row, stage.*, 2
       FROM deal_row AS given
       JOIN known_stage AS stage ON stage.label = given.dealstage
      WHERE given.pipeline IS NULL
         OR given.pipeline = stage.pipeline_id
         OR given.pipeline = stage.pipeline_label
), place AS (
     SELECT _row, stage_id, outcome, probability
       FROM found
    QUALIFY ROW_NUMBER() OVER (PARTITION BY _row ORDER BY trust, is_deleted, stage_id) = 1
), linked AS (
     -- 5 is HubSpot's type of a deal's primary company
     SELECT deal_id, company_id
       FROM deal_company
    QUALIFY ROW_NUMBER() OVER (PARTITION BY deal_id
                               ORDER BY COALESCE(type_id = '5', FALSE) DESC, company_id) = 1
), named AS (
     SELECT company_name, MIN(hs_object_id) AS company_id
       FROM company
      WHERE company_name IS NOT NULL
      GROUP BY company_name
     HAVING COUNT(*) = 1
)
SELECT 'deal'                                                      AS origin,
       given._row,
       given.hs_object_id                                          AS opportunity_id,
       given.dealname                                              AS name,
       COALESCE(linked.company_id,
                TRIM(SPLIT_PART(given.associated_company_ids, ';', 1)),
                named.company_id,
                given.associated_company)                          AS account_id,
       given.hubspot_owner_id                                      AS owner_id,
       CASE WHEN LOWER(REPLACE(given.dealtype, ' ', '')) = 'newbusiness' THEN 'new_business'
            ELSE given.dealtype END                                AS type,
       given.hs_analytics_source                                   AS lead_source,
       COALESCE(place.stage_id, given.dealstage)                   AS stage,
       CASE WHEN as_flag(given.hs_is_closed_won) THEN 'won'
            WHEN as_flag(given.hs_is_closed) THEN 'lost'
            WHEN as_flag(given.hs_is_closed) = FALSE THEN 'open'
            WHEN place.outcome IS NOT NULL THEN place.outcome
            WHEN REGEXP_REPLACE(LOWER(given.dealstage), '[^a-z]', '', 'g') = 'closedwon' THEN 'won'
            WHEN REGEXP_REPLACE(LOWER(given.dealstage), '[^a-z]', '', 'g') = 'closedlost' THEN 'lost'
            ELSE 'open' END                                        AS outcome,
       given.amount,
       given.deal_currency_code                                    AS currency,
       COALESCE(as_number(given.hs_deal_stage_probability),
                as_number(place.probability))                      AS probability,
       category.category                                           AS forecast_category,
       given.closedate                                             AS close_on,
       COALESCE(given.hs_createdate, given.createdate)             AS created_at,
       given.hubspot_team_id                                       AS team,
       as_day(given.closedate)                                     AS close_day,
       as_number(given.amount)                                     AS known_amount,
       COALESCE(as_instant(given.hs_createdate), as_instant(given.createdate)) AS opened_at,
       CAST(NULL AS TIMESTAMP)                                     AS stage_changed_at,
       as_instant(given.hs_lastmodifieddate)                       AS modified_at,
       COALESCE(as_flag(given.is_deleted), FALSE)
       OR COALESCE(as_flag(given.fivetran_deleted), FALSE)
       OR survivor.gone IS NOT NULL                                AS is_deleted
  FROM deal_row AS given
  LEFT JOIN place ON place._row = given._row
  LEFT JOIN linked ON linked.deal_id = given.hs_object_id
  LEFT JOIN named ON named.company_name = given.associated_company
  LEFT JOIN category ON category.word = LOWER(given.hs_manual_forecast_category)
  LEFT JOIN survivor ON survivor.gone = given.hs_object_id
