-- Every contact; one that was merged into another is gone.
WITH merged AS (
     SELECT vid_to_merge AS gone FROM contact_merge_audit
      UNION
     SELECT TRIM(UNNEST(STRING_SPLIT(hs_merged_object_ids, ';')))
       FROM contact
      WHERE hs_merged_object_ids IS NOT NULL
)
SELECT contact._row,
       contact.hs_object_id                                                    AS contact_id,
       contact.associatedcompanyid                                             AS account_id,
       NULLIF(CONCAT_WS(' ', contact.firstname, contact.lastname), '')         AS name,
       contact.email,
       contact.jobtitle                                                        AS title,
       COALESCE(contact.phone, contact.mobilephone)                            AS phone,
       contact.createdate                                                      AS created_on,
       COALESCE(as_flag(contact.is_deleted), FALSE)
       OR COALESCE(as_flag(contact.fivetran_deleted), FALSE)
       OR contact.hs_object_id IN (SELECT gone FROM merged WHERE gone IS NOT NULL) AS is_deleted
  FROM contact
