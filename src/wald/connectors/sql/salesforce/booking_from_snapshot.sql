-- The same for deals that only the snapshots tell of.
SELECT _row,
       opportunity_id  AS booking_id,
       opportunity_id,
       account_id,
       owner_id,
       type,
       closed_on       AS booked_on,
       amount,
       currency,
       is_deleted OR outcome <> 'won' OR known_amount IS NULL AS is_deleted
  FROM deal
 WHERE origin = 'opportunity_snapshot'
