-- A key of 15 letters and digits, in which case counts, with the three letters that make it 18:
-- each stands for five places of the key, as a number whose bits say which hold a capital.
CASE WHEN $only AND REGEXP_FULL_MATCH(CAST($column AS TEXT), '[0-9A-Za-z]{15}')
     THEN CAST($column AS TEXT) || ARRAY_TO_STRING(
          [SUBSTR('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + CAST(LIST_SUM(
               [CASE WHEN SUBSTR(CAST($column AS TEXT), 5 * part + place, 1) BETWEEN 'A' AND 'Z'
                     THEN 1 << (place - 1) ELSE 0 END FOR place IN [1, 2, 3, 4, 5]]) AS INTEGER), 1)
           FOR part IN [0, 1, 2]], '')
     ELSE CAST($column AS TEXT) END
