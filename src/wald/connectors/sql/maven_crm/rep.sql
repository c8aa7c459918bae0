-- One rep per row. The team is the manager's, the region the office.
SELECT _row,
       sales_agent      AS person_id,
       sales_agent      AS name,
       manager          AS manager_id,
       manager          AS team,
       regional_office  AS region,
       'rep'            AS role
  FROM sales_teams
