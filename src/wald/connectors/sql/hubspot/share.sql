-- A probability as a share of 1; one in percent says so by its sign.
CASE WHEN as_number(RTRIM(CAST($column AS TEXT), '% '))
          BETWEEN 0 AND CASE WHEN RIGHT(CAST($column AS TEXT), 1) = '%' THEN 100 ELSE 1 END
     THEN CASE WHEN RIGHT(CAST($column AS TEXT), 1) = '%'
               THEN CAST(CAST(as_number(RTRIM(CAST($column AS TEXT), '% ')) AS DECIMAL(7, 4))
                         * 0.01 AS TEXT)
               ELSE CAST($column AS TEXT) END
END
