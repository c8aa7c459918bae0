-- One store per row, at its main office. Web shoppers are consumers and no accounts.
SELECT shop._row,
       shop.business_entity_id             AS account_id,
       shop.name,
       shop.sales_person_id                AS owner_id,
       CASE shop.business_type
            WHEN 'BM' THEN 'value-added reseller'
            WHEN 'BS' THEN 'specialty bike shop'
            WHEN 'OS' THEN 'warehouse'
            ELSE shop.business_type
       END                                 AS segment,
       shop.specialty                      AS industry,
       COALESCE(country.name, office.country_region_code) AS country,
       place.name                          AS territory,
       shop.number_employees               AS employees,
       shop.annual_revenue
  FROM store AS shop
  LEFT JOIN (SELECT *
               FROM store_address
              WHERE address_type = 'Main Office'
            QUALIFY ROW_NUMBER() OVER (PARTITION BY business_entity_id ORDER BY address_id) = 1
            ) AS office
    ON office.business_entity_id = shop.business_entity_id
  LEFT JOIN country_region AS country ON country.country_region_code = office.country_region_code
  LEFT JOIN sales_territory AS place ON place.territory_id = office.territory_id
