-- Who shares a won deal. A type of split whose total is not checked goes beyond the whole: an
-- overlay. A deal that is won no longer takes its splits back with its booking.
SELECT given._row,
       given.id                                                    AS booking_split_id,
       given.opportunity_id                                        AS booking_id,
       given.split_owner_id                                        AS person_id,
       TRY_CAST(as_number(RTRIM(given.split_percentage, '% ')) AS DECIMAL(9, 4)) * 0.01 AS share,
       CASE WHEN as_flag(kind.is_total_validated) = FALSE THEN 'overlay' ELSE 'split' END AS kind,
       COALESCE(as_flag(given.is_deleted), FALSE)
       OR COALESCE(as_flag(given.fivetran_deleted), FALSE)
       OR COALESCE(deal.is_deleted OR deal.outcome <> 'won' OR deal.known_amount IS NULL, FALSE)
                                                                   AS is_deleted
  FROM opportunity_split AS given
  LEFT JOIN opportunity_split_type AS kind ON kind.id = given.split_type_id
  LEFT JOIN deal ON deal.opportunity_id = given.opportunity_id
