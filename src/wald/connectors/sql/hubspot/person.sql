-- Every owner, in the primary team. HubSpot keeps no hierarchy: each owner is a rep.
WITH place AS (
     SELECT owner_team.owner_id, team.name
       FROM owner_team
       JOIN team ON team.id = owner_team.team_id
    QUALIFY ROW_NUMBER() OVER (PARTITION BY owner_team.owner_id
                               ORDER BY as_flag(owner_team.is_team_primary) DESC, team.name) = 1
), of_user AS (
     SELECT account_user.id AS user_id, team.name
       FROM account_user
       JOIN team ON team.id = account_user.primary_team_id
)
SELECT owner._row,
       owner.owner_id                                                          AS person_id,
       COALESCE(NULLIF(CONCAT_WS(' ', owner.first_name, owner.last_name), ''),
                owner.email)                                                   AS name,
       owner.email,
       COALESCE(place.name, of_user.name)                                      AS team,
       'rep'                                                                   AS role,
       COALESCE(as_flag(owner.fivetran_deleted), FALSE)                        AS is_deleted
  FROM owner
  LEFT JOIN place ON place.owner_id = owner.owner_id
  LEFT JOIN of_user ON of_user.user_id = owner.active_user_id
