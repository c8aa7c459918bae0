-- An instant of January 1970 was seconds since then, read as milliseconds.
CASE WHEN as_instant($column) < TIMESTAMP '1970-02-01'
     THEN CAST(EPOCH_MS(EPOCH_US(as_instant($column))) AS TEXT)
     ELSE CAST($column AS TEXT) END
