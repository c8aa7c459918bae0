-- Managers have no row of their own: each is known from the reps. One with reps in two offices
-- has no single region.
SELECT MIN(_row)  AS _row,
       manager    AS person_id,
       manager    AS name,
       manager    AS team,
       CASE WHEN COUNT(DISTINCT regional_office) = 1 THEN MIN(regional_office) END AS region,
       'manager'  AS role
  FROM sales_teams
 WHERE manager IS NOT NULL
   AND manager NOT IN (SELECT sales_agent FROM sales_teams WHERE sales_agent IS NOT NULL)
 GROUP BY manager
