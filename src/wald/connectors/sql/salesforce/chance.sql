-- A percentage, as long as it can be a chance.
CASE WHEN as_number(RTRIM(CAST($column AS TEXT), '% ')) BETWEEN 0 AND 100 THEN $column END
