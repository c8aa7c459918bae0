-- What one unit of a currency is worth in the company's own, from a day on. Salesforce states the
-- inverse: units of the currency for one of the company's.
SELECT dated._row,
       dated.iso_code                                                       AS from_currency,
       house.iso_code                                                       AS to_currency,
       dated.start_date                                                     AS valid_from,
       TRY_CAST(1 / NULLIF(CAST(as_number(dated.conversion_rate) AS DOUBLE), 0)
                AS DECIMAL(18, 8))                                          AS rate
  FROM dated_conversion_rate AS dated
 CROSS JOIN house
