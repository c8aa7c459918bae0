-- An export of labels names owners on the deals alone: each name is a person, in the team of most
-- of the deals. Where owners are exported themselves, none is made up.
SELECT MIN(_row)   AS _row,
       owner_id    AS person_id,
       owner_id    AS name,
       MODE(team)  AS team,
       'rep'       AS role
  FROM deal
 WHERE owner_id IS NOT NULL
   AND NOT is_deleted
   AND NOT REGEXP_FULL_MATCH(owner_id, '[0-9]+')
   AND NOT EXISTS (SELECT 1 FROM owner)
 GROUP BY owner_id
