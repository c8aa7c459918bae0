-- A percentage, as long as it can be a chance.
CASE WHEN as_number(RTRIM($column, '% ')) BETWEEN 0 AND 100 THEN $column END
