-- The same for currencies that have no dated rate: it holds always. With a dated rate it is taken
-- back.
SELECT listed._row,
       listed.iso_code                                                      AS from_currency,
       house.iso_code                                                       AS to_currency,
       DATE '1900-01-01'                                                    AS valid_from,
       TRY_CAST(1 / NULLIF(CAST(as_number(listed.conversion_rate) AS DOUBLE), 0)
                AS DECIMAL(18, 8))                                          AS rate,
       listed.iso_code IN (SELECT iso_code FROM dated_conversion_rate WHERE iso_code IS NOT NULL)
                                                                            AS is_deleted
  FROM currency_type AS listed
 CROSS JOIN house
