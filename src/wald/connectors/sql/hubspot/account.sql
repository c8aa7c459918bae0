-- Every company.
SELECT _row,
       hs_object_id              AS account_id,
       company_name              AS name,
       hs_parent_company_id      AS parent_id,
       hubspot_owner_id          AS owner_id,
       type                      AS segment,
       industry,
       country,
       numberofemployees         AS employees,
       annualrevenue             AS annual_revenue,
       createdate                AS created_on,
       COALESCE(as_flag(is_deleted), FALSE)
       OR COALESCE(as_flag(fivetran_deleted), FALSE) AS is_deleted
  FROM company
