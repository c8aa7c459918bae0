-- A probability as a share of 1; one in percent says so by its sign.
CASE WHEN as_number(RTRIM($column, '% ')) BETWEEN 0 AND CASE WHEN $column LIKE '%\%' ESCAPE '\'
                                                             THEN 100 ELSE 1 END
     THEN CASE WHEN $column LIKE '%\%' ESCAPE '\'
               THEN CAST(CAST(as_number(RTRIM($column, '% ')) AS DECIMAL(7, 4)) * 0.01 AS TEXT)
               ELSE $column END
END
