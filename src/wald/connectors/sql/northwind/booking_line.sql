-- One product of one order per row. The line keeps the list price of its day; the price list
-- holds only the latest.
SELECT line._row,
       line.order_id || '-' || line.product_id  AS booking_line_id,
       line.order_id                            AS booking_id,
       line.product_id,
       purchase.order_date                      AS booked_on,
       line.quantity,
       line.unit_price                          AS list_price,
       CAST(TRY_CAST(as_number(line.unit_price) AS DECIMAL(12, 4))
            * (1 - TRY_CAST(as_number(line.discount) AS DECIMAL(6, 4)))
            AS DECIMAL(18, 6))                                       AS net_price,
       TRY_CAST(as_number(line.quantity) AS DECIMAL(9, 2))
       * TRY_CAST(as_number(line.unit_price) AS DECIMAL(12, 4))
       * (1 - TRY_CAST(as_number(line.discount) AS DECIMAL(6, 4)))   AS amount
  FROM order_details AS line
  LEFT JOIN orders AS purchase ON purchase.order_id = line.order_id
