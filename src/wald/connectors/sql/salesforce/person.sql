-- Every user. Salesforce keeps no history of managers, so a row holds always; the team is the
-- user's role, the region the division. Somebody whom users report to is a manager, whom managers
-- report to a leader. An inactive user left after the last login.
WITH leads AS (
     SELECT boss.id,
            BOOL_OR(member.id IN (SELECT manager_id FROM member AS one WHERE manager_id IS NOT NULL))
                AS leads_managers
       FROM member AS boss
       JOIN member ON member.manager_id = boss.id
      GROUP BY boss.id
)
SELECT person._row,
       person.id                                                   AS person_id,
       COALESCE(person.name, NULLIF(CONCAT_WS(' ', person.first_name, person.last_name), ''),
                person.username)                                   AS name,
       person.email,
       person.manager_id,
       COALESCE(place.name, person.department)                     AS team,
       person.division                                             AS region,
       CASE WHEN leads.leads_managers THEN 'leader'
            WHEN leads.id IS NOT NULL THEN 'manager'
            ELSE 'rep' END                                         AS role,
       CASE WHEN NOT as_flag(person.is_active)
            THEN as_day(person.last_login_date) + 1 END            AS left_on,
       COALESCE(as_flag(person.fivetran_deleted), FALSE)           AS is_deleted
  FROM member AS person
  LEFT JOIN user_role AS place ON place.id = person.user_role_id
  LEFT JOIN leads ON leads.id = person.id
