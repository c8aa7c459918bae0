-- Sales people, one row from each day on which their territory changed. The manager stands one
-- step up the organization path; the team is named after its manager, who belongs to it. The
-- region is the group of the territory, or, without a territory, the one where most of the
-- team's assignments lie. The first row reaches back to the first day anything is known of.
WITH seller AS (
     SELECT person._row,
            person.business_entity_id                             AS person_id,
            person.first_name || ' ' || person.last_name          AS name,
            person.job_title,
            person.territory_id                                   AS home_id,
            staff.organization_node                               AS node,
            REGEXP_REPLACE(staff.organization_node, '[^/]+/$', '') AS boss_node,
            as_day(staff.hire_date)                               AS hired_on
       FROM sales_person AS person
       LEFT JOIN employee AS staff ON staff.business_entity_id = person.business_entity_id
), placed AS (
     SELECT seller.*,
            boss.business_entity_id                               AS manager_id,
            CASE WHEN seller.node IN (SELECT boss_node FROM seller) THEN seller.node
                 ELSE seller.boss_node END                        AS team_node
       FROM seller
       LEFT JOIN employee AS boss ON boss.organization_node = seller.boss_node
), stay AS (
     SELECT business_entity_id AS person_id, as_day(start_date) AS starts_on, territory_id
       FROM sales_territory_history
      UNION ALL
     -- after an end that no start follows, the person has no territory
     SELECT ended.business_entity_id, as_day(ended.end_date) + 1, NULL
       FROM sales_territory_history AS ended
      WHERE ended.end_date IS NOT NULL
        AND NOT EXISTS (SELECT 1
                          FROM sales_territory_history AS next
                         WHERE next.business_entity_id = ended.business_entity_id
                           AND as_day(next.start_date) > as_day(ended.start_date)
                           AND as_day(next.start_date) <= as_day(ended.end_date) + 1)
), first_quota AS (
     SELECT business_entity_id AS person_id, MIN(as_day(quota_date)) AS day
       FROM sales_person_quota_history
      GROUP BY business_entity_id
), team_region AS (
     SELECT team_node, territory_group AS region
       FROM placed
       JOIN stay ON stay.person_id = placed.person_id
       JOIN sales_territory AS place ON place.territory_id = stay.territory_id
      GROUP BY team_node, territory_group
    QUALIFY ROW_NUMBER() OVER (PARTITION BY team_node ORDER BY COUNT(*) DESC, territory_group) = 1
), step AS (
     SELECT placed.*,
            stay.starts_on,
            CASE WHEN stay.person_id IS NULL THEN placed.home_id ELSE stay.territory_id END AS place_id,
            ROW_NUMBER() OVER (PARTITION BY placed.person_id ORDER BY stay.starts_on) AS turn
       FROM placed
       LEFT JOIN stay ON stay.person_id = placed.person_id
)
SELECT step._row,
       step.person_id,
       CASE WHEN step.turn = 1 THEN LEAST(step.hired_on, step.starts_on, first_quota.day)
            ELSE step.starts_on END                               AS valid_from,
       step.name,
       step.manager_id,
       chief.first_name || ' ' || chief.last_name                 AS team,
       COALESCE(place.territory_group, team_region.region)        AS region,
       place.name                                                 AS territory,
       CASE WHEN step.job_title ILIKE '%manager%' THEN 'manager' ELSE 'rep' END AS role,
       step.hired_on
  FROM step
  LEFT JOIN employee AS chief ON chief.organization_node = step.team_node
  LEFT JOIN sales_territory AS place ON place.territory_id = step.place_id
  LEFT JOIN team_region ON team_region.team_node = step.team_node
  LEFT JOIN first_quota ON first_quota.person_id = step.person_id
