-- A won deal with an amount is a booking on its close date; a deal that is won no longer takes its
-- booking back.
SELECT _row,
       opportunity_id  AS booking_id,
       opportunity_id,
       account_id,
       owner_id,
       type,
       close_on        AS booked_on,
       amount,
       currency,
       is_deleted OR outcome <> 'won' OR known_amount IS NULL AS is_deleted
  FROM deal
