-- The products of a won deal, at the list price that its line kept or, without one, the price book's.
SELECT line._row,
       line.id                                           AS booking_line_id,
       line.opportunity_id                               AS booking_id,
       line.product_id,
       deal.closed_on                                    AS booked_on,
       line.quantity,
       line.list_price,
       line.net_price,
       line.amount,
       deal.currency,
       line.is_deleted OR deal.is_deleted OR deal.outcome <> 'won' OR deal.known_amount IS NULL
                                                         AS is_deleted
  FROM line
  JOIN deal ON deal.opportunity_id = line.opportunity_id
