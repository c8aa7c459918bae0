-- The day's average: what one US dollar bought of the other currency.
SELECT _row,
       from_currency_code  AS from_currency,
       to_currency_code    AS to_currency,
       currency_rate_date  AS valid_from,
       average_rate        AS rate
  FROM currency_rate
