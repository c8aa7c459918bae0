-- One seller per row. The team is named after its manager, who belongs to it; the region is the
-- one in which all territories of the seller lie.
WITH place AS (
     SELECT given.employee_id,
            CASE WHEN COUNT(DISTINCT territory.region_id) = 1
                 THEN MIN(region.region_description) END           AS region,
            CASE WHEN COUNT(*) = 1
                 THEN MIN(territory.territory_description) END     AS territory
       FROM employee_territories AS given
       JOIN territories AS territory ON territory.territory_id = given.territory_id
       LEFT JOIN region ON region.region_id = territory.region_id
      GROUP BY given.employee_id
), chief AS (
     SELECT DISTINCT reports_to AS employee_id FROM employees WHERE reports_to IS NOT NULL
)
SELECT seller._row,
       seller.employee_id                                          AS person_id,
       seller.first_name || ' ' || seller.last_name                AS name,
       seller.reports_to                                           AS manager_id,
       CASE WHEN chief.employee_id IS NOT NULL
            THEN seller.first_name || ' ' || seller.last_name
            ELSE boss.first_name || ' ' || boss.last_name
       END                                                         AS team,
       place.region,
       place.territory,
       CASE WHEN seller.title ILIKE 'vice president%' THEN 'leader'
            WHEN seller.title ILIKE '%manager%' THEN 'manager'
            ELSE 'rep'
       END                                                         AS role,
       seller.hire_date                                            AS hired_on
  FROM employees AS seller
  LEFT JOIN employees AS boss ON boss.employee_id = seller.reports_to
  LEFT JOIN chief ON chief.employee_id = seller.employee_id
  LEFT JOIN place ON place.employee_id = seller.employee_id
