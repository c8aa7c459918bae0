-- The company's own currency, where the export tells it: in one row, perhaps empty.
SELECT MIN(iso_code) AS iso_code FROM currency_type WHERE as_flag(is_corporate)
