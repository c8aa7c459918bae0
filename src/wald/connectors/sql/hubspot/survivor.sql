-- Which deal a merged deal lives on in. A survivor can be merged again, so the last one counts.
WITH RECURSIVE merged AS (
     SELECT merged_deal_id AS gone, deal_id AS kept FROM merged_deal
      UNION
     SELECT TRIM(UNNEST(STRING_SPLIT(hs_merged_object_ids, ';'))), hs_object_id
       FROM deal_row
      WHERE hs_merged_object_ids IS NOT NULL
), followed AS (
     SELECT gone, kept FROM merged
      UNION
     SELECT followed.gone, merged.kept FROM followed JOIN merged ON merged.gone = followed.kept
)
SELECT gone, MIN(kept) AS kept
  FROM followed
 WHERE kept NOT IN (SELECT gone FROM merged WHERE gone IS NOT NULL)
 GROUP BY gone
