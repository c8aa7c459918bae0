-- One customer per row.
SELECT _row,
       customer_id   AS account_id,
       company_name  AS name,
       country
  FROM customers
