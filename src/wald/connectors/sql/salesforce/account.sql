-- Every account, at its billing address. The kind of customer is the account's type.
SELECT _row,
       id                                                          AS account_id,
       name,
       parent_id,
       owner_id,
       type                                                        AS segment,
       industry,
       COALESCE(billing_country, shipping_country, billing_country_code) AS country,
       number_of_employees                                         AS employees,
       annual_revenue,
       COALESCE(currency_iso_code, house.iso_code)                 AS currency,
       created_date                                                AS created_on,
       COALESCE(as_flag(is_deleted), FALSE)
       OR COALESCE(as_flag(fivetran_deleted), FALSE)
       OR NOT COALESCE(as_flag(fivetran_active), TRUE)             AS is_deleted
  FROM account
 CROSS JOIN house
