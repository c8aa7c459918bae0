-- Whoever the managers of sales report to, and has no row among the sales people: the head of sales.
SELECT DISTINCT
       boss._row,
       boss.business_entity_id                   AS person_id,
       as_day(boss.hire_date)                    AS valid_from,
       boss.first_name || ' ' || boss.last_name  AS name,
       boss.first_name || ' ' || boss.last_name  AS team,
       'leader'                                  AS role,
       as_day(boss.hire_date)                    AS hired_on
  FROM sales_person AS person
  JOIN employee AS staff ON staff.business_entity_id = person.business_entity_id
  JOIN employee AS boss
    ON boss.organization_node = REGEXP_REPLACE(staff.organization_node, '[^/]+/$', '')
 WHERE boss.business_entity_id NOT IN (SELECT business_entity_id FROM sales_person)
