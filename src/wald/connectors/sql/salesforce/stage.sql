-- The stage list, in its order. A chance stands in percent.
SELECT listed._row,
       listed.master_label                                        AS stage,
       listed.sort_order                                          AS position,
       CASE WHEN as_flag(listed.is_won) THEN 'won'
            WHEN as_flag(listed.is_closed) THEN 'lost'
            ELSE 'open' END                                       AS outcome,
       TRY_CAST(as_number(listed.default_probability) AS DECIMAL(9, 4)) * 0.01 AS probability,
       COALESCE(by_key.category, by_name.category)                AS forecast_category
  FROM opportunity_stage AS listed
  LEFT JOIN category AS by_key ON by_key.word = LOWER(listed.forecast_category)
  LEFT JOIN category AS by_name ON by_name.word = LOWER(listed.forecast_category_name)
