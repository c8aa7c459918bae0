-- One company per row. Revenue stands in millions of dollars.
SELECT _row,
       account                                                            AS account_id,
       account                                                            AS name,
       subsidiary_of                                                      AS parent_id,
       sector                                                             AS industry,
       office_location                                                    AS country,
       employees,
       CAST(TRY_CAST(as_number(revenue) AS DECIMAL(12, 6)) * 1000000 AS DECIMAL(18, 4)) AS annual_revenue
  FROM accounts
